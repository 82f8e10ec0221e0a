import Dissection
import Frames

/// Derives every TCP fact, segment by segment, and keeps those that are not ordinary as observations.
///
/// The order of the steps matters (tcp-pathologies §0.6): copies first, timestamps before anything is updated, sequence
/// before acknowledgment before window. Each step is an extension in a file of its own. On the way of every segment the
/// records travel as `inout` even where they are only read: passed by value they would be copied, 250 bytes each time.
struct Analysis: Sendable {
  var observations: [Observation] = []
  /// What the observations that wait are about.
  var topics = Topics()
  var ended: [ConnectionEnd] = []
  var cold = Pool<ColdRecord>()
  /// What the lists of the cold records hold at most: every look into one counts as the largest entry until
  /// ``weighCold()``.
  private var coldBytes = 0
  var smc = Pool<SMCHandshake>()
  var copies = CopyCensus()
  var recent = RecentSegments()
  /// Which segments to tell of.
  var scope = ObservationScope.judged
  /// The frame whose facts the user wants to see, and those facts once it has come; 0 = none.
  var askedFrame: UInt64 = 0
  var facts: SegmentFacts?
  /// The frame that is being looked at.
  var currentFrame: UInt64 = 0
  /// Payload bytes that peers acknowledged although the capture never showed them.
  var missedBytes: UInt64 = 0

  /// Takes one segment of `connection`; `fromLow` says which end sent it.
  @inline(__always)
  mutating func step(_ s: Segment, _ connection: inout Connection, fromLow: Bool, _ bytes: RawSpan) {
    if fromLow {
      step(s, &connection.low, &connection.high, &connection.shared, fromLow: true, bytes)
    } else {
      step(s, &connection.high, &connection.low, &connection.shared, fromLow: false, bytes)
    }
  }

