import Glibc
import Synchronization

/// How the writing of evidence stands at a moment.
package struct RollingStatus: Sendable, Hashable {
  /// Frames that are in files.
  package var frames: UInt64 = 0
  /// Bytes of all files that were made, those deleted since included.
  package var bytes: UInt64 = 0
  /// Files that were made, those deleted since included.
  package var files: UInt64 = 0
  /// Frames that will never be in a file: the disk was too slow or full.
  package var framesNotWritten: UInt64 = 0
  /// One sentence while writing fails; nil while all is well.
  package var failure: String?

  package init() {}
}

/// What became of the evidence, told when the last frame is on disk.
package struct RollingSummary: Sendable, Hashable {
  /// The totals; its failure is the one in force at the end.
  package var status: RollingStatus
  /// One sentence on the first failure, whether or not it passed; nil when there was none.
  package var firstFailure: String?
  /// Paths of the files that are there, oldest first.
  package var paths: [String]
}

/// Why evidence cannot be written at all.
package struct RollingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The directory as the user named it.
  package var directory: String
  /// What is wrong and what to do next.
  package var sentence: String

  package var description: String { "\(directory): \(sentence)" }

  /// There is no thread or descriptor to be had.
  static func exhausted(_ directory: String) -> RollingError {
    RollingError(
      directory: directory,
      sentence: "The system gives no further thread or descriptor to write with; raise its limits (`ulimit -u -n`).")
  }

  /// Makes sure that `directory` is one that this process may write into; makes it where there is nothing.
  static func check(_ directory: String) throws(RollingError) {
    // `mkdir`, `stat` and `faccessat` read the terminated path; `stat` fills the local that it is given.
    if unsafe mkdir(directory, 0o750) == 0 { return }
    var status = stat()
    guard errno == EEXIST, unsafe stat(directory, &status) == 0 else {
      throw RollingError(directory: directory, sentence: cannotMake(errno))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw RollingError(directory: directory, sentence: "This is no directory; name one that takes the capture files.")
    }
    guard unsafe faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0 else {
      let reason =
        errno == EROFS
        ? "The file system is mounted read-only; name a directory elsewhere."
        : "This user may not write into the directory; change its owner or mode, or name another one."
      throw RollingError(directory: directory, sentence: reason)
    }
  }

  private static func cannotMake(_ code: Int32) -> String {
    switch code {
    case ENOENT: "There is no such directory, nor the one that it would be in; make it first."
    case ENOTDIR: "A part of the path is no directory; check the path."
    case EACCES, EPERM: "The directory does not exist and this user may not make it; make it first."
    default: "The directory cannot be made (\(CaptureFileError.message(code))); name another one."
    }
  }
}

/// The figures that the capture thread and the writing thread keep together and anybody may read.
final class RollingAccount: Sendable {
  let frames = Atomic<UInt64>(0)
  let bytes = Atomic<UInt64>(0)
  let files = Atomic<UInt64>(0)
  let framesNotWritten = Atomic<UInt64>(0)
  private let failures = Mutex<(now: String?, first: String?)>((nil, nil))

  var status: RollingStatus {
    var status = RollingStatus()
    status.frames = frames.load(ordering: .relaxed)
    status.bytes = bytes.load(ordering: .relaxed)
    status.files = files.load(ordering: .relaxed)
    status.framesNotWritten = framesNotWritten.load(ordering: .relaxed)
    status.failure = failures.withLock { $0.now }
    return status
  }

  var firstFailure: String? { failures.withLock { $0.first } }

  /// Notes what keeps frames from being written, or that nothing does any more.
  func note(failure: String?) {
    failures.withLock { failures in
      failures.now = failure
      failures.first = failures.first ?? failure
    }
  }
}
