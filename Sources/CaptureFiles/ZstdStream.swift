import CZstd
import Frames

/// What is in a zstd file, frame after frame; skippable frames are skipped.
///
/// Unsafe here: the decompressor's context is a C pointer that `deinit` frees; buffers are passed for one call only.
/// Memory is bounded: libzstd refuses windows above 128 MiB. Source: RFC 8878.
@safe final class ZstdStream: ByteStream {
  private let input: FileInput
  private let context: OpaquePointer
  private var compressed = [UInt8](repeating: 0, count: 1 << 17)
  private var next = 0
  private var filled = 0
  private var frameEnded = true
  /// The decompressor holds output that did not fit, though its input is used up.
  private var holdsOutput = false
  private var ended: ReadOutcome?

  var rawBytes: UInt64 { input.rawBytes }

  /// Starts at the first frame; nil when there is no memory.
  init?(_ input: FileInput) {
    guard let context = unsafe ZSTD_createDCtx() else { return nil }
    self.input = input
    unsafe self.context = context
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  func read(into buffer: inout MutableRawSpan) -> ReadOutcome {
    var produced = 0
    while ended == nil, produced < buffer.byteCount {
      if next == filled, !holdsOutput {
        // What is there is handed out before waiting for more.
        if produced > 0 { return .bytes(produced) }
        refill()
      } else {
        var rest = buffer._mutatingExtracting(droppingFirst: produced)
        produced += decompressOnce(into: &rest)
      }
    }
    return produced > 0 ? .bytes(produced) : ended ?? .end
  }

  private func refill() {
    switch input.fill(&compressed) {
    case .bytes(let count): (next, filled) = (0, count)
    case .end: ended = frameEnded ? .end : .failed(.cutCompressed("zstd"))
    case .failed(let failure): ended = .failed(failure)
    }
  }

  /// Decompresses from what is read into `buffer`; returns the bytes produced.
  private func decompressOnce(into buffer: inout MutableRawSpan) -> Int {
    let (start, end) = (next, filled)
    // Both buffers live through the call; zstd reads `start..<end` and writes nothing outside the target.
    let (result, consumed, produced) = unsafe compressed.withUnsafeBytes { source in
      unsafe buffer.withUnsafeMutableBytes { target in
        var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: end, pos: start)
        var to = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        let result = unsafe ZSTD_decompressStream(context, &to, &from)
        return unsafe (result, from.pos, to.pos)
      }
    }
    next = consumed
    guard ZSTD_isError(result) == 0 else {
      ended = .failed(.damagedCompressed("zstd"))
      return produced
    }
    frameEnded = result == 0
    holdsOutput = !frameEnded && produced == buffer.byteCount
    return produced
  }
}
