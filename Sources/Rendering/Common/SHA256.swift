/// The SHA-256 digest, by which a page's security policy knows its own script.
///
/// Source: FIPS 180-4.
enum SHA256 {
  /// The digest of `text` in Base64, as `script-src 'sha256-...'` wants it.
  static func base64(_ text: String) -> String { base64(digest(Array(text.utf8))) }

  /// The 32 bytes of the digest.
  ///
  /// - Complexity: O(length).
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(message.count) &* 8
    for shift: UInt64 in [56, 48, 40, 32, 24, 16, 8, 0] { padded.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    var hash = initial
    for start in stride(from: 0, to: padded.count, by: 64) { compress(padded[start..<start + 64], into: &hash) }
    return hash.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
  }

  /// FIPS 180-4 §6.2.2 on one block of 64 bytes.
  private static func compress(_ block: ArraySlice<UInt8>, into hash: inout [UInt32]) {
    var w = [UInt32](repeating: 0, count: 64)
    for (index, byte) in block.enumerated() { w[index / 4] = w[index / 4] << 8 | UInt32(byte) }
    for t in 16..<64 {
      let small0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3
      let small1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10
      w[t] = small1 &+ w[t - 7] &+ small0 &+ w[t - 16]
    }
    // a to h of the standard.
    var v = hash
    for t in 0..<64 {
      let big1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)
      let choice = v[4] & v[5] ^ ~v[4] & v[6]
      let first = v[7] &+ big1 &+ choice &+ constants[t] &+ w[t]
      let big0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)
      let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
      v = [first &+ big0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    for index in hash.indices { hash[index] &+= v[index] }
  }

  private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

  /// Base64 with padding (RFC 4648 §4).
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let word = (group + [0, 0]).prefix(3).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      for place in 0..<4 {
        text.append(place <= group.count ? alphabet[Int(word >> UInt32(18 - 6 * place) & 63)] : "=")
      }
    }
    return text
  }

  /// Fractions of the square roots of the first 8 primes.
  private static let initial: [UInt32] = primes(8).map { fraction(Double($0).squareRoot()) }
  /// Fractions of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = primes(64).map { cubeRootFraction($0) }

  private static func primes(_ count: Int) -> [Int] {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < count {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }

  private static func fraction(_ root: Double) -> UInt32 { UInt32((root - root.rounded(.down)) * 4_294_967_296) }

  /// The first 32 bits after the point of a cube root, by Newton's method.
  private static func cubeRootFraction(_ number: Int) -> UInt32 {
    var root = Double(number) / 2
    for _ in 0..<64 { root = (2 * root + Double(number) / (root * root)) / 3 }
    return fraction(root)
  }
}
