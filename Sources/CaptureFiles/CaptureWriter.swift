import Frames

/// A frame to be written: when it was captured, its bytes, and how long it was on the wire.
package struct WritableFrame: Sendable, Hashable {
  /// Capture time in nanoseconds since 1970-01-01 UTC.
  package var time: Int64
  /// The bytes that are there; the writer's snap length may cut them further.
  package var bytes: [UInt8]
  /// Bytes on the wire.
  package var originalLength: UInt32

  /// A frame; without `originalLength` it is as long on the wire as `bytes`.
  package init(time: Int64, bytes: [UInt8], originalLength: UInt32? = nil) {
    self.time = time
    self.bytes = bytes
    self.originalLength = originalLength ?? UInt32(clamping: bytes.count)
  }
}

/// Frames to the bytes of a capture file, little endian, one interface.
///
/// Source: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
package enum CaptureWriter {
  /// The file formats that can be written.
  package enum Format: Sendable, CaseIterable {
    case pcapMicroseconds, pcapNanoseconds, pcapng
  }

  /// The whole file as bytes.
  ///
  /// - Parameters:
  ///   - frames: written in this order, whatever their times.
  ///   - linkType: the framing of all frames.
  ///   - snapLength: frames are cut to so many bytes and keep their original length; 0 = no limit.
  ///   - format: the file format.
  /// - Returns: a complete file, also when there are no frames.
  /// - Complexity: O(total bytes).
  /// - Note: classic pcap has unsigned 32-bit seconds; times outside 1970 to 2106 are clamped to it.
  package static func encode(
    _ frames: [WritableFrame], linkType: LinkType, snapLength: UInt32, format: Format
  ) -> [UInt8] {
    let interface = CaptureInterface(name: "", linkType: linkType, snapLength: snapLength)
    var encoder = CaptureEncoder(format, interfaces: [interface])
    for frame in frames {
      let record = FrameRecord(
        number: 0, time: frame.time, offset: 0, capturedLength: 0, originalLength: frame.originalLength, interface: 0,
        linkType: linkType)
      // Bytes of an array are all initialized.
      let bytes = unsafe frame.bytes.span.bytes
      encoder.add(record, snapLength == 0 ? bytes : bytes.extracting(first: min(bytes.byteCount, Int(snapLength))))
    }
    return encoder.bytes
  }
}
