import Dissection
import Tracking

/// What the tables remember of one connection while it lasts.
struct Watched {
  var client: Endpoint
  var server: Endpoint
  var opening = Opening()
  /// The handshake has come to an end, good or bad.
  var isSettled = false
  /// Something came that no end sends before the handshake is over: then it was, even if its packets were not captured.
  var wentOn = false
  var clientEnd = WatchedEnd()
  var serverEnd = WatchedEnd()
  /// Payload bytes, each counted once.
  var clientBytes: UInt64 = 0
  var serverBytes: UInt64 = 0

  init(_ observation: Observation) {
    client = observation.fromClient ? observation.sender : observation.receiver
    server = observation.fromClient ? observation.receiver : observation.sender
  }
}

/// The state of one end, and when it began; nil when that was before the capture.
struct WatchedEnd {
  var state = EndState.unknown
  var since: Int64?

  /// What is in mid-stream when the capture begins is taken to be established.
  mutating func assumeEstablished() {
    if state == .unknown { state = .established }
  }

  /// Moves on to `new`; returns the state that was left and how long it had lasted, nil where there is nothing to tell.
  mutating func move(to new: EndState, _ time: Int64) -> (old: EndState, duration: Int64?)? {
    guard new != .unknown, new != state else { return nil }
    let old = state == .unknown ? new.predecessor : state
    let duration = since.map { max(0, time &- $0) }
    since = old == nil ? nil : time
    state = new
    return old.map { ($0, duration) }
  }
}

extension EndState {
  fileprivate var isOver: Bool { self == .timeWait || self == .closed }

  /// The state before, where the first packet of a connection leaves no doubt.
  fileprivate var predecessor: EndState? {
    switch self {
    case .synSent: .closed
    case .synReceived: .listen
    default: nil
    }
  }
}

/// The packets of a handshake.
package struct Opening: Sendable {
  /// First SYN, and the one that was answered; ns since 1970 UTC.
  package var firstSYN: Int64?
  package var answeredSYN: Int64?
  package var syns: UInt32 = 0
  /// First and last SYN-ACK.
  package var firstSYNACK: Int64?
  package var lastSYNACK: Int64?
  package var synACKs: UInt32 = 0
  /// First frame of the handshake.
  package var frame: UInt64 = 0
  /// Options of SYN and SYN-ACK.
  package var offered: TCPOptions?
  package var answered: TCPOptions?

  mutating func take(_ segment: Segment) {
    if frame == 0 { frame = segment.frame }
    if segment.flags.contains(.ack) {
      synACKs &+= 1
      if firstSYNACK == nil { firstSYNACK = segment.time }
      lastSYNACK = segment.time
      answered = segment.options
    } else {
      syns &+= 1
      if firstSYN == nil { firstSYN = segment.time }
      if firstSYNACK == nil { answeredSYN = segment.time }
      offered = segment.options
    }
  }
}

extension Observation {
  /// Payload bytes that had not come before.
  var freshBytes: UInt64 {
    switch kind {
    case .captureDuplicate, .networkDuplicate, .keepAlive, .windowProbe, .outOfWindow, .reset: 0
    case .retransmission where anomalies.contains(.fillsGap): UInt64(segment.payloadLength)
    // An original that its second try has overtaken fills nothing any more.
    case .reordered where !anomalies.contains(.fillsGap): 0
    case .retransmission: UInt64(segment.payloadLength &- min(segment.payloadLength, repeatedBytes))
    default: UInt64(segment.payloadLength)
    }
  }

  /// States of sender and receiver after the segment; of a RST that is heeded: closed.
  var statesAfter: (sender: EndState, receiver: EndState) {
    let before = (sender: senderState, receiver: receiverState)
    guard kind == .reset, !anomalies.contains(.inexactReset) else { return before }
    if senderState.isOver && receiverState.isOver || fromClient && senderState == .synSent { return before }
    return (.closed, .closed)
  }

  /// Whether nothing more is to come on the connection.
  var leavesBothOver: Bool { statesAfter.sender.isOver && statesAfter.receiver.isOver }
}
