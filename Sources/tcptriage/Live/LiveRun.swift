import CaptureFiles
import Detection
import Dissection
import Frames
import Glibc
import LiveCapture
import Rendering
import Triage

/// One run of live mode: frames into the engine, every second a look at what there is, and in the end the report.
///
/// All of it on one thread, but for what draws, writes and serves: none of those can hold up the capture.
final class LiveRun {
  /// How often there is a new snapshot.
  private static let interval = PacketTime.second
  /// Looking may take this part of the time at most; with very much to look at it is done less often.
  private static let shareOfLooking: Int64 = 10
  private static let mostRemarks = 20

  private let command: LiveCommand
  private let output: any LiveOutput
  private let ring: SegmentRing?
  private let board: LiveBoard
  /// Nil when a capture is replayed: this host knows nothing of it.
  private let host: LiveHost?
  private let metrics: LiveMetrics?
  private var frames: UInt64 = 0
  private var method: Method
  private var isFound = false
  private var last: LiveSnapshot?

  /// When it began, by the host's clock and by one that never goes back, ns.
  private let began: (time: Int64, ticks: Int64)

  /// The host's clock as it would be had nobody set it since: rates are worked out with it.
  private var time: Int64 { began.time &+ (Terminal.now() &- began.ticks) }

  init(_ command: LiveCommand) {
    let now = Terminal.time()
    began = (now, Terminal.now())
    self.command = command
    output = LiveOutputs.chosen(for: command)
    ring = command.wantsPictures ? SegmentRing() : nil
    host = command.source.replay == nil ? LiveHost(at: now) : nil
    board = LiveBoard(at: now, local: host?.local ?? LocalHosts([]))
    metrics = command.metrics.map { LiveMetrics($0.address) }
    method = CaptureRun.method(filter: command.source.filter)
  }

  /// Captures until something ends it, then writes the report.
  func run() throws(Stop) -> ExitStatus {
    LiveSignals.prepare(rotates: command.writing.write != nil)
    if let path = command.source.replay {
      let filter = try InputOptions.compiled(command.source.filter)
      var reader = try CaptureRun.open([path])
      try becomeUser()
      return try follow(&reader, filter: filter)
    }
    var source = try open()
    // The kernel runs the filter.
    let status = try follow(&source, filter: nil)
    return source.isOpen ? status : status.worse(.live)
  }

  private func open() throws(Stop) -> InterfaceSource {
    let source: InterfaceSource
    do throws(LiveCaptureError) {
      source = try InterfaceSource(command.source.interface, command.source.interfaceSettings)
    } catch {
      if case .filter = error { throw Stop(.usage, error.description) }
      throw Stop(.live, error.description)
    }
    try becomeUser()
    return source
  }

  /// Goes on as the user that was named, who must be able to write what was asked for.
  private func becomeUser() throws(Stop) {
    do throws(LiveCaptureError) {
      if let user = command.source.user { try Privileges.become(user) }
    } catch {
      throw Stop(.live, error.description)
    }
    for path in command.outputs { try OutputFile.check(path) }
  }

  private func follow<Source: LiveSource & ~Copyable>(
    _ source: inout Source, filter: PacketFilter?
  ) throws(Stop) -> ExitStatus {
    var engine = Engine(command.settings, listener: listener)
    let start = Terminal.now()
    var next = start + Self.interval
    let evidence = try LiveEvidence(command.writing, interfaces: source.description.interfaces)
    try metrics?.start()
    try output.begin()
    while source.nextBatch({ take($0, filter, &engine, evidence) }) {
      let now = Terminal.now()
      if now >= next {
        look(&engine, &source, evidence)
        next = max(max(next, now) + Self.interval, Terminal.now() + (Terminal.now() - now) * Self.shareOfLooking)
      }
      if isOver(after: now - start) { break }
    }
    source.rest(until: Terminal.time()) { take($0, filter, &engine, evidence) }
    look(&engine, &source, evidence)
    let complaints = evidence.finish()
    var report = engine.finish(source.description, method: method)
    host?.conclude(&report, last?.findings ?? [])
    if var last {
      last.report = report
      last.writing = evidence.writing
      output.end(last)
    }
    metrics?.stop()
    complaints.forEach(Console.complain)
    let status = try finish(report)
    return complaints.isEmpty ? status : status.worse(.input)
  }

  private func take(
    _ batch: borrowing FrameBatch, _ filter: PacketFilter?, _ engine: inout Engine, _ evidence: LiveEvidence
  ) {
    engine.take(batch, filter: filter)
    evidence.take(batch)
    board.count(batch)
    ring?.count(batch, filter: filter)
    frames &+= UInt64(batch.records.count)
    host?.caughtUp()
  }

  private func look<Source: LiveSource & ~Copyable>(
    _ engine: inout Engine, _ source: inout Source, _ evidence: LiveEvidence
  ) {
    engine.tellListener()
    let state = LiveBoard.CaptureState(
      interfaces: source.currentInterfaces(), openConnections: engine.openConnections, connections: engine.connections)
    let (report, findings) = engine.snapshot(source.description, method: method)
    var (snapshot, news) = board.update(report, findings, at: time, state)
    let remarks = source.takeRemarks() + evidence.tick(state.interfaces, news) + (host?.complete(&snapshot) ?? [])
    snapshot.writing = evidence.writing
    snapshot.remarks = ((last?.remarks ?? []) + remarks).suffix(Self.mostRemarks)
    let events = remarks.map { LiveEvent.remark($0) } + news.map { $0.completed(from: snapshot) } + [.summary]
    output.show(snapshot, events)
    metrics?.show(snapshot)
    last = snapshot
    isFound = isFound || events.contains { isAwaited($0) }
  }

  private func isAwaited(_ event: LiveEvent) -> Bool {
    guard case .opened(let followed) = event else { return false }
    return command.ending.until.contains(followed.finding.rule.id)
  }

  private func isOver(after elapsed: Int64) -> Bool {
    if isFound || output.wantsToQuit || Interrupt.isPending || LiveSignals.isTerminated { return true }
    if let most = command.ending.duration, elapsed >= most.nanoseconds { return true }
    if let most = command.ending.stopAfter, frames >= most { return true }
    return false
  }

  private var listener: Engine.Listener {
    var listener = board.listener
    let boards = listener.segments
    listener.segments = { [host, ring] batch in
      boards?(batch)
      host?.take(batch)
      ring?.take(batch)
    }
    return listener
  }

  private func finish(_ report: Report) throws(Stop) -> ExitStatus {
    var report = report
    if let ring {
      var collector = PictureCollector(report)
      collector.take(ring)
      report.pictures = collector.finish()
    }
    let writer = ReportWriter(report: report, options: command.renderingOptions)
    var status = writer.write(files: command.outputs, database: nil, for: nil)
    if !command.quiet, command.format?.renderer != NDJSONReport.self {
      try writer.print(command.format?.renderer ?? TerminalSummary.self)
    }
    if Interrupt.isPending { status = .interrupted } else if LiveSignals.isTerminated { status = .terminated }
    return status
  }
}
