/// Decides which frames are looked at, before dissection: a compiled pcap filter expression.
package protocol FrameFilter: ~Copyable {
  /// Whether the frame passes; `bytes` is the block that the record's offset points into.
  func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool
}
