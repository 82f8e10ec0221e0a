import Glibc

/// Why an input cannot be used at all.
///
/// Only opening throws; damage later in a file becomes a `CaptureProblem`.
package enum CaptureFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No path was given.
  case noInput
  /// There is nothing at this path.
  case notFound(String)
  /// The file may not be read by this user.
  case notPermitted(String)
  /// A directory without a single capture in it; so many files were looked at.
  case noCaptures(String, filesSeen: Int)
  /// A file of no bytes.
  case empty(String)
  /// Not a capture: what it looks like, and what to do.
  case notACapture(String, looksLike: String, next: String)
  /// The file ends before its header does.
  case cutInHeader(String)
  /// Another failure of the operating system, or of the decompressor on the first bytes.
  case unreadable(String, reason: String)

  /// The file's name as the user gave it.
  package var file: String {
    switch self {
    case .noInput: ""
    case .notFound(let file), .notPermitted(let file), .empty(let file), .cutInHeader(let file): file
    case .noCaptures(let file, _), .notACapture(let file, _, _), .unreadable(let file, _): file
    }
  }

  /// What is wrong and what to do next, without the file's name.
  package var sentence: String {
    switch self {
    case .noInput: "No capture was given; name files or directories, or `-` for standard input."
    case .notFound: "There is no such file or directory; check the path."
    case .notPermitted: "You may not read it; ask its owner for access, or read it as the user who captured it."
    case .noCaptures(_, 0): "There is no file in this directory; check the path, or name the capture itself."
    case .noCaptures(_, 1): "The only file in this directory is not a capture; name the capture itself."
    case .noCaptures(_, let seen): "None of the \(seen) files in this directory is a capture; name the capture itself."
    case .empty: "The file is empty; capture again, or copy it again if the copy was interrupted."
    case .notACapture(_, let looksLike, let next): "Not a capture file: it looks like \(looksLike); \(next)."
    case .cutInHeader: "The file is cut off inside the file header; copy it again, or capture again."
    case .unreadable(_, let reason): reason
    }
  }

  /// One line: the file's name and the sentence.
  package var description: String { file.isEmpty ? sentence : "\(file): \(sentence)" }

  /// The error for a failed `open` or `stat`.
  static func cannotOpen(_ path: String, _ code: Int32) -> CaptureFileError {
    switch code {
    case ENOENT, ENOTDIR: .notFound(path)
    case EACCES, EPERM: .notPermitted(path)
    default: .unreadable(path, reason: "It cannot be opened (\(message(code))); check the path and try again.")
    }
  }

  /// The operating system's words for an error number.
  static func message(_ code: Int32) -> String {
    // `strerror` returns a terminated string that stays valid until the next call; it is copied at once.
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