  private mutating func step(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ bytes: RawSpan
  ) {
    x.lastFrame = s.frame
    currentFrame = s.frame
    if s.frame == askedFrame { takeFacts(s, &x, &y, &shared, fromLow: fromLow) }
    if isCopy(s, &x, &shared) {
      if s.frame == askedFrame { facts?.kind = .captureDuplicate }
      noteCopy(s, &x, &shared, fromLow: fromLow)
      return
    }
    var verdict = Verdict()
    begin(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    timestamps(s, &x, &y, &shared, &verdict)
    predictRejection(s, &x, &y, &shared, &verdict)
    if s.flags.rawValue & 0x07 != 0 { control(s, &x, &y, &shared, fromLow: fromLow, &verdict) }
    if s.sequenceLength > 0, !s.flags.contains(.rst) {
      sequence(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    } else if s.isBareACK {
      bareSegment(s, &x, &y, &verdict)
    }
    if s.flags.contains(.ack), !s.flags.contains(.rst) {
      acknowledgment(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    }
    if shared.smc != 0 || s.payloadLength >= 4 { feedSMC(s, &x, &shared, fromLow: fromLow, bytes) }
    if s.frame == askedFrame, var known = facts {
      finishFacts(&known, verdict)
      facts = known
    }
    finish(s, &x, &y, &shared, fromLow: fromLow, &verdict)
  }

  /// First look: counters, and what a direction is at its first segment.
  @inline(__always)
  private func begin(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    x.packets &+= 1
    x.hopLimit = s.hopLimit
    if s.payloadLength > 0 {
      x.dataPackets &+= 1
      x.payloadBytes &+= UInt64(s.payloadLength)
      // Only troubled directions need to know how much they sent lately.
      if shared.flags.contains(fromLow ? .lowUnsettled : .highUnsettled) { x.countLately(s) }
    }
    if !x.flags.contains(.seen), !s.flags.contains(.rst) {
      x.flags.insert(.seen)
      x.initial = s.sequence
      x.next = s.sequence
    }
    verdict.flight = flight(&x, &y)
    account(s, &x, &y, &shared, &verdict)
    verdict.peerRecent = x.recentAtPeer
    if y.flags.contains(.hasAcknowledged) { verdict.desync = Int32(truncatingIfNeeded: y.lastACK - s.sequence) }
  }

  /// Bytes of X that Y has not acknowledged, 0 when that cannot be told.
  @inline(__always)
  func flight(_ x: inout Direction, _ y: inout Direction) -> UInt32 {
    guard y.flags.contains(.hasAcknowledged), x.flags.contains(.seen) else { return 0 }
    return UInt32(max(0, x.next - y.highestACK))
  }

  /// Last look: what the direction remembers of the segment, and the observation if it is worth one.
  @inline(__always)
  private mutating func finish(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    if verdict.progressed { shared.progress &+= 1 }
    x.flags.subtract([.lastWasKeepAlive, .lastWasProbe])
    switch verdict.kind {
    case .keepAlive: x.flags.insert(.lastWasKeepAlive)
    case .windowProbe: x.flags.insert(.lastWasProbe)
    default: break
    }
    // A clock before 1970 has times below the 0 that stands for "never".
    x.lastTime = x.packets == 1 ? s.time : max(x.lastTime, s.time)
    x.noteIdentification(s.ipIdentification)
    if verdict.isRemarkable(scope) { note(s, &x, &y, &shared, fromLow: fromLow, &verdict) }
  }

  /// Turns a verdict into an observation.
  @inline(never)
  mutating func note(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    if verdict.isRemarkable(.judged) { shared.flags.insert(.troubled) }
    if verdict.kind == .idleACK { shared.countIdle(at: s.time) }
    missedBytes &+= UInt64(verdict.missedBytes)
    observations.append(Observation(s, connection: shared.id, fromClient: fromLow == shared.lowIsClient))
    // Filled in place: the record is too large to be built beside and copied.
    Self.fill(&observations[observations.count - 1], &x, &y, &shared, &verdict)
    let isReset = verdict.kind == .reset
    let (mine, other) = (shared.state(ofLow: fromLow), shared.state(ofLow: !fromLow))
    observations[observations.count - 1].senderState = isReset ? verdict.senderBefore : mine
    observations[observations.count - 1].receiverState = isReset ? verdict.receiverBefore : other
    topics.insert(observations[observations.count - 1])
  }

  @inline(__always)
  private static func fill(
    _ observation: inout Observation, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState,
    _ verdict: inout Verdict
  ) {
    observation.kind = verdict.kind
    observation.cause = verdict.cause
    observation.rejection = verdict.rejection
    observation.certainty = verdict.certainty
    observation.anomalies = verdict.anomalies
    observation.progress = shared.progress
    observation.idleRun = verdict.kind == .idleACK ? shared.idleRun : 0
    observation.desync = verdict.desync
    observation.timestampLag = verdict.timestampLag
    observation.peerRecentTimestamp = verdict.peerRecent
    observation.timestampJump = verdict.timestampJump
    observation.flight = verdict.flight
    observation.peerWindow = y.scaledWindow ?? .max
    observation.repeatedBytes = verdict.repeatedBytes
    if verdict.kind == .retransmission {
      observation.sentLately = x.sentLately(at: observation.segment.time)
    }
    let hasTimestamps = observation.segment.hasTimestamps
    observation.units = x.units(observation.segment.payloadLength, withTimestamps: hasTimestamps)
    observation.missedBytes = verdict.missedBytes
    observation.stall = verdict.stall
  }

  /// Keeps an observation until the detectors take it.
  mutating func tell(_ observation: Observation) {
    observations.append(observation)
    topics.insert(observation)
  }

  /// A later word on an earlier frame.
  mutating func amend(
    _ earlier: Segment, _ shared: inout SharedState, fromLow: Bool, _ change: (inout Observation) -> Void
  ) {
    shared.flags.insert(.troubled)
    var observation = Observation(earlier, connection: shared.id, fromClient: fromLow == shared.lowIsClient)
    observation.amends = earlier.frame
    observation.amendedBy = currentFrame
    observation.progress = shared.progress
    change(&observation)
    tell(observation)
  }

  /// The cold half for data sent by one end; made when first needed.
  mutating func withRecovery<R>(
    _ shared: inout SharedState, ofLow: Bool, _ body: (inout Recovery) -> R
  ) -> R {
    if shared.cold == 0 { shared.cold = cold.add(ColdRecord()) + 1 }
    shared.flags.insert(ofLow ? .lowUnsettled : .highUnsettled)
    coldBytes &+= MemoryLayout<Retransmission>.stride
    let index = Int(shared.cold) - 1
    if ofLow {
      cold.items[index].lowIsQuietUntil = .min
      return body(&cold.items[index].low)
    }
    cold.items[index].highIsQuietUntil = .min
    return body(&cold.items[index].high)
  }

  /// Gives back the cold record of a connection that has ended.
  mutating func releaseCold(_ shared: SharedState) {
    guard shared.cold != 0 else { return }
    let index = shared.cold - 1
    coldBytes -= cold.items[Int(index)].weight
    cold.remove(index, emptied: ColdRecord())
  }

  /// Weighs all cold records: once the estimate is at its limit, which is cheaper than at every change.
  ///
  /// - Complexity: O(records); the estimate needs as many changes to come near the limit again.
  mutating func weighCold() { coldBytes = cold.items.reduce(0) { $0 + $1.weight } }

  /// Bytes that one SMC machine may take with its segments and messages.
  private static let smcBytes = 4096

  /// Bytes that the details of troubled and SMC connections take.
  var coldMemory: Int { coldBytes + cold.count * MemoryLayout<ColdRecord>.stride + smc.count * Self.smcBytes }
}
