import Dissection
import Tracking

/// Who took part in the connections of a capture and what they agreed on: sums over connections at their ends.
///
/// Bounded: of very many hosts and listeners the smallest go, and are only counted.
public struct TrafficSummary: Sendable {
  /// Hosts by packets, the busiest first; among equals the lower address.
  public var hosts: [HostTraffic] = []
  /// Networks of the hosts, /24 of IPv4 and /64 of IPv6, the busiest first.
  public var subnets: [SubnetTraffic] = []
  /// Server ends of connections: those that refused or did not answer first, then the busiest.
  public var listeners: [ListenerTraffic] = []
  /// Hosts and listeners that were let go of; one that came back counts again.
  public var hostsLeftOut: UInt64 = 0
  /// The same of listeners.
  public var listenersLeftOut: UInt64 = 0
  /// Connections over IPv4 and IPv6, in this order.
  public var versions: [VersionTraffic] = []
  /// How connections ended, the most frequent first.
  public var endings: [Occurrence] = []
  /// Announced maximum segment sizes, each end of a connection counted once, the most frequent first.
  public var segmentSizes: [Occurrence] = []
  /// Window scaling in handshakes that were captured whole: agreed, offered by the client alone, not offered.
  public var windowScaling: [Occurrence] = []
  /// Where the capture was made, seen from each connection.
  public var vantages: [Occurrence] = []
  /// What connections spent their time on, in nanoseconds, all connections together.
  package var time: [(use: TimeUse, nanoseconds: Int64)] = []

  /// Nothing seen.
  public init() {}
}

/// How often something occurred.
public struct Occurrence: Sendable, Hashable {
  /// What, in words.
  public var name: String
  /// How many connections or ends of connections.
  public var count: UInt64

  /// Joins the parts.
  public init(_ name: String, _ count: UInt64) {
    self.name = name
    self.count = count
  }
}

/// Connections over one version of IP.
public struct VersionTraffic: Sendable, Hashable {
  /// `IPv4` or `IPv6`.
  public var name: String
  /// Connections.
  public var connections: UInt64 = 0
  /// Segments of both ends.
  public var packets: UInt64 = 0
  /// Payload bytes of both ends.
  public var payloadBytes: UInt64 = 0
}

/// What one host did.
public struct HostTraffic: Sendable, Hashable {
  /// The host.
  public var address: IPAddress
  /// What it did.
  public var activity = Activity()
}

/// What the hosts of one network did.
public struct SubnetTraffic: Sendable, Hashable {
  /// The network's lowest address.
  public var network: IPAddress
  /// Length of the prefix: 24 or 64.
  public var prefixLength: Int
  /// Its hosts that took part.
  public var hosts: UInt64 = 0
  /// What they did.
  public var activity = Activity()
}

/// Packets and connections of a host or of a network.
public struct Activity: Sendable, Hashable {
  /// Connections as the client.
  public var opened: UInt64 = 0
  /// Connections as the server.
  public var taken: UInt64 = 0
  /// Connections as the client that nobody answered.
  public var unanswered: UInt64 = 0
  /// Segments sent.
  public var packetsSent: UInt64 = 0
  /// Segments addressed to it.
  public var packetsReceived: UInt64 = 0
  /// Payload bytes sent.
  public var bytesSent: UInt64 = 0
  /// Payload bytes addressed to it.
  public var bytesReceived: UInt64 = 0
  /// Segments that it sent again.
  public var retransmissions: UInt64 = 0

  /// Segments in both directions.
  public var packets: UInt64 { packetsSent &+ packetsReceived }

  mutating func add(_ other: Activity) {
    opened &+= other.opened
    taken &+= other.taken
    unanswered &+= other.unanswered
    packetsSent &+= other.packetsSent
    packetsReceived &+= other.packetsReceived
    bytesSent &+= other.bytesSent
    bytesReceived &+= other.bytesReceived
    retransmissions &+= other.retransmissions
  }
}

/// What came to one address and port that connections were opened to.
public struct ListenerTraffic: Sendable, Hashable {
  /// Address and port.
  public var endpoint: Endpoint
  /// Connections whose SYN was captured.
  public var tried: UInt64 = 0
  /// Of those, the ones that it answered with a SYN-ACK.
  public var answered: UInt64 = 0
  /// Of those, the ones that it answered with a RST.
  public var refused: UInt64 = 0
  /// Of those, the ones that nobody answered.
  public var unanswered: UInt64 = 0
  /// Connections older than the capture.
  public var older: UInt64 = 0
  /// Segments in both directions.
  public var packets: UInt64 = 0
  /// Payload bytes from clients.
  public var bytesIn: UInt64 = 0
  /// Payload bytes to clients.
  public var bytesOut: UInt64 = 0
  /// Segments that it sent again.
  public var retransmissions: UInt64 = 0
  /// Longest time from SYN to the third segment of a handshake, in nanoseconds; 0 when none was seen whole.
  public var slowestHandshake: Int64 = 0

  /// Connections of all kinds.
  public var connections: UInt64 { tried &+ older }
}
