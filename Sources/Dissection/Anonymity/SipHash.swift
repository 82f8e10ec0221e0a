/// SipHash-2-4: a short keyed digest that nobody without the key can tell from chance.
///
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; its appendix A has the test vectors.
struct SipHash {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64

  init(_ key: AnonymityKey) {
    v0 = key.low ^ 0x736F_6D65_7073_6575
    v1 = key.high ^ 0x646F_7261_6E64_6F6D
    v2 = key.low ^ 0x6C79_6765_6E65_7261
    v3 = key.high ^ 0x7465_6462_7974_6573
  }

  /// Takes eight bytes of the message, the first one lowest.
  mutating func take(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  /// Takes the last word, which holds the last bytes and, on top, the message's length; returns the digest.
  consuming func finish(_ last: UInt64) -> UInt64 {
    take(last)
    v2 ^= 0xFF
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  /// The digest of `bytes`.
  static func digest(_ bytes: some Collection<UInt8>, _ key: AnonymityKey) -> UInt64 {
    var hash = SipHash(key)
    var (word, filled) = (UInt64(0), UInt64(0))
    for byte in bytes {
      word |= UInt64(byte) << (8 * filled)
      filled += 1
      if filled == 8 {
        hash.take(word)
        (word, filled) = (0, 0)
      }
    }
    return hash.finish(word | UInt64(truncatingIfNeeded: bytes.count) << 56)
  }

  private mutating func round() {
    v0 &+= v1
    v1 = v1.rotated(13) ^ v0
    v0 = v0.rotated(32)
    v2 &+= v3
    v3 = v3.rotated(16) ^ v2
    v0 &+= v3
    v3 = v3.rotated(21) ^ v0
    v2 &+= v1
    v1 = v1.rotated(17) ^ v2
    v2 = v2.rotated(32)
  }
}

extension UInt64 {
  fileprivate func rotated(_ bits: UInt64) -> UInt64 { self << bits | self >> (64 - bits) }
}

/// What decides how addresses are mapped: 128 bits.
package struct AnonymityKey: Sendable, Hashable {
  let low: UInt64
  let high: UInt64

  init(low: UInt64, high: UInt64) { (self.low, self.high) = (low, high) }

  /// The key that a text stands for, the same on every machine; it is as hard to guess as the text.
  package init(_ text: String) {
    let bytes = Array(text.utf8)
    let first = SipHash.digest(bytes, AnonymityKey(low: 0, high: 0))
    self.init(low: first, high: SipHash.digest(bytes, AnonymityKey(low: first, high: 1)))
  }
}
