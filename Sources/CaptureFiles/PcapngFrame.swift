import Frames

/// A block with a frame in it: where the frame lies and what is said about it.
///
/// Source: draft-ietf-opsawg-pcapng, sections 4.3 (enhanced), 4.4 (simple) and appendix A (obsolete packet block).
struct PcapngFrame {
  /// Index into the section's interfaces.
  var interface: Int
  /// Time in the interface's units; meaningless unless ``isTimed``.
  var ticks: UInt64
  var isTimed: Bool
  /// Offset of the frame's first byte from the start of the block.
  var start: Int
  /// Bytes that the block has for the frame.
  var kept: UInt32
  var original: UInt32
  var blockLength: Int

  /// Reads the block of type 2, 3 or 6 that lies at `block`; nil when the frame does not fit into it.
  @inline(__always)
  init?<Order: ByteOrder>(_: Order.Type, _ bytes: RawSpan, type: UInt32, block: Int, length: Int) {
    blockLength = length
    if type == 3 {
      guard length >= 16 else { return nil }
      original = Order.word(bytes, block &+ 8)
      (interface, ticks, isTimed, start) = (0, 0, false, 12)
      kept = min(original, UInt32(truncatingIfNeeded: length &- 16))
      return
    }
    guard length >= 32 else { return nil }
    // The obsolete block has 16 bits of interface, then 16 bits of drops, in the place of 32 bits of interface.
    interface = type == 6 ? Int(Order.word(bytes, block &+ 8)) : Int(Order.short(bytes, block &+ 8))
    ticks = UInt64(Order.word(bytes, block &+ 12)) << 32 | UInt64(Order.word(bytes, block &+ 16))
    kept = Order.word(bytes, block &+ 20)
    original = Order.word(bytes, block &+ 24)
    (isTimed, start) = (true, 28)
    guard Int(kept) <= length &- 32, kept <= maximumCapturedLength else { return nil }
  }

  /// Bytes of the frame; a simple block does not state them, the interface's snap length does.
  @inline(__always)
  func captured(snapLength: UInt32) -> UInt32 {
    isTimed || snapLength == 0 ? kept : min(kept, snapLength)
  }
}
