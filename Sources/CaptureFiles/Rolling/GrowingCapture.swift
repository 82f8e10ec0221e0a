import Frames
import Glibc

/// The one system call that tests replace, to have disks that are slow, full or broken.
@safe
struct Disk: Sendable {
  /// As `write`: bytes taken, or -1 and `errno`.
  var write: @Sendable (_ descriptor: Int32, UnsafeRawBufferPointer) -> Int

  static let real = unsafe Disk { unsafe Glibc.write($0, $1.baseAddress, $1.count) }
}

/// A pcapng file that grows by whole blocks and can be read whatever becomes of the disk.
///
/// Unsafe here: `write` reads through a pointer; it is given an array's own address and size.
final class GrowingCapture {
  let path: String
  /// Bytes of the file; always at the end of a block.
  private(set) var length = 0
  /// -1 once the file is closed.
  private var descriptor: Int32
  private let disk: Disk

  /// Readable by its owner and group alone: captures hold what people sent.
  private static let mode: mode_t = 0o640

  /// Makes the file; never takes one that is there already.
  ///
  /// - Throws: the operating system's error number.
  init(creating path: String, _ disk: Disk) throws(SystemFailure) {
    // `open` reads the terminated path and keeps nothing.
    let opened = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, Self.mode)
    guard opened >= 0 else { throw SystemFailure(code: errno) }
    (self.path, descriptor, self.disk) = (path, opened, disk)
  }

  deinit { _ = end() }

  /// Makes the file with the first of these names that is not taken, 1,000 at most.
  static func create(_ disk: Disk, name: (Int) -> String) throws(SystemFailure) -> GrowingCapture {
    for attempt in 0..<1_000 {
      do throws(SystemFailure) {
        return try GrowingCapture(creating: name(attempt), disk)
      } catch {
        guard error.code == EEXIST else { throw error }
      }
    }
    throw SystemFailure(code: EEXIST)
  }

  /// Writes whole blocks from `start` on.
  ///
  /// - Returns: the bytes that are in the file now, all or up to the end of some block, and why it is not all.
  func append(_ bytes: [UInt8], from start: Int = 0) -> (kept: Int, failure: SystemFailure?) {
    // Bytes would go into a file that nobody can find any more.
    if isDeleted { return (0, SystemFailure(code: ENOENT)) }
    var written = start
    var failure: SystemFailure?
    while failure == nil, written < bytes.count {
      // The pointer and the count are those of the array, which lives through the call.
      let count = unsafe bytes[written...].withUnsafeBytes { unsafe disk.write(descriptor, $0) }
      if count > 0 { written += count } else if count == 0 || errno != EINTR { failure = .last(orElse: EIO, count) }
    }
    guard failure != nil else {
      length += bytes.count - start
      return (bytes.count - start, nil)
    }
    let kept = bytes.packets(from: start, to: written).end - start
    length += kept
    // Where even that fails, a reader finds the file cut inside a block, and all frames before it.
    _ = ftruncate(descriptor, length)
    _ = lseek(descriptor, 0, SEEK_END)
    return (kept, failure)
  }

  private var isDeleted: Bool {
    var status = stat()
    // `fstat` fills the local that it is given.
    return unsafe fstat(descriptor, &status) == 0 && status.st_nlink == 0
  }

  /// Ends the file and deletes it.
  func discard() {
    _ = end()
    // The path is the one that the file was made with.
    _ = unsafe unlink(path)
  }

  /// Closes the file; that of a remote disk may fail only now.
  func end() -> SystemFailure? {
    guard descriptor >= 0 else { return nil }
    defer { descriptor = -1 }
    return close(descriptor) == 0 ? nil : SystemFailure(code: errno)
  }
}

/// An error number of the operating system.
struct SystemFailure: Error, Hashable {
  var code: Int32

  /// The error of the call before; `code` when it only made no progress.
  static func last(orElse code: Int32, _ result: Int) -> SystemFailure {
    SystemFailure(code: result < 0 ? errno : code)
  }

  /// The operating system's words.
  var words: String { CaptureFileError.message(code) }
}

/// What lies between two places of a series of blocks.
struct PacketBlocks {
  /// Where the last whole block ends.
  var end: Int
  /// Frames of each interface, up to the highest that has one.
  var interfaces: [UInt64] = []

  /// Frames of all interfaces.
  var frames: UInt64 { interfaces.reduce(0, +) }
}

extension [UInt8] {
  /// The whole pcapng blocks between two places.
  func packets(from start: Int, to limit: Int) -> PacketBlocks {
    var found = PacketBlocks(end: start)
    while limit - found.end >= 12 {
      let length = Int(word(at: found.end + 4))
      guard length >= 12, length <= limit - found.end else { break }
      if word(at: found.end) == 6 {
        let interface = Int(word(at: found.end + 8))
        while found.interfaces.count <= interface { found.interfaces.append(0) }
        found.interfaces[interface] += 1
      }
      found.end += length
    }
    return found
  }
}
