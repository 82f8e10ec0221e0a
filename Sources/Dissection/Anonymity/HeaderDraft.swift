/// The bytes of a frame while names are taken out of it, with what Internet checksums need to follow.
///
/// A checksum is corrected by the difference of the words that changed, so one that was wrong stays wrong, and one over
/// bytes that were not captured stays right. Source: RFC 1624.
struct HeaderDraft {
  private(set) var bytes: [UInt8]
  private let original: [UInt8]

  init(_ bytes: [UInt8]) { (self.bytes, original) = (bytes, bytes) }

  var count: Int { bytes.count }

  subscript(_ index: Int) -> UInt8 { bytes[index] }

  func short(_ at: Int) -> UInt16 { UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]) }

  /// Four bytes of an IPv4 or sixteen of an IPv6 address.
  func address(_ at: Int, isV4: Bool) -> IPAddress {
    let words = (0..<(isV4 ? 4 : 16)).reduce(UInt128(0)) { $0 << 8 | UInt128(bytes[at + $1]) }
    return isV4
      ? IPAddress(v4: UInt32(truncatingIfNeeded: words))
      : IPAddress(high: UInt64(truncatingIfNeeded: words >> 64), low: UInt64(truncatingIfNeeded: words))
  }

  mutating func set(_ address: IPAddress, at: Int, isV4: Bool) {
    let value = UInt128(address.high) << 64 | UInt128(address.low)
    let count = isV4 ? 4 : 16
    for index in 0..<count { bytes[at + index] = UInt8(truncatingIfNeeded: value >> UInt128(8 * (count - 1 - index))) }
  }

  /// Overwrites the bytes of `range` that are there.
  mutating func fill(_ range: Range<Int>, _ byte: UInt8 = 0) {
    for index in range.clamped(to: 0..<bytes.count) { bytes[index] = byte }
  }

  /// Overwrites the bytes of `range` with a digest: equal bytes stay equal.
  mutating func digest(_ range: Range<Int>, _ key: AnonymityKey) {
    let range = range.clamped(to: 0..<bytes.count)
    let digest = SipHash.digest(bytes[range], key)
    for (index, place) in range.enumerated() {
      bytes[place] = UInt8(truncatingIfNeeded: digest >> UInt64(8 * (index % 8)))
    }
  }

  /// What the changes in `range` add to a checksum over it; its first byte is the upper half of a word.
  func change(_ range: Range<Int>) -> UInt32 {
    var sum = 0
    for index in range.clamped(to: 0..<bytes.count) {
      let weight = (index - range.lowerBound).isMultiple(of: 2) ? 256 : 1
      sum += (Int(bytes[index]) - Int(original[index])) * weight
    }
    let rest = sum % 0xFFFF
    return UInt32(rest < 0 ? rest + 0xFFFF : rest)
  }

  /// Corrects the checksum at `at`, where it was captured; a UDP checksum of zero means that there is none.
  mutating func correct(_ at: Int, by change: UInt32, isUDP: Bool = false) {
    guard at >= 0, at + 2 <= bytes.count, !(isUDP && short(at) == 0) else { return }
    let sum = ~Self.folded(UInt32(~short(at)) + change)
    put(isUDP && sum == 0 ? 0xFFFF : sum, at)
  }

  /// Corrects a checksum that the network card was to finish, and says whether it is one.
  ///
  /// It holds the sum of the pseudo header alone and no complement: corrected as if it were finished, it would tell the sum
  /// of the addresses. Source: CHECKSUM_PARTIAL of Linux; some drivers leave the length to the card, too.
  mutating func correctPartial(_ at: Int, _ pseudo: PseudoHeader) -> Bool {
    guard at >= 0, at + 2 <= bytes.count else { return false }
    let addresses = pseudo.addresses.clamped(to: 0..<original.count)
    let sum = stride(from: addresses.lowerBound, to: addresses.upperBound - 1, by: 2).reduce(UInt32(pseudo.next)) {
      $0 + UInt32(original[$1]) << 8 + UInt32(original[$1 + 1])
    }
    guard [pseudo.length, 0].contains(where: { Self.folded(sum + UInt32(clamping: $0)) == short(at) }) else {
      return false
    }
    put(Self.folded(UInt32(short(at)) + change(addresses)), at)
    return true
  }

  /// The one's complement sum: a few numbers of 16 bits, where one carry may make another.
  private static func folded(_ sum: UInt32) -> UInt16 {
    var whole = sum
    for _ in 0..<2 { whole = (whole & 0xFFFF) + whole >> 16 }
    return UInt16(truncatingIfNeeded: whole)
  }

  private mutating func put(_ value: UInt16, _ at: Int) {
    bytes[at] = UInt8(truncatingIfNeeded: value >> 8)
    bytes[at + 1] = UInt8(truncatingIfNeeded: value)
  }
}

/// What a transport checksum covers besides the segment: where the addresses stand in the frame, and protocol and length.
struct PseudoHeader {
  var addresses: Range<Int>
  var next: UInt8
  var length: Int
}
