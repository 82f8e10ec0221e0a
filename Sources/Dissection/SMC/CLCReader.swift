import Frames

/// Loads out of a CLC message that never reach past its end: offsets in CLC messages come from strangers.
struct CLCReader: ~Escapable {
  let bytes: RawSpan

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  /// The integer at `offset`, or 0 when it does not lie within the bytes.
  func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
    guard has(offset, MemoryLayout<T>.size) else { return 0 }
    return bytes.bigEndian(offset)
  }

  /// Three bytes at `offset` as an integer.
  func load24(_ offset: Int) -> UInt32 {
    UInt32(load(offset, as: UInt16.self)) << 8 | UInt32(load(offset &+ 2, as: UInt8.self))
  }

  /// Six bytes at `offset` as an integer.
  func load48(_ offset: Int) -> UInt64 {
    UInt64(load(offset, as: UInt16.self)) << 32 | UInt64(load(offset &+ 2, as: UInt32.self))
  }

  /// Sixteen bytes at `offset` as an address.
  func address(_ offset: Int) -> IPAddress { IPAddress(high: load(offset), low: load(offset &+ 8)) }

  /// 32 bytes at `offset` as an identifier or name.
  func name(_ offset: Int) -> CLCName {
    CLCName(a: load(offset), b: load(offset &+ 8), c: load(offset &+ 16), d: load(offset &+ 24))
  }

  /// Whether `count` bytes from `offset` on lie within the bytes.
  func has(_ offset: Int, _ count: Int) -> Bool {
    offset >= 0 && offset <= bytes.byteCount && count <= bytes.byteCount - offset
  }
}
