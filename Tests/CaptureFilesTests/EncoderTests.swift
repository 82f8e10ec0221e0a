import Frames
import Testing

@testable import CaptureFiles

@Suite("The encoder writes what it is given, frame by frame")
struct EncoderTests {
  private static let interfaces = [
    CaptureInterface(name: "eth0", linkType: .ethernet, snapLength: 96, reportedDrops: 7, timeDigits: 6),
    CaptureInterface(name: "lo <script>\u{1B}[2J", linkType: .raw, snapLength: 0, timeDigits: 9),
    CaptureInterface(name: "", linkType: .linuxSLL2, snapLength: 65_535, reportedDrops: 0, timeDigits: 3),
  ]

  private func record(_ time: Int64, _ interface: UInt16, original: UInt32) -> FrameRecord {
    FrameRecord(
      number: 0, time: time, offset: 0, capturedLength: 0, originalLength: original, interface: interface,
      linkType: .ethernet)
  }

  @Test("interfaces, drops, times and lengths come back")
  func interfaces() throws {
    var encoder = CaptureEncoder(.pcapng, interfaces: Self.interfaces, comment: "all is well")
    let frames: [[UInt8]] = [[1, 2, 3], [], [4, 5, 6, 7, 8]]
    let times: [Int64] = [1_700_000_000_123_456_000, 1_700_000_000_123_456_789, 1_700_000_001_500_000_000]
    for (index, bytes) in frames.enumerated() {
      encoder.add(record(times[index], UInt16(index), original: 1_000), bytes.span.bytes, comments: ["x", "yz"])
    }
    encoder.finish()
    let scratch = Scratch()
    let reading = try read([scratch.write(encoder.bytes)])
    #expect(reading.frames.map(\.bytes) == frames && reading.times == times)
    #expect(reading.frames.map(\.originalLength) == [1_000, 1_000, 1_000])
    #expect(reading.frames.map(\.linkType) == [.ethernet, .raw, .linuxSLL2])
    let described = reading.description.interfaces
    #expect(described.map(\.name) == Self.interfaces.map(\.name))
    #expect(described.map(\.snapLength) == [96, 0, 65_535] && described.map(\.timeDigits) == [6, 9, 3])
    #expect(described.map(\.reportedDrops) == [7, nil, 0])
    #expect(reading.description.problems.isEmpty)
  }

  @Test("a frame of an interface that was not described is left out")
  func unknownInterface() {
    var encoder = CaptureEncoder(.pcapng, interfaces: Self.interfaces)
    let before = encoder.bytes
    let bytes: [UInt8] = [1]
    let isAdded = encoder.add(record(0, 3, original: 1), bytes.span.bytes)
    #expect(!isAdded && encoder.bytes == before)
  }

  @Test("comments beyond what a block may take are counted, and a long one ends at a whole character")
  func longComments() throws {
    let long = "x" + String(repeating: "é", count: 90_000)
    var encoder = CaptureEncoder(.pcapng, interfaces: [Self.interfaces[0]], comment: long)
    let bytes: [UInt8] = [1]
    let comments = (0..<50).map { "\($0)" + String(repeating: "x", count: 5_000) }
    encoder.add(record(0, 0, original: 1), bytes.span.bytes, comments: comments)
    // The length of the section's comment: an x, and as many whole letters of two bytes as fit.
    #expect(encoder.bytes[26...27].elementsEqual([0xFB, 0xFF]))
    #expect(String(decoding: encoder.bytes, as: UTF8.self).contains("31 further comments do not fit here."))
    #expect(encoder.bytes.count < 200_000)
    let scratch = Scratch()
    let reading = try read([scratch.write(encoder.bytes)])
    #expect(reading.frames.count == 1 && reading.description.problems.isEmpty)
  }

  @Test("what is taken is not written twice", arguments: CaptureWriter.Format.allCases)
  func drained(_ format: CaptureWriter.Format) {
    let bytes: [UInt8] = Array(0..<50)
    var whole = CaptureEncoder(format, interfaces: Self.interfaces)
    var pieces = CaptureEncoder(format, interfaces: Self.interfaces)
    var written = pieces.take()
    for time in 0..<10 {
      whole.add(record(Int64(time), 0, original: 60), bytes.span.bytes)
      pieces.add(record(Int64(time), 0, original: 60), bytes.span.bytes)
      written += pieces.take()
    }
    #expect(written == whole.bytes && pieces.bytes.isEmpty)
  }

  @Test("times before 1970 and after 2106 are clamped, not a crash", arguments: CaptureWriter.Format.allCases)
  func oddTimes(_ format: CaptureWriter.Format) throws {
    var encoder = CaptureEncoder(format, interfaces: Self.interfaces)
    let bytes: [UInt8] = [1]
    for time in [Int64.min, -1, 0, Int64.max] { encoder.add(record(time, 0, original: .max), bytes.span.bytes) }
    encoder.finish()
    let scratch = Scratch()
    let reading = try read([scratch.write(encoder.bytes)])
    #expect(reading.frames.count == 4 && reading.times.prefix(3) == [0, 0, 0])
  }

  @Test("big-endian input with several sections, interfaces and resolutions keeps its times through a copy")
  func bigEndian() throws {
    var file = Bytes(big: true)
    file.section()
    file.interface(1, snapLength: 128, [(2, Array("a".utf8)), (9, [6])])
    file.packet([1, 2, 3, 4], ticks: 1_000_001)
    file.section()
    file.interface(101, [(9, [9])])
    file.interface(113, [(9, [0x94])])
    file.packet([5], ticks: 2_000_000_000_001)
    file.packet([6], interface: 1, ticks: 3 << 20 | 1 << 10)
    let scratch = Scratch()
    let first = try read([scratch.write(file.all)])
    var encoder = CaptureEncoder(.pcapng, interfaces: first.description.interfaces)
    for frame in first.frames {
      encoder.add(record(frame.time, frame.interface, original: frame.originalLength), frame.bytes.span.bytes)
    }
    let second = try read([scratch.write(encoder.bytes, "copy")])
    #expect(second.frames == first.frames)
    #expect(first.times == [1_000_001_000, 2_000_000_000_001, 3_000_976_562])
  }
}
