import Glibc

/// Small files and folders of `/proc` and `/sys`.
///
/// Unsafe here: `open`, `read` and `readdir` take and give pointers, which are not kept.
enum HostFile {
  /// What a file holds, up to `limit` bytes; nil when it cannot be read.
  static func bytes(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
    // `open` reads the terminated path and keeps nothing.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < limit {
      // The pointer and the count are those of the array, which lives through the call.
      let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      guard count > 0 else { break }
      bytes += block.prefix(count)
    }
    return bytes
  }

  /// The first line of a file, trimmed.
  static func line(_ path: String) -> String? {
    bytes(path, limit: 4_096).map { String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self) }
  }

  /// Names in a folder without hidden ones, sorted; empty when it is not there.
  static func names(in folder: String) -> [String] {
    guard let handle = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while names.count < 1_000, let entry = unsafe readdir(handle) {
      // The name is terminated and valid until the next `readdir`.
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
