import Frames

/// Ethernet II, with any number of VLAN tags.
///
///     | destination (6) | source (6) | [tag: EtherType (2), TCI (2)]... | EtherType (2) |
///     0                 6            12
///
/// Source: IEEE 802.3, 802.1Q, 802.1ad.
enum EthernetFraming {
  /// More tags than anyone stacks; ends a frame made of nothing but tags.
  private static let mostTags = 8

  @inline(__always)
  static func networkLayer(of frame: RawSpan) -> NetworkLayer {
    guard frame.byteCount >= 14 else { return .cut }
    let destination = frame.bigEndian(4, as: UInt16.self)
    let etherType = frame.bigEndian(12, as: UInt16.self)
    if etherType == EtherType.ipv4 || etherType == EtherType.ipv6 { return .ip(at: 14, place: destination) }
    return tagged(frame, etherType, place: destination)
  }

  private static func tagged(_ frame: RawSpan, _ outer: UInt16, place outerPlace: UInt16) -> NetworkLayer {
    var (etherType, offset, place, tags) = (outer, 14, outerPlace, 0)
    while EtherType.isTag(etherType), tags < mostTags {
      guard frame.byteCount >= offset + 4 else { return .cut }
      place = place &* 31 ^ frame.bigEndian(offset, as: UInt16.self) & 0x0FFF
      etherType = frame.bigEndian(offset + 2, as: UInt16.self)
      offset += 4
      tags += 1
    }
    if etherType == EtherType.mplsUnicast { return labelled(frame, offset, place) }
    if etherType == EtherType.pppoeSession { return pointToPoint(frame, offset, place) }
    return .behind(etherType: etherType, at: offset, place: place)
  }

  /// Label stack of RFC 3032: four bytes each, the last one has the bottom bit; then IP if the nibble says so.
  private static func labelled(_ frame: RawSpan, _ start: Int, _ place: UInt16) -> NetworkLayer {
    var offset = start
    for _ in 0..<mostTags {
      guard frame.byteCount >= offset + 5 else { return .cut }
      let bottom = frame.byte(offset + 2) & 1 == 1
      offset += 4
      guard bottom else { continue }
      let version = frame.byte(offset) >> 4
      return version == 4 || version == 6 ? .ip(at: offset, place: place) : .notIP
    }
    return .notIP
  }

  /// PPPoE session (RFC 2516): six bytes, then the PPP protocol number.
  private static func pointToPoint(_ frame: RawSpan, _ offset: Int, _ place: UInt16) -> NetworkLayer {
    guard frame.byteCount >= offset + 8 else { return .cut }
    let inner = frame.bigEndian(offset + 6, as: UInt16.self)
    return inner == 0x0021 || inner == 0x0057 ? .ip(at: offset + 8, place: place) : .notIP
  }
}
