import Dissection
import Frames

extension Analysis {
  /// SACK blocks of X about Y's data; the first may be a DSACK (RFC 2883).
  @inline(never)
  mutating func selective(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    let first = s.sack[0]
    x.lastSACK = first.right
    let isDSACK = s.duplicateSACK != nil
    if isDSACK { duplicate(first, s, &x, &shared, ofLow: !fromLow) }
    for index in (isDSACK ? 1 : 0)..<Int(s.sackCount) {
      let block = s.sack[index]
      // Blocks outside of what Y has sent are damage or another connection's; they must not poison the scoreboard.
      guard block.left < block.right, block.left >= s.acknowledgment, block.right <= y.next else { continue }
      x.flags.insert(.repairing)
      if withRecovery(&shared, ofLow: !fromLow, { $0.addSACK(block) }) { verdict.progressed = true }
    }
    if !isDSACK { withRecovery(&shared, ofLow: !fromLow) { $0.noteCovered(by: s.acknowledgment, s.time) } }
  }

  /// The receiver says that `range` came twice: a retransmission was needless, or a copy was the network's.
  private mutating func duplicate(
    _ range: SACKBlock, _ s: Segment, _ x: inout Direction, _ shared: inout SharedState, ofLow: Bool
  ) {
    let found = withRecovery(&shared, ofLow: ofLow) { recovery -> (again: [Retransmission], copies: [Retransmission]) in
      let covered: (Retransmission) -> Bool = { $0.segment.sequence < range.right && range.left < $0.segment.end }
      let again = recovery.open.filter(covered)
      recovery.open.removeAll(where: covered)
      guard again.isEmpty else { return (again, []) }
      let copies = recovery.copies.filter(covered)
      recovery.copies.removeAll(where: covered)
      return ([], copies)
    }
    for retransmission in found.again {
      // What this very segment is the first to cover had its acknowledgment lost: no question of crossing.
      let crossed = retransmission.covered < s.time && didCross(retransmission, &x)
      noteNeedless(retransmission, crossed: crossed, &shared, fromLow: ofLow)
    }
    for copy in found.copies {
      amend(copy.segment, &shared, fromLow: ofLow) {
        $0.kind = .networkDuplicate
      }
      copies.copies &-= 1
      copies.tellingCopies &-= 1
    }
  }

  /// Settles what the acknowledgment `s` passes: holes that only the capture has, rejections that did not happen, and
  /// retransmissions that were needless by its echo (RFC 3522).
  @inline(never)
  mutating func settle(
    _ s: Segment, _ x: inout Direction, _ shared: inout SharedState, ofLow: Bool, _ verdict: inout Verdict
  ) {
    if isQuiet(s.time, shared, ofLow: ofLow) { return }
    let ack = s.acknowledgment
    let settled = withRecovery(&shared, ofLow: ofLow) { recovery -> Settled in
      var settled = Settled()
      settled.missed = recovery.missed(by: ack)
      if !recovery.rejected.isEmpty { settled.refuted = recovery.refuted(by: ack) }
      if !recovery.open.isEmpty {
        recovery.noteCovered(by: ack, s.time)
        settled.needless = recovery.takeNeedless(s)
      }
      recovery.trim(to: ack, at: s.time)
      settled.isDone = recovery.isClear
      settled.isRepaired = recovery.isRepaired
      settled.quietUntil = recovery.quietUntil(ack)
      return settled
    }
    quiet(until: settled.quietUntil, shared, ofLow: ofLow)
    if settled.isDone { shared.flags.subtract(ofLow ? [.lowUnsettled, .lowGaps] : [.highUnsettled, .highGaps]) }
    if settled.isRepaired { x.flags.remove(.repairing) }
    verdict.missedBytes &+= UInt32(clamping: settled.missed)
    for segment in settled.refuted {
      amend(segment, &shared, fromLow: ofLow) { $0.anomalies.insert(.rejectionRefuted) }
    }
    for retransmission in settled.needless {
      noteNeedless(retransmission, crossed: didCross(retransmission, &x), &shared, fromLow: ofLow)
    }
  }

