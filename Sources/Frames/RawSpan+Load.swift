extension RawSpan {
  /// Reads a big-endian integer that starts `offset` bytes from the start; traps past the end.
  ///
  /// - Complexity: O(1); one bounds check, one load.
  @inlinable @inline(__always)
  public func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
    // Integers have no invalid bit patterns, and `unsafeLoadUnaligned` checks its bounds.
    T(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// Reads a little-endian integer that starts `offset` bytes from the start; traps past the end.
  ///
  /// - Complexity: O(1); one bounds check, one load.
  @inlinable @inline(__always)
  public func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
    // As above: any bit pattern is an integer, and the load is bounds-checked.
    T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// Reads the byte at `offset`; traps past the end.
  @inlinable @inline(__always)
  public func byte(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}
