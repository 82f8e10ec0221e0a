import Frames

/// The TCP header, read into a ``Segment``.
///
///     |          Source Port          |       Destination Port        |  0
///     |                        Sequence Number                        |  4
///     |                    Acknowledgment Number                      |  8
///     | Offset|Rsrvd|A|C|E|U|A|P|R|S|F|            Window             | 12
///     |           Checksum            |         Urgent Pointer        | 16
///     |                            Options                            | 20
///
/// Source: RFC 9293 §3.1.
enum TCPHeader {
  /// Bytes before the options.
  static let fixedLength = 20

  /// Fills `segment` from the header at `offset`; false when its length cannot be right.
  ///
  /// The caller has checked that the fixed part is captured; `length` runs from the header to the end of the packet.
  @inline(__always)
  static func read(_ frame: RawSpan, at offset: Int, length: Int, into segment: inout Segment) -> Bool {
    let word = frame.bigEndian(offset + 12, as: UInt16.self)
    let headerLength = Int(word >> 12) * 4
    guard headerLength >= fixedLength, headerLength <= length else { return false }
    segment.sourcePort = frame.bigEndian(offset)
    segment.destinationPort = frame.bigEndian(offset + 2)
    segment.sequence = SequenceNumber(frame.bigEndian(offset + 4))
    segment.acknowledgment = SequenceNumber(frame.bigEndian(offset + 8))
    segment.flags = TCPFlags(rawValue: word & 0x1FF)
    segment.window = frame.bigEndian(offset + 14)
    segment.checksum = frame.bigEndian(offset + 16)
    segment.payloadLength = UInt32(truncatingIfNeeded: length - headerLength)
    segment.payloadOffset = UInt32(truncatingIfNeeded: offset + headerLength)
    let captured = frame.byteCount - offset - headerLength
    segment.capturedPayload = UInt16(truncatingIfNeeded: max(0, min(captured, length - headerLength, 65_535)))
    if headerLength > fixedLength { TCPOptionList.read(frame, offset + fixedLength, offset + headerLength, &segment) }
    return true
  }
}
