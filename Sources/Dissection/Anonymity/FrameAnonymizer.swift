import Frames

/// Takes names out of frames: what is left are headers up to the transport layer, with other addresses in them.
///
/// Only what is understood stays. IP and MAC addresses are mapped, IP options blanked, TCP options of unknown content
/// replaced by digests; payload, ARP and everything else behind the link layer's header is cut off. Checksums follow, so that
/// one that was right is right for the packet as it was sent, with the new addresses.
package struct FrameAnonymizer {
  private var addresses: AddressMap
  private var key: AnonymityKey { addresses.key }

  package init(_ key: AnonymityKey) { addresses = AddressMap(key) }

  /// The bytes that are left of a frame; never more than there were.
  ///
  /// - Complexity: O(captured bytes).
  package mutating func anonymized(_ frame: RawSpan, _ linkType: LinkType) -> [UInt8] {
    var draft = HeaderDraft((0..<frame.byteCount).map { frame.byte($0) })
    let layer = linkType.networkLayer(of: frame)
    let end: Int
    if layer.content == .ip {
      end = maskIP(&draft, at: layer.offset)
    } else {
      end = Self.linkHeader(draft, linkType)
    }
    maskLink(&draft, linkType)
    return Array(draft.bytes.prefix(end))
  }

  /// Bytes below the network layer where that is not IP.
  private static func linkHeader(_ draft: HeaderDraft, _ linkType: LinkType) -> Int {
    switch linkType {
    case .ethernet:
      var end = 14
      while end <= draft.count, EtherType.isTag(draft.short(end - 2)), end < 14 + 4 * 8 { end += 4 }
      return end
    case .linuxSLL: return 16
    case .linuxSLL2: return 20
    case .null, .loop: return 4
    default: return 0
    }
  }

  private mutating func maskLink(_ draft: inout HeaderDraft, _ linkType: LinkType) {
    switch linkType {
    case .ethernet:
      maskMAC(&draft, at: 0)
      maskMAC(&draft, at: 6)
    case .linuxSLL: maskCooked(&draft, at: 6)
    case .linuxSLL2: maskCooked(&draft, at: 12)
    default: break
    }
  }

  private mutating func maskCooked(_ draft: inout HeaderDraft, at offset: Int) {
    maskMAC(&draft, at: offset)
    // Six bytes of the eight are a MAC address; longer ones of other links go.
    draft.fill(offset + 6..<offset + 8)
  }

  /// Broadcast, multicast and no address at all stay what they are; the rest is marked as made up locally.
  private mutating func maskMAC(_ draft: inout HeaderDraft, at offset: Int) {
    let place = offset..<offset + 6
    guard draft.count >= place.upperBound else { return draft.fill(place) }
    let bytes = draft.bytes[place]
    guard bytes.contains(where: { $0 != 0xFF }), bytes.contains(where: { $0 != 0 }) else { return }
    let isMulticast = draft[offset] & 1
    draft.digest(place, key)
    draft.fill(offset..<offset + 1, draft[offset] & 0xFC | 2 | isMulticast)
  }

  // MARK: IP

  /// Masks the IP packet at `offset` and returns where what is left of it ends; within ICMP a second one may follow.
  private mutating func maskIP(_ draft: inout HeaderDraft, at offset: Int, isEmbedded: Bool = false) -> Int {
    guard draft.count > offset else { return draft.count }
    switch draft[offset] >> 4 {
    case 4 where draft.count >= offset + 20: return maskIPv4(&draft, at: offset, isEmbedded)
    case 6 where draft.count >= offset + 40: return maskIPv6(&draft, at: offset, isEmbedded)
    default:
      // The version alone: the rest of the header may be cut anywhere.
      draft.fill(offset..<offset + 1, draft[offset] & 0xF0)
      return offset + 1
    }
  }

  private mutating func maskIPv4(_ draft: inout HeaderDraft, at offset: Int, _ isEmbedded: Bool) -> Int {
    let length = Int(draft[offset] & 0x0F) * 4
    maskAddress(&draft, at: offset + 12, isV4: true)
    maskAddress(&draft, at: offset + 16, isV4: true)
    let end = offset + max(20, length)
    draft.fill(offset + 20..<end, 1)  // No operation.
    draft.correct(offset + 10, by: draft.change(offset..<min(end, draft.count)))
    let isLaterFragment = draft.short(offset + 6) & 0x1FFF != 0
    guard length >= 20, draft.count >= end, !isLaterFragment else { return end }
    let size = max(0, Int(draft.short(offset + 2)) - length)
    let pseudo = PseudoHeader(addresses: offset + 12..<offset + 20, next: draft[offset + 9], length: size)
    return maskTransport(&draft, at: end, pseudo, isEmbedded)
  }

  private mutating func maskIPv6(_ draft: inout HeaderDraft, at offset: Int, _ isEmbedded: Bool) -> Int {
    maskAddress(&draft, at: offset + 8, isV4: false)
    maskAddress(&draft, at: offset + 24, isV4: false)
    var (next, end) = (draft[offset + 6], offset + 40)
    for _ in 0..<16 where [0, 43, 44, 51, 60, 135, 139, 140].contains(next) {
      guard draft.count >= end + 8 else { return end }
      let isFragment = next == 44
      let units = Int(draft[end + 1])
      let size = isFragment ? 8 : next == 51 ? (units + 2) * 4 : (units + 1) * 8
      let isLaterFragment = isFragment && draft.short(end + 2) >> 3 != 0
      next = draft[end]
      // Routing headers hold addresses, options hold anything; zeros are padding.
      if !isFragment { draft.fill(end + 2..<end + size) }
      end += size
      if isLaterFragment { return end }
    }
    let size = max(0, Int(draft.short(offset + 4)) - (end - offset - 40))
    let pseudo = PseudoHeader(addresses: offset + 8..<offset + 40, next: next, length: size)
    return maskTransport(&draft, at: end, pseudo, isEmbedded)
  }

  private mutating func maskAddress(_ draft: inout HeaderDraft, at offset: Int, isV4: Bool) {
    draft.set(addresses.mapped(draft.address(offset, isV4: isV4)), at: offset, isV4: isV4)
  }

  // MARK: Above IP

  private mutating func maskTransport(
    _ draft: inout HeaderDraft, at offset: Int, _ pseudo: PseudoHeader, _ isEmbedded: Bool
  ) -> Int {
    switch pseudo.next {
    case IPHeader.tcp where !isEmbedded: return maskTCP(&draft, at: offset, pseudo)
    case IPHeader.tcp: return offset + 8
    case 17:
      if !draft.correctPartial(offset + 6, pseudo) {
        draft.correct(offset + 6, by: draft.change(pseudo.addresses), isUDP: true)
      }
      return offset + 8
    case 1 where !isEmbedded: return maskICMP(&draft, at: offset, 0, errors: [3, 4, 5, 11, 12])
    case 58 where !isEmbedded:
      return maskICMP(&draft, at: offset, draft.change(pseudo.addresses), errors: [1, 2, 3, 4])
    case 132: return offset + 12
    default: return offset
    }
  }

  private mutating func maskTCP(_ draft: inout HeaderDraft, at offset: Int, _ pseudo: PseudoHeader) -> Int {
    guard draft.count >= offset + TCPHeader.fixedLength else { return draft.count }
    let end = offset + max(TCPHeader.fixedLength, Int(draft[offset + 12] >> 4) * 4)
    TCPOptionMask.mask(&draft, offset + TCPHeader.fixedLength..<end, key)
    if !draft.correctPartial(offset + 16, pseudo) {
      draft.correct(offset + 16, by: draft.change(pseudo.addresses) + draft.change(offset..<end))
    }
    return end
  }

  /// Errors quote the packet that they are about: its headers are masked alike.
  private mutating func maskICMP(
    _ draft: inout HeaderDraft, at offset: Int, _ pseudo: UInt32, errors: [UInt8]
  ) -> Int {
    var end = offset + 8
    guard draft.count >= end else { return offset }
    // A redirect names the better gateway.
    if errors.contains(5), draft[offset] == 5 { maskAddress(&draft, at: offset + 4, isV4: true) }
    guard draft.count > end, errors.contains(draft[offset]) else { return end }
    end = min(draft.count, maskIP(&draft, at: end, isEmbedded: true))
    draft.correct(offset + 2, by: pseudo + draft.change(offset..<end))
    return end
  }
}

