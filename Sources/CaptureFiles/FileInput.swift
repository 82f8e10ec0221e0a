import Frames
import Glibc

/// The bytes of a file, pipe or terminal, by `read`.
///
/// Unsafe here: `read` writes through a pointer; it is given a span's own address and size.
final class FileInput: ByteStream {
  private let descriptor: Int32
  private let closes: Bool
  /// Whether it is a file that can be opened again and read from its start.
  let isRegular: Bool
  /// Bytes that ``magic()`` took ahead of the reader.
  private var ahead: [UInt8] = []
  private(set) var rawBytes: UInt64 = 0

  /// Opens `path`, or standard input for `-`.
  init(path: String) throws(CaptureFileError) {
    // `open` reads the terminated path and keeps nothing.
    let opened = unsafe path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard opened >= 0 else { throw .cannotOpen(path, errno) }
    var status = stat()
    // `fstat` fills the local that it is given.
    let known = unsafe fstat(opened, &status) == 0
    descriptor = opened
    closes = path != "-"
    isRegular = known && status.st_mode & S_IFMT == S_IFREG && path != "-"
    // A hint for cold files; that it fails on a pipe does not matter.
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  deinit {
    if closes { close(descriptor) }
  }

  /// What the first four bytes say the input is, nil where there are none; they stay unread.
  func magic() throws(StreamError) -> Magic? {
    var bytes = [UInt8](repeating: 0, count: 4)
    var filled = 0
    reading: while filled < bytes.count {
      switch fill(&bytes, from: filled) {
      case .bytes(let more): filled += more
      case .end: break reading
      case .failed(let failure): throw StreamError(failure: failure)
      }
    }
    let first = Array(bytes.prefix(filled))
    ahead = first
    // Bytes of an array are all initialized.
    let span = unsafe first.span.bytes
    return first.isEmpty ? nil : Magic(span)
  }

  /// Reads into an array, from `start` to its end at most.
  func fill(_ array: inout [UInt8], from start: Int = 0) -> ReadOutcome {
    var span = array.mutableSpan
    // Any bytes may be written over bytes.
    var bytes = unsafe span.mutableBytes
    var rest = bytes._mutatingExtracting(droppingFirst: start)
    return read(into: &rest)
  }

  func read(into buffer: inout MutableRawSpan) -> ReadOutcome {
    guard !ahead.isEmpty else { return readFile(into: &buffer) }
    let count = min(ahead.count, buffer.byteCount)
    for index in 0..<count { buffer.storeBytes(of: ahead[index], toByteOffset: index, as: UInt8.self) }
    ahead.removeFirst(count)
    return .bytes(count)
  }

  func move(to offset: UInt64) -> Bool {
    guard isRegular, let position = off_t(exactly: offset), lseek(descriptor, position, SEEK_SET) == position else {
      return false
    }
    ahead = []
    rawBytes = offset
    return true
  }

  private func readFile(into buffer: inout MutableRawSpan) -> ReadOutcome {
    while true {
      // The pointer and the count are those of the span, which lives through the call.
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rawBytes &+= UInt64(count)
        return .bytes(count)
      }
      if count == 0 { return .end }
      switch errno {
      case EINTR: continue
      case EAGAIN: waitUntilReadable()
      case let code:
        return .failed(
          StreamFailure(
            kind: .damaged,
            sentence: "Reading failed (\(CaptureFileError.message(code))); check the disk or the mount and try again."))
      }
    }
  }

  /// Standard input may be in non-blocking mode because another process that shares it made it so.
  private func waitUntilReadable() {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // `poll` reads and writes the one local that it is given.
    _ = unsafe poll(&waiting, 1, -1)
  }
}

/// A stream failure that is thrown.
struct StreamError: Error {
  var failure: StreamFailure
}
