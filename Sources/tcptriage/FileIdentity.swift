import Glibc

/// Which file a path leads to, whatever it is called.
struct FileIdentity: Equatable {
  private let device: dev_t
  private let number: ino_t
  let isRegular: Bool
  /// Length of a regular file.
  let bytes: Int

  /// Nil when there is nothing at `path`.
  init?(_ path: String) {
    var status = stat()
    // `stat` fills the local that it is given.
    guard unsafe stat(path, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
    (isRegular, bytes) = (status.st_mode & S_IFMT == S_IFREG, Int(status.st_size))
  }

  /// A file that grows stays the same one.
  static func == (a: Self, b: Self) -> Bool { a.device == b.device && a.number == b.number }
}
