/// A TCP sequence number: serial arithmetic modulo 2^32, never a plain integer.
///
/// `a < b` means that `a` comes before `b` on the circle, which is meaningful while they are less than 2^31 apart.
/// Source: RFC 9293 §3.4, RFC 1982.
public struct SequenceNumber: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The 32 bits as they stand in the header.
  public var rawValue: UInt32

  /// Wraps the header's 32 bits.
  @inlinable @inline(__always)
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Wraps the header's 32 bits.
  @inlinable @inline(__always)
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// Whether `a` comes before `b` on the circle.
  @inlinable @inline(__always)
  public static func < (a: Self, b: Self) -> Bool { Int32(bitPattern: a.rawValue &- b.rawValue) < 0 }

  /// Whether `a` comes before `b` or is `b`.
  @inlinable @inline(__always)
  public static func <= (a: Self, b: Self) -> Bool { Int32(bitPattern: a.rawValue &- b.rawValue) <= 0 }

  /// Whether `a` comes after `b` on the circle.
  @inlinable @inline(__always)
  public static func > (a: Self, b: Self) -> Bool { b < a }

  /// Whether `a` comes after `b` or is `b`.
  @inlinable @inline(__always)
  public static func >= (a: Self, b: Self) -> Bool { b <= a }

  /// The number `count` bytes further on.
  @inlinable @inline(__always)
  public static func + (a: Self, count: UInt32) -> Self { Self(a.rawValue &+ count) }

  /// The number `count` bytes before.
  @inlinable @inline(__always)
  public static func - (a: Self, count: UInt32) -> Self { Self(a.rawValue &- count) }

  /// Signed distance in bytes from `b` to `a`: negative when `a` comes before `b`.
  @inlinable @inline(__always)
  public static func - (a: Self, b: Self) -> Int { Int(Int32(bitPattern: a.rawValue &- b.rawValue)) }
}
