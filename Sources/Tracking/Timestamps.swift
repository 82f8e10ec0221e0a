import Dissection
import Frames

extension Analysis {
  /// RFC 7323 §5.3 and Linux `tcp_paws_check`: one tick of slack.
  private static let pawsSlack: Int32 = 1
  /// After this long without a segment TS.Recent says nothing: 2^31 microseconds, the shortest expiry of any kernel.
  private static let recentExpiry: Int64 = 2147 * PacketTime.second
  /// A jump must exceed what the fastest usual clock explains by this much.
  private static let jumpSlack: Double = 2
  /// Backward steps up to this many ticks are SYN cookies (64), reordering and clock granularity.
  private static let backwardSlack: Int32 = 1000

  /// Everything about the timestamps option; runs before the direction remembers the segment.
  @inline(__always)
  mutating func timestamps(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, _ verdict: inout Verdict
  ) {
    guard s.hasTimestamps else {
      if shared.flags.contains(.timestampsAgreed) { missing(s, &x, &verdict) }
      return
    }
    if shared.flags.contains(.timestampsRefused), !s.flags.contains(.syn), !s.flags.contains(.rst) {
      verdict.anomalies.insert(.timestampAppears)
    }
    let step = Int32(bitPattern: s.timestampValue &- x.lastTSval)
    if x.flags.contains(.sendsTimestamps) {
      // A millisecond clock moves as fast as packet time; whatever is slower or barely faster is healthy.
      let elapsed = s.time &- x.lastTime
      if step < 0 || Int64(step) > elapsed / PacketTime.millisecond + 2000 { jump(s, &x, step, elapsed, &verdict) }
    } else {
      x.flags.insert(.sendsTimestamps)
      x.firstTSval = s.timestampValue
      x.firstTSTime = s.time
      x.highestTSval = s.timestampValue
      x.lowestTSval = s.timestampValue
    }
    if x.flags.contains(.recentKnown) {
      verdict.timestampLag = Int32(bitPattern: x.recentAtPeer &- s.timestampValue)
    }
    let echoValid = echo(s, &y, &verdict)
    if echoValid { y.learnRecent(from: s) }
    x.lastTSval = s.timestampValue
    let newer = Int32(bitPattern: s.timestampValue &- x.highestTSval)
    if newer > 0 { x.highestTSval = s.timestampValue } else if newer < 0 { x.lowerTimestamp(s) }
  }

  private func missing(_ s: Segment, _ x: inout Direction, _ verdict: inout Verdict) {
    // A cut header may have lost the option; RSTs are allowed to go without.
    guard !s.flags.contains(.rst), !s.options.contains(.cut), !s.options.contains(.malformed) else { return }
    verdict.anomalies.insert(.timestampMissing)
  }

  /// Judges a step that no ordinary clock makes: how far TSval is from where this direction's own clock should be.
  @inline(never)
  private func jump(_ s: Segment, _ x: inout Direction, _ step: Int32, _ elapsed: Int64, _ verdict: inout Verdict) {
    let known = measuredRate(&x)
    let rate = known ?? Self.usualRates.first { abs(Double(step) - Double(elapsed) / 1e9 * $0) <= 0.1 * $0 } ?? 1000
    let expected = Double(elapsed) / 1e9 * rate
    let off = Double(step) - expected
    if step < 0 {
      // Long silence wraps the circle: serial order is meaningless then.
      guard elapsed < Self.recentExpiry, step < -Self.backwardSlack, -Double(step) > rate else { return }
    } else {
      guard off > max(Self.jumpSlack * rate, 0.01 * expected) else { return }
    }
    verdict.anomalies.insert(.timestampJump)
    verdict.timestampJump = Int32(clamping: Int64(max(-2e9, min(2e9, off))))
  }

  /// Clock rates in use, in ticks per second.
  private static let usualRates: [Double] = [10, 100, 250, 300, 1000, 1_000_000]

  /// Ticks per second of a direction's clock, the usual kilohertz while it is not known.
  func clockRate(_ x: inout Direction) -> Double { measuredRate(&x) ?? 1000 }

  /// Ticks per second, snapped to a usual rate; nil before the clock has run long enough to tell.
  private func measuredRate(_ x: inout Direction) -> Double? {
    let span = Double(x.lastTime &- x.firstTSTime) / 1e9
    let ticks = Double(UInt32(x.highestTSval &- x.firstTSval))
    guard span >= 0.05, ticks < 2_147_483_648 else { return nil }
    let measured = ticks / span
    if let snapped = Self.usualRates.first(where: { abs(measured - $0) <= 0.03 * $0 }) { return snapped }
    return span >= 5 ? max(1, measured) : measured > 20_000 ? 1_000_000 : nil
  }

