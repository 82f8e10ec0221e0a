import Detection
import Dissection
import Tracking

/// What one segment moves at its sender and at its receiver.
///
/// Source: Linux `__tcp_transmit_skb`, `tcp_v4_rcv`, `__tcp_retransmit_skb`; checked against recorded counters.
extension HostCounters {
  /// Counts a segment, or with `sign` -1 takes back what was counted for it.
  mutating func count(_ observation: Observation, _ sign: Int64) {
    // The capture's copies were neither sent nor received.
    guard observation.kind != .captureDuplicate else {
      with(observation.segment.destination) { $0.copies += sign }
      return
    }
    with(observation.segment.destination) { Self.countReceived(observation, sign, &$0) }
    // The network's copies were received, but not sent.
    guard observation.kind != .networkDuplicate else { return }
    with(observation.segment.source) { Self.countSent(observation, sign, &$0) }
  }

  private static func countReceived(_ observation: Observation, _ sign: Int64, _ host: inout HostTally) {
    let segment = observation.segment
    host[.segmentsIn] += sign
    if segment.flags.contains(.rst) {
      if !observation.anomalies.contains(.inexactReset) { countReset(observation.receiverState, sign, &host) }
      return
    }
    if observation.cause == .syn, !observation.anomalies.contains(.synUnanswered) { host.answeredSYNs += sign }
    guard observation.receiverState != .timeWait, observation.receiverState != .closed else { return }
    if observation.rejection == .paws {
      // An old ACK that only came late has a counter of its own (PAWSOldAck).
      host[.rejectedTimestamps] += segment.isBareACK && observation.desync > 0 ? 0 : sign
    } else {
      switch segment.duplicateSACK {
      case .old: host[.duplicateSACKReceived] += sign
      case .outOfOrder: host[.duplicateSACKOutOfOrderReceived] += sign
      case nil: break
      }
    }
  }

  /// A RST that is taken in this state.
  private static func countReset(_ state: EndState, _ sign: Int64, _ host: inout HostTally) {
    switch state {
    case .synSent, .synReceived: host[.attemptFails] += sign
    case .established, .closeWait: host[.establishedResets] += sign
    default: break
    }
  }

  private static func countSent(_ observation: Observation, _ sign: Int64, _ host: inout HostTally) {
    let segment = observation.segment
    let units = sign * Int64(observation.units)
    if segment.flags.contains(.rst) {
      host[.segmentsOut] += sign
      host[.resetsOut] += sign
      countSentReset(observation, sign, &host)
    } else if observation.kind == .retransmission {
      countAgain(observation, sign, units, &host)
    } else {
      host[.segmentsOut] += units
      if segment.flags.contains(.syn) {
        host[.activeOpens] += segment.flags.contains(.ack) ? 0 : sign
      } else {
        countFirst(observation, sign, units, &host)
      }
    }
    if observation.anomalies.contains(.windowCloses) { host[.toZeroWindow] += sign }
    if observation.anomalies.contains(.windowOpens) { host[.fromZeroWindow] += sign }
    switch segment.duplicateSACK {
    case .old: host[.duplicateSACKOldSent] += sign
    case .outOfOrder: host[.duplicateSACKOutOfOrderSent] += sign
    case nil: break
    }
  }

  /// A live socket's RST carries ACK; one without it answers for a socket that is not there.
  ///
  /// A client's must have been given up without a packet; a server's never came to be when the queue was full.
  private static func countSentReset(_ observation: Observation, _ sign: Int64, _ host: inout HostTally) {
    guard observation.senderState == .established || observation.senderState == .closeWait else { return }
    if observation.segment.flags.contains(.ack) {
      host[.establishedResets] += sign
      return
    }
    host.defects.insert(.silentEnd)
    if observation.fromClient {
      host[.establishedResets] += sign
    } else {
      host[.passiveOpens] -= sign
      host.defects.insert(.overflow)
    }
  }

  private static func countFirst(_ observation: Observation, _ sign: Int64, _ units: Int64, _ host: inout HostTally) {
    switch observation.kind {
    case .keepAlive: host[.keepAlive] += sign
    case .windowProbe: host[.windowProbe] += sign
    default: if observation.segment.sequenceLength > 0 { host[.originalData] += units }
    }
  }

  /// Data, SYN or FIN sent again.
  private static func countAgain(_ observation: Observation, _ sign: Int64, _ units: Int64, _ host: inout HostTally) {
    host[.retransmitted] += units
    switch observation.cause {
    case .synACK:
      // The kernel makes a new SYN-ACK, which counts as sent, too.
      host[.segmentsOut] += sign
      host[.synRetransmitted] += sign
      host[.timeouts] += sign
    case .syn:
      host[.synRetransmitted] += sign
      host[.timeouts] += sign
    case .rto:
      host[.timeouts] += sign
      host.dataTimeouts += sign
    case .rtoRecovery: host[.slowStart] += units
    case .tailLossProbe:
      host[.lossProbes] += sign
      host[.lossProbeRecovery] += observation.anomalies.contains(.needless) ? 0 : sign
    case .fast, .unknown, .none: host[.fast] += units
    }
  }

  /// What the ends of connections tell: finished handshakes, and where and how whole they were captured.
  mutating func take(_ ended: borrowing [ConnectionEnd]) {
    for index in ended.indices {
      let end = ended[index]
      let (client, server) = (end.client.address, end.server.address)
      if end.handshake > 0 { with(server) { $0[.passiveOpens] += 1 } }
      if end.midStream { mark(client, server, with: .midStream) }
      if !end.isOver, end.fromClient.retransmissions > 0 { mark(client, with: .unfinished) }
      if !end.isOver, end.fromServer.retransmissions > 0 { mark(server, with: .unfinished) }
      if end.ending == .evicted { mark(client, server, with: .evicted) }
      let (out, back) = (end.fromClient.packets, end.fromServer.packets)
      // A SYN without answer is no sign, unless the client went on as if it had one.
      let isUnanswered = end.unanswered && end.fromClient.dataPackets == 0
      if min(out, back) == 0, !isUnanswered { mark(client, server, with: .oneSided) }
      noteVantage(end)
    }
  }

  private mutating func noteVantage(_ end: ConnectionEnd) {
    let (client, server) = (end.client.address, end.server.address)
    switch end.vantage {
    case .client:
      mark(client, with: .here)
      mark(server, with: .elsewhere)
    case .server:
      mark(server, with: .here)
      mark(client, with: .elsewhere)
    case .middle: mark(client, server, with: .elsewhere)
    case .loopback: mark(client, server, with: .here)
    case .unknown: break
    }
  }
}

extension CaptureFacts {
  /// Frames are missing that the hosts exchanged, or may be.
  var lacksSegments: Bool {
    let unread: [NotAnalyzed] = [.cut, .malformed, .filtered]
    return missedBytes > 0 || reportedDrops ?? 0 > 0 || !problems.isEmpty
      || notAnalyzed.contains { unread.contains($0.reason) && $0.frames > 0 }
  }
}
