import Frames

/// The IPv4 header.
///
///     |Version|  IHL  |Type of Service|          Total Length         |  0
///     |         Identification        |Flags|      Fragment Offset    |  4
///     |  Time to Live |    Protocol   |         Header Checksum       |  8
///     |                         Source Address                        | 12
///     |                      Destination Address                      | 16
///     |                    Options                    |    Padding    | 20
///
/// Source: RFC 791 §3.1.
enum IPv4Header {
  @inline(__always)
  static func read(_ frame: RawSpan, at offset: Int, onWire: Int) -> IPHeader {
    guard frame.byteCount >= offset + 20 else { return .stopped(.cut) }
    let length = Int(frame.byte(offset) & 0x0F) * 4
    guard length >= 20 else { return .stopped(.malformed) }
    let total = Int(frame.bigEndian(offset + 2, as: UInt16.self))
    let whole = total == 0 ? min(onWire - offset, IPHeader.mostBytes) : total
    guard whole >= length else { return .stopped(.malformed) }
    guard frame.byte(offset + 9) == IPHeader.tcp else { return .stopped(.notTCP) }
    let fragment = frame.bigEndian(offset + 6, as: UInt16.self)
    guard fragment & 0x1FFF == 0 else { return .stopped(.fragment) }

    var header = IPHeader()
    header.source = IPAddress(v4: frame.bigEndian(offset + 12))
    header.destination = IPAddress(v4: frame.bigEndian(offset + 16))
    header.tcpOffset = offset + length
    header.tcpLength = whole - length
    header.identification = frame.bigEndian(offset + 4)
    header.hopLimit = frame.byte(offset + 8)
    header.trafficClass = frame.byte(offset + 1)
    header.isFirstFragment = fragment & 0x2000 != 0
    return header
  }
}
