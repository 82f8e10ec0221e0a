import Dissection

/// Which connections may have segments in a stretch of a capture: a Bloom filter of 1,024 bits, two for each connection.
///
/// It never denies a connection that was noted; of others it takes one in a thousand for one of 16 connections, one in
/// seventy for one of 64. Source: B. Bloom, "Space/time trade-offs in hash coding with allowable errors" (1970).
struct FlowSketch: Sendable {
  private var bits = InlineArray<16, UInt64>(repeating: 0)

  /// Two of the 1,024 bits, the same for both directions of a connection.
  struct Key: Sendable {
    fileprivate let first: UInt64
    fileprivate let second: UInt64

    @inline(__always)
    init(_ a: IPAddress, _ aPort: UInt16, _ b: IPAddress, _ bPort: UInt16) {
      let ends = (a.high ^ b.high) &* 3 ^ a.low ^ b.low ^ UInt64(aPort ^ bPort) << 32
      // Multiplied by an odd number near 2^64 divided by the golden ratio: the upper bits depend on all others.
      let mixed = ends &* 0x9E37_79B9_7F4A_7C15
      (first, second) = (mixed >> 54, mixed >> 44 & 1_023)
    }

    init(_ a: Endpoint, _ b: Endpoint) { self.init(a.address, a.port, b.address, b.port) }
  }

  @inline(__always)
  mutating func note(_ key: Key) {
    bits[Int(key.first >> 6)] |= 1 << (key.first & 63)
    bits[Int(key.second >> 6)] |= 1 << (key.second & 63)
  }

  func mayHold(_ key: Key) -> Bool {
    bits[Int(key.first >> 6)] >> (key.first & 63) & bits[Int(key.second >> 6)] >> (key.second & 63) & 1 == 1
  }

  /// Notes all that the other one holds.
  mutating func formUnion(_ other: FlowSketch) {
    for index in bits.indices { bits[index] |= other.bits[index] }
  }
}
