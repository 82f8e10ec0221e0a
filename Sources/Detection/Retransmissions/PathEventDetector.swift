import Dissection
import Frames
import Tracking

/// Loss that begins on many connections between the same networks at the same moment.
///
/// The rule: within 250 ms at least 3 connections, and 30 % of those open between the two prefixes, enter a loss
/// episode.
/// Traps: one connection's many losses count once; copies and probes are no loss. Source: tcp-pathologies §3d.
package struct PathEventDetector: EndDetector {
  package static let rules = [RetransmissionRules.pathEvent]

  /// One granule of the retransmission timeout (200 ms) and its jitter.
  static let span = 250 * PacketTime.millisecond
  static let leastConnections = 3
  static let leastShare = 0.3
  /// Connections that a finding names, those that appeared first.
  static let mostNamed = 20

  package static let thresholds = [
    Threshold("path-event", "connections", "3 and 30 % within 250 ms", because: "200 ms timeout granularity and jitter")
  ]

  private struct Prefixes: Hashable, Sendable {
    var low: IPAddress
    var high: IPAddress
  }

  private struct Event: Sendable {
    var connections: Set<ConnectionID>
    var firstTime: Int64
    var lastTime: Int64
    /// Connections that were open at that moment, as far as they have ended since.
    var open: UInt64 = 0
    var evidence: Evidence
    var from: IPAddress
    var to: IPAddress
  }

  private struct Pair: Sendable {
    /// Episodes that began lately, oldest first; those before `start` are over.
    var recent: [Observation] = []
    var start = 0
    var events: [Event] = []

    /// Lets go of what is older than the span, moving the rest only now and then.
    mutating func forget(before time: Int64) {
      while start < recent.count, recent[start].segment.time < time { start += 1 }
      guard start > 64 || start == recent.count || recent.count > 256 else { return }
      recent.removeFirst(recent.count > 256 ? max(start, 128) : start)
      start = 0
    }
  }

  private var pairs = TroubleTable<Prefixes, Pair>(most: 1024)

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics(.opensEpisode) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].anomalies.contains(.opensEpisode) {
      // Data that had arrived already is no loss.
      guard observations[index].amends == 0, observations[index].segment.payloadLength > 0,
        !observations[index].anomalies.contains(.alreadyAcknowledged)
      else { continue }
      take(observations[index])
    }
  }

  private static func prefixes(_ a: IPAddress, _ b: IPAddress) -> Prefixes {
    let (x, y) = (a.prefix(a.isV4 ? 24 : 64), b.prefix(b.isV4 ? 24 : 64))
    return x < y ? Prefixes(low: x, high: y) : Prefixes(low: y, high: x)
  }

  private mutating func take(_ observation: Observation) {
    let time = observation.segment.time
    let key = Self.prefixes(observation.segment.source, observation.segment.destination)
    pairs.update(key, fresh: Pair()) { pair in
      pair.forget(before: time &- Self.span)
      pair.recent.append(observation)
      if let last = pair.events.indices.last, abs(time &- pair.events[last].firstTime) <= Self.span {
        pair.events[last].connections.insert(observation.connection)
        pair.events[last].lastTime = max(pair.events[last].lastTime, time)
        pair.events[last].evidence.add(observation, Self.note)
        return
      }
      let recent = pair.recent[pair.start...].filter { abs(time &- $0.segment.time) <= Self.span }
      guard recent.count >= Self.leastConnections, pair.events.count < 50 else { return }
      let connections = Set(recent.map(\.connection))
      guard connections.count >= Self.leastConnections else { return }
      pair.events.append(Self.event(recent, connections))
    }
  }

  private static let note: Evidence.Describe = { ("begins to retransmit (\($0.cause.name))", ["seq"]) }

  private static func event(_ observations: [Observation], _ connections: Set<ConnectionID>) -> Event {
    var evidence = Evidence(first: 16, last: 4)
    for observation in observations { evidence.add(observation, note) }
    let first = observations[0].segment
    return Event(
      connections: connections, firstTime: first.time, lastTime: evidence.lastTime, evidence: evidence,
      from: first.source,
      to: first.destination)
  }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    let key = Self.prefixes(connection.client.address, connection.server.address)
    guard pairs.values[key]?.events.isEmpty == false else { return }
    let (first, last, id) = (connection.firstTime, connection.lastTime, connection.id)
    let hasData = connection.fromClient.payloadBytes + connection.fromServer.payloadBytes > 0
    pairs.update(key, fresh: Pair()) { pair in
      for index in pair.events.indices where hasData && !pair.events[index].connections.contains(id) {
        if first <= pair.events[index].lastTime, last >= pair.events[index].firstTime { pair.events[index].open += 1 }
      }
    }
  }

  package var mayName: [ConnectionID] {
    pairs.values.values.flatMap { pair in
      pair.recent.map(\.connection) + pair.events.flatMap { $0.connections.sorted().prefix(Self.mostNamed) }
    }
  }

  package func findings() -> [Finding] {
    pairs.values.flatMap { key, pair in pair.events.compactMap { finding(key, $0) } }
  }

  private func finding(_ key: Prefixes, _ event: Event) -> Finding? {
    let hit = event.connections.count
    let all = UInt64(hit) + event.open
    guard Double(hit) >= Self.leastShare * Double(all) else { return nil }
    let bits = { (address: IPAddress) in "\(address)/\(address.isV4 ? 24 : 64)" }
    var finding = Finding(
      RetransmissionRules.pathEvent, .critical, hit >= 5 ? .certain : .likely, proof: .inferred,
      summary: "\(Words.count(hit, "connection")) of \(Words.grouped(all)) between \(bits(key.low)) and "
        + "\(bits(key.high)) began to "
        + "retransmit within \(Words.duration(event.lastTime &- event.firstTime)): something happened to the path.")
    finding.cause = "shared-path"
    finding.connections = Array(event.connections.sorted().prefix(Self.mostNamed))
    finding.attach(event.evidence)
    finding.measures = [
      Measure("connections", Double(hit)), Measure("open", Double(all)),
      Measure("duration", Words.seconds(event.lastTime &- event.firstTime), "s"),
    ]
    return finding
  }
}
