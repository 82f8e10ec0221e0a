import Dissection

/// What was known of a connection before one segment, and what was made of it: the answer to "why?".
///
/// X is the segment's sender, Y its receiver. Times are ns, 0 where nothing was seen.
package struct SegmentFacts: Sendable {
  package var segment: Segment
  package var connection: ConnectionID
  package var fromClient: Bool

  // Before the segment.

  /// First sequence numbers of X and Y, to print others relative to them.
  package var initial = SequenceNumber(0)
  package var peerInitial = SequenceNumber(0)
  /// X was not seen before.
  package var isFirst = false
  /// Up to where X has sent (SND.NXT).
  package var next = SequenceNumber(0)
  /// What Y has acknowledged (SND.UNA), nil before its first acknowledgment.
  package var acknowledged: SequenceNumber?
  package var flight: UInt32 = 0
  /// What Y offers, nil while its scale is unknown.
  package var peerWindow: UInt32?
  package var sacked: [SACKBlock] = []
  package var gaps: [SACKBlock] = []
  package var inTimeoutRecovery = false
  package var inFastRecovery = false
  package var recoveryEnd = SequenceNumber(0)
  package var probed = false
  package var duplicateACKs: UInt32 = 0
  package var sinceData: Int64 = 0
  package var sinceACK: Int64 = 0
  package var sinceAdvance: Int64 = 0
  /// Round trip from the capture point to Y and back, its variation, and the least to X and back.
  package var farRoundTrip: Int64 = 0
  package var farVariation: Int64 = 0
  package var nearRoundTrip: Int64 = 0
  /// The retransmission timeout that X must have had.
  package var timeout: Int64 = 0
  package var sackAgreed = false
  /// Y's TS.Recent for X, nil when unknown.
  package var recentTimestamp: UInt32?
  package var identification: UInt16 = 0

  // What was made of it.

  package var kind = SegmentKind.pureACK
  package var cause = RetransmissionCause.none
  package var certainty = Certainty.certain
  package var rejection = Rejection.none
  package var anomalies = Anomalies()
  package var timestampLag: Int32 = 0
  package var origin = Reason.none
  package var reason = Reason.none
}

extension Analysis {
  /// Notes what is known before the segment that the user asked about.
  @inline(never)
  mutating func takeFacts(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool
  ) {
    var facts = SegmentFacts(segment: s, connection: shared.id, fromClient: fromLow == shared.lowIsClient)
    facts.isFirst = !x.flags.contains(.seen)
    facts.initial = facts.isFirst ? s.sequence : x.initial
    facts.peerInitial = y.initial
    facts.next = x.next
    facts.acknowledged = y.flags.contains(.hasAcknowledged) ? y.highestACK : nil
    facts.flight = flight(&x, &y)
    facts.peerWindow = y.flags.contains(.hasAcknowledged) ? y.scaledWindow : nil
    facts.duplicateACKs = y.duplicateACKs
    facts.sinceData = x.lastDataTime == 0 ? 0 : s.time &- x.lastDataTime
    facts.sinceACK = y.lastACKTime == 0 ? 0 : s.time &- y.lastACKTime
    facts.sinceAdvance = y.lastAdvanceTime == 0 ? 0 : s.time &- y.lastAdvanceTime
    facts.farRoundTrip = y.answering.smoothed
    facts.farVariation = y.answering.variation
    facts.nearRoundTrip = x.answering.least
    facts.timeout = timeout(&x, &y)
    facts.sackAgreed = shared.flags.contains(.sackAgreed)
    facts.recentTimestamp = x.flags.contains(.recentKnown) ? x.recentAtPeer : nil
    facts.identification = x.identification
    if shared.cold != 0 {
      let index = Int(shared.cold) - 1
      facts.take(fromLow ? cold.items[index].low : cold.items[index].high)
    }
    self.facts = facts
  }

  /// Notes what was made of the segment.
  func finishFacts(_ facts: inout SegmentFacts, _ verdict: Verdict) {
    facts.kind = verdict.kind
    facts.cause = verdict.cause
    facts.certainty = verdict.certainty
    facts.rejection = verdict.rejection
    facts.anomalies = verdict.anomalies
    facts.timestampLag = verdict.timestampLag
    facts.origin = verdict.origin
    facts.reason = verdict.reason
  }
}

extension SegmentFacts {
  fileprivate mutating func take(_ recovery: Recovery) {
    sacked = recovery.sacked
    gaps = recovery.gaps.map { SACKBlock(left: $0.start, right: $0.end) }
    inTimeoutRecovery = recovery.epoch == .rto
    inFastRecovery = recovery.epoch == .fast
    recoveryEnd = recovery.epochEnd
    probed = recovery.probed
  }
}
