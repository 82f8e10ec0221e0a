import Dissection
import Tracking

/// Puts an event into words, together with what belongs to it elsewhere.
struct PathEventFinding {
  let scope: PathScope
  let event: PathEvent
  /// Connections that were hit at the same time in the neighbourhood, and the scopes that they belong to.
  private var neighbours: Set<ConnectionID> = []
  private var scopes: Set<PathScope> = []

  init(_ scope: PathScope, _ event: PathEvent) {
    self.scope = scope
    self.event = event
  }

  /// Whether the other event is a part or a neighbour of this one.
  func covers(_ other: PathScope, _ part: PathEvent) -> Bool {
    guard event.overlaps(part) else { return false }
    if scope.isHost { return !part.wave.isDisjoint(with: event.wave.union(event.later)) }
    return scope.meets(other)
  }

  mutating func absorb(_ other: PathScope, _ part: PathEvent) {
    neighbours.formUnion(part.wave.subtracting(event.wave).subtracting(event.later))
    if other != scope { scopes.insert(other) }
  }

  /// Where it happened, as far as that can be told from who was hit and who was spared.
  var cause: String {
    if scope.isHost { return "host" }
    let hitElsewhere = event.hitElsewhere.count + neighbours.count
    return event.sparedElsewhere >= 2 && hitElsewhere == 0 ? "remote-path" : "shared-path"
  }

  var finding: Finding {
    var finding = Finding(
      RetransmissionRules.pathEvent, .critical, event.wave.count >= 5 ? .certain : .likely, proof: .inferred,
      summary: "\(Words.count(event.wave.count, "connection")) of \(Words.grouped(event.open)) \(place) began to "
        + "retransmit within \(Words.duration(event.waveEnd &- event.firstTime))\(more): \(conclusion).")
    finding.cause = cause
    finding.connections = Array(event.mayName)
    finding.affected = event.affected
    if case .host(let host) = scope { finding.hosts = ["\(host)"] }
    finding.attach(event.evidence)
    finding.measures = [
      Measure("connections", Double(event.wave.count)), Measure("open", Double(event.open)),
      Measure("duration", Words.seconds(event.lastTime &- event.firstTime), "s"),
    ]
    finding.cost.time = event.stalled
    if !event.later.isEmpty { finding.measures.append(Measure("later-connections", Double(event.later.count))) }
    if !neighbours.isEmpty { finding.measures.append(Measure("connections-nearby", Double(neighbours.count))) }
    if cause == "remote-path" { finding.measures.append(Measure("spared-elsewhere", Double(event.sparedElsewhere))) }
    return finding
  }

  private var place: String {
    switch scope {
    case .networks(let low, let high): "between \(Self.name(low)) and \(Self.name(high))"
    case .host(let host): "of \(host), to \(Words.count(event.networks.count, "network")),"
    }
  }

  private static func name(_ network: IPAddress) -> String { "\(network)/\(network.isV4 ? 24 : 64)" }

  private var more: String {
    let rest = event.later.count
    let span = Words.duration(event.lastTime &- event.firstTime)
    let after = rest == 0 ? "" : ", and \(Words.grouped(rest)) more until \(span) later"
    guard !neighbours.isEmpty else { return after }
    return after + ", \(Words.count(neighbours.count, "connection")) of neighbouring networks at the same time"
  }

  private var conclusion: String {
    switch cause {
    case "host": "something happened at this host, its NIC or its uplink"
    case "remote-path":
      "something happened on the way between these networks, for \(Words.count(event.sparedElsewhere, "connection")) "
        + "of the same hosts to other networks were spared"
    default: "something happened to the path"
    }
  }
}

extension PathScope {
  var isHost: Bool {
    if case .host = self { return true }
    return false
  }
}
