import Frames
import LiveCapture
import Tracking
import Triage

/// What a live table does between two batches of frames.
protocol LiveTable: AnyObject {
  var listener: Engine.Listener { get }

  /// A batch was taken, and it is `time` (ns since 1970 UTC): print what there is.
  func caughtUp(_ engine: borrowing Engine, time: Int64)

  /// Nobody reads any more.
  var wantsToQuit: Bool { get }
}

/// Captures on interfaces for a table, until its time is over or somebody ends it.
struct LiveTableRun {
  let options: LiveTableOptions
  let input: InputOptions

  /// Captures; whatever the table has not printed waits for its end.
  ///
  /// - Returns: why it ended.
  /// - Throws: when an interface cannot be captured on.
  func run(_ table: some LiveTable) throws(Stop) -> ExitStatus {
    LiveSignals.prepare(rotates: false)
    var source = try options.open(filter: input.filter)
    sayHello()
    var settings = input.settings
    settings.tracking.observeOrdinary = true
    settings.detectors = []
    var engine = Engine(settings, listener: table.listener)
    var isTerminated = false
    let end = options.duration.map { Terminal.now() + $0.nanoseconds }
    while source.nextBatch({ engine.take($0) }) {
      engine.tellListener()
      table.caughtUp(engine, time: Terminal.time())
      for remark in source.takeRemarks() { Console.complain(remark) }
      // A table has no file to begin anew: the terminal is gone.
      isTerminated = LiveSignals.isTerminated || LiveSignals.takeHangup()
      if Interrupt.isPending || isTerminated || table.wantsToQuit { break }
      if let end, Terminal.now() >= end { break }
    }
    for remark in source.takeRemarks() { Console.complain(remark) }
    source.updateCounts()
    complainAboutDrops(source.interfaces.map(\.counts))
    let isOpen = source.isOpen
    _ = engine.finish(source.description, method: CaptureRun.method(filter: input.filter))
    if Interrupt.isPending { return .interrupted }
    return isTerminated ? .terminated : isOpen ? .success : .live
  }

  /// A table that has no row yet looks like a program that hangs.
  private func sayHello() {
    guard !input.quiet, Terminal.isTerminal(1) else { return }
    let until = options.duration == nil ? "; Ctrl-C ends the table" : ""
    Console.complain("Capturing on \(Quantity.list(options.interface))\(until).")
  }

  private func complainAboutDrops(_ counts: [CaptureCounts]) {
    let dropped = counts.reduce(0) { $0 &+ $1.dropped }
    guard dropped > 0 else { return }
    let frames = Quantity.count(dropped, "frame")
    Console.complain("\(frames) came too fast to be captured; rows may be missing. Capture less with --filter.")
  }
}
