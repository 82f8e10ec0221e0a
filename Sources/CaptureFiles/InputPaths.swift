import Glibc

/// The files that the user's paths stand for.
///
/// Unsafe here: `glob` and `readdir` return C strings, which are copied at once.
package struct InputPaths {
  package struct Entry {
    package let path: String
    /// The user's path when the file was found in a directory: then it may be something else than a capture.
    package let directory: String?
  }

  package private(set) var entries: [Entry] = []
  package private(set) var failures: [CaptureFileError] = []
  /// Directories deeper than this are not visited.
  private static let maximumDepth = 32

  /// Expands directories (by name, without hidden files) and patterns; `-` stays.
  package init(_ paths: [String]) {
    for path in paths {
      for match in InputPaths.matches(path) { add(match) }
    }
  }

  private mutating func add(_ path: String) {
    var status = stat()
    // `stat` fills the local that it is given.
    if path == "-" || (unsafe stat(path, &status)) == 0 && status.st_mode & S_IFMT != S_IFDIR {
      entries.append(Entry(path: path, directory: nil))
    } else if status.st_mode & S_IFMT == S_IFDIR {
      let before = entries.count
      visit(path, from: path, depth: 0)
      if entries.count == before { failures.append(.noCaptures(path, filesSeen: 0)) }
    } else {
      failures.append(.cannotOpen(path, errno))
    }
  }

  private mutating func visit(_ directory: String, from top: String, depth: Int) {
    guard depth < InputPaths.maximumDepth else { return }
    for name in InputPaths.names(in: directory) {
      let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
      var status = stat()
      // `lstat` and `stat` fill the local that they are given. Links to directories might lead in circles.
      guard unsafe lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        visit(path, from: top, depth: depth + 1)
      } else if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        entries.append(Entry(path: path, directory: top))
      }
    }
  }

  /// Names in a directory that are not hidden, sorted by their bytes.
  private static func names(in directory: String) -> [String] {
    guard let handle = unsafe opendir(directory) else { return [] }
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

  /// What a pattern with `*` or `?` matches, or the path itself.
  private static func matches(_ path: String) -> [String] {
    // `access` and `glob` read the terminated path and keep nothing of it.
    guard path.contains("*") || path.contains("?"), unsafe access(path, F_OK) != 0 else { return [path] }
    var found = unsafe glob_t()
    // `globfree` releases what `glob` allocated, whatever it returned.
    defer { unsafe globfree(&found) }
    guard unsafe glob(path, 0, nil, &found) == 0 else { return [path] }
    return (0..<Int(unsafe found.gl_pathc)).compactMap { index in
      unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
  }
}
