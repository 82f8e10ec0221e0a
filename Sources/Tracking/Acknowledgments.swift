import Dissection
import Frames

extension Analysis {
  /// Classes a segment of zero sequence length that is nothing but an acknowledgment.
  @inline(__always)
  func bareSegment(_ s: Segment, _ x: inout Direction, _ y: inout Direction, _ verdict: inout Verdict) {
    guard s.sequence != x.next, x.flags.contains(.seen), s.sequence == x.next - 1 else { return }
    // Linux probes closed windows and tests idle peers with the same segment: only the peer's window tells.
    verdict.kind = y.flags.contains(.zeroWindow) ? .windowProbe : .keepAlive
    verdict.origin = y.flags.contains(.zeroWindow) ? .closedWindow : .openWindow
  }

  /// What the acknowledgment field, the SACK blocks and the window say.
  @inline(__always)
  mutating func acknowledgment(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    if y.flags.contains(.unseenACKPending) { settleUnseen(s, &y, &x, &shared, fromLow: fromLow, &verdict) }
    let first = !x.flags.contains(.hasAcknowledged)
    if y.flags.contains(.probedWithByte), s.acknowledgment == y.next + 1 { y.next = s.acknowledgment }
    if first, s.acknowledgment == y.next + 1, y.payloadBytes <= 1, shared.flags.contains(.midStream) {
      // All that was seen of Y is a keep-alive, which repeats the last byte.
      y.next = s.acknowledgment
    }
    let unsent = y.flags.contains(.seen) && s.acknowledgment > y.next
    if first { x.highestACK = unsent ? y.next : s.acknowledgment }
    let believed = !unsent || unseen(s, &x, &y, &verdict)
    let ahead = s.acknowledgment - x.highestACK
    if believed, ahead > 0 || first {
      advance(s, &x, &y, &shared, fromLow: fromLow, first: first, &verdict)
    } else if s.isBareACK, verdict.kind == .pureACK {
      standing(s, &x, &y, min(ahead, 0), &verdict)
    }
    if shared.phase != .established {
      acknowledgedControl(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    }
    if s.sackCount > 0 { selective(s, &x, &y, &shared, fromLow: fromLow, &verdict) }
    window(s, &x, &verdict)
    if verdict.rejection == .none || first { x.lastACK = s.acknowledgment }
    x.flags.insert(.hasAcknowledged)
    // What Y throws away tells it nothing.
    if verdict.rejection == .none { x.lastACKTime = s.time }
    if s.isBareACK, verdict.rejection == .none, s.sequence <= y.highestACK || s.sequence == x.next {
      x.acceptTimestamp(s)
    }
  }

  /// The cumulative acknowledgment moves.
  @inline(__always)
  private mutating func advance(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool, first: Bool,
    _ verdict: inout Verdict
  ) {
    x.highestACK = s.acknowledgment
    x.lastAdvanceTime = s.time
    x.duplicateACKs = 0
    if !first { verdict.progressed = true }
    y.unitsSinceAdvance = s.acknowledgment >= y.next ? 0 : min(y.unitsSinceAdvance, y.units(flight(&y, &x)))
    if y.sampleTime != 0, y.sampleEnd <= s.acknowledgment {
      x.answering.take(s.time &- y.sampleTime)
      y.sampleTime = 0
    }
    if shared.flags.contains(fromLow ? .highUnsettled : .lowUnsettled) {
      settle(s, &x, &shared, ofLow: !fromLow, &verdict)
    }
  }

  /// An acknowledgment that says nothing new about the cumulative edge.
  ///
  /// Each segment of the peer may be answered once; what is left over, and says nothing, is idle: TCP never answers a
  /// bare,
  /// acceptable ACK with a bare ACK.
  @inline(never)
  private func standing(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ ahead: Int, _ verdict: inout Verdict
  ) {
    let newSACK = s.sackCount > 0 && s.sack[0].right != x.lastSACK
    if ahead < 0 && s.acknowledgment != x.lastACK || x.isOlder(s.ipIdentification) {
      // Overtaken on its way, or a late copy from another tap: sent before what was seen last.
      verdict.kind = .oldACK
    } else if !x.isSameWindow(s), !newSACK {
      verdict.kind = .windowUpdate
      verdict.progressed = true
    } else if signals(s, &x) {
      verdict.kind = .pureACK
    } else if y.flags.contains(.lastWasKeepAlive) {
      verdict.kind = .keepAliveACK
      y.flags.remove(.lastWasKeepAlive)
    } else if y.flags.contains(.lastWasProbe) {
      verdict.kind = .windowProbeACK
      y.flags.remove(.lastWasProbe)
    } else if newSACK || y.unitsSinceAdvance > 0 {
      verdict.kind = .duplicateACK
      verdict.progressed = newSACK
      if verdict.rejection == .none { x.duplicateACKs &+= 1 }
      if y.unitsSinceAdvance > 0 { y.unitsSinceAdvance -= 1 }
    } else {
      verdict.kind = .idleACK
      if verdict.rejection == .none { x.duplicateACKs &+= 1 }
    }
  }

  /// Congestion and Multipath TCP signals ride on bare ACKs: those that change say something.
  private func signals(_ s: Segment, _ x: inout Direction) -> Bool {
    let echo = UInt8(truncatingIfNeeded: s.flags.rawValue >> 6)
    defer {
      x.echoFlags = echo
      if s.options.contains(.multipath) { x.multipathDigest = s.mssOrDigest }
    }
    return echo != x.echoFlags || s.options.contains(.accurateECN)
      || s.options.contains(.multipath) && s.mssOrDigest != x.multipathDigest
  }

  /// Window field: closed or open, and how far it reaches.
  @inline(__always)
  private func window(_ s: Segment, _ x: inout Direction, _ verdict: inout Verdict) {
    if s.window == 0 {
      if !x.flags.contains(.zeroWindow) { verdict.anomalies.insert(.windowCloses) }
      x.flags.insert(.zeroWindow)
      verdict.anomalies.insert(.zeroWindow)
    } else if x.flags.contains(.zeroWindow) {
      x.flags.remove(.zeroWindow)
      verdict.anomalies.insert(.windowOpens)
    }
    x.window = s.window
    if !s.flags.contains(.syn) { x.flags.insert(.windowSeen) }
    // The window of a SYN is never scaled (RFC 7323 §2.2).
    let width = s.flags.contains(.syn) ? UInt32(s.window) : x.scaledWindow ?? x.widestWindow
    let edge = s.acknowledgment + width
    if !x.flags.contains(.hasAcknowledged) || edge > x.rightEdge { x.rightEdge = edge }
  }

  /// An acknowledgment of bytes that the capture has not seen: the capture missed them, or they were never sent.
  ///
  /// True when it is believed; otherwise it waits for the peer's next segment to tell.
  @inline(never)
  private func unseen(_ s: Segment, _ x: inout Direction, _ y: inout Direction, _ verdict: inout Verdict) -> Bool {
    if x.flags.contains(.acknowledgesUnsent) {
      if verdict.rejection == .none { verdict.rejection = .ackUnsent }
      return false
    }
    if x.flags.contains(.unseenACKPending), s.acknowledgment > x.unseenACK {
      // It goes on advancing: X does receive data that the capture does not show.
      x.flags.remove(.unseenACKPending)
      return true
    }
    x.flags.insert(.unseenACKPending)
    x.unseenACK = s.acknowledgment
    x.unseenACKFrame = s.frame
    return false
  }

  /// Y acknowledged unseen bytes of X; X's own numbers now tell which it was.
  @inline(never)
  private mutating func settleUnseen(
    _ s: Segment, _ y: inout Direction, _ x: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    if x.next >= y.unseenACK || s.sequence >= y.unseenACK {
      // X is that far indeed: the acknowledgment was right.
      y.flags.remove(.unseenACKPending)
      if y.unseenACK > y.highestACK { y.highestACK = y.unseenACK }
    } else if s.isBareACK, s.sequence == x.next {
      y.flags.remove(.unseenACKPending)
      y.flags.insert(.acknowledgesUnsent)
      // Of the earlier segment only these fields are remembered.
      var earlier = s
      earlier.frame = y.unseenACKFrame
      earlier.time = y.lastACKTime
      earlier.sequence = y.next
      earlier.acknowledgment = y.unseenACK
      earlier.flags = .ack
      swap(&earlier.source, &earlier.destination)
      swap(&earlier.sourcePort, &earlier.destinationPort)
      amend(earlier, &shared, fromLow: !fromLow) {
        $0.kind = .outOfWindow
        $0.rejection = .ackUnsent
      }
    }
  }
}
