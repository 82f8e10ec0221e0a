import Dissection
import Frames
import Tracking

/// One direction's timeouts of the same bytes, since nothing of them was acknowledged.
struct StallTrack: Sendable {
  /// First sequence number of what times out.
  private(set) var head: SequenceNumber
  private(set) var timeouts: UInt64 = 0
  private(set) var tries: UInt64 = 0
  /// Greatest payload that was tried, and bytes in flight at the last try.
  private(set) var size: UInt32 = 0
  private(set) var flight: UInt32 = 0
  /// Tries at the greatest size, before the sender sent less at once: of a lone segment the first is a probe.
  private(set) var fullTries: UInt64 = 0
  private(set) var shrunk = false
  /// After shrinking, the sender went on to later bytes.
  private(set) var wentOn = false
  /// The peer acknowledged the bytes after all.
  private(set) var answered = false
  /// The peer goes on repeating its SYN-ACK: for it the handshake is not over.
  private(set) var handshakeRepeats = false
  private(set) var isRejected = false
  /// Acknowledgments that came back and left the bytes where they were.
  private(set) var refusals: UInt64 = 0
  /// A try turned out to be needless: the bytes had come through, their acknowledgment had not.
  private(set) var isNeedless = false
  /// Each timeout came after a longer wait than the one before; nobody spoke in between.
  private(set) var backsOff = true
  /// What was sent again after the bytes had come through.
  private(set) var repairs: UInt64 = 0
  private var lastWait: Int64 = 0
  /// Since when nothing came through, tries of other bytes included.
  private var silentSince: Int64
  private(set) var firstTry: Int64
  private(set) var lastTry: Int64 = 0
  private var progress: UInt32 = 0
  /// Last frame of the connection at which the bytes still stood unacknowledged.
  private(set) var standsAt: UInt64 = 0
  private(set) var lastTime: Int64 = 0
  private(set) var bytes: UInt64 = 0
  let sender: Endpoint
  let receiver: Endpoint
  private(set) var evidence = Evidence(first: 8, last: 4)

  init(_ observation: Observation) {
    head = observation.segment.sequence
    firstTry = observation.segment.time &- observation.stall
    silentSince = firstTry
    sender = observation.sender
    receiver = observation.receiver
  }

  /// A retransmission that begins where the earlier ones did.
  mutating func take(_ observation: Observation) {
    let length = observation.segment.payloadLength
    tries += 1
    if observation.cause == .rto {
      timeouts += 1
      // RFC 6298 doubles the wait; half as much again leaves room for late timers.
      if observation.stall / 3 < lastWait / 2 { backsOff = false }
      lastWait = observation.stall
    }
    if observation.anomalies.contains(.needless) { isNeedless = true }
    if length < size { shrunk = true } else { fullTries += 1 }
    size = max(size, length)
    flight = observation.flight
    progress = observation.progress
    lastTry = observation.segment.time
    bytes += UInt64(observation.repeatedBytes)
    evidence.add(observation) { ("sent again (\($0.cause.name)), \($0.segment.payloadLength) bytes", ["seq", "len"]) }
    note(observation)
  }

  /// A later word on one of the tries.
  mutating func amend(_ observation: Observation) {
    guard observation.anomalies.contains(.needless), observation.amends >= evidence.firstFrame else { return }
    if observation.amends <= evidence.lastFrame { isNeedless = true } else if repairs > 0 { repairs -= 1 }
  }

  /// Takes over the silence that an earlier try of other bytes began, if nothing came through since.
  mutating func goOn(from earlier: StallTrack) {
    if earlier.lastTry >= firstTry, earlier.progress == progress { silentSince = min(silentSince, earlier.silentSince) }
  }

  /// How long nothing came through, until the last try.
  var silence: Int64 { max(0, lastTry &- silentSince) }

  /// A silence with back-off; whether the connection outlived it is another question.
  var isSilence: Bool {
    // Where only acknowledgments were lost, the next one covers everything: nothing is left to repair.
    timeouts >= Blackout.leastTimeouts && backsOff && silence >= Blackout.least && !(isNeedless && repairs == 0)
      && !isRejected && !shrunk
  }

