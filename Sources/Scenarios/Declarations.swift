/// A host of the scenario.
struct Host: Sendable {
  var name: String
  /// IPv4 address, host byte order.
  var address: UInt32
  /// Time to live of its packets at the capture point.
  var timeToLive: UInt8 = 63
  /// First IPv4 identification of its connections.
  var identification: UInt16
  /// Timestamp clock at t = 0.
  var clock: Int64
  /// Ticks of the timestamp clock per second.
  var hertz: Int64 = 1000
  /// Whether it rejects old timestamps (RFC 7323 section 5).
  var checksTimestamps = true
}

/// A connection of the scenario: two ports and what both sides offer in their SYN.
struct Connection: Sendable {
  var client: ConnectionEnd
  var server: ConnectionEnd
  var maximumSegmentSize: Int64 = 1460
  var windowScale: Int64 = 7
  var offersSelective = true
  var offersTimestamps = true
  /// Nanoseconds; the capture stands in the middle, half of it away from either side.
  var roundTrip: Int64 = 20_000_000
}

/// One end of a connection.
struct ConnectionEnd: Sendable {
  var host: Int
  var port: UInt16
  var initialSequence: UInt32
}

/// A named row of hosts or connections; a plain declaration is a row of one.
struct Row: Sendable, Equatable {
  var first: Int
  var count: Int
}

/// What the scenario says about the capture file.
struct CaptureSettings: Sendable {
  var linkType = "ethernet"
  var format = "pcap"
  var snapLength: UInt32 = 262_144
  var vlan: UInt16?
  var ipv6 = false
  /// Only the frames of this host are in the file.
  var only: String?
  /// Copies of frames: how much later, with which change of the time to live, and of each how-manyth frame.
  var copyDelay: Int64?
  var copyTimeToLive: Int64 = 0
  var copyEvery: Int64 = 1
  /// The file ends after this many bytes.
  var cut: Int64?
}

/// Everything that is declared before the story.
struct Declarations: Sendable {
  var hosts: [Host] = []
  var connections: [Connection] = []
  var hostRows: [String: Row] = [:]
  var connectionRows: [String: Row] = [:]
  var capture = CaptureSettings()

  /// A, B and `main` between them, as most scenarios use them.
  init() {
    hosts = [
      Host(name: "A", address: 0x0a00_0001, identification: 100, clock: 100_000),
      Host(name: "B", address: 0x0a00_0002, identification: 9000, clock: 700_000),
    ]
    hostRows = ["A": Row(first: 0, count: 1), "B": Row(first: 1, count: 1)]
    connections = [
      Connection(
        client: ConnectionEnd(host: 0, port: 40_000, initialSequence: 1000),
        server: ConnectionEnd(host: 1, port: 80, initialSequence: 5000))
    ]
    connectionRows = ["main": Row(first: 0, count: 1)]
  }
}