  /// Whether TSecr is one that the peer can have sent.
  @inline(__always)
  private func echo(_ s: Segment, _ y: inout Direction, _ verdict: inout Verdict) -> Bool {
    guard s.flags.contains(.ack), s.timestampEcho != 0, y.flags.contains(.sendsTimestamps) else { return true }
    if s.timestampEcho == y.highestTSval { return true }
    let ahead = Int32(bitPattern: s.timestampEcho &- y.highestTSval)
    let behind = Int32(bitPattern: s.timestampEcho &- y.lowestTSval)
    if ahead <= 0, behind >= 0 || !y.flags.contains(.syn) { return true }
    // A kilohertz clock may have run on since the peer was last seen; anything else is looked at closely.
    if ahead > 0, Int64(ahead) <= (s.time &- y.lastTime) / PacketTime.millisecond + 1000 { return true }
    return unusualEcho(s, &y, ahead, behind, &verdict)
  }

  @inline(never)
  private func unusualEcho(
    _ s: Segment, _ y: inout Direction, _ ahead: Int32, _ behind: Int32, _ verdict: inout Verdict
  ) -> Bool {
    let quiet = Double(max(0, s.time &- y.lastTime)) / 1e9
    let slack = 64 + clockRate(&y) * (1 + quiet)
    let future = ahead > 0 && Double(ahead) > slack
    // SYN cookies round the first TSval down by up to 64 ticks.
    let never = y.flags.contains(.syn) && ahead <= 0 && behind < -64
    if future || never { verdict.anomalies.insert(.echoInvalid) }
    return !future && !never
  }

  /// Predicts what the receiver's checks will say.
  ///
  /// Source: Linux `tcp_validate_incoming`, tcp-pathologies §1a and §2a.
  @inline(__always)
  func predictRejection(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, _ verdict: inout Verdict
  ) {
    guard y.flags.contains(.hasAcknowledged), !y.flags.contains(.reset), shared.phase != .reset else { return }
    let isPAWSCandidate = verdict.timestampLag > Self.pawsSlack && !s.flags.contains(.rst)
    if isPAWSCandidate, !s.flags.contains(.syn), failsPAWS(s, &x, &y, verdict) {
      verdict.rejection = .paws
      return
    }
    if s.flags.contains(.syn) { return }
    if s.end < y.lastACK {
      // Without its options nobody can tell whether PAWS took an old ACK first, or let it pass.
      if s.isBareACK, s.options.contains(.cut) { return }
      verdict.rejection = .oldSequence
    } else if s.sequence > y.rightEdge, isBeyond(s, &y) {
      verdict.rejection = .beyondWindow
    } else if s.flags.contains(.ack), y.flags.contains(.seen), s.acknowledgment > y.next {
      if x.flags.contains(.acknowledgesUnsent) { verdict.rejection = .ackUnsent }
    }
  }

  @inline(never)
  private func failsPAWS(_ s: Segment, _ x: inout Direction, _ y: inout Direction, _ verdict: Verdict) -> Bool {
    guard x.recentAtPeer != 0, s.time &- x.recentAtPeerTime < Self.recentExpiry else { return false }
    guard s.isBareACK, s.sequence == y.lastACK, s.acknowledgment == x.highestACK, s.window == x.window else {
      return true
    }
    // `tcp_disordered_ack`: a pure ACK that says nothing new may come late by one RTO.
    let timeout = Double(x.answering.smoothed + y.answering.smoothed) / 1e9 + 0.2
    return Double(verdict.timestampLag) > timeout * 1.2 * clockRate(&x)
  }

  /// Beyond the right edge even if the window scale is the largest possible.
  private func isBeyond(_ s: Segment, _ y: inout Direction) -> Bool {
    let known = y.windowScale != Direction.unknownScale
    let edge = known ? y.rightEdge : y.lastACK + y.widestWindow
    return s.sequence > edge && edge.rawValue != 0
  }
}

extension Direction {
  /// Y's segments echo TS.Recent: TSecr in a segment of the peer tells what the peer holds for this direction.
  @inline(__always)
  mutating func learnRecent(from peer: Segment) {
    guard peer.flags.contains(.ack), peer.timestampEcho != 0 else { return }
    recentAtPeer = peer.timestampEcho
    recentAtPeerTime = peer.time
    flags.insert(.recentKnown)
  }

  /// An older timestamp: reordering, or the clock went back.
  mutating func lowerTimestamp(_ s: Segment) {
    if Int32(bitPattern: s.timestampValue &- lowestTSval) < 0 { lowestTSval = s.timestampValue }
  }

  /// The peer took this segment: its TSval becomes TS.Recent unless it is older.
  ///
  /// Source: `tcp_replace_ts_recent`.
  @inline(__always)
  mutating func acceptTimestamp(_ s: Segment) {
    guard s.hasTimestamps else { return }
    if flags.contains(.recentKnown), Int32(bitPattern: s.timestampValue &- recentAtPeer) < 0 { return }
    recentAtPeer = s.timestampValue
    recentAtPeerTime = s.time
    flags.insert(.recentKnown)
  }
}
