import Frames

/// The IPv6 header and its extension headers.
///
///     |Version| Traffic Class |           Flow Label                  |  0
///     |         Payload Length        |  Next Header  |   Hop Limit   |  4
///     |                   Source Address (16 bytes)                   |  8
///     |                Destination Address (16 bytes)                 | 24
///
/// Source: RFC 8200 §3 and §4.
enum IPv6Header {
  /// More extension headers than any sender stacks; ends hostile chains.
  private static let mostExtensions = 16

  @inline(__always)
  static func read(_ frame: RawSpan, at offset: Int, onWire: Int) -> IPHeader {
    guard frame.byteCount >= offset + 40 else { return .stopped(.cut) }
    let declared = Int(frame.bigEndian(offset + 4, as: UInt16.self))
    let payload = declared == 0 ? max(0, min(onWire - offset - 40, IPHeader.mostBytes)) : declared

    var header = IPHeader()
    header.source = IPAddress(high: frame.bigEndian(offset + 8), low: frame.bigEndian(offset + 16))
    header.destination = IPAddress(high: frame.bigEndian(offset + 24), low: frame.bigEndian(offset + 32))
    header.tcpOffset = offset + 40
    header.tcpLength = payload
    header.hopLimit = frame.byte(offset + 7)
    header.trafficClass = UInt8(truncatingIfNeeded: frame.bigEndian(offset, as: UInt16.self) >> 4)
    let next = frame.byte(offset + 6)
    if next != IPHeader.tcp { skipExtensions(frame, first: next, &header) }
    return header
  }

  /// Moves `header` past hop-by-hop, routing, destination, mobility, authentication and fragment headers.
  private static func skipExtensions(_ frame: RawSpan, first: UInt8, _ header: inout IPHeader) {
    let start = header.tcpOffset
    var (next, offset) = (first, start)
    for _ in 0..<mostExtensions where next != IPHeader.tcp {
      guard isExtension(next) else {
        header.stop = .notTCP
        return
      }
      guard frame.byteCount >= offset + 8 else {
        header.stop = .cut
        return
      }
      if next == 44 {
        let fragment = frame.bigEndian(offset + 2, as: UInt16.self)
        guard fragment >> 3 == 0 else {
          header.stop = .fragment
          return
        }
        header.isFirstFragment = fragment & 1 != 0
        header.identification = frame.bigEndian(offset + 6)
      }
      let units = Int(frame.byte(offset + 1))
      let size = next == 44 ? 8 : next == 51 ? (units + 2) * 4 : (units + 1) * 8
      next = frame.byte(offset)
      offset += size
    }
    header.tcpOffset = offset
    header.tcpLength -= offset - start
    if next != IPHeader.tcp { header.stop = .notTCP } else if header.tcpLength < 0 { header.stop = .malformed }
  }

  private static func isExtension(_ next: UInt8) -> Bool {
    switch next {
    case 0, 43, 44, 51, 60, 135, 139, 140: true
    default: false
    }
  }
}
