import Dissection
import Frames
import Tracking

/// Connections that do not come about: refused, never answered, or left waiting by a listener whose queue is full.
///
/// The rules: a RST that acknowledges a SYN; a SYN sent again without an answer; a SYN-ACK sent again although it was
/// acknowledged, or SYNs dropped by a listener that answers others. Traps: lost SYNs and ACKs look alike on a client's
/// side; scans meet many closed ports; a firewall refuses in the server's name. Source: tcp-pathologies §5.
package struct ListenerDetector: EndDetector {
  package static let rules = [HandshakeRules.refused, HandshakeRules.unanswered, HandshakeRules.overflow]

  static let leastRefused: UInt64 = 3
  static let leastDropped = 3
  static let leastLeftOpen = 2
  static let manyDropped = 20
  static let scannedPorts = 20
  /// Listeners that are told apart, of all clients and of one per hour: who scans must not take the room of others.
  static let mostListeners = 4_096
  static let mostOfClient = 256
  static let hour = 3600 * PacketTime.second

  package static let thresholds = [
    Threshold("connection-refused", "refused connections", "\(leastRefused)", because: "a client may try a wrong port"),
    Threshold(
      "listen-overflow", "connections with SYNs dropped", "\(leastDropped)",
      because: "one or two lost SYNs are ordinary"),
    Threshold(
      "listen-overflow", "connections with SYN-ACKs repeated, not near the server", "\(leastLeftOpen)",
      because: "its last ACKs may have been lost"),
    Threshold("syn-unanswered", "ports that make a scan", "\(scannedPorts)", because: "no client needs so many"),
  ]

  private(set) var tracks = TroubleTable<ListenerKey, ListenerTrack>(most: ListenerDetector.mostListeners)
  private(set) var attempts = TroubleTable<ConnectionID, HandshakeAttempt>()
  private(set) var answered = AnsweredCache()
  /// Listeners that clients had trouble with.
  private var tried = TroubleTable<IPAddress, Budget>(most: 4_096)
  private var now = Int64.min

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics {
    Topics(kinds: [.retransmission, .reset], [.synAnswered, .synUnanswered], rejections: !attempts.isEmpty)
  }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].amends == 0 {
      if observations[index].anomalies.contains(.synAnswered) {
        answer(observations[index])
      } else if observations[index].anomalies.contains(.synUnanswered) {
        unanswered(observations[index])
      } else if observations[index].kind == .reset {
        reset(observations[index])
      } else if observations[index].isAnsweredAgain {
        answeredAgain(observations[index])
      } else if observations[index].rejection == .timestampEcho {
        attempts.change(observations[index].connection) { $0.isRejected = true }
      }
    }
  }

  private mutating func answer(_ observation: Observation) {
    answered.note(synACK: observation.segment)
    guard !tracks.isEmpty else { return }
    tracks.change(ListenerKey(observation.sender)) { track in
      track.answered += 1
      track.lastAnswer = observation.segment.time
    }
    attempts.change(observation.connection) { $0.isAnswered = true }
  }

  /// Whether trouble of `client` with a listener is to be noted; makes room for it.
  private mutating func admits(_ listener: Endpoint, of client: IPAddress, at time: Int64) -> Bool {
    if tracks.contains(ListenerKey(listener)) { return true }
    if tried.isFull, !tried.contains(client) { _ = tried.makeRoom(\.since) }
    let count = tried.update(client, fresh: Budget(since: time)) { budget in
      if time &- budget.since > Self.hour { budget = Budget(since: time) }
      budget.listeners += 1
      return budget.listeners
    }
    guard let count, count <= Self.mostOfClient else { return false }
    if tracks.isFull { _ = tracks.makeRoom(\.lastTrouble) }
    return true
  }

  /// Listeners that a client had trouble with within the hour.
  private struct Budget: Sendable {
    let since: Int64
    var listeners = 0
  }

  private mutating func fold(_ id: ConnectionID, _ attempt: HandshakeAttempt, _ outcome: AttemptSum.Outcome) {
    guard !outcome.isEmpty else { return }
    tracks.change(ListenerKey(attempt.listener)) { $0.fold(id, attempt, outcome) }
  }

  private mutating func unanswered(_ observation: Observation) {
    let segment = observation.segment
    let (listener, time) = (Endpoint(address: segment.destination, port: segment.destinationPort), segment.time)
    guard admits(listener, of: segment.source, at: time) else { return }
    var fresh = HandshakeAttempt(listener: listener)
    fresh.firstTime = time &- observation.stall
    let retries = attempts.update(observation.connection, fresh: fresh) { attempt in
      attempt.retries += 1
      attempt.lastTime = time
      return attempt.retries
    }
    let isNew = !tracks.contains(ListenerKey(listener))
    // While there is no room, one frame more of a listener that is known says nothing new.
    guard retries != nil || isNew else { return }
    let hasAnswered = isNew && answered.hasAnswered(listener)
    tracks.update(ListenerKey(listener), fresh: ListenerTrack(listener, answeredBefore: hasAnswered)) { track in
      if track.silences.count > 0, track.lastAnswer > track.silences.evidence.firstTime {
        track.answersMeanwhile = true
      }
      if AnsweredCache.isFresh(segment.hopLimit), segment.source != listener.address {
        track.isBesideClient = true
      }
      track.silences.add(observation, isNew: retries == 1) { _ in ("SYN again, still no answer", ["flags"]) }
    }
  }

  /// A RST for a client that is still waiting for the SYN-ACK.
  private mutating func reset(_ observation: Observation) {
    let segment = observation.segment
    guard !observation.fromClient, observation.receiverState == .synSent, segment.flags.contains(.ack),
      !observation.anomalies.contains(.inexactReset)
    else { return }
    let listener = observation.sender
    guard admits(listener, of: segment.destination, at: segment.time) else { return }
    let track = ListenerTrack(listener, answeredBefore: answered.hasAnswered(listener))
    tracks.update(ListenerKey(listener), fresh: track) { track in
      track.refusals.add(observation, isNew: true) { _ in ("RST in answer to a SYN", ["flags", "ack"]) }
      track.resetHopLimit = segment.hopLimit
    }
    // That it waited before is a part of it.
    _ = attempts.remove(observation.connection)
  }

  private mutating func answeredAgain(_ observation: Observation) {
    let (listener, time) = (observation.sender, observation.segment.time)
    var fresh = HandshakeAttempt(listener: listener)
    fresh.firstTime = time
    let repeats = attempts.update(observation.connection, fresh: fresh) { attempt in
      if attempt.repeats == 0 { attempt.firstRepeat = time }
      attempt.repeats += 1
      attempt.isAnswered = true
      attempt.lastTime = time
      return attempt.isRejected ? 0 : attempt.repeats
    }
    guard let repeats, repeats >= 2 else { return }
    let track = ListenerTrack(listener, answeredBefore: true)
    if tracks.isFull, !tracks.contains(ListenerKey(listener)) { _ = tracks.makeRoom(\.lastTrouble) }
    tracks.update(ListenerKey(listener), fresh: track) { track in
      track.repeats.add(observation, isNew: repeats == 2) { _ in
        ("SYN-ACK again although the client had acknowledged it", ["flags", "seq"])
      }
    }
  }

  /// Where there is no trouble, nothing is learnt from ends.
  package var awaitsEnds: Bool { !tracks.isEmpty || !attempts.isEmpty }

  /// Most ends are of no matter here, and a look at two of their fields tells.
  package mutating func connectionsEnded(_ connections: borrowing [ConnectionEnd]) {
    guard awaitsEnds else { return }
    for index in connections.indices {
      if connections[index].vantage == .server {
        tracks.change(ListenerKey(connections[index].server)) { $0.isAtServer = true }
      }
      if attempts.contains(connections[index].id) { connectionEnded(connections[index]) }
    }
  }

  /// What came to something after one more try is no matter any more; silence is summed up once nothing can change it.
  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    guard let attempt = attempts[connection.id] else { return }
    let (client, server) = (connection.fromClient, connection.fromServer)
    // Whoever says more than SYNs was answered, but this capture did not see it.
    let wentOn = server.packets == 0 ? client.packets > attempt.retries + 1 : server.dataPackets > 0
    let isTrouble = attempt.isAnswered ? attempt.retries >= 2 || attempt.repeats >= 2 : !wentOn
    // Of others it is not known yet whether an answer was on its way.
    let isSettled = connection.ending == .expired || connection.ending != .captureEnd && attempt.retries >= 2
    let outcome = attempt.outcome(at: .max)
    if isTrouble, !outcome.isEmpty, !isSettled || outcome.contains(.leftOpen) { return }
    _ = attempts.remove(connection.id)
    if isTrouble { fold(connection.id, attempt, outcome) }
  }

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { now = facts.lastTime }

  package var mayName: [ConnectionID] {
    attempts.keys + tracks.values.flatMap { $0.refusals.connections + $0.past.values.flatMap(\.connections) }
  }

  package func findings() -> [Finding] {
    ListenerVerdicts(
      tracks: Array(tracks.values), attempts: attempts.dictionary, answered: answered, now: now
    ).findings
  }
}
