import Dissection
import Tracking

/// Adds up ended connections to a ``TrafficSummary``: three look-ups for each connection, nothing for a packet.
struct TrafficTally {
  /// Hosts, and listeners, that are kept at most; when there are more, the smaller half goes.
  static let mostKept = 16_384
  /// Hosts, networks and listeners that a report lists at most.
  static let mostListed = 1_000

  private var hosts: [IPAddress: Activity] = [:]
  private var listeners: [Endpoint: ListenerTraffic] = [:]
  private var hostsLeftOut: UInt64 = 0
  private var listenersLeftOut: UInt64 = 0
  private var versions = [VersionTraffic(name: "IPv4"), VersionTraffic(name: "IPv6")]
  private var endings: [Occurrence] = []
  private var segmentSizes: [UInt16: UInt64] = [:]
  private var windowScaling = ["agreed", "offered by the client alone", "not offered"].map { Occurrence($0, 0) }
  private var vantages: [Occurrence] = []
  private var time = [Int64](repeating: 0, count: TimeUse.allCases.count)

  mutating func take(_ end: ConnectionEnd) {
    take(host: end.client.address, end.asClient)
    take(host: end.server.address, end.asServer)
    takeListener(end)
    let version = end.client.address.isV4 ? 0 : 1
    versions[version].connections &+= 1
    versions[version].packets &+= end.fromClient.packets &+ end.fromServer.packets
    versions[version].payloadBytes &+= end.payloadBytes
    Self.count(end.unanswered ? "SYN unanswered" : end.endingName, in: &endings)
    Self.count(end.vantage.name, in: &vantages)
    takeHandshake(end)
    for use in TimeUse.allCases {
      let (sum, overflows) = time[use.rawValue].addingReportingOverflow(end.time[use])
      time[use.rawValue] = overflows ? .max : sum
    }
  }

  private mutating func take(host: IPAddress, _ activity: Activity) {
    hosts[host, default: Activity()].add(activity)
    guard hosts.count > Self.mostKept else { return }
    let kept = Self.ranked(hosts).prefix(Self.mostKept / 2)
    hostsLeftOut &+= UInt64(hosts.count - kept.count)
    hosts = Dictionary(uniqueKeysWithValues: kept.map { ($0.address, $0.activity) })
  }

  private mutating func takeListener(_ end: ConnectionEnd) {
    listeners[end.server, default: ListenerTraffic(endpoint: end.server)].add(end)
    guard listeners.count > Self.mostKept else { return }
    let kept = Self.ranked(listeners.values).prefix(Self.mostKept / 2)
    listenersLeftOut &+= UInt64(listeners.count - kept.count)
    listeners = Dictionary(uniqueKeysWithValues: kept.map { ($0.endpoint, $0) })
  }

  private mutating func takeHandshake(_ end: ConnectionEnd) {
    for size in [end.fromClient.mss, end.fromServer.mss] where size > 0 { segmentSizes[size, default: 0] &+= 1 }
    guard end.sawSYNAndSYNACK else { return }
    let offers = (end.fromClient.windowScale != nil, end.fromServer.windowScale != nil)
    windowScaling[offers == (true, true) ? 0 : offers.0 ? 1 : 2].count &+= 1
  }

  private static func count(_ name: String, in list: inout [Occurrence]) {
    if let index = list.firstIndex(where: { $0.name == name }) {
      list[index].count &+= 1
    } else {
      list.append(Occurrence(name, 1))
    }
  }

  /// What the connections so far amount to.
  var summary: TrafficSummary {
    var summary = TrafficSummary()
    let ranked = Self.ranked(hosts)
    let (networks, services) = (Self.subnets(ranked), Self.ranked(listeners.values))
    summary.hosts = Array(ranked.prefix(Self.mostListed))
    summary.subnets = Array(networks.prefix(Self.mostListed))
    summary.listeners = Array(services.prefix(Self.mostListed))
    summary.hostsLeftOut = hostsLeftOut &+ UInt64(max(0, ranked.count - Self.mostListed))
    summary.listenersLeftOut = listenersLeftOut &+ UInt64(max(0, services.count - Self.mostListed))
    summary.versions = versions.filter { $0.connections > 0 }
    summary.endings = Self.byCount(endings)
    summary.segmentSizes = Self.byCount(
      segmentSizes.sorted { $0.key < $1.key }.map { Occurrence("\($0.key)", $0.value) })
    summary.windowScaling = windowScaling.filter { $0.count > 0 }
    summary.vantages = Self.byCount(vantages)
    summary.time = TimeUse.allCases.filter { time[$0.rawValue] > 0 }.map { ($0, time[$0.rawValue]) }
    return summary
  }

  /// The most frequent first; among equals the order stays.
  private static func byCount(_ list: [Occurrence]) -> [Occurrence] {
    list.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
  }

  private static func ranked(_ hosts: [IPAddress: Activity]) -> [HostTraffic] {
    hosts.map { HostTraffic(address: $0.key, activity: $0.value) }
      .sorted { ($1.activity.packets, $0.address) < ($0.activity.packets, $1.address) }
  }

  private static func ranked(_ listeners: some Collection<ListenerTraffic>) -> [ListenerTraffic] {
    listeners.sorted {
      ($1.refused &+ $1.unanswered, $1.packets, $0.endpoint) < ($0.refused &+ $0.unanswered, $0.packets, $1.endpoint)
    }
  }

  private static func subnets(_ hosts: [HostTraffic]) -> [SubnetTraffic] {
    var subnets: [IPAddress: SubnetTraffic] = [:]
    for host in hosts {
      let length = host.address.isV4 ? 24 : 64
      let network = host.address.prefix(length)
      var subnet = subnets[network] ?? SubnetTraffic(network: network, prefixLength: length)
      subnet.hosts &+= 1
      subnet.activity.add(host.activity)
      subnets[network] = subnet
    }
    return subnets.values.sorted { ($1.activity.packets, $0.network) < ($0.activity.packets, $1.network) }
  }
}

extension ListenerTraffic {
  fileprivate mutating func add(_ end: ConnectionEnd) {
    if end.midStream {
      older &+= 1
    } else {
      tried &+= 1
      let isRefused = !end.sawSYNAndSYNACK && !end.unanswered && end.endingName == "RST from server"
      if end.sawSYNAndSYNACK { answered &+= 1 }
      if isRefused { refused &+= 1 }
      if end.unanswered { unanswered &+= 1 }
    }
    packets &+= end.fromClient.packets &+ end.fromServer.packets
    bytesIn &+= end.fromClient.payloadBytes
    bytesOut &+= end.fromServer.payloadBytes
    retransmissions &+= UInt64(end.fromServer.retransmissions)
    slowestHandshake = max(slowestHandshake, end.handshake)
  }
}

extension ConnectionEnd {
  /// The client's part in it.
  fileprivate var asClient: Activity {
    var activity = Activity(fromClient, to: fromServer)
    activity.opened = 1
    activity.unanswered = unanswered ? 1 : 0
    return activity
  }

  /// The server's part in it.
  fileprivate var asServer: Activity {
    var activity = Activity(fromServer, to: fromClient)
    activity.taken = 1
    return activity
  }
}

extension Activity {
  fileprivate init(_ sent: DirectionEnd, to received: DirectionEnd) {
    packetsSent = sent.packets
    packetsReceived = received.packets
    bytesSent = sent.payloadBytes
    bytesReceived = received.payloadBytes
    retransmissions = UInt64(sent.retransmissions)
  }
}
