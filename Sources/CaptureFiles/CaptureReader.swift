import Frames

/// Capture files, directories of them, or standard input as one timeline.
///
/// Frames of several files come in the order of their times, as mergecap would put them: frames of the same time in the
/// order of the files, frames of one file always in the file's own order. Files that do not overlap are read one after
/// the other and each is open only while it is read.
package struct CaptureReader: SeekableSource, ~Copyable {
  /// Frames per batch at most: enough to make the cost per batch vanish, few enough for the records to stay in cache.
  package static let batchSize = 512
  /// Files that may be open at the same time; more that overlap in time wait until one ends.
  package static let maximumOpenFiles = 256

  /// Bytes of all inputs, compressed where they are; nil when one is a pipe.
  package let bytesTotal: UInt64?
  /// Files found in directories that are no captures.
  package let skippedFiles: Int

  private let ledger: CaptureLedger
  /// Files that are not open yet, the earliest last.
  private var waiting: [WaitingCapture]
  private var open: [OpenCapture]
  private var records: [FrameRecord]
  private var nextNumber: UInt64 = 1
  /// Number of the frame before which reading ends.
  private var endNumber = UInt64.max
  /// Frames that the next batches have at most; less than ``batchSize`` for whoever wants to know of more places.
  package var batchLimit = batchSize
  /// There is one input, so that its offsets say everything about where reading is.
  private let isAlone: Bool
  private let windowSize: Int
  private var hasNotedCrowd = false

  package var description: CaptureDescription { ledger.description }

  /// Bytes taken from all inputs so far, compressed where they are.
  package var bytesRead: UInt64 { ledger.bytesRead }

  /// Opens captures by their paths: files, directories, patterns, or `-` for standard input.
  ///
  /// - Throws: a `CaptureFileError` only when not one of the paths can be used; otherwise those that cannot are noted as
  ///   unreadable in ``description``.
  package static func open(paths: [String]) throws(CaptureFileError) -> CaptureReader {
    let inputs = InputPaths(paths)
    var found = InputSurvey()
    try found.look(at: inputs)
    return CaptureReader(found)
  }

  private init(_ found: InputSurvey) {
    ledger = found.ledger
    bytesTotal = found.bytesTotal
    skippedFiles = found.skippedFiles
    open = found.open
    isAlone = found.open.count == 1 && found.waiting.isEmpty
    waiting = found.waiting.sorted { ($1.time, $1.order) < ($0.time, $0.order) }
    // Many files at once share what one window may take.
    windowSize = found.waiting.count > 16 ? 2 * ReadWindow.smallSize : ReadWindow.standardSize
    let blank = FrameRecord(
      number: 0, time: 0, offset: 0, capturedLength: 0, originalLength: 0, interface: 0, linkType: .null)
    records = Array(repeating: blank, count: CaptureReader.batchSize)
  }

  package mutating func nextBatch(_ body: (borrowing FrameBatch) -> Void) -> Bool {
    while nextNumber < endNumber, let (capture, limit) = nextCapture() {
      let most = min(batchLimit, Int(clamping: endNumber - nextNumber))
      let count = capture.fill(&records, most: most, limit: limit, number: nextNumber)
      guard count > 0 else { continue }
      nextNumber &+= UInt64(count)
      let part = records.span.extracting(first: count)
      capture.withBytes { body(FrameBatch(bytes: $0, records: part)) }
      return true
    }
    return false
  }

  /// Nil unless there is one input, a file that is not compressed.
  package var place: FramePlace? { isAlone ? open.first?.place(of: nextNumber) : nil }

  package mutating func move(to place: FramePlace, until end: FramePlace) -> Bool {
    guard isAlone, place.number >= nextNumber, open.first?.move(to: place, until: end.offset) == true else {
      return false
    }
    (nextNumber, endNumber) = (place.number, end.number)
    return true
  }

  /// The file whose turn it is, and the time up to which it is; nil at the end of all.
  private mutating func nextCapture() -> (OpenCapture, Int64)? {
    while true {
      // The usual case, one file: no time needs to be known.
      if waiting.isEmpty, open.count == 1 {
        guard open[0].isFinished else { return (open[0], .max) }
        open.removeAll()
      }
      if open.isEmpty, waiting.isEmpty { return nil }
      for capture in open where capture.headTime == nil {
        // A limit before every frame: reads up to the next frame and leaves it.
        _ = capture.fill(&records, limit: .min, number: nextNumber)
      }
      if open.contains(where: \.isFinished) {
        open.removeAll(where: \.isFinished)
        continue
      }
      let (first, second) = earliest()
      guard let first, !mustOpen(before: first) else {
        openNext()
        continue
      }
      return (first, limit(for: first, second))
    }
  }

  /// The open file with the earliest next frame, and the one after it.
  private func earliest() -> (OpenCapture?, OpenCapture?) {
    var (first, second): (OpenCapture?, OpenCapture?)
    for capture in open {
      if first.map({ capture.key < $0.key }) ?? true {
        (first, second) = (capture, first)
      } else if second.map({ capture.key < $0.key }) ?? true {
        second = capture
      }
    }
    return (first, second)
  }

  /// Whether a file that is not open yet has an earlier frame than all that are.
  private mutating func mustOpen(before capture: OpenCapture) -> Bool {
    guard let next = waiting.last, (next.time, next.order) < capture.key else { return false }
    guard open.count >= CaptureReader.maximumOpenFiles else { return true }
    if !hasNotedCrowd {
      hasNotedCrowd = true
      ledger.note(
        CaptureProblem(
          kind: .damaged, file: next.path, offset: 0,
          sentence: "More than \(CaptureReader.maximumOpenFiles) files overlap in time; frames of this and later files "
            + "may come out of order. Merge them with `mergecap` first."))
    }
    return false
  }

  private func limit(for capture: OpenCapture, _ second: OpenCapture?) -> Int64 {
    func before(_ key: (Int64, Int)) -> Int64 { key.1 > capture.order || key.0 == .min ? key.0 : key.0 - 1 }
    var limit = second.map { before($0.key) } ?? .max
    if let next = waiting.last, open.count < CaptureReader.maximumOpenFiles {
      limit = min(limit, before((next.time, next.order)))
    }
    return limit
  }

  private mutating func openNext() {
    guard let next = waiting.popLast() else { return }
    do {
      let capture = try OpenCapture(
        path: next.path, order: next.order, ledger: ledger, windowSize: windowSize, continues: open.isEmpty)
      open.append(capture)
    } catch {
      ledger.note(error)
    }
  }
}

extension OpenCapture {
  /// What frames are ordered by: time, then place among the inputs.
  fileprivate var key: (Int64, Int) { (headTime ?? .min, order) }
}