/// Options of a TCP header without what may tell who it is: cookies, signatures, addresses of load balancers.
enum TCPOptionMask {
  /// Options whose content is numbers of the connection, with the lengths that they have.
  private static let known: [UInt8: [Int]] = [2: [4], 3: [3], 4: [2], 5: [10, 18, 26, 34], 8: [10]]

  /// Masks the options in `range`, as far as they were captured.
  static func mask(_ draft: inout HeaderDraft, _ range: Range<Int>, _ key: AnonymityKey) {
    let end = min(range.upperBound, draft.count)
    var offset = range.lowerBound
    while offset < end {
      let kind = draft[offset]
      if kind == 0 { return draft.fill(offset..<end) }
      if kind == 1 {
        offset += 1
        continue
      }
      guard offset + 1 < end else { return }
      let length = Int(draft[offset + 1])
      // A length that cannot be right stays; what follows it means nothing.
      guard length >= 2, offset + length <= range.upperBound else { return draft.fill(offset + 2..<end) }
      if known[kind]?.contains(length) != true {
        draft.digest(offset + stays(kind, draft, offset)..<offset + length, key)
      }
      offset += length
    }
  }

  /// Bytes of an option that say what it is: kind and length, and the identifier of an experiment.
  ///
  /// Source: RFC 6994 (two or four bytes of ExID; the four of SMC matter here).
  private static func stays(_ kind: UInt8, _ draft: HeaderDraft, _ offset: Int) -> Int {
    let length = Int(draft[offset + 1])
    guard kind == 253 || kind == 254 else { return 2 }
    guard offset + 6 <= draft.count, length >= 6 else { return min(4, length) }
    let identifier = UInt32(draft.short(offset + 2)) << 16 | UInt32(draft.short(offset + 4))
    return identifier == TCPOptionList.smcIdentifier ? 6 : 4
  }
}
