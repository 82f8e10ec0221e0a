import Frames
import Testing

@testable import CaptureFiles

@Suite struct FormatTests {
  @Test(
    "classic pcap in every byte order and precision",
    arguments: [
      (big: false, magic: UInt32(0xA1B2_C3D4), unit: Int64(1000), extra: 0, format: "pcap"),
      (big: true, magic: 0xA1B2_C3D4, unit: 1000, extra: 0, format: "pcap"),
      (big: false, magic: 0xA1B2_3C4D, unit: 1, extra: 0, format: "pcap nanoseconds"),
      (big: true, magic: 0xA1B2_3C4D, unit: 1, extra: 0, format: "pcap nanoseconds"),
      (big: false, magic: 0xA1B2_CD34, unit: 1000, extra: 8, format: "modified pcap"),
      (big: true, magic: 0xA1B2_CD34, unit: 1000, extra: 8, format: "modified pcap"),
    ])
  func classic(big: Bool, magic: UInt32, unit: Int64, extra: Int, format: String) throws {
    var file = Bytes(big: big)
    file.word(magic)
    file.short(2, 4)
    // The upper bits of the link type say that frames end in four bytes of check sequence.
    file.word(0, 0, 65_535, 0x4400_0001)
    for index in 0..<3 as Range<UInt32> {
      file.word(UInt32.max, index, 4, 60)
      file.raw([UInt8](repeating: 9, count: extra) + [1, 2, 3, UInt8(index)])
    }
    let scratch = Scratch()
    let reading = try read([scratch.write(file.all)])
    #expect(reading.times == (0..<3).map { 4_294_967_295_000_000_000 + $0 * unit })
    #expect(reading.frames.map(\.bytes) == [[1, 2, 3, 0], [1, 2, 3, 1], [1, 2, 3, 2]])
    #expect(reading.frames.allSatisfy { $0.linkType == .ethernet && $0.originalLength == 60 })
    #expect(reading.description.files.first?.format == format)
  }

  @Test("sections of either byte order with several interfaces", arguments: [false, true])
  func sections(firstIsBig: Bool) throws {
    var all: [UInt8] = []
    for big in [firstIsBig, !firstIsBig] {
      var file = Bytes(big: big)
      file.section()
      file.interface(1, [(2, Array("eth0".utf8))])
      file.interface(101, [(2, Array("tun0".utf8)), (9, [9])])
      file.packet([1], interface: 1, ticks: 2_000_000_000)
      file.block(0x0BAD_CAFE) { $0.raw([UInt8](repeating: 0xFF, count: 1 << 20)) }
      file.packet([2], interface: 0, ticks: 3_000_000)
      file.block(5) { body in
        body.word(0, 0, 0)
        body.short(5, 8)
        body.long(40)
        body.short(7, 8)
        body.long(2)
        body.word(0)
      }
      all += file.all
    }
    let scratch = Scratch()
    let reading = try read([scratch.write(all)])
    #expect(reading.times == [2_000_000_000, 3_000_000_000, 2_000_000_000, 3_000_000_000])
    #expect(reading.frames.map(\.interface) == [1, 0, 3, 2])
    #expect(reading.frames.map(\.linkType) == [.raw, .ethernet, .raw, .ethernet])
    #expect(reading.description.interfaces.map(\.name) == ["eth0", "tun0", "eth0", "tun0"])
    #expect(reading.description.interfaces.map(\.reportedDrops) == [42, nil, 42, nil])
    #expect(reading.description.problems.isEmpty)
  }

  @Test(
    "time resolutions and offsets of pcapng",
    arguments: [
      (resolution: UInt8(0), ticks: UInt64(7), offset: Int64(0), time: Int64(7_000_000_000)),
      (resolution: 6, ticks: 7, offset: 5, time: 5_000_007_000),
      (resolution: 6, ticks: 7, offset: -5, time: -4_999_993_000),
      (resolution: 12, ticks: 7_500, offset: 0, time: 7),
      (resolution: 127, ticks: .max, offset: 0, time: 0),
      (resolution: 0x80, ticks: 3, offset: 0, time: 3_000_000_000),
      (resolution: 0x8A, ticks: 1536, offset: 0, time: 1_500_000_000),
      (resolution: 0xC0, ticks: 9_223_372_036_854_775_808, offset: 0, time: 500_000_000),
      (resolution: 0xFF, ticks: .max, offset: 0, time: 0),
      (resolution: 0, ticks: .max, offset: .max, time: 4_611_686_018_427_387_903),
      (resolution: 9, ticks: 0, offset: .min, time: -4_611_686_018_427_387_903),
    ])
  func resolutions(resolution: UInt8, ticks: UInt64, offset: Int64, time: Int64) throws {
    for big in [false, true] {
      var file = Bytes(big: big)
      var seconds = Bytes(big: big)
      seconds.long(UInt64(bitPattern: offset))
      file.section()
      file.interface(1, [(9, [resolution]), (14, seconds.all)])
      file.packet([1], ticks: ticks)
      let scratch = Scratch()
      #expect(try read([scratch.write(file.all)]).times == [time])
    }
  }

  @Test("simple and obsolete packet blocks")
  func otherBlocks() throws {
    var file = Bytes(big: true)
    file.section()
    file.interface(1, snapLength: 3)
    file.block(2) { body in
      body.short(0, 0xFFFF)
      body.word(0, 4_000_000, 2, 50)
      body.raw([1, 2])
    }
    file.block(3) { body in
      body.word(99)
      body.raw([4, 5, 6])
    }
    let scratch = Scratch()
    let reading = try read([scratch.write(file.all)])
    #expect(reading.frames.map(\.bytes) == [[1, 2], [4, 5, 6]])
    #expect(reading.frames.map(\.originalLength) == [50, 99])
    // A simple block has no time of its own.
    #expect(reading.times == [4_000_000_000, 4_000_000_000])
  }
}
