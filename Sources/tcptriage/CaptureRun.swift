import Archive
import CaptureFiles
import Dissection
import Frames
import Glibc
import LiveCapture
import Triage

/// One pass over captures: reads them into an engine, shows progress, stops on Ctrl-C.
struct CaptureRun {
  var paths: [String]
  var settings: TriageSettings
  var filter: PacketFilter?
  var quiet: Bool
  var listener: Engine.Listener?
  /// Remembers the latest packets for pictures of an input that cannot be read again.
  var ring: SegmentRing?
  /// Notes where in a file what is, for pictures of an input that can be read again.
  var index: StretchIndex?

  /// Reads everything and returns the report.
  ///
  /// Reading ends early when the user presses Ctrl-C or `isWanted` returns false.
  ///
  /// - Throws: when not one of the paths can be used.
  func report(while isWanted: () -> Bool = { true }) throws(Stop) -> Report {
    var reader = try open()
    var engine = Engine(settings, listener: listener)
    var progress = Progress(quiet: quiet)
    if let index, let place = reader.place {
      index.begin(at: place)
      reader.batchLimit = StretchIndex.batchLimit
    }
    var frames: UInt64 = 0
    var isCut = false
    progress.begin(total: reader.bytesTotal)
    while reader.nextBatch({ batch in
      engine.take(batch, filter: filter)
      ring?.count(batch, filter: filter)
      index?.count(batch, filter: filter)
      frames &+= UInt64(batch.records.count)
    }) {
      index?.pass(reader.place)
      progress.update(bytes: reader.bytesRead, frames: frames)
      isCut = Interrupt.isPending
      if isCut || !isWanted() { break }
    }
    progress.end()
    var source = reader.description
    if isCut || Interrupt.isPending { source.problems.append(Self.interruption(source, frames)) }
    guard settings.anonymity != nil else {
      return engine.finish(source, method: Self.method(filter: filter?.expression))
    }
    return engine.finish(source.anonymous, method: Method(version: Tcptriage.version))
  }

  func open() throws(Stop) -> CaptureReader { try Self.open(paths) }

  /// Opens captures as one timeline; `Stop` has the sentence when none of them can be used.
  static func open(_ paths: [String]) throws(Stop) -> CaptureReader {
    if paths.isEmpty { throw Stop(.usage, Tcptriage.nothingNamed) }
    do throws(CaptureFileError) { return try CaptureReader.open(paths: paths) } catch {
      if Interrupt.isPending { throw Stop(.interrupted, "Interrupted before anything was read.") }
      throw Stop(.input, error.description)
    }
  }

  private static func interruption(_ source: CaptureDescription, _ frames: UInt64) -> CaptureProblem {
    CaptureProblem(
      kind: .truncated, file: source.files.last?.name ?? "", offset: source.files.last?.bytes ?? 0,
      sentence: "Reading was interrupted after \(Quantity.count(frames, "frame")); what came before was analyzed.")
  }

  /// How this run makes its report.
  static func method(filter: String?) -> Method {
    Method(
      version: Tcptriage.version, commandLine: ShellWords.quoted(["tcptriage"] + CommandLine.arguments.dropFirst()),
      filter: filter ?? "")
  }

  /// Says on standard error what kept parts of the input from being analyzed.
  ///
  /// That nothing at all was analyzed is left to the summary where there is one.
  static func complain(about report: Report, _ filter: PacketFilter?, isSummarized: Bool = false) {
    complain(report.capture.source.problems)
    for (linkType, message) in filter?.unusable ?? [] {
      Console.complain(
        "The filter lets no \(linkType.name) frame pass, because it makes no sense for them: \(message).")
    }
    if report.capture.segments == 0, !isSummarized { Console.complain(nothingAnalyzed(report.capture)) }
  }

  /// Says what is wrong with the input itself.
  static func complain(_ problems: [CaptureProblem]) {
    for problem in problems {
      Console.complain(problem.file.isEmpty ? problem.sentence : "\(problem.file): \(problem.sentence)")
    }
  }

  private static func nothingAnalyzed(_ capture: CaptureSummary) -> String {
    if capture.frames == 0 { return "There is nothing to analyze: the input holds no frames." }
    let reasons = capture.notAnalyzed.map { "\($0.reason.words): \($0.frames)" }.joined(separator: ", ")
    return "Nothing could be analyzed in \(Quantity.count(capture.frames, "frame")) (\(reasons))."
  }

  /// What the state of the input makes of the exit status.
  static func status(of report: Report, strict: Bool) -> ExitStatus {
    var status = ExitStatus.success
    for problem in report.capture.source.problems {
      switch problem.kind {
      case .unreadable: status = status.worse(.input)
      case .truncated, .damaged: if strict { status = status.worse(.damaged) }
      }
    }
    return Interrupt.isPending ? .interrupted : status
  }
}
