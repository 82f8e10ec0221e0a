import Dissection
import Frames

extension Analysis {
  /// Least retransmission timeout of Linux beyond the smoothed round trip.
  private static let leastVariation: Int64 = 200 * PacketTime.millisecond

  /// No timer of Linux waits longer: a longer pause is not a stall, or the clock is broken.
  static let longestTimeout = 120 * PacketTime.second

  /// Counts a segment as sent again and says why the sender did it.
  mutating func retransmission(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    let recovery = withRecovery(&shared, ofLow: fromLow) { RecoveryFacts($0, s) }
    verdict.kind = .retransmission
    if !verdict.isAccounted { accountTimer(s, &x, &y, &shared) }
    verdict.stall = max(0, min(Self.longestTimeout, s.time &- max(x.lastDataTime, y.lastACKTime)))
    (verdict.cause, verdict.reason) = cause(s, &x, &y, shared, recovery)
    if verdict.cause == .syn, shared.phase == .synSent { verdict.anomalies.insert(.synUnanswered) }
    verdict.certainty = min(verdict.certainty, Self.certainty(of: verdict.cause, s, &y, shared))
    judgeNeed(s, &y, recovery, &verdict)
    if verdict.cause == .fast, verdict.anomalies.contains(.needless) {
      let age = withRecovery(&shared, ofLow: fromLow) { $0.sinceSeen(s.sequence, at: s.time) }
      if let age, age < Retransmission.crossing { verdict.anomalies.insert(.crossedOriginal) }
    }
    let opens = recovery.epoch == .open && (recovery.lastTime == 0 || s.time &- recovery.lastTime > PacketTime.second)
    if opens { verdict.anomalies.insert(.opensEpisode) }
    let (cause, stall, next) = (verdict.cause, verdict.stall, x.next)
    let known = verdict.anomalies.contains(.needless)
    // What had been acknowledged before cannot be shown to have been taken.
    let rejected = verdict.rejection == .paws && s.end > y.highestACK
    withRecovery(&shared, ofLow: fromLow) { recovery in
      recovery.note(s, cause, next: next)
      if rejected { recovery.rememberRejected(s) }
      if !known { recovery.remember(Retransmission(segment: s, cause: cause, stall: stall)) }
    }
    if !verdict.anomalies.contains(.alreadyAcknowledged) { y.flags.insert(.repairing) }
    x.retransmissions &+= 1
    verdict.repeatedBytes = min(s.payloadLength, UInt32(max(0, x.next - s.sequence)))
    x.retransmittedBytes &+= UInt64(verdict.repeatedBytes)
    x.lastDataTime = s.time
    // Karn: a sample over bytes that were sent twice says nothing.
    if x.sampleTime != 0, s.sequence < x.sampleEnd { x.sampleTime = 0 }
  }

  /// How sure a cause is: what the sender heard from its peer decides it, and whether SACK was agreed on.
  private static func certainty(
    of cause: RetransmissionCause, _ s: Segment, _ y: inout Direction, _ shared: SharedState
  ) -> Certainty {
    if s.flags.contains(.syn) { return .certain }
    if cause == .unknown || !y.flags.contains(.hasAcknowledged) || s.options.contains(.cut) { return .possible }
    let knowsSACK = shared.flags.isSuperset(of: [.synCaptured, .synACKCaptured])
    return knowsSACK || cause == .fast || cause == .rtoRecovery ? .certain : .likely
  }

  /// Bytes that have arrived already need not come again.
  private func judgeNeed(_ s: Segment, _ y: inout Direction, _ recovery: RecoveryFacts, _ verdict: inout Verdict) {
    guard y.flags.contains(.hasAcknowledged), !recovery.wasRejected, !s.flags.contains(.syn) else { return }
    if s.end <= y.highestACK {
      verdict.anomalies.formUnion([.needless, .alreadyAcknowledged])
    } else if recovery.isSACKed {
      verdict.anomalies.insert(.needless)
    }
  }

