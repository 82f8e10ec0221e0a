import Frames
import Glibc

/// A file that will be opened when the time of its first frame is reached.
struct WaitingCapture {
  let path: String
  let order: Int
  /// Time of the first frame; the latest possible when there is none.
  let time: Int64
}

/// A first look at all inputs: which are captures, and when each begins.
struct InputSurvey {
  let ledger = CaptureLedger()
  /// Inputs that cannot be opened twice, and a single file.
  private(set) var open: [OpenCapture] = []
  private(set) var waiting: [WaitingCapture] = []
  private(set) var skippedFiles = 0
  private(set) var bytesTotal: UInt64? = 0

  /// Looks at every input; throws when there is not one capture among them.
  mutating func look(at inputs: InputPaths) throws(CaptureFileError) {
    var failures = inputs.failures
    var used: Set<String> = []
    var seen: [(directory: String, files: Int)] = []
    for (order, entry) in inputs.entries.enumerated() {
      if let directory = entry.directory {
        if seen.last?.directory != directory { seen.append((directory, 0)) }
        seen[seen.count - 1].files += 1
      }
      do {
        try look(at: entry.path, order: order, isOnly: inputs.entries.count == 1)
        if let directory = entry.directory { used.insert(directory) }
      } catch {
        if entry.directory == nil { failures.append(error) } else { skippedFiles += 1 }
      }
    }
    for place in seen where !used.contains(place.directory) {
      failures.append(.noCaptures(place.directory, filesSeen: place.files))
    }
    if open.isEmpty, waiting.isEmpty { throw failures.first ?? .noInput }
    for failure in failures { ledger.note(failure) }
  }

  private mutating func look(at path: String, order: Int, isOnly: Bool) throws(CaptureFileError) {
    if isOnly || !InputSurvey.isRegular(path) {
      let size = isOnly ? ReadWindow.standardSize : 2 * ReadWindow.smallSize
      let capture = try OpenCapture(path: path, order: order, ledger: ledger, windowSize: size)
      open.append(capture)
    } else {
      // Read up to the first frame, with a ledger that is thrown away, and closed again.
      let capture = try OpenCapture(
        path: path, order: order, ledger: CaptureLedger(), windowSize: ReadWindow.smallSize)
      var none: [FrameRecord] = InputSurvey.oneRecord
      _ = capture.fill(&none, limit: .min, number: 1)
      waiting.append(WaitingCapture(path: path, order: order, time: capture.headTime ?? .max))
    }
    if let total = bytesTotal { bytesTotal = InputSurvey.size(path).map { total &+ $0 } }
  }

  private static let oneRecord = [
    FrameRecord(number: 0, time: 0, offset: 0, capturedLength: 0, originalLength: 0, interface: 0, linkType: .null)
  ]

  private static func isRegular(_ path: String) -> Bool { size(path) != nil }

  /// Bytes of a regular file; nil for anything else.
  private static func size(_ path: String) -> UInt64? {
    var status = stat()
    // `stat` and `fstat` fill the local that they are given.
    let result = unsafe path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)
    guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return UInt64(clamping: status.st_size)
  }
}
