import Testing

@testable import Frames

/// Integers read out of bytes, at any alignment.
struct LoadTests {
  private let bytes: [UInt8] = [0x80, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xFF]

  @Test("A big-endian load takes the first byte for the highest, at every alignment", arguments: 0...4)
  func big(offset: Int) {
    let span = bytes.span.bytes
    #expect(span.bigEndian(offset, as: UInt8.self) == bytes[offset])
    #expect(span.bigEndian(offset, as: UInt16.self) == UInt16(joined(offset..<offset + 2)))
    #expect(span.bigEndian(offset, as: UInt32.self) == UInt32(joined(offset..<offset + 4)))
  }

  @Test("A little-endian load takes the first byte for the lowest, at every alignment", arguments: 0...4)
  func little(offset: Int) {
    let span = bytes.span.bytes
    #expect(span.littleEndian(offset, as: UInt16.self) == UInt16(joined(offset..<offset + 2)).byteSwapped)
    #expect(span.littleEndian(offset, as: UInt32.self) == UInt32(joined(offset..<offset + 4)).byteSwapped)
  }

  @Test("Eight bytes are read whole, up to the last byte")
  func eight() {
    let span = bytes.span.bytes
    #expect(span.bigEndian(0, as: UInt64.self) == 0x8001_0203_0405_0607)
    #expect(span.littleEndian(0, as: UInt64.self) == 0x0706_0504_0302_0180)
    #expect(span.bigEndian(1, as: UInt64.self) == 0x0102_0304_0506_07FF)
  }

  @Test("A signed load keeps the sign of the highest bit")
  func signed() {
    let span = bytes.span.bytes
    #expect(span.bigEndian(0, as: Int16.self) == -0x7FFF)
    #expect(span.littleEndian(7, as: Int16.self) == -0xF9)
    #expect(span.byte(8) == 0xFF)
  }

  @Test("Link types are told by name, unknown ones by number")
  func linkNames() {
    #expect(LinkType.ethernet.name == "Ethernet")
    #expect(LinkType(rawValue: 12).name == "RAW" && LinkType(rawValue: 101).name == "RAW")
    #expect(LinkType(rawValue: 147).name == "LINKTYPE_147")
  }

  private func joined(_ range: Range<Int>) -> UInt64 { range.reduce(0) { $0 << 8 | UInt64(bytes[$1]) } }
}
