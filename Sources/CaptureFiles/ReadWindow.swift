import Frames

/// The part of an input that is in memory: one buffer, refilled by large reads, never mapped.
///
/// A window of a quarter of a megabyte stays in the cache, cannot fault when the file shrinks, and serves pipes and
/// compressed input alike. Unsafe here: the buffer's memory, which `deinit` frees and no view of which outlives a call.
@safe struct ReadWindow: ~Copyable {
  /// Window of a file that is being read.
  static let standardSize = 1 << 18
  /// Window of a file at which the reader only peeks, or of one among many.
  static let smallSize = 1 << 16

  private var memory: UnsafeMutableRawBufferPointer
  /// Bytes that are there, from the start of the buffer.
  private(set) var count = 0
  /// Offset in the (uncompressed) input of the buffer's first byte.
  private(set) var offset: UInt64 = 0

  init(size: Int) {
    unsafe memory = .allocate(byteCount: size, alignment: 4096)
  }

  deinit {
    unsafe memory.deallocate()
  }

  /// Calls `body` with all bytes that are there.
  @inline(__always)
  func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    // `count` bytes have been written by reads; the span cannot leave the closure.
    unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[..<count])))
  }

  /// Drops the bytes before `position`, makes room for `needed` bytes, and reads once, not beyond the offset `end`.
  ///
  /// - Complexity: O(bytes kept + bytes read); allocates only for a record larger than the buffer.
  mutating func refill(
    from stream: any ByteStream, keepingFrom position: Int, needed: Int, until end: UInt64 = .max
  ) -> ReadOutcome {
    let kept = count - position
    if position > 0, kept > 0 {
      // The tail lies in the buffer; `memmove` semantics allow the overlap.
      unsafe memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[position..<count]))
    }
    offset &+= UInt64(position)
    count = kept
    // A size is no access.
    if needed > (unsafe memory.count) { grow(to: needed) }
    let last = offset &+ UInt64(kept) < end ? Int(clamping: end &- offset) : kept
    guard last > kept else { return .end }
    // The rest of the buffer, uninitialized but writable; only bytes that were written are counted.
    var room = unsafe MutableRawSpan(
      _unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: memory[kept..<min(last, memory.count)]))
    let outcome = stream.read(into: &room)
    if case .bytes(let more) = outcome { count += more }
    return outcome
  }

  /// Forgets all bytes; the next ones come from an offset.
  mutating func restart(at offset: UInt64) {
    count = 0
    self.offset = offset
  }

  private mutating func grow(to needed: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: needed + ReadWindow.smallSize, alignment: 4096)
    // The new buffer is larger; the old one is freed once and not used again.
    unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    unsafe memory.deallocate()
    unsafe memory = larger
  }
}