  /// Any later word on the connection, from either end.
  mutating func see(_ observation: Observation) {
    let segment = observation.segment
    note(observation)
    if segment.sender == receiver {
      if observation.cause == .synACK { handshakeRepeats = true }
      if segment.flags.contains(.ack), segment.acknowledgment > head { answered = true }
      if segment.isBareACK, segment.acknowledgment <= head, observation.kind != .captureDuplicate { refusals += 1 }
    } else if observation.kind == .retransmission, segment.sequence > head {
      if segment.time &- lastTry <= PacketTime.second { repairs += 1 }
      if shrunk { wentOn = true }
    } else if observation.rejection == .paws {
      isRejected = true
    }
  }

  private mutating func note(_ observation: Observation) {
    // A copy that the capture made of the last try is no later word on it.
    if observation.kind != .captureDuplicate { lastTime = max(lastTime, observation.segment.time) }
    if stands(observation) { standsAt = max(standsAt, observation.segment.frame) }
  }

  /// Whether nothing can have been acknowledged in the frames before this one, of which no observation may tell.
  private func stands(_ observation: Observation) -> Bool {
    if observation.progress == progress { return true }
    if observation.sender == sender { return observation.flight >= flight }
    return observation.segment.flags.contains(.ack) && observation.segment.acknowledgment <= head
  }
}

/// A direction that never got its bytes through, judged at the connection's end.
struct Stall: Sendable {
  enum Cause: String, Sendable {
    case blackHole = "mtu-black-hole"
    case handshake = "handshake-repeats"
    case refused
    case noAnswer = "no-answer"
  }

  let track: StallTrack
  let connection: ConnectionID
  let fromClient: Bool
  let cause: Cause
  /// The third timeout was the last try: the capture must go on for a while to show that it was not answered either.
  let waits: Bool

  /// Nil when the bytes came through, or when that cannot be told.
  init?(_ track: StallTrack, _ end: ConnectionEnd, fromClient: Bool) {
    let (sent, received) = fromClient ? (end.fromClient, end.fromServer) : (end.fromServer, end.fromClient)
    guard received.packets > 0, end.ending != .evicted, !track.isRejected else { return nil }
    let fullSize = Self.fullSize(sent, received)
    let isFull = track.size >= fullSize && track.fullTries >= RetransmissionStallDetector.leastTimeouts
    let cameThrough = track.shrunk && (track.wentOn || track.answered)
    let isOver = !track.answered && track.standsAt >= end.lastFrame
    guard isFull && cameThrough || isOver && track.timeouts >= RetransmissionStallDetector.leastTimeouts else {
      return nil
    }
    self.track = track
    self.connection = end.id
    self.fromClient = fromClient
    waits = !cameThrough && track.tries == RetransmissionStallDetector.leastTimeouts && track.lastTime <= track.lastTry
    // Smaller tries that died, too, are no matter of size.
    if isFull, cameThrough || !track.shrunk && Self.onlySmallCame(sent, track, fullSize) {
      cause = .blackHole
    } else {
      let isRefused = track.refusals * 2 >= track.tries
      cause = track.handshakeRepeats ? .handshake : isRefused ? .refused : .noAnswer
    }
  }

  /// Payload of a full-sized segment; 40 bytes of the announced MSS may be TCP options.
  private static func fullSize(_ sent: DirectionEnd, _ received: DirectionEnd) -> UInt32 {
    let known = [sent.mss, received.mss].filter { $0 > 0 }.min()
    return known.map { UInt32(max($0, 576) - 40) } ?? RetransmissionStallDetector.usualFullSize
  }

  /// Whether whatever was acknowledged before came in segments far from full.
  private static func onlySmallCame(_ sent: DirectionEnd, _ track: StallTrack, _ fullSize: UInt32) -> Bool {
    let acknowledged = Int64(sent.payloadBytes) - Int64(sent.retransmittedBytes) - Int64(track.flight)
    guard acknowledged > 0 else { return true }
    let inFlight = Int64(track.flight / max(1, track.size)) + 1
    let segments = Int64(sent.dataPackets) - Int64(sent.retransmissions) - inFlight
    return acknowledged < Int64(fullSize) || segments > 0 && acknowledged / segments < Int64(fullSize / 2)
  }
}
