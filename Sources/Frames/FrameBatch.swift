/// One captured frame: where its bytes lie in the batch's block, and what the capture says about it.
public struct FrameRecord: Sendable {
  /// 1-based number of the frame in the whole input, as Wireshark numbers frames.
  public var number: UInt64
  /// Capture time in nanoseconds since 1970-01-01 UTC.
  public var time: Int64
  /// Offset of the first byte in the batch's block.
  public var offset: UInt32
  /// Bytes that the capture kept.
  public var capturedLength: UInt32
  /// Bytes that were on the wire; at least `capturedLength` unless the file is odd.
  public var originalLength: UInt32
  /// Index into the source's interfaces.
  public var interface: UInt16
  /// Framing below IP.
  public var linkType: LinkType

  /// Joins the parts; nothing is checked.
  @inlinable
  public init(
    number: UInt64, time: Int64, offset: UInt32, capturedLength: UInt32, originalLength: UInt32, interface: UInt16,
    linkType: LinkType
  ) {
    self.number = number
    self.time = time
    self.offset = offset
    self.capturedLength = capturedLength
    self.originalLength = originalLength
    self.interface = interface
    self.linkType = linkType
  }
}

/// Some hundred frames over one borrowed block of bytes.
///
/// What crosses the wall between a frame source and the rest: every `record.offset + record.capturedLength` lies within
/// `bytes`, which the source has checked. The block is reused for the next batch, so nothing may keep a view of it.
public struct FrameBatch: ~Escapable {
  /// The block that all records point into.
  public let bytes: RawSpan
  /// The frames, in capture order.
  public let records: Span<FrameRecord>

  /// Joins a block with the records that lie in it.
  @inlinable @_lifetime(copy bytes, copy records)
  public init(bytes: RawSpan, records: Span<FrameRecord>) {
    self.bytes = bytes
    self.records = records
  }
}
