/// An IPv4 or IPv6 address in 16 bytes; IPv4 as its IPv4-mapped form (RFC 4291 §2.5.5.2).
public struct IPAddress: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The first eight bytes, big-endian.
  public var high: UInt64
  /// The last eight bytes, big-endian.
  public var low: UInt64

  /// Joins the two halves of a 16-byte address.
  @inlinable @inline(__always)
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Wraps the 32 bits of an IPv4 address.
  @inlinable @inline(__always)
  public init(v4: UInt32) { self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(v4)) }

  /// Whether this is an IPv4 address.
  @inlinable @inline(__always)
  public var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

  /// Orders by the bytes of the address.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }

  /// Dotted decimal for IPv4; for IPv6 the canonical text of RFC 5952.
  public var description: String { isV4 ? dotted : canonicalV6 }

  /// The address with all bits after the first `bits` cleared; `bits` counts within IPv4 for an IPv4 address.
  package func prefix(_ bits: Int) -> IPAddress {
    let kept = min(128, max(0, isV4 ? bits + 96 : bits))
    let highMask = kept >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(kept))
    let lowMask = kept <= 64 ? 0 : kept == 128 ? UInt64.max : ~(UInt64.max >> UInt64(kept - 64))
    return IPAddress(high: high & highMask, low: low & lowMask)
  }

  private var dotted: String {
    (0..<4).map { String(low >> UInt64(24 - 8 * $0) & 0xFF) }.joined(separator: ".")
  }

  private var canonicalV6: String {
    let groups = (0..<8).map { index -> UInt64 in
      let half = index < 4 ? high : low
      return half >> UInt64(48 - 16 * (index % 4)) & 0xFFFF
    }
    let zeros = longestZeroRun(groups)
    guard let zeros else { return groups.map { String($0, radix: 16) }.joined(separator: ":") }
    let left = groups[..<zeros.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
    let right = groups[zeros.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
    return "\(left)::\(right)"
  }

  /// The first of the longest runs of at least two zero groups: only that one may be written as `::`.
  private func longestZeroRun(_ groups: [UInt64]) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    while start < groups.count {
      guard groups[start] == 0 else {
        start += 1
        continue
      }
      let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
      if end - start >= 2, end - start > (best?.count ?? 0) { best = start..<end }
      start = end
    }
    return best
  }
}

/// One end of a connection: address and port.
public struct Endpoint: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The host's address.
  public var address: IPAddress
  /// The TCP port.
  public var port: UInt16

  /// Joins address and port.
  @inlinable @inline(__always)
  public init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Orders by address, then port.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { a.address == b.address ? a.port < b.port : a.address < b.address }

  /// `10.0.0.1:80` or `[2001:db8::1]:80`.
  public var description: String { address.isV4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}
