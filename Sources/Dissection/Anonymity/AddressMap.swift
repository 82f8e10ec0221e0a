/// Other addresses in place of the real ones: one for one, the same for the same key, and two addresses that share
/// a prefix of n bits still share n bits.
///
/// Each bit is flipped or not, as a keyed digest of the bits before it says (the scheme of Xu, Fan, Ammar and Moon,
/// "Prefix-preserving IP address anonymization", 2002, with SipHash in place of AES). On the way to an address whose kind
/// must stay visible nothing is flipped: loopback stays loopback, and nothing else becomes it.
package struct AddressMap: Sendable {
  /// Addresses of one kind: those that begin with the first `bits` of `prefix`; their first `kept` bits stay.
  private struct Kind {
    var prefix: UInt128
    var bits: Int
    var kept: Int
  }

  private static let v4: UInt128 = 0xFFFF << 32

  private static let kinds = [
    Kind(prefix: 0, bits: 127, kept: 128),  // unspecified and loopback
    Kind(prefix: v4, bits: 96, kept: 96),  // IPv4, as addresses are held here
    Kind(prefix: v4, bits: 104, kept: 128),  // 0.0.0.0/8, this network
    Kind(prefix: v4 | 127 << 24, bits: 104, kept: 128),  // loopback
    Kind(prefix: v4 | 0xA9FE << 16, bits: 112, kept: 112),  // 169.254.0.0/16, link-local
    Kind(prefix: v4 | 0xE0 << 24, bits: 100, kept: 100),  // multicast
    Kind(prefix: v4 | 0xFFFF_FFFF, bits: 128, kept: 128),  // broadcast
    Kind(prefix: 0xFE80 << 112, bits: 64, kept: 64),  // link-local
    Kind(prefix: 0xFF << 120, bits: 8, kept: 16),  // multicast with flags and scope
  ]

  let key: AnonymityKey
  private var known: [IPAddress: IPAddress] = [:]
  private let mostKnown: Int

  /// Remembers `mostKnown` mapped addresses: an IPv6 address costs up to 128 digests.
  package init(_ key: AnonymityKey, mostKnown: Int = 1 << 16) { (self.key, self.mostKnown) = (key, mostKnown) }

  /// The address that stands for `address`.
  package mutating func mapped(_ address: IPAddress) -> IPAddress {
    if let known = known[address] { return known }
    let value = UInt128(address.high) << 64 | UInt128(address.low)
    let result = mapped(value)
    let image = IPAddress(
      high: UInt64(truncatingIfNeeded: result >> 64), low: UInt64(truncatingIfNeeded: result))
    if known.count >= mostKnown { known.removeAll(keepingCapacity: true) }
    known[address] = image
    return image
  }

  /// Puts other addresses in place of the segment's own.
  package mutating func map(_ segment: inout Segment) {
    segment.source = mapped(segment.source)
    segment.destination = mapped(segment.destination)
  }

  private func mapped(_ value: UInt128) -> UInt128 {
    var result = value
    for depth in Self.fixed(value)..<128 where isFlipped(value, depth) { result ^= 1 << UInt128(127 - depth) }
    return result
  }

  /// How many bits stay: as many as the address shares with a special kind and one more, or what that kind keeps.
  private static func fixed(_ value: UInt128) -> Int {
    kinds.map { kind in
      let shared = (value ^ kind.prefix).leadingZeroBitCount
      return shared >= kind.bits ? max(kind.bits, kind.kept) : shared + 1
    }.max() ?? 0
  }

  /// Whether the bit after the first `depth` bits is flipped, which only these bits decide.
  private func isFlipped(_ value: UInt128, _ depth: Int) -> Bool {
    let prefix = value & ~(UInt128.max >> UInt128(depth))
    var hash = SipHash(key)
    hash.take(UInt64(truncatingIfNeeded: prefix >> 64))
    hash.take(UInt64(truncatingIfNeeded: prefix))
    return hash.finish(17 << 56 | UInt64(depth)) & 1 == 1
  }
}
