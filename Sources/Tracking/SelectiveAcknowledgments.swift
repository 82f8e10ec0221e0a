import Dissection

extension Analysis {
  /// SACK blocks of X about Y's data; the first may be a DSACK (RFC 2883).
  @inline(never)
  mutating func selective(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    let first = s.sack[0]
    x.lastSACK = first.right
    let inSecond = s.sackCount > 1 && s.sack[1].left <= first.left && first.right <= s.sack[1].right
    let isDSACK = first.left < s.acknowledgment && first.right <= s.acknowledgment || inSecond
    if isDSACK { duplicate(first, &shared, ofLow: !fromLow) }
    for index in (isDSACK ? 1 : 0)..<Int(s.sackCount) {
      let block = s.sack[index]
      // Blocks outside of what Y has sent are damage or another connection's; they must not poison the scoreboard.
      guard block.left < block.right, block.left >= s.acknowledgment, block.right <= y.next else { continue }
      if withRecovery(&shared, ofLow: !fromLow, { $0.addSACK(block) }) { verdict.progressed = true }
    }
  }

  /// The receiver says that `range` came twice: a retransmission was needless, or a copy was the network's.
  private mutating func duplicate(_ range: SACKBlock, _ shared: inout SharedState, ofLow: Bool) {
    let found = withRecovery(&shared, ofLow: ofLow) { recovery -> (again: [Retransmission], copies: [Retransmission]) in
      let covered: (Retransmission) -> Bool = { $0.segment.sequence < range.right && range.left < $0.segment.end }
      let again = recovery.open.filter(covered)
      recovery.open.removeAll(where: covered)
      guard again.isEmpty else { return (again, []) }
      let copies = recovery.copies.filter(covered)
      recovery.copies.removeAll(where: covered)
      return ([], copies)
    }
    for retransmission in found.again { noteNeedless(retransmission, &shared, fromLow: ofLow) }
    for copy in found.copies {
      amend(copy.segment, &shared, fromLow: ofLow) {
        $0.kind = .networkDuplicate
      }
      copies.copies &-= 1
      copies.tellingCopies &-= 1
    }
  }

  /// Settles retransmissions of Y that the acknowledgment `s` passes: needed, or needless by its echo (RFC 3522).
  @inline(never)
  mutating func settle(_ s: Segment, _ shared: inout SharedState, ofLow: Bool, _ verdict: inout Verdict) {
    let ack = s.acknowledgment
    let (missed, refuted) = withRecovery(&shared, ofLow: ofLow) { ($0.missed(by: ack), $0.refuted(by: ack)) }
    verdict.missedBytes &+= UInt32(clamping: missed)
    for segment in refuted {
      amend(segment, &shared, fromLow: ofLow) { $0.anomalies.insert(.rejectionRefuted) }
    }
    let needless = withRecovery(&shared, ofLow: ofLow) { recovery -> [Retransmission] in
      let passed = recovery.open.filter { $0.segment.end <= ack }
      var needless: [Retransmission] = []
      if s.hasTimestamps, s.timestampEcho != 0, let head = passed.first, head.segment.hasTimestamps,
        Int32(bitPattern: s.timestampEcho &- head.segment.timestampValue) < 0 {
        // The segment that completed the sequence was sent before the first retransmission: all of them came too late.
        needless = passed.filter { Int32(bitPattern: s.timestampEcho &- $0.segment.timestampValue) < 0 }
        if recovery.epoch == .rto { recovery.epoch = .open }
      }
      let frames = needless.map(\.segment.frame)
      recovery.open.removeAll { frames.contains($0.segment.frame) }
      // Those that were needed are kept a little: a DSACK may still contradict.
      if recovery.open.count > 64 { recovery.open.removeAll { $0.segment.end <= ack } }
      recovery.trim(to: ack)
      return needless
    }
    for retransmission in needless { noteNeedless(retransmission, &shared, fromLow: ofLow) }
  }

  private mutating func noteNeedless(_ retransmission: Retransmission, _ shared: inout SharedState, fromLow: Bool) {
    amend(retransmission.segment, &shared, fromLow: fromLow) {
      $0.kind = .retransmission
      $0.cause = retransmission.cause
      $0.anomalies.insert(.needless)
    }
  }
}
