/// The 64-bit FNV-1a digest: small, and fixed for all time, unlike the standard library's seeded hash.
///
/// Made-up collisions are easy: only for names, and for bytes that nobody gains by making equal. Source: RFC 9923 (the
/// FNV non-cryptographic hash algorithm).
package struct FNV1a: Sendable {
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// The digest of `bytes` alone.
  package init(_ bytes: RawSpan) {
    for index in 0..<bytes.byteCount { add(bytes.byte(index)) }
  }

  package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Adds `text` and an end mark, so that `ab` + `c` differs from `a` + `bc`.
  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0)
  }

  /// Both halves in one, where 32 bits are enough.
  package var folded: UInt32 { UInt32(truncatingIfNeeded: value >> 32 ^ value) }

  /// Sixteen lower-case digits.
  package var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
