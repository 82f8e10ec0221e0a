import Dissection
import Frames
import Tracking

/// The same bytes time out again and again, and never come through.
///
/// The rule: three timeouts of the same bytes, and the connection ends without their acknowledgment; or three timeouts
/// of a full-sized segment until the sender sends less at once, and that comes through (a black hole for large packets).
/// Traps: a capture that simply ends (an answer to the last try may follow); closed windows (tracking calls these
/// probes); what PAWS or an ACK loop explains is told by those findings. Source: tcp-pathologies §3 and §5.
struct RetransmissionStallDetector: EndDetector {
  static let rules = [RetransmissionRules.stall, LossEpisodeRules.blackout]

  static let leastTimeouts: UInt64 = 3
  /// Where the handshake was not captured: Ethernet's payload less headers and options.
  static let usualFullSize: UInt32 = 1400
  /// No answer takes longer after a timeout that had waited already.
  static let patience = PacketTime.second

  static let thresholds =
    [
      Threshold(
        "retransmission-stall", "timeouts of the same bytes", "\(leastTimeouts)",
        because: "a short outage costs one or two"),
      Threshold(
        "retransmission-stall", "capture goes on", "1 s after the third timeout",
        because: "the answer to the last try may lie behind the end of the capture"),
    ] + Blackout.thresholds

  private var tracks = TroubleTable<DirectionKey, StallTrack>()
  /// Connections on which something was tried twice: only there every further word counts.
  private var watched: Set<ConnectionID> = []
  private var stalls: [Stall] = []
  private var silences = TroubleTable<ConnectionID, Blackout>()
  private var captureEnd: Int64 = 0

  init(_ settings: DetectionSettings) {}

  var mayName: [ConnectionID] { tracks.keys.map(\.connection) + stalls.map(\.connection) }

  var topics: Topics { watched.isEmpty ? Topics(kinds: [.retransmission]) : .everything }

  mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices {
      if observations[index].amends == 0 {
        take(observations[index])
      } else {
        tracks.change(DirectionKey(observations[index])) { $0.amend(observations[index]) }
      }
    }
  }

  private mutating func take(_ observation: Observation) {
    let key = DirectionKey(observation)
    let isTry =
      observation.kind == .retransmission && observation.segment.payloadLength > 0 && observation.rejection != .paws
      && !observation.anomalies.contains(.alreadyAcknowledged) && observation.peerWindow > 0
    // A probe is sent once per advance: what timed out before it has come through.
    let isTimer = isTry && (observation.cause == .rto || observation.cause == .tailLossProbe)
    let isWatched = !watched.isEmpty && watched.contains(observation.connection)
    guard isTry || isWatched else { return }
    if isWatched {
      let other = DirectionKey(connection: observation.connection, fromClient: !observation.fromClient)
      tracks.change(other) { $0.see(observation) }
    }
    switch tracks.change(key, { Self.follow(observation, isTry: isTry, isTimer: isTimer, &$0) }) {
    case .again: watched.insert(observation.connection)
    case .begins: start(observation, key)
    case .seen: break
    case nil: if isTimer { start(observation, key) }
    }
  }

  private enum Step { case again, begins, seen }

  /// What an observation is to the timeouts of its direction so far.
  private static func follow(
    _ observation: Observation, isTry: Bool, isTimer: Bool, _ track: inout StallTrack
  ) -> Step {
    if isTry, observation.segment.sequence == track.head {
      track.take(observation)
      return .again
    }
    if isTimer, !(track.shrunk && track.fullTries >= leastTimeouts) { return .begins }
    track.see(observation)
    return .seen
  }

  /// Another segment times out: what timed out before has come through.
  private mutating func start(_ observation: Observation, _ key: DirectionKey) {
    let earlier = tracks[key]
    tracks.update(key, fresh: StallTrack(observation)) { track in
      track = StallTrack(observation)
      track.take(observation)
      if let earlier { track.goOn(from: earlier) }
    }
    if let earlier, observation.segment.sequence > earlier.head { outlive(earlier, on: key.connection) }
  }

  /// What timed out came through in the end.
  private mutating func outlive(_ track: StallTrack, on connection: ConnectionID) {
    guard track.isSilence else { return }
    silences.update(connection, fresh: Blackout(track, on: connection)) { $0.take(track) }
  }

  mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    guard connection.troubled, !tracks.isEmpty else { return }
    watched.remove(connection.id)
    for fromClient in [true, false] {
      let key = DirectionKey(connection: connection.id, fromClient: fromClient)
      guard let track = tracks.remove(key), stalls.count < 20_000 else { continue }
      if let stall = Stall(track, copy connection, fromClient: fromClient) {
        stalls.append(stall)
      } else if connection.ending != .evicted, track.answered || track.standsAt < connection.lastFrame {
        outlive(track, on: connection.id)
      }
    }
  }

  mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { captureEnd = facts.lastTime }

  /// Those that are beyond doubt, by connection.
  var certain: [ConnectionID: Stall] {
    let waited = stalls.filter { !$0.waits || captureEnd &- $0.track.lastTry >= Self.patience }
    return Dictionary(waited.map { ($0.connection, $0) }) { $0.track.bytes >= $1.track.bytes ? $0 : $1 }
  }

  /// Silences that connections outlived.
  var blackouts: [ConnectionID: Blackout] { silences.dictionary }

  func findings() -> [Finding] { certain.values.map { StallFinding(stall: $0).finding } }
}
