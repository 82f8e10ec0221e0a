import Detection
import Dissection
import Frames
import Tracking

/// The pipeline: frames in, findings out.
///
/// One value holds everything; whoever feeds it owns the loop.
package struct Engine: ~Copyable {
  /// Observations are handed to the detectors once this many wait: enough to pay for the dynamic calls, few enough to
  /// stay
  /// in the first cache while every detector looks at them.
  private static let handOver = 128
  private static let missedBytes = Topics(missedBytes: true)
  /// Open connections that are judged as they stand when somebody looks: a look shall take milliseconds.
  private static let mostOpenAsked = 4_096

  private var dissector = Dissector()
  private var census = FrameCensus()
  private var tracker: Tracker
  private var detectors: [any Detector]
  /// The topics of each detector: asked for again only when it may have changed its mind.
  private var interests: [Topics]
  private var shelf: ConnectionShelf
  private var segments: [Segment] = []
  private var segmentCount: UInt64 = 0
  /// How much of what waits for the detectors the listener was told already.
  private var heard = (observations: 0, ended: 0)
  private var cutOptions: UInt64 = 0
  private let listener: Listener?
  private var counters: HostCounters?
  private let disabledRules: Set<String>
  private var anonymity: Anonymity?

  /// Someone who wants to see observations and ended connections as they come (`show`, streams).
  package struct Listener {
    package var observations: ([Observation]) -> Void
    package var ended: ([ConnectionEnd]) -> Void
    package var segments: (([Segment]) -> Void)?
    /// Told what was known before the frame that the settings ask about, if it holds a segment.
    package var facts: ((SegmentFacts) -> Void)?

    package init(
      observations: @escaping ([Observation]) -> Void = { _ in }, ended: @escaping ([ConnectionEnd]) -> Void = { _ in },
      segments: (([Segment]) -> Void)? = nil
    ) {
      self.observations = observations
      self.ended = ended
      self.segments = segments
    }
  }

  package init(_ settings: TriageSettings, listener: Listener? = nil) {
    var tracking = settings.tracking
    if settings.predictsCounters { tracking.observeOrdinary = true }
    tracker = Tracker(tracking)
    counters = settings.predictsCounters ? HostCounters() : nil
    shelf = ConnectionShelf(summarizesTraffic: settings.summarizesTraffic)
    detectors = settings.detectors.map { $0.init(settings.detection) }
    interests = detectors.map(\.topics)
    disabledRules = settings.detection.disabledRules
    anonymity = settings.anonymity.map(Anonymity.init)
    segments.reserveCapacity(Tracker.batchSize)
    self.listener = listener
  }

  /// Analyzes the next frames.
  package mutating func take(_ batch: borrowing FrameBatch) {
    take(batch, filter: Optional<EveryFrame>.none)
  }

  /// Analyzes those of the next frames that `filter` lets pass.
  package mutating func take<F: FrameFilter & ~Copyable>(_ batch: borrowing FrameBatch, filter: borrowing F?) {
    census.take(batch)
    var masked = anonymity == nil ? [] : Anonymity.copy(batch.bytes)
    var start = 0
    while start < batch.records.count {
      let end = min(start + Tracker.batchSize, batch.records.count)
      segments.removeAll(keepingCapacity: true)
      dissect(batch, start..<end, filter)
      for index in segments.indices where segments[index].options.contains(.cut) { cutOptions &+= 1 }
      anonymity?.mask(&segments, &masked)
      listener?.segments?(segments)
      // Bytes of an array are all initialized.
      if anonymity == nil { track(batch.bytes) } else { track(unsafe masked.span.bytes) }
      start = end
    }
  }

  /// Tracks what was dissected, pausing at whole batches so that the same frames give the same report however they are read.
  private mutating func track(_ bytes: RawSpan) {
    var start = 0
    while start < segments.count {
      let end = min(segments.count, start + tracker.roomToBoundary)
      tracker.track(segments, start..<end, bytes)
      segmentCount &+= UInt64(end - start)
      start = end
      if tracker.isAtBoundary, tracker.waiting >= Self.handOver { deliver() }
    }
  }

  private mutating func dissect<F: FrameFilter & ~Copyable>(
    _ batch: borrowing FrameBatch, _ range: Range<Int>, _ filter: borrowing F?
  ) {
    guard filter != nil else {
      dissector.dissect(batch, range, into: &segments)
      return
    }
    for index in range {
      let record = batch.records[index]
      if filter?.accepts(record, batch.bytes) ?? true {
        dissector.dissect(batch, index..<index + 1, into: &segments)
      } else {
        dissector.leaveOut(1, .filtered)
      }
    }
  }

  /// Hands what waits to the detectors.
  private mutating func deliver() {
    if counters == nil {
      handOver(tracker.observations)
    } else {
      counters?.take(tracker.observations)
      counters?.take(tracker.ended)
      // What is told for the counters alone is nothing for the others.
      handOver(tracker.observations.filter(\.isJudged))
    }
    if tracker.topics.meets(Self.missedBytes) { shelf.note(tracker.observations) }
    for index in tracker.ended.indices { shelf.take(tracker.ended[index]) }
    if shelf.isFull { shelf.sift(Set(detectors.flatMap(\.mayName))) }
    tracker.clear()
    heard = (0, 0)
  }

  private mutating func handOver(_ observations: borrowing [Observation]) {
    tellListener()
    let (topics, hasEnds) = (tracker.topics, !tracker.ended.isEmpty)
    for index in detectors.indices {
      let isConcerned = interests[index].meets(topics)
      if isConcerned { detectors[index].observe(observations) }
      if hasEnds { detectors[index].connectionsEnded(tracker.ended) }
      if isConcerned || hasEnds { interests[index] = detectors[index].topics }
    }
  }

  /// Tells the listener now what would else wait until there is enough of it: whoever watches live does not wait.
  ///
  /// The detectors go on waiting, because their words must not depend on when somebody looked.
  package mutating func tellListener() {
    guard let listener else { return }
    let (observations, ended) = (tracker.observations.count, tracker.ended.count)
    if heard == (0, 0) {
      if observations > 0 { listener.observations(tracker.observations) }
      if ended > 0 { listener.ended(tracker.ended) }
    } else {
      if observations > heard.observations { listener.observations(Array(tracker.observations[heard.observations...])) }
      if ended > heard.ended { listener.ended(Array(tracker.ended[heard.ended...])) }
    }
    heard = (observations, ended)
  }

  /// What a report would say if the capture ended now; nothing changes by asking, so the final report does not either.
  ///
  /// Troubled connections are judged as if they ended here; of all open ones, those are listed that a finding names.
  ///
  /// - Returns: the report, and all findings, of which it lists only some of each rule.
  /// - Complexity: O(troubled connections).
  package func snapshot(_ source: CaptureDescription, method: Method) -> (report: Report, findings: [Finding]) {
    var asked = detectors
    let (topics, hasEnds) = (tracker.topics, !tracker.ended.isEmpty)
    let facts = survey(source)
    let open = tracker.troubled(most: Self.mostOpenAsked)
    for index in asked.indices {
      if interests[index].meets(topics) { asked[index].observe(tracker.observations) }
      if hasEnds { asked[index].connectionsEnded(tracker.ended) }
      if !open.isEmpty { asked[index].connectionsEnded(open) }
      asked[index].captureSurveyed(facts)
    }
    let builder = ReportBuilder(
      facts: facts, source: source, detectors: asked, shelf: shelf, method: method, disabledRules: disabledRules)
    let findings = builder.findings
    var report = builder.build(of: findings)
    report.add(openConnections(of: report.findings))
    return (report, findings)
  }

  /// Connections in memory now.
  package var openConnections: Int { tracker.openCount }

  /// Connections seen so far.
  package var connections: UInt64 { tracker.connectionCount }

  /// How the connection of `segment` stands, if it is still tracked.
  package func account(of segment: Segment) -> ConnectionEnd? { tracker.account(of: segment) }

  private func openConnections(of findings: [Finding]) -> [ConnectionEnd] {
    var open: [ConnectionID: ConnectionEnd] = [:]
    for finding in findings {
      for frame in finding.evidence {
        guard let end = tracker.account(of: frame.segment), open[end.id] == nil else { continue }
        if finding.connections.contains(end.id) { open[end.id] = end }
      }
    }
    return open.values.sorted { $0.id < $1.id }
  }

  /// Ends the capture and writes the report.
  package consuming func finish(_ source: CaptureDescription, method: Method) -> Report {
    while tracker.finish() { deliver() }
    deliver()
    if let facts = tracker.facts { listener?.facts?(facts) }
    let facts = survey(source)
    for index in detectors.indices { detectors[index].captureSurveyed(facts) }
    var report = ReportBuilder(
      facts: facts, source: source, detectors: detectors, shelf: shelf, method: method, disabledRules: disabledRules
    ).build()
    report.counters = counters?.predictions(hasLoss: facts.lacksSegments)
    return report
  }

  private func survey(_ source: CaptureDescription) -> CaptureFacts {
    var facts = census.survey()
    facts.segments = segmentCount
    facts.cutOptions = cutOptions
    for reason in NotAnalyzed.allCases where dissector.notAnalyzed[reason.rawValue] > 0 {
      facts.notAnalyzed.append((reason, dissector.notAnalyzed[reason.rawValue]))
    }
    facts.problems = source.problems
    let drops = source.interfaces.compactMap(\.reportedDrops)
    facts.reportedDrops = drops.isEmpty ? nil : drops.reduce(0, &+)
    facts.copies = tracker.copies
    facts.missedBytes = tracker.missedBytes
    facts.connections = tracker.connectionCount
    facts.evicted = tracker.evicted
    facts.payloadBytes = shelf.totals.payloadBytes
    return facts
  }
}

/// Lets every frame pass: stands where there is no filter.
private struct EveryFrame: FrameFilter {
  func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool { true }
}

/// What the user may set for a whole analysis.
package struct TriageSettings: Sendable {
  package var tracking = TrackingSettings()
  package var detection = DetectionSettings()
  /// Predict the kernels' counters of each host: every segment then becomes an observation.
  package var predictsCounters = false
  /// Sum up hosts, listeners and options: costs a part of a microsecond for each connection.
  package var summarizesTraffic = true
  /// The key by which addresses and names are replaced; nil leaves them as they are.
  package var anonymity: AnonymityKey?
  /// Detectors that take part; all of them unless a test leaves some out.
  package var detectors: [any Detector.Type] = allDetectors

  package init() {}
}
