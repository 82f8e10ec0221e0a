/// The framing below IP, by its registered link-layer type number.
///
/// Source: the LINKTYPE registry of tcpdump.org; `DLT_RAW` has three historical values.
public struct LinkType: RawRepresentable, Hashable, Sendable {
  /// The LINKTYPE value as it stands in the capture file.
  public let rawValue: UInt16

  /// Wraps a LINKTYPE value; any value is allowed, dissection says whether it is understood.
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let null = LinkType(rawValue: 0)
  package static let ethernet = LinkType(rawValue: 1)
  package static let rawBSD = LinkType(rawValue: 12)
  package static let rawOpenBSD = LinkType(rawValue: 14)
  package static let raw = LinkType(rawValue: 101)
  package static let loop = LinkType(rawValue: 108)
  package static let linuxSLL = LinkType(rawValue: 113)
  package static let ipv4 = LinkType(rawValue: 228)
  package static let ipv6 = LinkType(rawValue: 229)
  package static let linuxSLL2 = LinkType(rawValue: 276)

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
