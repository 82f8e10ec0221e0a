/// The framing below IP, by its registered link-layer type number.
///
/// Source: the LINKTYPE registry of tcpdump.org; `DLT_RAW` has three historical values.
public struct LinkType: RawRepresentable, Hashable, Sendable {
  /// The LINKTYPE value as it stands in the capture file.
  public let rawValue: UInt16

  /// Wraps a LINKTYPE value; any value is allowed, dissection says whether it is understood.
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// LINKTYPE 0.
  @inlinable public static var null: LinkType { LinkType(rawValue: 0) }
  /// LINKTYPE 1.
  @inlinable public static var ethernet: LinkType { LinkType(rawValue: 1) }
  /// LINKTYPE 12.
  @inlinable public static var rawBSD: LinkType { LinkType(rawValue: 12) }
  /// LINKTYPE 14.
  @inlinable public static var rawOpenBSD: LinkType { LinkType(rawValue: 14) }
  /// LINKTYPE 101.
  @inlinable public static var raw: LinkType { LinkType(rawValue: 101) }
  /// LINKTYPE 108.
  @inlinable public static var loop: LinkType { LinkType(rawValue: 108) }
  /// LINKTYPE 113.
  @inlinable public static var linuxSLL: LinkType { LinkType(rawValue: 113) }
  /// LINKTYPE 228.
  @inlinable public static var ipv4: LinkType { LinkType(rawValue: 228) }
  /// LINKTYPE 229.
  @inlinable public static var ipv6: LinkType { LinkType(rawValue: 229) }
  /// LINKTYPE 276.
  @inlinable public static var linuxSLL2: LinkType { LinkType(rawValue: 276) }

  /// The registry's short name, or `LINKTYPE_n` for one that is not analyzed here.
  package var name: String {
    switch self {
    case .null: "NULL"
    case .ethernet: "Ethernet"
    case .rawBSD, .rawOpenBSD, .raw: "RAW"
    case .loop: "LOOP"
    case .linuxSLL: "Linux cooked (SLL)"
    case .ipv4: "IPV4"
    case .ipv6: "IPV6"
    case .linuxSLL2: "Linux cooked (SLL2)"
    default: "LINKTYPE_\(rawValue)"
    }
  }
}
