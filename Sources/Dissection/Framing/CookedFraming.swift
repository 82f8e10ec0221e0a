import Frames

/// Linux cooked capture, first form.
///
///     | packet type (2) | ARPHRD (2) | address length (2) | address (8) | EtherType (2) |
///     0                 2            4                    6             14
///
/// Source: LINKTYPE_LINUX_SLL of tcpdump.org.
enum CookedFraming {
  static func networkLayer(of frame: RawSpan) -> NetworkLayer {
    guard frame.byteCount >= 16 else { return .cut }
    let packetType = frame.bigEndian(0, as: UInt16.self)
    return cooked(frame, etherType: frame.bigEndian(14, as: UInt16.self), at: 16, place: packetType)
  }

  /// Cooked frames may carry one VLAN tag between their header and IP.
  static func cooked(_ frame: RawSpan, etherType: UInt16, at offset: Int, place: UInt16) -> NetworkLayer {
    guard EtherType.isTag(etherType) else { return .behind(etherType: etherType, at: offset, place: place) }
    guard frame.byteCount >= offset + 4 else { return .cut }
    let tagged = place &* 31 ^ frame.bigEndian(offset, as: UInt16.self) & 0x0FFF
    return .behind(etherType: frame.bigEndian(offset + 2, as: UInt16.self), at: offset + 4, place: tagged)
  }
}

/// Linux cooked capture, second form: what `tcpdump -i any` writes today.
///
///     | EtherType (2) | reserved (2) | interface (4) | ARPHRD (2) | packet type (1) | length (1) | address (8) |
///     0               2              4               8            10                11           12          20
///
/// Source: LINKTYPE_LINUX_SLL2 of tcpdump.org.
enum CookedFraming2 {
  static func networkLayer(of frame: RawSpan) -> NetworkLayer {
    guard frame.byteCount >= 20 else { return .cut }
    let interface = UInt16(truncatingIfNeeded: frame.bigEndian(4, as: UInt32.self))
    let place = interface &* 31 ^ UInt16(frame.byte(10))
    return CookedFraming.cooked(frame, etherType: frame.bigEndian(0, as: UInt16.self), at: 20, place: place)
  }
}