  /// Whether an acknowledgment at `time` has nothing to settle: the answer takes one cache line.
  private func isQuiet(_ time: Int64, _ shared: SharedState, ofLow: Bool) -> Bool {
    guard shared.cold != 0 else { return false }
    let index = Int(shared.cold) - 1
    return time < (ofLow ? cold.items[index].lowIsQuietUntil : cold.items[index].highIsQuietUntil)
  }

  private mutating func quiet(until time: Int64, _ shared: SharedState, ofLow: Bool) {
    let index = Int(shared.cold) - 1
    if ofLow { cold.items[index].lowIsQuietUntil = time } else { cold.items[index].highIsQuietUntil = time }
  }

  /// Whether the original arrived just before the fast retransmission; X is who acknowledges them.
  private func didCross(_ retransmission: Retransmission, _ x: inout Direction) -> Bool {
    guard retransmission.cause == .fast, retransmission.covered != 0 else { return false }
    // The acknowledgment of the original took the way from here to X and back; the retransmission goes the same way.
    return retransmission.segment.time &- (retransmission.covered &- x.answering.least) < Retransmission.crossing
  }

  private struct Settled {
    var missed = 0
    var isDone = false
    var isRepaired = false
    var quietUntil: Int64 = .min
    var refuted: [Segment] = []
    var needless: [Retransmission] = []
  }

  private mutating func noteNeedless(
    _ retransmission: Retransmission, crossed: Bool, _ shared: inout SharedState, fromLow: Bool
  ) {
    amend(retransmission.segment, &shared, fromLow: fromLow) {
      $0.kind = .retransmission
      $0.cause = retransmission.cause
      $0.stall = retransmission.stall
      $0.anomalies.formUnion(crossed ? [.needless, .crossedOriginal] : .needless)
    }
  }
}

extension Recovery {
  /// A DSACK that contradicts comes within a few round trips; later nobody waits for it.
  private static let patience = 2 * PacketTime.second

  /// Nothing is left that an acknowledgment could settle.
  var isClear: Bool {
    open.isEmpty && gaps.isEmpty && rejected.isEmpty && sacked.isEmpty && epoch == .open && !probed
  }

  /// When an acknowledgment beyond `ack` may have something to settle again: at once, unless all that is left are
  /// retransmissions that `ack` has passed, which only a DSACK can still show to have been needless.
  func quietUntil(_ ack: SequenceNumber) -> Int64 {
    guard let first = open.first, gaps.isEmpty, rejected.isEmpty, sacked.isEmpty, epoch == .open, !probed,
      open.allSatisfy({ $0.segment.end <= ack })
    else { return .min }
    return first.segment.time.addingReportingOverflow(Self.patience).partialValue
  }

  /// Nothing is known to be missing, and no recovery is under way.
  var isRepaired: Bool { epoch == .open && sacked.isEmpty && !gaps.contains { $0.passed == 0 } }

  /// Takes out the retransmissions that the acknowledgment passes and shows to have been needless.
  ///
  /// The echo is the TSval of the segment that completed the sequence: when that is older than the first
  /// retransmission,
  /// the originals had arrived and all of them came too late. Those that were needed stay a little: a DSACK may
  /// contradict.
  mutating func takeNeedless(_ s: Segment) -> [Retransmission] {
    let ack = s.acknowledgment
    var needless: [Retransmission] = []
    if s.hasTimestamps, s.timestampEcho != 0, let head = open.first(where: { $0.segment.end <= ack }),
      head.segment.hasTimestamps, Int32(bitPattern: s.timestampEcho &- head.segment.timestampValue) < 0
    {
      let isNeedless: (Retransmission) -> Bool = {
        $0.segment.end <= ack && Int32(bitPattern: s.timestampEcho &- $0.segment.timestampValue) < 0
      }
      needless = open.filter(isNeedless)
      open.removeAll(where: isNeedless)
      if epoch == .rto { epoch = .open }
    }
    let old = s.time &- Self.patience
    if let first = open.first, first.segment.time < old {
      open.removeAll { $0.segment.end <= ack && $0.segment.time < old }
    }
    return needless
  }
}
