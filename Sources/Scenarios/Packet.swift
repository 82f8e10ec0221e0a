/// One packet of a played scenario, before it is bytes.
package struct Packet: Sendable, Equatable {
  /// Nanoseconds since the start of the capture.
  package var time: Int64
  package var source = Endpoint(address: 0, port: 0)
  package var destination = Endpoint(address: 0, port: 0)
  /// Whether the client of the connection sent it.
  package var fromClient = true
  package var sequence: UInt32 = 0
  package var acknowledgment: UInt32 = 0
  package var flags: UInt8 = 0
  package var window: UInt16 = 0
  package var options: [TCPOption] = []
  package var payload: [UInt8] = []
  package var identification: UInt16 = 0
  package var timeToLive: UInt8 = 63
  package var flowLabel: UInt32 = 0
  /// The two ECN bits of the IP header (RFC 3168).
  package var congestionBits: UInt8 = 0
  package var checksum = ChecksumKind.good
  package var tag = ""
  /// Not empty: the frame as it is, from the link layer on; all other fields but the time are meaningless.
  package var rawFrame: [UInt8] = []

  func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}

/// Address and port.
package struct Endpoint: Sendable, Equatable {
  /// IPv4, host byte order.
  package var address: UInt32
  package var port: UInt16
}

/// What stands in the checksum field of TCP.
package enum ChecksumKind: String, Sendable {
  case good
  /// Only the pseudo-header's sum, as left for the network card to finish.
  case partial
  case bad
}

/// A TCP option.
package enum TCPOption: Sendable, Equatable {
  case nop
  case maximumSegmentSize(UInt16)
  case windowScale(UInt8)
  case sackPermitted
  case sack([SackEdges])
  case timestamps(value: UInt32, echo: UInt32)
  case raw([UInt8])
}

/// One SACK block: first and past-the-last sequence number (RFC 2018).
package struct SackEdges: Sendable, Equatable {
  package var left: UInt32
  package var right: UInt32
}

/// The flag bits of TCP.
enum Flag {
  static let fin: UInt8 = 1
  static let syn: UInt8 = 2
  static let reset: UInt8 = 4
  static let push: UInt8 = 8
  static let ack: UInt8 = 16
  static let urgent: UInt8 = 32
  static let echo: UInt8 = 64
  static let reduced: UInt8 = 128

  /// Flag letters as tcpdump prints them.
  static let letters: [(letter: Character, bit: UInt8)] = [
    ("S", syn), ("F", fin), ("R", reset), ("P", push), ("U", urgent), ("E", echo), ("W", reduced), (".", ack),
  ]
}
