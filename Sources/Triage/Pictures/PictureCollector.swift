import Detection
import Dissection
import Frames
import Tracking

/// The second look at a capture: picks the packets of the troubled connections and says of each what it is.
///
/// Whoever feeds it gives the same frames with the same numbers as the engine had.
package struct PictureCollector: ~Copyable {
  private let findings: [Finding]
  private let targets: [PictureTargets.Target]
  /// What a stretch holds of each target, if it holds something.
  private let keys: [FlowSketch.Key]
  private var builders: [TraceBuilder]
  private var taken: [UInt64]
  private var tracker: Tracker
  private var dissector = Dissector()
  /// A report without names is about other addresses than those in the frames.
  private var anonymity: Anonymity?
  private var segments: [Segment] = []
  private var picked: [Segment] = []
  /// Message types of SMC handshakes among the picked segments, by frame.
  private var messages: [UInt64: UInt8] = [:]
  /// Which two ports, one over the other, may be a target's: most frames are passed by after one look.
  private var mayMatch = [Bool](repeating: false, count: 1 << 16)
  /// Frames that any unfinished target needs.
  private var needed: ClosedRange<UInt64>?
  private var timeline: Timeline
  /// The timeline is that of the first reading.
  private let isCounted: Bool
  /// Frames that the report counts, and stretches of them; none where all have to be read.
  private let frames: UInt64
  private let stretches: [StretchIndex.Stretch]
  private var isFromMemory = false
  /// Stretches that are read before targets are asked again whether they are full.
  private static let longestRun = 256

  /// Chooses what of `report` is worth a picture.
  ///
  /// - Parameters:
  ///   - report: what the pictures will be part of.
  ///   - anonymity: what the report was made with.
  ///   - index: what was noted when the report was made.
  package init(_ report: Report, anonymity: AnonymityKey? = nil, index: StretchIndex? = nil) {
    self.anonymity = anonymity.map(Anonymity.init)
    findings = report.findings
    targets = PictureTargets(report).targets
    builders = targets.map { target in
      let shown = target.findings.map { report.findings[$0] }
      return TraceBuilder(
        target, proof: Set(shown.flatMap { $0.evidence.map(\.segment.frame) }), beginnings: shown.map(\.firstFrame))
    }
    keys = targets.map { FlowSketch.Key($0.client, $0.server) }
    taken = targets.map { _ in 0 }
    var settings = TrackingSettings()
    settings.maxMemory = 1 << 24
    settings.observeOrdinary = true
    tracker = Tracker(settings)
    let begin = report.capture.firstTime
    // Steps that begin with another frame than the earliest would be others.
    let counted = index?.timeline.flatMap { $0.start == begin ? $0 : nil }
    timeline = counted ?? Timeline(from: begin)
    isCounted = counted != nil
    frames = report.capture.frames
    stretches = counted == nil ? [] : index?.stretches ?? []
    for target in targets { mayMatch[Int(target.client.port ^ target.server.port)] = true }
    findNeeded()
  }

  /// Takes the next frames, those that `filter` lets pass.
  package mutating func take<F: FrameFilter & ~Copyable>(_ batch: borrowing FrameBatch, filter: borrowing F?) {
    if !isCounted { timeline.count(batch, filter: filter) }
    var masked = anonymity == nil ? [] : Anonymity.copy(batch.bytes)
    var start = 0
    while start < batch.records.count {
      let end = min(start + Tracker.batchSize, batch.records.count)
      segments.removeAll(keepingCapacity: true)
      for index in start..<end { look(batch, index, filter) }
      anonymity?.mask(&segments, &masked)
      // Bytes of an array are all initialized.
      if !segments.isEmpty { anonymity == nil ? pick(batch.bytes) : pick(unsafe masked.span.bytes) }
      start = end
    }
  }

  /// Reads what pictures need from the input that the report is about, opened once more.
  ///
  /// - Parameters:
  ///   - source: the input, at its start.
  ///   - filter: lets the same frames pass as it did for the report.
  ///   - mayGoOn: asked after each batch, with the number of its last frame.
  /// - Returns: false when reading was ended, or the input is no longer what it was.
  package mutating func read<Source: SeekableSource & ~Copyable, F: FrameFilter & ~Copyable>(
    _ source: inout Source, filter: borrowing F?, while mayGoOn: (borrowing Source, UInt64) -> Bool
  ) -> Bool {
    var last: UInt64 = 0
    guard !stretches.isEmpty else {
      // A capture that is still being written may have grown.
      while last < frames, takeNext(from: &source, filter, &last) {
        guard mayGoOn(source, last) else { return false }
      }
      return true
    }
    var next = 0
    while let (begin, end) = neededRun(from: &next) {
      guard source.move(to: begin, until: end) else { return false }
      while takeNext(from: &source, filter, &last) {
        guard mayGoOn(source, last) else { return false }
      }
      let isLast = end.offset == FramePlace.unknown
      guard let place = source.place, isLast ? place.number == end.number : place == end else { return false }
    }
    return true
  }

  private mutating func takeNext<Source: SeekableSource & ~Copyable, F: FrameFilter & ~Copyable>(
    from source: inout Source, _ filter: borrowing F?, _ last: inout UInt64
  ) -> Bool {
    source.nextBatch { batch in
      take(batch, filter: filter)
      if batch.records.count > 0 { last = batch.records[batch.records.count - 1].number }
    }
  }

  /// Where the next stretches that are needed begin and end, and in `index` the one behind them.
  private func neededRun(from index: inout Int) -> (FramePlace, FramePlace)? {
    while index < stretches.count, !isNeeded(index) { index += 1 }
    guard index < stretches.count else { return nil }
    let first = index
    while index < min(stretches.count, first + Self.longestRun), isNeeded(index) { index += 1 }
    return (stretches[first].place, end(of: index - 1))
  }

  private func end(of index: Int) -> FramePlace {
    guard index + 1 == stretches.count else { return stretches[index + 1].place }
    var end = stretches[index].place
    (end.number, end.offset) = (frames &+ 1, FramePlace.unknown)
    return end
  }

  /// Whether a stretch may hold packets of a target that is not full, or decides how later ones are to be read.
  private func isNeeded(_ index: Int) -> Bool {
    let (begin, end) = (stretches[index].place, end(of: index))
    guard let needed, begin.number <= needed.upperBound else { return false }
    guard begin.changes == end.changes else { return true }
    return targets.indices.contains { target in
      taken[target] < PictureTargets.mostSegments && stretches[index].flows.mayHold(keys[target])
        && targets[target].frames.overlaps(begin.number..<max(begin.number, end.number))
    }
  }

  /// Takes what a ring remembers, instead of frames.
  package mutating func take(_ ring: SegmentRing) {
    let nothing: [UInt8] = []
    isFromMemory = ring.hasForgotten
    timeline = ring.timeline
    var portions: [[Segment]] = []
    ring.replay(by: Tracker.batchSize) { portions.append($0) }
    for portion in portions {
      segments = portion
      // `Span.bytes` is marked unsafe only because elements may have padding; bytes have none.
      unsafe pick(nothing.span.bytes)
    }
  }

  /// What was gathered; a trace counts only if it holds the packet that its finding rests on.
  package consuming func finish() -> ReportPictures {
    while tracker.finish() { deliver() }
    deliver()
    var result = ReportPictures()
    result.timeline = timeline
    result.isFromMemory = isFromMemory
    for index in targets.indices {
      var trace = builders[index].trace
      trace.isPart = targets[index].isPart
      let proven = targets[index].findings.filter { Self.shows(trace, findings[$0]) }
      guard !proven.isEmpty else { continue }
      result.traces.append(trace)
      result.shown += proven.map { ($0, result.traces.count - 1) }
    }
    result.shown.sort { $0.finding < $1.finding }
    return result
  }

  /// Whether a trace holds a frame of the finding's evidence, with the numbers that it had.
  private static func shows(_ trace: ConnectionTrace, _ finding: Finding) -> Bool {
    let proof = Dictionary(finding.evidence.map { ($0.segment.frame, $0.segment) }) { first, _ in first }
    return trace.points.contains { point in
      guard let segment = proof[point.frame] else { return false }
      return segment.time == point.time && segment.sequence == point.sequence
    }
  }

  @inline(__always)
  private mutating func look<F: FrameFilter & ~Copyable>(
    _ batch: borrowing FrameBatch, _ index: Int, _ filter: borrowing F?
  ) {
    let record = batch.records[index]
    guard let needed, needed.contains(record.number), mayConcern(record, batch.bytes),
      filter?.accepts(record, batch.bytes) ?? true
    else { return }
    dissector.dissect(batch, index..<index + 1, into: &segments)
  }

  /// A glance at the ports where they usually are: most frames need not be dissected.
  @inline(__always)
  private func mayConcern(_ record: FrameRecord, _ bytes: RawSpan) -> Bool {
    guard record.linkType == .ethernet, record.capturedLength >= 58 else { return true }
    let start = Int(record.offset)
    let ports: Int
    switch bytes.bigEndian(start + 12, as: UInt16.self) {
    case 0x0800 where bytes.byte(start + 14) == 0x45: ports = start + 34
    case 0x86DD where bytes.byte(start + 20) == 6: ports = start + 54
    default: return true
    }
    return mayMatch[Int(bytes.bigEndian(ports, as: UInt16.self) ^ bytes.bigEndian(ports + 2, as: UInt16.self))]
  }

  /// Tracks those of the segments that belong to a target.
  private mutating func pick(_ bytes: RawSpan) {
    picked.removeAll(keepingCapacity: true)
    for segment in segments where mayMatch[Int(segment.sourcePort ^ segment.destinationPort)] {
      guard let target = target(of: segment), targets[target].frames.contains(segment.frame),
        taken[target] < PictureTargets.mostSegments
      else { continue }
      taken[target] += 1
      if taken[target] == PictureTargets.mostSegments { findNeeded() }
      picked.append(segment)
      note(segment, bytes)
    }
    guard !picked.isEmpty else { return }
    tracker.track(picked, bytes)
    deliver()
  }

  /// Frames that may still be of use: the range over all targets that are not full.
  private mutating func findNeeded() {
    let open = targets.indices.filter { taken[$0] < PictureTargets.mostSegments }.map { targets[$0].frames }
    let (first, last) = (open.map(\.lowerBound).min(), open.map(\.upperBound).max())
    if let first, let last { needed = first...last } else { needed = nil }
  }

  /// Of several targets with the same ends the one whose time it is.
  private func target(of segment: Segment) -> Int? {
    targets.firstIndex { target in
      target.frames.contains(segment.frame)
        && (target.client == segment.sender && target.server == segment.receiver
          || target.client == segment.receiver && target.server == segment.sender)
    }
  }

  private mutating func note(_ segment: Segment, _ bytes: RawSpan) {
    let (start, count) = (Int(segment.payloadOffset), Int(segment.capturedPayload))
    guard count >= CLCHeader.byteCount, start + count <= bytes.byteCount else { return }
    guard let header = CLCHeader(bytes.extracting(start..<start + count)), messages.count < 256 else { return }
    messages[segment.frame] = header.type
  }

  private mutating func deliver() {
    for index in tracker.observations.indices {
      let observation = tracker.observations[index]
      guard let target = target(of: observation.segment) else { continue }
      builders[target].take(observation, clc: messages[observation.segment.frame] ?? 0)
    }
    tracker.clear()
  }
}
