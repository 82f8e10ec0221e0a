import Dissection
import Frames
import Tracking

/// What connections that lose at the same moment have in common.
enum PathScope: Hashable, Comparable, Sendable {
  /// Both networks (/24 or /64), the lower one first.
  case networks(IPAddress, IPAddress)
  /// One host, to however many networks.
  case host(IPAddress)

  init(between a: IPAddress, and b: IPAddress) {
    let (x, y) = (Self.network(a), Self.network(b))
    self = x < y ? .networks(x, y) : .networks(y, x)
  }

  /// As cheap as that of two hosts, for the same reason.
  // swift-format-ignore: NoLeadingUnderscores
  func _rawHashValue(seed: Int) -> Int {
    switch self {
    case .networks(let a, let b): HostPair(a, b)._rawHashValue(seed: seed)
    case .host(let host): HostPair(host, host)._rawHashValue(seed: seed)
    }
  }

  static func network(_ address: IPAddress) -> IPAddress { address.prefix(address.isV4 ? 24 : 64) }

  /// Whether the two scopes end in the same network, or the host lies in one of them.
  func meets(_ other: PathScope) -> Bool { !ends.isDisjoint(with: other.ends) }

  private var ends: Set<IPAddress> {
    switch self {
    case .networks(let a, let b): [a, b]
    case .host(let host): [Self.network(host)]
    }
  }
}

/// One outage: connections of one scope that began to lose at the same moment, and those that followed.
struct PathEvent: Sendable {
  /// Connections hit in the quarter of a second that made it an event.
  private(set) var wave: Set<ConnectionID> = []
  /// Connections hit later, while it went on.
  private(set) var later: Set<ConnectionID> = []
  /// Networks at the other end, seen from the host that the scope is about.
  private(set) var networks: Set<IPAddress> = []
  private(set) var hosts: Set<IPAddress> = []
  private(set) var firstTime: Int64
  private(set) var waveEnd: Int64
  private(set) var lastTime: Int64
  private(set) var evidence = Evidence(first: 16, last: 4)
  /// Time that its connections waited for timers, from what it hit to the last try without answer.
  private(set) var stalled: Int64 = 0
  private var lastTries: [ConnectionID: Int64] = [:]
  /// Connections of the scope that were open then and not hit.
  var spared: UInt64 = 0
  /// Connections of the same hosts to other networks that were open then: not hit, and hit.
  var sparedElsewhere: UInt64 = 0
  var hitElsewhere: Set<ConnectionID> = []

  /// `episodes` is not empty.
  init(_ episodes: [Observation], scope: PathScope) {
    firstTime = episodes.map(\.segment.time).min() ?? 0
    (waveEnd, lastTime) = (firstTime, firstTime)
    for episode in episodes { take(episode, scope: scope) }
  }

  /// Connections, hosts and networks that are told apart; beyond it an event is large enough.
  private static let most = 20_000

  /// All that it hit.
  var affected: [ConnectionID] { wave.union(later).sorted() }

  /// Connections that a finding about it may name.
  var mayName: ArraySlice<ConnectionID> { wave.sorted().prefix(PathEventDetector.mostNamed) }

  mutating func take(_ episode: Observation, scope: PathScope) {
    let time = episode.segment.time
    if (time &- firstTime).magnitude <= PathEventDetector.span.magnitude {
      if wave.count < Self.most { wave.insert(episode.connection) }
      waveEnd = max(waveEnd, time)
      if hosts.count < Self.most { hosts.formUnion([episode.segment.source, episode.segment.destination]) }
      if case .host(let host) = scope, networks.count < Self.most { networks.insert(episode.networkBeyond(host)) }
    } else if !wave.contains(episode.connection), later.count < Self.most {
      later.insert(episode.connection)
    }
    lastTime = max(lastTime, time)
    if episode.isTimer, hit(episode.connection) { wait(episode) }
    evidence.add(episode) { ("begins to retransmit (\($0.cause.name))", ["seq"]) }
  }

  /// Another try of a connection that still waits for an answer.
  mutating func tryAgain(_ observation: Observation) {
    guard let last = lastTries[observation.connection], observation.segment.time &- observation.stall <= last else {
      return
    }
    wait(observation)
  }

  private mutating func wait(_ observation: Observation) {
    stalled &+= observation.stall
    lastTries[observation.connection] = observation.segment.time
  }

  /// Whether an episode belongs to this event: at once, or as another try of a connection that backs off.
  func goesOn(_ episode: Observation) -> Bool {
    let gap = episode.segment.time &- lastTime
    if gap.magnitude <= PathEventDetector.quiet.magnitude { return true }
    return gap >= 0 && hit(episode.connection) && gap / 2 <= lastTime &- firstTime
  }

  /// Whether a connection lived when the event struck.
  func strikes(_ first: Int64, _ last: Int64) -> Bool { first <= waveEnd && last >= firstTime }

  func hit(_ id: ConnectionID) -> Bool { wave.contains(id) || later.contains(id) }

  /// Whether both went on at the same time, or one soon after the other.
  func overlaps(_ other: PathEvent) -> Bool {
    firstTime <= other.lastTime &+ PathEventDetector.quiet && other.firstTime <= lastTime &+ PathEventDetector.quiet
  }

  /// Connections that were open when it struck.
  var open: UInt64 { UInt64(wave.count) + spared }
}

extension Observation {
  /// Sent because a timer ran out.
  var isTimer: Bool { cause == .rto || cause == .tailLossProbe }

  /// The network that the host's peer is in.
  func networkBeyond(_ host: IPAddress) -> IPAddress {
    PathScope.network(segment.source == host ? segment.destination : segment.source)
  }
}
