/// One TCP segment as a plain value: everything that tracking needs from a frame, in 128 bytes.
///
/// Offsets point into the block of the batch that the segment came from and are valid only as long as that batch.
public struct Segment: Sendable, BitwiseCopyable {
  /// Capture time in nanoseconds since 1970-01-01 UTC.
  public var time: Int64 = 0
  /// 1-based frame number.
  public var frame: UInt64 = 0
  /// Sender's address.
  public var source = IPAddress(high: 0, low: 0)
  /// Receiver's address.
  public var destination = IPAddress(high: 0, low: 0)
  /// Sender's port.
  public var sourcePort: UInt16 = 0
  /// Receiver's port.
  public var destinationPort: UInt16 = 0
  /// First sequence number of the segment.
  public var sequence = SequenceNumber(0)
  /// Acknowledgment number; meaningless unless ``flags`` has ACK.
  public var acknowledgment = SequenceNumber(0)
  /// TSval of the timestamps option; meaningless unless ``options`` has it.
  public var timestampValue: UInt32 = 0
  /// TSecr of the timestamps option.
  public var timestampEcho: UInt32 = 0
  /// SACK blocks, the first ``sackCount`` of them; in a SYN, slot 0 holds ``experimentID`` instead.
  public var sack: InlineArray<4, SACKBlock> = .init(repeating: SACKBlock(left: .init(0), right: .init(0)))
  /// Bytes of payload on the wire, by the IP header's length (never by what was captured).
  public var payloadLength: UInt32 = 0
  /// Offset of the first payload byte in the batch's block.
  public var payloadOffset: UInt32 = 0
  /// Bytes of payload that the capture kept, at most 65,535.
  public var capturedPayload: UInt16 = 0
  /// Which tap saw it: a digest of interface and VLAN tag, to tell copies of one frame apart.
  public var place: UInt16 = 0
  /// The nine flag bits.
  public var flags = TCPFlags(rawValue: 0)
  /// Window field, unscaled.
  public var window: UInt16 = 0
  /// Which options the header holds, and whether it is whole.
  public var options = TCPOptions(rawValue: 0)
  /// IPv4 identification; 0 for IPv6.
  public var ipIdentification: UInt16 = 0
  /// TCP checksum as it stands in the header.
  public var checksum: UInt16 = 0
  /// In a SYN the MSS option; in other segments a digest of the Multipath TCP options.
  public var mssOrDigest: UInt16 = 0
  /// Shift count of the window scale option.
  public var windowScale: UInt8 = 0
  /// Number of SACK blocks that were read whole.
  public var sackCount: UInt8 = 0
  /// IPv4 TTL or IPv6 hop limit.
  public var hopLimit: UInt8 = 0
  /// IPv4 TOS or IPv6 traffic class: DSCP and ECN.
  public var trafficClass: UInt8 = 0

  /// An empty segment.
  @inlinable
  public init() {}

  /// Sequence numbers that the segment takes: payload, plus one for SYN, plus one for FIN.
  @inlinable @inline(__always)
  public var sequenceLength: UInt32 { payloadLength &+ UInt32(flags.synFinCount) }

  /// Sequence number after the segment.
  @inlinable @inline(__always)
  public var end: SequenceNumber { sequence + sequenceLength }

  /// ACK and nothing else that would move the connection: no payload, SYN, FIN or RST.
  @inlinable @inline(__always)
  public var isBareACK: Bool { payloadLength == 0 && flags.rawValue & 0x17 == TCPFlags.ack.rawValue }

  /// Whether the timestamps option was read whole.
  @inlinable @inline(__always)
  public var hasTimestamps: Bool { options.contains(.timestamps) }

  /// The sender.
  @inlinable @inline(__always)
  public var sender: Endpoint { Endpoint(address: source, port: sourcePort) }

  /// The receiver.
  @inlinable @inline(__always)
  public var receiver: Endpoint { Endpoint(address: destination, port: destinationPort) }

  /// MSS option of a SYN, nil when there is none.
  @inlinable @inline(__always)
  public var mss: UInt16? { options.contains(.mss) ? mssOrDigest : nil }

  /// The 32-bit identifier of an experimental option (kind 253 or 254) in a SYN, nil when there is none.
  @inlinable
  public var experimentID: UInt32? { options.contains(.experiment) ? sack[0].left.rawValue : nil }
}

/// One SACK block: bytes `left ..< right` have arrived.
///
/// Source: RFC 2018 §3.
public struct SACKBlock: Hashable, Sendable, BitwiseCopyable {
  /// First sequence number of the block.
  public var left: SequenceNumber
  /// Sequence number after the block.
  public var right: SequenceNumber

  /// Joins the two edges; nothing is checked.
  @inlinable @inline(__always)
  public init(left: SequenceNumber, right: SequenceNumber) {
    self.left = left
    self.right = right
  }
}

