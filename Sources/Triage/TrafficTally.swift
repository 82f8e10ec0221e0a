import Dissection
import Tracking

/// Adds up ended connections to a ``TrafficSummary``: three look-ups for each connection, nothing for a packet.
struct TrafficTally {
  /// Hosts, networks and listeners that a report lists at most.
  static let mostListed = 1_000

  private static let uses = TimeUse.allCases

  private var hosts = BusiestTable<IPAddress, Activity>()
  private var listeners = BusiestTable<Endpoint, ListenerTraffic>()
  private var versions = [VersionTraffic(name: "IPv4"), VersionTraffic(name: "IPv6")]
  private var endings: [Occurrence] = []
  private var segmentSizes: [UInt16: UInt64] = [:]
  private var windowScaling = ["agreed", "offered by the client alone", "not offered"].map { Occurrence($0, 0) }
  private var vantages: [Occurrence] = []
  private var time = [Int64](repeating: 0, count: uses.count)

  mutating func take(_ end: ConnectionEnd) {
    hosts.change(end.client.address, new: Activity()) { $0.add(asClientOf: end) }
    hosts.change(end.server.address, new: Activity()) { $0.add(asServerOf: end) }
    listeners.change(end.server, new: ListenerTraffic(endpoint: end.server)) { $0.add(end) }
    let version = end.client.address.isV4 ? 0 : 1
    versions[version].connections &+= 1
    versions[version].packets &+= end.fromClient.packets &+ end.fromServer.packets
    versions[version].payloadBytes &+= end.payloadBytes
    Self.count(end.unanswered ? "SYN unanswered" : end.endingName, in: &endings)
    Self.count(end.vantage.name, in: &vantages)
    takeHandshake(end)
    for use in Self.uses {
      let (sum, overflows) = time[use.rawValue].addingReportingOverflow(end.time[use])
      time[use.rawValue] = overflows ? .max : sum
    }
  }

  private mutating func takeHandshake(_ end: ConnectionEnd) {
    if end.fromClient.mss > 0 { segmentSizes[end.fromClient.mss, default: 0] &+= 1 }
    if end.fromServer.mss > 0 { segmentSizes[end.fromServer.mss, default: 0] &+= 1 }
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
    let ranked = Self.ranked(hosts.values)
    let (networks, services) = (Self.subnets(ranked), Self.ranked(listeners.values.values))
    summary.hosts = Array(ranked.prefix(Self.mostListed))
    summary.subnets = Array(networks.prefix(Self.mostListed))
    summary.listeners = Array(services.prefix(Self.mostListed))
    summary.hostsLeftOut = hosts.leftOut &+ UInt64(max(0, ranked.count - Self.mostListed))
    summary.listenersLeftOut = listeners.leftOut &+ UInt64(max(0, services.count - Self.mostListed))
    summary.versions = versions.filter { $0.connections > 0 }
    summary.endings = Self.byCount(endings)
    summary.segmentSizes = Self.byCount(
      segmentSizes.sorted { $0.key < $1.key }.map { Occurrence("\($0.key)", $0.value) })
    summary.windowScaling = windowScaling.filter { $0.count > 0 }
    summary.vantages = Self.byCount(vantages)
    summary.time = Self.uses.filter { time[$0.rawValue] > 0 }.map { ($0, time[$0.rawValue]) }
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

extension ListenerTraffic: Busy {
  var weight: UInt64 { packets }

  fileprivate mutating func add(_ end: ConnectionEnd) {
    if end.midStream {
      older &+= 1
    } else {
      tried &+= 1
      let isRefused = !end.sawSYNAndSYNACK && !end.unanswered && end.isResetByServer
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

extension Activity: Busy {
  var weight: UInt64 { packets }

  /// Adds the client's part in a connection.
  fileprivate mutating func add(asClientOf end: ConnectionEnd) {
    opened &+= 1
    unanswered &+= end.unanswered ? 1 : 0
    add(sent: end.fromClient, received: end.fromServer)
  }

  /// Adds the server's part in a connection.
  fileprivate mutating func add(asServerOf end: ConnectionEnd) {
    taken &+= 1
    add(sent: end.fromServer, received: end.fromClient)
  }

  private mutating func add(sent: DirectionEnd, received: DirectionEnd) {
    packetsSent &+= sent.packets
    packetsReceived &+= received.packets
    bytesSent &+= sent.payloadBytes
    bytesReceived &+= received.payloadBytes
    retransmissions &+= UInt64(sent.retransmissions)
  }
}
