import Glibc

/// Names and texts in a folder of the archive.
///
/// Unsafe here: C functions for directories and files; what they return is copied at once.
enum ArchiveFolder {
  /// More than any expectation needs, and little enough that a wrong path cannot fill the memory.
  private static let mostBytes = 1 << 20

  /// Names that are not hidden, sorted by their bytes; nil when `path` is not a folder that can be read.
  static func names(in path: String) -> [String]? {
    guard let handle = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      // The name is terminated and valid until the next `readdir`.
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether there is a folder at `path`; links to folders do not count, they might lead in circles.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    // `lstat` fills the local that it is given.
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is a regular file at `path`.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    // `stat` fills the local that it is given.
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The text of a small file; nil when it cannot be read or is larger than a megabyte.
  static func text(of path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= mostBytes {
      // The pointer and the count are those of the array, which lives through the call.
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 { return nil }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk.prefix(count)
    }
    return nil
  }

  /// Whether `name` is meant by `pattern`, which may hold `*` and `?`.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    // Both texts are terminated and only read.
    unsafe fnmatch(pattern, name, 0) == 0
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
