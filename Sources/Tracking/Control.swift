import Dissection

extension Analysis {
  /// SYN, FIN and RST: what they agree on, and where they take the connection.
  @inline(never)
  mutating func control(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    if s.flags.contains(.rst) {
      reset(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    } else if s.flags.contains(.syn) {
      verdict.kind = .handshake
      if s.flags.contains(.ack) {
        synACK(s, &x, &y, &shared, fromLow: fromLow, &verdict)
      } else {
        syn(s, &x, &y, &shared, fromLow: fromLow)
      }
    } else {
      fin(s, &x, &y, &shared, fromLow: fromLow)
    }
  }

  private func syn(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool
  ) {
    x.synCount = x.synCount == .max ? .max : x.synCount + 1
    guard x.synCount == 1 else { return }
    learnOptions(s, &x, &y)
    shared.flags.insert(.synCaptured)
    if y.flags.contains(.syn), y.highestACK == s.sequence + 1 {
      // Recorded after its answer: nothing crossed, and nothing is missing.
      shared.flags.subtract([.midStream, .rolesGuessed])
      agree(&y, &x, &shared)
      return
    }
    if shared.synTime == 0 { shared.synTime = s.time }
    if y.flags.contains(.syn) {
      shared.phase = .synCrossed
      shared.flags.insert(.crossed)
    } else {
      shared.phase = .synSent
      shared.lowIsClient = fromLow
      shared.set(.listen, ofLow: !fromLow, s.time)
    }
    shared.set(.synSent, ofLow: fromLow, s.time)
    x.acceptTimestamp(s)
  }

  private func synACK(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    let answersSYN = !y.flags.contains(.syn) || s.acknowledgment - y.initial >= 1 && s.acknowledgment <= y.next
    let repeated = x.flags.contains(.syn) && x.initial == s.sequence
    if answersSYN, repeated, shared.flags.contains(.crossed), x.synCount == 1 {
      crossedSYNACK(s, &x, &y, &shared, fromLow: fromLow, &verdict)
      return
    }
    guard answersSYN, !repeated else {
      if repeated, x.synCount < .max { x.synCount += 1 }
      return
    }
    // Whatever came from this end before belonged to an older connection: its numbers start here.
    x.initial = s.sequence
    x.next = s.sequence
    x.highestACK = s.acknowledgment
    x.rightEdge = s.acknowledgment + UInt32(s.window)
    x.flags.subtract([.unseenACKPending, .acknowledgesUnsent])
    x.synCount = 1
    learnOptions(s, &x, &y)
    shared.flags.insert(.synACKCaptured)
    shared.synACKTime = s.time
    shared.phase = .synReceived
    if !y.flags.contains(.syn) {
      shared.lowIsClient = !fromLow
      y.initial = s.acknowledgment - 1
      if !y.flags.contains(.seen) {
        y.flags.insert(.seen)
        y.next = s.acknowledgment
      }
    }
    agree(&x, &y, &shared)
    shared.set(.synReceived, ofLow: fromLow, s.time)
    x.acceptTimestamp(s)
    verdict.anomalies.insert(.synAnswered)
    if y.synCount == 1, shared.synTime != 0 { x.answering.take(s.time &- shared.synTime) }
  }

  /// Simultaneous open (RFC 9293 figure 8): each end repeats its SYN with the acknowledgment of the other's.
  private func crossedSYNACK(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    x.synCount = 2
    shared.flags.insert(.synACKCaptured)
    agree(&x, &y, &shared)
    verdict.anomalies.insert(.synAnswered)
    if shared.phase == .synCrossed {
      shared.phase = .synReceived
      shared.set(.synReceived, ofLow: fromLow, s.time)
    } else {
      shared.phase = .established
      shared.set(.established, ofLow: true, s.time)
      shared.set(.established, ofLow: false, s.time)
    }
  }

  private func learnOptions(_ s: Segment, _ x: inout Direction, _ y: inout Direction) {
    x.flags.insert(.syn)
    if let mss = s.mss {
      x.mss = mss
      y.peerMSS = mss
    }
    // What the snap length or a bad length has cut off may have been there.
    if !s.options.isDisjoint(with: [.cut, .malformed]) { x.flags.insert(.cut) }
    if s.options.contains(.sackPermitted) { x.flags.insert(.sackPermitted) }
    if s.options.contains(.timestamps) { x.flags.insert(.offersTimestamps) }
    if s.options.contains(.windowScale) {
      x.flags.insert(.offersWindowScale)
      // RFC 7323 §2.3: more than 14 counts as 14.
      x.windowScale = min(14, s.windowScale)
    } else if !s.options.contains(.cut) {
      x.windowScale = 0
    }
  }

  /// What both SYNs together mean; a SYN that was not captured must have offered what the SYN-ACK takes up.
  private func agree(_ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState) {
    let sawBoth = y.flags.contains(.syn)
    if !x.flags.contains(.offersWindowScale), x.windowScale == 0 { y.windowScale = 0 }
    if sawBoth, !y.flags.contains(.offersWindowScale), y.windowScale == 0 { x.windowScale = 0 }
    if x.flags.contains(.offersTimestamps), !sawBoth || y.flags.contains(.offersTimestamps) {
      shared.flags.insert(.timestampsAgreed)
    } else if sawBoth, !x.flags.contains(.cut), !y.flags.contains(.cut) {
      shared.flags.insert(.timestampsRefused)
    }
    let mayPermit: DirectionFlags = [.sackPermitted, .cut]
    let peerPermits = !sawBoth || !y.flags.isDisjoint(with: mayPermit)
    if !x.flags.isDisjoint(with: mayPermit), peerPermits { shared.flags.insert(.sackAgreed) }
  }

  private func fin(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool
  ) {
    guard !x.flags.contains(.fin), shared.phase != .reset, s.sequence >= x.next || s.end > x.next else { return }
    x.flags.insert(.fin)
    x.finEnd = s.end
    let both = y.flags.contains(.fin)
    shared.phase = both ? .finBoth : .finOne
    // An end that has taken the peer's FIN closes second; otherwise both may be closing at once.
    let second = both && (y.flags.contains(.finAcknowledged) || s.acknowledgment >= y.finEnd)
    shared.set(second ? .lastACK : .finWait1, ofLow: fromLow, s.time)
  }

  /// RFC 5961 §3.2: only the exact number resets at once; another one in the window is challenged.
  private func reset(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    verdict.kind = .reset
    verdict.senderBefore = shared.state(ofLow: fromLow)
    verdict.receiverBefore = shared.state(ofLow: !fromLow)
    // A live socket's RST carries its window.
    if s.flags.contains(.ack), s.window != 0, x.flags.contains(.zeroWindow) {
      x.flags.remove(.zeroWindow)
      verdict.anomalies.insert(.windowOpens)
    }
    shared.resets &+= 1
    x.unitsSinceAdvance &+= 1
    // The client's answer to an old connection's ACK: its own SYN stays on its way.
    if shared.phase == .synSent, fromLow == shared.lowIsClient { return }
    let midStream = shared.flags.contains(.midStream)
    let expected = y.flags.contains(.hasAcknowledged) ? y.lastACK : x.next
    let exact = s.sequence == expected || s.sequence == y.highestACK || s.sequence == x.next || s.sequence == x.next - 1
    let refusal = shared.phase == .synSent && s.flags.contains(.ack) && s.acknowledgment == y.next
    let blind = !y.flags.contains(.hasAcknowledged) || !x.flags.contains(.seen)
    guard exact || refusal || blind || midStream && abs(s.sequence - expected) <= 65_535 else {
      verdict.anomalies.insert(.inexactReset)
      return
    }
    x.flags.insert(.reset)
    guard shared.phase != .closed else { return }
    shared.phase = .reset
    if fromLow { shared.flags.insert(.resetByLow) }
    shared.set(.closed, ofLow: fromLow, s.time)
    shared.set(.closed, ofLow: !fromLow, s.time)
    verdict.progressed = true
  }

  /// An acknowledgment may finish the handshake or one half of the close.
  @inline(never)
  mutating func acknowledgedControl(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    switch shared.phase {
    case .synSent:
      guard !s.flags.contains(.syn), fromLow != shared.lowIsClient, s.acknowledgment != y.next else { return }
      verdict.anomalies.insert(.oldConnectionAnswers)
      verdict.timestampLag = s.hasTimestamps ? Int32(bitPattern: s.timestampEcho &- y.lastTSval) : 0
    case .synReceived:
      guard !s.flags.contains(.syn), fromLow == shared.lowIsClient, s.acknowledgment > y.initial else { return }
      // Linux since 2025 drops the third segment when it echoes what no SYN-ACK carried (`tcp_check_req`).
      if s.hasTimestamps, s.timestampEcho != 0, y.flags.contains(.sendsTimestamps),
        Int32(bitPattern: s.timestampEcho &- y.highestTSval) > 0
          || Int32(bitPattern: s.timestampEcho &- y.lowestTSval) < -64
      {
        verdict.rejection = .timestampEcho
      }
      shared.phase = .established
      shared.set(.established, ofLow: true, s.time)
      shared.set(.established, ofLow: false, s.time)
      if shared.synTime != 0 { shared.handshake = max(1, s.time &- shared.synTime) }
      if y.synCount == 1, shared.synACKTime != 0 { x.answering.take(s.time &- shared.synACKTime) }
    case .finOne, .finBoth:
      guard y.flags.contains(.fin), !y.flags.contains(.finAcknowledged), s.acknowledgment >= y.finEnd else { return }
      y.flags.insert(.finAcknowledged)
      closing(of: y, seenFrom: x, &shared, ofLow: !fromLow, s.time)
    default: return
    }
  }

  /// The FIN of `y` is acknowledged.
  ///
  /// Source: RFC 9293 §3.3.2, figure 5.
  private func closing(
    of y: Direction, seenFrom x: Direction, _ shared: inout SharedState, ofLow: Bool, _ time: Int64
  ) {
    switch shared.state(ofLow: ofLow) {
    case .finWait1: shared.set(.finWait2, ofLow: ofLow, time)
    case .closing: shared.set(.timeWait, ofLow: ofLow, time)
    case .lastACK: shared.set(.closed, ofLow: ofLow, time)
    default: break
    }
    // The end that acknowledges has received the FIN.
    switch shared.state(ofLow: !ofLow) {
    case .finWait1: shared.set(.closing, ofLow: !ofLow, time)
    case .finWait2: shared.set(.timeWait, ofLow: !ofLow, time)
    case .lastACK, .closing, .timeWait, .closed: break
    default: shared.set(.closeWait, ofLow: !ofLow, time)
    }
    guard x.flags.contains(.fin), x.flags.contains(.finAcknowledged) else { return }
    shared.phase = .closed
  }
}

extension SharedState {
  func state(ofLow: Bool) -> EndState { ofLow ? lowState : highState }

  mutating func set(_ state: EndState, ofLow: Bool, _ time: Int64) {
    if ofLow {
      lowState = state
      lowStateSince = time
    } else {
      highState = state
      highStateSince = time
    }
  }
}
