import Dissection
import Frames
import TestSupport
import Testing

/// A frame with every handshake option, cut at each of its bytes: what was captured counts, lengths are the wire's.
struct CutTests {
  private static let options = RawFrame.hex("020405b4 0402 080a1000000120000002 01 030307 01 01 fe06e2d4c3d9")
  private static let payload: [UInt8] = [0xE2, 0xD4, 0xC3, 0xD9, 5]
  private static let frame = RawFrame.ethernet(
    0x0800, RawFrame.ipv4(RawFrame.tcp(flags: 0x02, options: options, payload: payload)))
  /// Frame offset behind the fixed header, and where each option is whole.
  private static let fixed = 14 + 20 + 20
  private static let whole: [(option: TCPOptions, end: Int)] = [
    (.mss, 4), (.sackPermitted, 6), (.timestamps, 16), (.windowScale, 20), (.smc, 28),
  ]

  @Test("Cut before the end of the fixed TCP header, a frame is counted as cut")
  func headerCut() {
    for kept in 0..<Self.fixed { #expect(Dissected(Self.frame, kept: kept).reason == .cut, "\(kept) bytes") }
  }

  @Test("Cut behind it, options that are whole count, the rest is marked as cut")
  func optionsCut() throws {
    for kept in Self.fixed...Self.frame.count {
      let segment = try #require(Dissected(Self.frame, kept: kept).segment, "\(kept) bytes")
      let end = Self.fixed + Self.options.count
      #expect(segment.payloadLength == UInt32(Self.payload.count), "\(kept) bytes")
      #expect(Int(segment.capturedPayload) == max(0, kept - end), "\(kept) bytes")
      #expect(segment.options.contains(.cut) == (kept < end), "\(kept) bytes")
      for (option, length) in Self.whole {
        #expect(segment.options.contains(option) == (kept >= Self.fixed + length), "\(kept) bytes")
      }
    }
  }

  @Test("An option that only the snap length cut is not malformed")
  func cutIsNotMalformed() throws {
    for kept in Self.fixed..<Self.fixed + Self.options.count {
      let segment = try #require(Dissected(Self.frame, kept: kept).segment)
      #expect(!segment.options.contains(.malformed), "\(kept) bytes")
    }
  }

  @Test("Cut timestamps are not read, not even by the short way")
  func shortcutCut() throws {
    let options = RawFrame.hex("0101080a 89abcdef 01234567")
    let packet = RawFrame.ipv4(RawFrame.tcp(options: options, payload: [1]))
    for kept in 40..<52 {
      let segment = try #require(Dissected(packet, .raw, kept: kept).segment)
      #expect(!segment.hasTimestamps && segment.timestampValue == 0, "\(kept) bytes")
      #expect(segment.options.contains(.cut) && segment.payloadLength == 1, "\(kept) bytes")
    }
    #expect(try #require(Dissected(packet, .raw, kept: 52).segment).options == .timestamps)
  }

  @Test("Frames that were cut are counted, whatever is in them")
  func counted() {
    let block = Self.frame + Self.frame + Self.frame
    let size = UInt32(Self.frame.count)
    let records = [size, size - 1, 20].enumerated().map { index, kept in
      FrameRecord(
        number: UInt64(index + 1), time: 0, offset: UInt32(index) * size, capturedLength: kept, originalLength: size,
        interface: 0, linkType: .ethernet)
    }
    var dissector = Dissector()
    var segments: [Segment] = []
    dissector.dissect(FrameBatch(bytes: block.span.bytes, records: records.span), 0..<3, into: &segments)
    #expect(dissector.cutFrames == 2 && segments.map(\.frame) == [1, 2])
    #expect(dissector.notAnalyzed[NotAnalyzed.cut.rawValue] == 1)
    dissector.leaveOut(5, .filtered)
    #expect(dissector.notAnalyzed[NotAnalyzed.filtered.rawValue] == 5)
  }
}