/// The flag bits of the TCP header, AE (formerly NS) included.
///
/// Source: RFC 9293 §3.1, RFC 3168, RFC 9768.
public struct TCPFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  /// The nine bits; FIN is bit 0.
  public var rawValue: UInt16

  /// Wraps the nine bits.
  @inlinable @inline(__always)
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// No more data from sender.
  @inlinable public static var fin: TCPFlags { TCPFlags(rawValue: 0x01) }
  /// Synchronize sequence numbers.
  @inlinable public static var syn: TCPFlags { TCPFlags(rawValue: 0x02) }
  /// Reset the connection.
  @inlinable public static var rst: TCPFlags { TCPFlags(rawValue: 0x04) }
  /// Push function.
  @inlinable public static var psh: TCPFlags { TCPFlags(rawValue: 0x08) }
  /// Acknowledgment field is significant.
  @inlinable public static var ack: TCPFlags { TCPFlags(rawValue: 0x10) }
  /// Urgent pointer field is significant.
  @inlinable public static var urg: TCPFlags { TCPFlags(rawValue: 0x20) }
  /// ECN echo.
  @inlinable public static var ece: TCPFlags { TCPFlags(rawValue: 0x40) }
  /// Congestion window reduced.
  @inlinable public static var cwr: TCPFlags { TCPFlags(rawValue: 0x80) }
  /// Accurate ECN (formerly the nonce sum).
  @inlinable public static var ae: TCPFlags { TCPFlags(rawValue: 0x100) }

  /// Number of sequence numbers that SYN and FIN take.
  @inlinable @inline(__always)
  public var synFinCount: UInt16 { (rawValue & 1) + (rawValue >> 1 & 1) }

  /// tcpdump's letters: `S` `F` `P` `R` `.` `U` `E` `W` `e`.
  package var letters: String {
    let all: [(TCPFlags, String)] = [
      (.syn, "S"), (.fin, "F"), (.rst, "R"), (.psh, "P"), (.urg, "U"), (.ece, "E"), (.cwr, "W"), (.ae, "e"),
      (.ack, "."),
    ]
    let text = all.filter { contains($0.0) }.map(\.1).joined()
    return text.isEmpty ? "none" : text
  }
}

/// Which options a header holds, and what keeps it from being whole.
public struct TCPOptions: OptionSet, Hashable, Sendable, BitwiseCopyable {
  /// The bits.
  public var rawValue: UInt16

  /// Wraps the bits.
  @inlinable @inline(__always)
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Timestamps (kind 8), RFC 7323.
  @inlinable public static var timestamps: TCPOptions { TCPOptions(rawValue: 1 << 0) }
  /// Maximum segment size (kind 2).
  @inlinable public static var mss: TCPOptions { TCPOptions(rawValue: 1 << 1) }
  /// Window scale (kind 3).
  @inlinable public static var windowScale: TCPOptions { TCPOptions(rawValue: 1 << 2) }
  /// SACK permitted (kind 4).
  @inlinable public static var sackPermitted: TCPOptions { TCPOptions(rawValue: 1 << 3) }
  /// SACK (kind 5).
  @inlinable public static var sack: TCPOptions { TCPOptions(rawValue: 1 << 4) }
  /// Fast Open (kind 34, or its experimental form).
  @inlinable public static var fastOpen: TCPOptions { TCPOptions(rawValue: 1 << 5) }
  /// Multipath TCP (kind 30).
  @inlinable public static var multipath: TCPOptions { TCPOptions(rawValue: 1 << 6) }
  /// SMC as Linux accepts it: kind 254, even length of at least 6, ExID E2D4C3D9.
  @inlinable public static var smc: TCPOptions { TCPOptions(rawValue: 1 << 7) }
  /// Accurate ECN (kinds 172 and 174).
  @inlinable public static var accurateECN: TCPOptions { TCPOptions(rawValue: 1 << 8) }
  /// Any kind that is not read here.
  @inlinable public static var unknown: TCPOptions { TCPOptions(rawValue: 1 << 9) }
  /// An option whose length cannot be right; those before it count.
  @inlinable public static var malformed: TCPOptions { TCPOptions(rawValue: 1 << 10) }
  /// The capture ends inside the options; those before the cut count.
  @inlinable public static var cut: TCPOptions { TCPOptions(rawValue: 1 << 11) }
  /// Eight or more NOPs in a row: something may have been blanked out.
  @inlinable public static var blanked: TCPOptions { TCPOptions(rawValue: 1 << 12) }
  /// An experimental option (kind 253 or 254) in a SYN; see ``Segment/experimentID``.
  @inlinable public static var experiment: TCPOptions { TCPOptions(rawValue: 1 << 13) }
  /// TCP authentication (kinds 19 and 29).
  @inlinable public static var authentication: TCPOptions { TCPOptions(rawValue: 1 << 14) }
  /// The segment came in the first fragment of an IP packet.
  @inlinable public static var firstFragment: TCPOptions { TCPOptions(rawValue: 1 << 15) }
}