  /// The mechanism and what decided it, in the order of the kernel's own state: handshake, timer, probe, recovery.
  ///
  /// tcp-pathologies §3b.
  private func cause(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: SharedState, _ recovery: RecoveryFacts
  ) -> (RetransmissionCause, Reason) {
    if s.flags.contains(.syn) { return (s.flags.contains(.ack) ? .synACK : .syn, .handshakeTimer) }
    let timer = waited(s, &x, &y)
    let isHead = !y.flags.contains(.hasAcknowledged) || s.sequence <= y.highestACK
    let isTail = s.end == x.next
    let mayProbe = isTail && mayProbe(shared, recovery)
    if timer.expired {
      if mayProbe, y.duplicateACKs == 0, recovery.lastTime < y.lastAdvanceTime || recovery.lastTime == 0 {
        return (.tailLossProbe, .probeTimer)
      }
      if isHead { return (.rto, .timerOfHead) }
      return isTail && recovery.epoch != .rto ? (.tailLossProbe, .timerOfTail) : (.rto, .timerInRecovery)
    }
    if mayProbe, !isHead, timer.silence > timer.probe { return (.tailLossProbe, .earlyProbe) }
    if recovery.epoch == .rto, s.sequence < recovery.epochEnd { return (.rtoRecovery, .afterTimeout) }
    if recovery.hasSACK || y.duplicateACKs > 0 || recovery.epoch == .fast { return (.fast, .peerReports) }
    if timer.silence > timer.timeout / 2 { return (isHead && !mayProbe ? .rto : .tailLossProbe, .longSilence) }
    return (.unknown, .nothingTells)
  }

  /// A probe needs SACK, nothing lost so far, and is sent once; without the SYNs, SACK is more likely than not.
  ///
  /// Source: RFC 8985 §7.
  private func mayProbe(_ shared: SharedState, _ recovery: RecoveryFacts) -> Bool {
    let maySACK =
      shared.flags.contains(.sackAgreed) || !shared.flags.isSuperset(of: [.synCaptured, .synACKCaptured])
    return maySACK && recovery.epoch == .open && !recovery.probed && !recovery.hasSACK
  }

  /// How long the sender had waited when it sent the segment, against what its timers must have been.
  private func waited(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction
  ) -> (silence: Int64, probe: Int64, timeout: Int64, expired: Bool) {
    let back = x.answering.least
    let timeout = timeout(&x, &y)
    let silence = s.time &- x.lastDataTime
    // What the peer acknowledges reaches the sender, and the answer this point, `back` later.
    let sinceACK = y.lastACKTime == 0 ? silence : s.time &- back &- y.lastACKTime
    let enough = timeout * 3 / 4
    // An acknowledgment that passed after the sender must have decided says nothing; then its silence decides alone.
    let expired = silence >= enough && (sinceACK >= enough || sinceACK < 0)
    return (silence, (y.answering.smoothed + back) * 3 / 2, timeout, expired)
  }

  /// The retransmission timeout that X must have, from the samples that the capture allows.
  ///
  /// Source: RFC 6298 with the bounds of Linux.
  func timeout(_ x: inout Direction, _ y: inout Direction) -> Int64 {
    y.answering.smoothed + x.answering.least + max(Self.leastVariation, 4 * y.answering.variation)
  }
}

extension Recovery {
  /// Keeps the epoch up with a retransmission: `tcp_enter_loss`, `tcp_enter_recovery`, `tcp_send_loss_probe`.
  mutating func note(_ s: Segment, _ cause: RetransmissionCause, next: SequenceNumber) {
    switch cause {
    case .rto:
      epoch = .rto
      epochEnd = next
    case .fast:
      if epoch == .open {
        epoch = .fast
        epochEnd = next
      }
    case .tailLossProbe: probed = true
    default: break
    }
    lastTime = s.time
  }
}

/// What the causes need to know of a direction's recovery, without copying its lists.
struct RecoveryFacts {
  var epoch: Recovery.Epoch
  var epochEnd: SequenceNumber
  var probed: Bool
  var lastTime: Int64
  var hasSACK: Bool
  /// The segment's bytes are selectively acknowledged.
  var isSACKed: Bool
  /// An earlier copy of the segment was thrown away by the receiver.
  var wasRejected: Bool
  init(_ recovery: Recovery, _ s: Segment) {
    epoch = recovery.epoch
    epochEnd = recovery.epochEnd
    probed = recovery.probed
    lastTime = recovery.lastTime
    hasSACK = !recovery.sacked.isEmpty
    isSACKed = recovery.isSACKed(s.sequence, s.end)
    wasRejected = recovery.wasRejected(s.sequence, s.end)
  }
}
