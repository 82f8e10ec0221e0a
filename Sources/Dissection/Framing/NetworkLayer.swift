import Frames

/// Where the IP header of a frame starts, or why there is none.
struct NetworkLayer {
  enum Content { case ip, notIP, cut, unknown }

  var content: Content
  /// Offset of the IP header in the frame.
  var offset = 0
  /// Digest of VLAN tag and addresses below IP: differs between copies of a frame taken at different places.
  var place: UInt16 = 0

  @inline(__always)
  static func ip(at offset: Int, place: UInt16) -> NetworkLayer {
    NetworkLayer(content: .ip, offset: offset, place: place)
  }

  static let cut = NetworkLayer(content: .cut)
  static let notIP = NetworkLayer(content: .notIP)

  /// What an EtherType says about the bytes behind it.
  @inline(__always)
  static func behind(etherType: UInt16, at offset: Int, place: UInt16) -> NetworkLayer {
    etherType == EtherType.ipv4 || etherType == EtherType.ipv6 ? .ip(at: offset, place: place) : .notIP
  }
}

/// EtherType values that lead to IP.
///
/// Source: IEEE 802 numbers registry.
enum EtherType {
  static let ipv4: UInt16 = 0x0800
  static let ipv6: UInt16 = 0x86DD
  static let vlan: UInt16 = 0x8100
  static let serviceVLAN: UInt16 = 0x88A8
  static let oldServiceVLAN: UInt16 = 0x9100
  static let pppoeSession: UInt16 = 0x8864
  static let mplsUnicast: UInt16 = 0x8847

  @inline(__always)
  static func isTag(_ value: UInt16) -> Bool { value == vlan || value == serviceVLAN || value == oldServiceVLAN }
}

extension LinkType {
  /// Every framing that is read here: to add one, write its file and add its line.
  @inline(__always)
  func networkLayer(of frame: RawSpan) -> NetworkLayer {
    switch self {
    case .ethernet: EthernetFraming.networkLayer(of: frame)
    case .linuxSLL: CookedFraming.networkLayer(of: frame)
    case .linuxSLL2: CookedFraming2.networkLayer(of: frame)
    case .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6: .ip(at: 0, place: 0)
    case .null, .loop: LoopbackFraming.networkLayer(of: frame)
    default: NetworkLayer(content: .unknown)
    }
  }

  /// The link types that are read here, for messages.
  package static let analyzed: [LinkType] = [
    .ethernet, .linuxSLL, .linuxSLL2, .raw, .ipv4, .ipv6, .null, .loop,
  ]
}
