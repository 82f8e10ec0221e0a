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
    var output: [UInt8] = []
    output.reserveCapacity(64 + frames.reduce(0) { $0 + $1.bytes.count + 40 })
    if format == .pcapng {
      appendSection(linkType, snapLength, to: &output)
    } else {
      appendFileHeader(linkType, snapLength, format, to: &output)
    }
    for frame in frames {
      let kept = snapLength == 0 ? frame.bytes.count : min(frame.bytes.count, Int(snapLength))
      if format == .pcapng {
        appendPacketBlock(frame, kept, to: &output)
      } else {
        appendRecord(frame, kept, format, to: &output)
      }
    }
    return output
  }

  private static func appendFileHeader(
    _ linkType: LinkType, _ snapLength: UInt32, _ format: Format, to output: inout [UInt8]
  ) {
    output.append(word: format == .pcapNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
    output.append(short: 2)
    output.append(short: 4)
    output.append(word: 0)
    output.append(word: 0)
    // Some readers take a snap length of 0 literally; this is the greatest that libpcap itself writes.
    output.append(word: snapLength == 0 ? 262_144 : snapLength)
    output.append(word: UInt32(linkType.rawValue))
  }

  private static func appendRecord(
    _ frame: WritableFrame, _ kept: Int, _ format: Format, to output: inout [UInt8]
  ) {
    let time = min(max(frame.time, 0), Int64(UInt32.max) * PacketTime.second + 999_999_999)
    let fraction = time % PacketTime.second
    output.append(word: UInt32(time / PacketTime.second))
    output.append(word: UInt32(format == .pcapNanoseconds ? fraction : fraction / PacketTime.microsecond))
    output.append(word: UInt32(clamping: kept))
    output.append(word: frame.originalLength)
    output.append(contentsOf: frame.bytes.prefix(kept))
  }

  private static func appendSection(_ linkType: LinkType, _ snapLength: UInt32, to output: inout [UInt8]) {
    appendBlock(0x0A0D_0D0A, to: &output) { body in
      body.append(word: 0x1A2B_3C4D)
      body.append(short: 1)
      body.append(short: 0)
      body.append(word: UInt32.max)  // Section length -1: not stated.
      body.append(word: UInt32.max)
    }
    appendBlock(1, to: &output) { body in
      body.append(short: linkType.rawValue)
      body.append(short: 0)
      body.append(word: snapLength)
      body.append(short: 9)  // if_tsresol: 10^-9 seconds.
      body.append(short: 1)
      body.append(word: 9)
      body.append(word: 0)  // opt_endofopt
    }
  }

  private static func appendPacketBlock(_ frame: WritableFrame, _ kept: Int, to output: inout [UInt8]) {
    let time = UInt64(bitPattern: max(frame.time, 0))
    appendBlock(6, to: &output) { body in
      body.append(word: 0)
      body.append(word: UInt32(truncatingIfNeeded: time >> 32))
      body.append(word: UInt32(truncatingIfNeeded: time))
      body.append(word: UInt32(clamping: kept))
      body.append(word: frame.originalLength)
      body.append(contentsOf: frame.bytes.prefix(kept))
      body.append(contentsOf: repeatElement(0, count: (4 - kept % 4) % 4))
    }
  }

  /// Writes type, length, what `body` appends (a multiple of four bytes), and the length again.
  private static func appendBlock(_ type: UInt32, to output: inout [UInt8], body: (inout [UInt8]) -> Void) {
    let start = output.count
    output.append(word: type)
    output.append(word: 0)
    body(&output)
    let length = UInt32(clamping: output.count - start + 4)
    for index in 0..<4 { output[start + 4 + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index)) }
    output.append(word: length)
  }
}

extension [UInt8] {
  /// Appends 32 bits, little endian.
  fileprivate mutating func append(word value: UInt32) {
    append(short: UInt16(truncatingIfNeeded: value))
    append(short: UInt16(truncatingIfNeeded: value >> 16))
  }

  /// Appends 16 bits, little endian.
  fileprivate mutating func append(short value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }
}
