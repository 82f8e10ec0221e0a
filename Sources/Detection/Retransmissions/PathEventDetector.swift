import Dissection
import Frames
import Tracking

/// Loss that begins on many connections of the same networks, or of one host, at the same moment.
///
/// The rule: within 250 ms at least 3 connections, and 30 % of those open between the two networks, enter a loss
/// episode; or 5 connections of one host to 3 networks, and 80 % of those that it has open. The event goes on until
/// nothing was hit for a second.
/// Traps: one connection's many losses count once; copies and probes are no loss. Source: tcp-pathologies §3d.
package struct PathEventDetector: EndDetector {
  package static let rules = [RetransmissionRules.pathEvent]

  /// One granule of the retransmission timeout (200 ms) and its jitter.
  static let span = 250 * PacketTime.millisecond
  static let quiet = PacketTime.second
  static let leastConnections = 3
  static let leastShare = 0.3
  /// A host with many networks meets chance more often than two networks do: more must agree.
  static let leastOfHost = 5
  static let leastNetworks = 3
  static let leastShareOfHost = 0.8
  /// Events of one scope, and scopes of one host that are watched for how it fared elsewhere.
  static let mostEvents = 50
  static let mostScopes = 32
  /// Connections that a finding names, those that appeared first.
  static let mostNamed = 20

  package static let thresholds = [
    Threshold(
      "path-event", "connections between two networks", "3 and 30 % within 250 ms",
      because: "200 ms timeout granularity and jitter"),
    Threshold(
      "path-event", "connections of one host", "5 and 80 % within 250 ms, to 3 networks",
      because: "fewer may lose at the same moment by chance"),
  ]

  /// What one scope has seen lately, and its events.
  private struct Place: Sendable {
    /// Episodes that began lately, oldest first; those before `start` are over.
    var recent: [Observation] = []
    var start = 0
    var events: [PathEvent] = []

    /// Lets go of what is older than the span, moving the rest only now and then.
    mutating func forget(before time: Int64) {
      while start < recent.count, recent[start].segment.time < time { start += 1 }
      guard start > 64 || start == recent.count || recent.count > 256 else { return }
      recent.removeFirst(recent.count > 256 ? max(start, 128) : start)
      start = 0
    }

    func episodes(around time: Int64) -> [Observation] {
      recent[start...].filter { PathEventDetector.isNear($0.segment.time, time) }
    }
  }

  /// Until the first event no connection's end matters.
  private var hasEvents = false
  private var places = TroubleTable<PathScope, Place>(most: 4096)
  /// Events between networks, by the hosts that they hit: to know how the same hosts fared elsewhere.
  private var scopes: [IPAddress: Set<PathScope>] = [:]

  package init(_ settings: DetectionSettings) {}

  fileprivate static func isNear(_ a: Int64, _ b: Int64) -> Bool { (a &- b).magnitude <= span.magnitude }

  package var topics: Topics { Topics(kinds: [.retransmission]) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].kind == .retransmission {
      // Data that had arrived already is no loss.
      guard observations[index].amends == 0, observations[index].segment.payloadLength > 0,
        !observations[index].anomalies.contains(.alreadyAcknowledged)
      else { continue }
      if observations[index].anomalies.contains(.opensEpisode) {
        take(observations[index])
      } else if hasEvents, observations[index].isTimer {
        tryAgain(observations[index])
      }
    }
  }

  /// Tries that back off cost time, but hit nothing new.
  private mutating func tryAgain(_ observation: Observation) {
    let (source, destination) = (observation.segment.source, observation.segment.destination)
    for scope in [.host(source), .host(destination), PathScope(between: source, and: destination)] {
      guard let last = places[scope]?.events.indices.last else { continue }
      places.update(scope, fresh: Place()) { $0.events[last].tryAgain(observation) }
    }
  }

  private mutating func take(_ episode: Observation) {
    let (source, destination) = (episode.segment.source, episode.segment.destination)
    let networks = PathScope(between: source, and: destination)
    note(episode, .host(source))
    note(episode, .host(destination))
    if note(episode, networks) { register(networks, at: episode.segment.time) }
    for host in [source, destination] {
      for scope in scopes[host] ?? [] where scope != networks {
        places.update(scope, fresh: Place()) { Self.noteElsewhere([episode], in: &$0.events) }
      }
    }
  }

  /// Adds an episode to a scope; true when that makes an event of it.
  @discardableResult
  private mutating func note(_ episode: Observation, _ scope: PathScope) -> Bool {
    let time = episode.segment.time
    let begins = places.update(scope, fresh: Place()) { place in
      place.forget(before: time &- Self.span)
      place.recent.append(episode)
      if let last = place.events.indices.last, place.events[last].goesOn(episode) {
        place.events[last].take(episode, scope: scope)
        return false
      }
      guard place.events.count < Self.mostEvents else { return false }
      guard place.recent.count - place.start >= Self.leastConnections else { return false }
      let episodes = place.episodes(around: time)
      guard episodes.count >= Self.leastConnections else { return false }
      let event = PathEvent(episodes, scope: scope)
      guard Self.isEnough(event, scope) else { return false }
      place.events.append(event)
      return true
    }
    if begins == true { hasEvents = true }
    return begins ?? false
  }

  private static func isEnough(_ event: PathEvent, _ scope: PathScope) -> Bool {
    switch scope {
    case .networks: event.wave.count >= leastConnections
    case .host: event.wave.count >= leastOfHost && event.networks.count >= leastNetworks
    }
  }

  /// From now on what happens elsewhere to the hosts of the event counts, too.
  private mutating func register(_ scope: PathScope, at time: Int64) {
    guard let hosts = places[scope]?.events.last?.hosts else { return }
    for host in hosts where scopes.count < 4096 || scopes[host] != nil {
      if scopes[host, default: []].count >= Self.mostScopes { forgetOldest(of: host) }
      scopes[host, default: []].insert(scope)
      let before = places[.host(host)]?.episodes(around: time) ?? []
      let others = before.filter { PathScope(between: $0.segment.source, and: $0.segment.destination) != scope }
      places.update(scope, fresh: Place()) { Self.noteElsewhere(others, in: &$0.events) }
    }
  }

  /// Lets go of the scope whose last event is the longest ago: few connections are still open that could tell of it.
  private mutating func forgetOldest(of host: IPAddress) {
    let times = (scopes[host] ?? []).map { scope in (places[scope]?.events.last?.lastTime ?? 0, scope) }
    if let oldest = times.min(by: { ($0.0, $0.1) < ($1.0, $1.1) }) { scopes[host]?.remove(oldest.1) }
  }

  private static func noteElsewhere(_ episodes: [Observation], in events: inout [PathEvent]) {
    guard let last = events.indices.last else { return }
    for episode in episodes where isNear(episode.segment.time, events[last].firstTime) {
      if events[last].hitElsewhere.count < 1000 { events[last].hitElsewhere.insert(episode.connection) }
    }
  }

  package var awaitsEnds: Bool { hasEvents }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    guard connection.fromClient.payloadBytes + connection.fromServer.payloadBytes > 0 else { return }
    let (client, server) = (connection.client.address, connection.server.address)
    let (first, last, id) = (connection.firstTime, connection.lastTime, connection.id)
    let networks = PathScope(between: client, and: server)
    for scope in [networks, .host(client), .host(server)] {
      places.change(scope) { place in
        for index in place.events.indices where place.events[index].strikes(first, last) {
          if !place.events[index].hit(id) { place.events[index].spared += 1 }
        }
      }
    }
    guard !scopes.isEmpty else { return }
    for scope in (scopes[client] ?? []).union(scopes[server] ?? []) where scope != networks {
      places.update(scope, fresh: Place()) { place in
        for index in place.events.indices where place.events[index].strikes(first, last) {
          if !place.events[index].hitElsewhere.contains(id) { place.events[index].sparedElsewhere += 1 }
        }
      }
    }
  }

  package var mayName: [ConnectionID] {
    places.values.flatMap { place in
      place.recent.map(\.connection) + place.events.flatMap(\.mayName)
    }
  }

  package func findings() -> [Finding] {
    var told: [PathEventFinding] = []
    for (scope, event) in harmful {
      // What happens to a host, or beside a larger event of the same network, is no second event.
      if let index = told.firstIndex(where: { $0.covers(scope, event) }) {
        told[index].absorb(scope, event)
      } else {
        told.append(PathEventFinding(scope, event))
      }
    }
    return told.map(\.finding)
  }

  /// Events that pass their share: those of hosts first, then the larger ones.
  private var harmful: [(PathScope, PathEvent)] {
    let all = places.dictionary.flatMap { scope, place in place.events.map { (scope, $0) } }
    let enough = all.filter { scope, event in
      if case .host = scope { return Double(event.wave.count) >= Self.leastShareOfHost * Double(event.open) }
      return Double(event.wave.count) >= Self.leastShare * Double(event.open)
    }
    return enough.sorted { a, b in
      if a.0.isHost != b.0.isHost { return a.0.isHost }
      if a.1.wave.count != b.1.wave.count { return a.1.wave.count > b.1.wave.count }
      let (frameA, frameB) = (a.1.evidence.firstFrame, b.1.evidence.firstFrame)
      return frameA == frameB ? a.0 < b.0 : frameA < frameB
    }
  }
}
