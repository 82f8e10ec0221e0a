import CZlib
import Frames

/// What is in a gzip file, member after member.
///
/// Unsafe here: zlib's state must not move, so it lives in allocated memory that `deinit` frees; its pointers are set
/// anew for every call from the two buffers of that call and never used between calls.
/// Source: RFC 1952; several members may follow one another (section 2.2).
@safe final class GzipStream: ByteStream {
  private let input: FileInput
  private let state: UnsafeMutablePointer<z_stream>
  private var compressed = [UInt8](repeating: 0, count: 1 << 17)
  private var next = 0
  private var filled = 0
  private var memberEnded = false
  private var ended: ReadOutcome?

  var rawBytes: UInt64 { input.rawBytes }

  /// Starts at the first member; nil when zlib has no memory.
  init?(_ input: FileInput) {
    self.input = input
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: z_stream())
    // 15 bits of window, plus 16: gzip and nothing else.
    let size = Int32(unsafe MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(state, 31, ZLIB_VERSION, size) == Z_OK else { return nil }
  }

  deinit {
    unsafe inflateEnd(state)
    unsafe state.deallocate()
  }

  func read(into buffer: inout MutableRawSpan) -> ReadOutcome {
    var produced = 0
    while ended == nil, produced < buffer.byteCount {
      if next == filled {
        // What is there is handed out before waiting for more.
        if produced > 0 { return .bytes(produced) }
        refill()
      } else if memberEnded {
        startMember()
      } else {
        var rest = buffer._mutatingExtracting(droppingFirst: produced)
        produced += inflateOnce(into: &rest)
      }
    }
    return produced > 0 ? .bytes(produced) : ended ?? .end
  }

  private func refill() {
    switch input.fill(&compressed) {
    case .bytes(let count): (next, filled) = (0, count)
    case .end: ended = memberEnded ? .end : .failed(.cutCompressed("gzip"))
    case .failed(let failure): ended = .failed(failure)
    }
  }

  /// After a member comes another one, or padding that gzip ignores as well.
  private func startMember() {
    if compressed[next] == 0x1F {
      unsafe inflateReset(state)
      memberEnded = false
    } else {
      ended = .end
    }
  }

  /// Decompresses from what is read into `buffer`; returns the bytes produced.
  private func inflateOnce(into buffer: inout MutableRawSpan) -> Int {
    let (room, start, given) = (UInt32(clamping: buffer.byteCount), next, UInt32(filled - next))
    // Both pointers and counts come from buffers that live through the call; zlib writes nothing outside them.
    let result = unsafe compressed.withUnsafeMutableBufferPointer { source in
      unsafe buffer.withUnsafeMutableBytes { target in
        unsafe state.pointee.next_in = source.baseAddress.map { unsafe $0 + start }
        unsafe state.pointee.avail_in = given
        unsafe state.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe state.pointee.avail_out = room
        return unsafe inflate(state, Z_NO_FLUSH)
      }
    }
    next = filled - Int(unsafe state.pointee.avail_in)
    switch result {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: memberEnded = true
    default: ended = .failed(.damagedCompressed("gzip"))
    }
    return Int(room - (unsafe state.pointee.avail_out))
  }
}

extension StreamFailure {
  /// The compressed input ends in the middle.
  static func cutCompressed(_ format: String) -> StreamFailure {
    StreamFailure(
      kind: .truncated,
      sentence: "The \(format) data is cut off; what came before was analyzed. Copy the file again if you can.")
  }

  /// The decompressor found something that cannot be.
  static func damagedCompressed(_ format: String) -> StreamFailure {
    StreamFailure(
      kind: .damaged,
      sentence: "The \(format) data is damaged; what came before was analyzed. Copy the file again and test it "
        + "with `\(format) -t`.")
  }
}
