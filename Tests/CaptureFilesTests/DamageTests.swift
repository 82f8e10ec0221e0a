import Frames
import Testing

@testable import CaptureFiles

@Suite struct DamageTests {
  @Test("a file cut at any byte yields its whole records", arguments: CaptureWriter.Format.allCases)
  func cutAnywhere(_ format: CaptureWriter.Format) throws {
    let scratch = Scratch()
    let frames = someFrames(4)
    let whole = encode(frames, format)
    let ends = (0...4).map { encode(Array(frames.prefix($0)), format).count }
    let header = format == .pcapng ? 28 : 24
    for length in 0..<whole.count {
      let path = scratch.write(Array(whole.prefix(length)))
      if length < header {
        let error = #expect(throws: CaptureFileError.self) { try read([path]) }
        if length == 0 { #expect(error == .empty(path)) }
        if length >= 4 { #expect(error == .cutInHeader(path)) }
      } else {
        let reading = try read([path])
        let kept = ends.lastIndex { $0 <= length } ?? 0
        #expect(reading.times == frames.prefix(kept).map(\.time))
        let isClean = ends.contains(length) || (format == .pcapng && length == header)
        #expect(reading.problems == (isClean ? [] : [.truncated]))
      }
    }
  }

  @Test("compressed data cut at any tenth byte is truncated", arguments: ["gzip", "zstd"])
  func cutCompressed(_ tool: String) throws {
    let scratch = Scratch()
    let frames = someFrames(200)
    let file = scratch.write(encode(frames))
    #expect(Scratch.run("\(tool) -q -c '\(file)' > '\(scratch.path)/packed'"))
    let packed = Scratch.read("\(scratch.path)/packed")
    for cut in stride(from: 5, to: packed.count - 1, by: 10) {
      guard let reading = try? read([scratch.write(Array(packed.prefix(cut)))]) else { continue }
      #expect(reading.problems == [.truncated])
      #expect(reading.times == frames.prefix(reading.frames.count).map(\.time))
    }
  }

  @Test("every byte of a small file may be anything", arguments: CaptureWriter.Format.allCases)
  func flippedBytes(_ format: CaptureWriter.Format) {
    let scratch = Scratch()
    let whole = encode(someFrames(3), format)
    for index in whole.indices {
      for value in [0x00, 0x7F, 0x80, 0xFF, whole[index] ^ 1] {
        var changed = whole
        changed[index] = value
        let reading = try? read([scratch.write(changed)])
        #expect((reading?.frames.count ?? 0) < 50)
      }
    }
  }

  @Test("a record of 4 GB is damage, and what came before it is kept")
  func hugeRecord() throws {
    let scratch = Scratch()
    let frames = someFrames(2)
    var file = encode(frames)
    file += [0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255] + [UInt8](repeating: 0, count: 100)
    let reading = try read([scratch.write(file)])
    #expect(reading.frames.count == 2)
    #expect(reading.problems == [.damaged])
    #expect(reading.description.problems.first?.offset == UInt64(encode(frames).count))
  }

  @Test("impossible block lengths are damage", arguments: [0, 4, 8, 13, 0x7FFF_FFFC, 0xFFFF_FFFF] as [UInt32])
  func blockLengths(_ length: UInt32) throws {
    for type in [1, 3, 5, 6] as [UInt32] {
      let scratch = Scratch()
      var file = Bytes(big: false)
      file.section()
      file.interface(1)
      file.packet([1], ticks: 1)
      file.block(type, length: length) { $0.raw([UInt8](repeating: 0, count: 40)) }
      let reading = try read([scratch.write(file.all)])
      #expect(reading.frames.count == 1)
      #expect(reading.problems == [.damaged])
    }
  }

  @Test("blocks too short for their fields are damage", arguments: [1, 2, 3, 5, 6] as [UInt32])
  func shortBlocks(_ type: UInt32) throws {
    for size in 0..<3 {
      let scratch = Scratch()
      var file = Bytes(big: true)
      file.section()
      file.interface(1)
      file.block(type) { $0.raw([UInt8](repeating: 0, count: size * 4)) }
      let reading = try read([scratch.write(file.all)])
      let isWhole = (type == 1 && size == 2) || (type == 3 && size >= 1)
      #expect(reading.problems == (isWhole ? [] : [.damaged]))
    }
  }

  @Test("differing block lengths and unknown interfaces are damage")
  func otherDamage() throws {
    let scratch = Scratch()
    var trailer = Bytes(big: false)
    trailer.section()
    trailer.interface(1)
    trailer.block(6, trailer: 99) { $0.raw([UInt8](repeating: 0, count: 20)) }
    #expect(try read([scratch.write(trailer.all)]).problems == [.damaged])
    var interface = Bytes(big: false)
    interface.section()
    interface.packet([1], interface: 0xFFFF_FFFF, ticks: 0)
    #expect(try read([scratch.write(interface.all)]).problems == [.damaged])
  }

  @Test("an unknown block that claims more than the file has is truncation")
  func skippedPastEnd() throws {
    let scratch = Scratch()
    var file = Bytes(big: false)
    file.section()
    file.block(77, length: 0xFFFF_FFF0) { $0.raw([1, 2, 3, 4]) }
    #expect(try read([scratch.write(file.all)]).problems == [.truncated])
  }
}
