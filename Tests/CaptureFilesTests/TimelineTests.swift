import Frames
import Glibc
import Testing

@testable import CaptureFiles

@Suite struct TimelineTests {
  @Test("rotated files are read in the order of their times, not of their names")
  func rotated() throws {
    let scratch = Scratch()
    let later = scratch.write(encode(someFrames(700, from: 9_000_000_000_000)), "a")
    let earlier = scratch.write(encode(someFrames(700, from: 1_000_000_000_000), .pcapng), "b")
    let reading = try read([later, earlier])
    #expect(reading.times == reading.times.sorted())
    #expect(reading.frames.map(\.number) == Array(1...1400))
    #expect(reading.description.files.map(\.name) == [earlier, later])
    #expect(reading.description.files.map(\.firstFrame) == [1, 701])
    #expect(reading.frames.first?.interface == 0 && reading.frames.last?.interface == 1)
    #expect(reading.bytesTotal == reading.bytesRead)
  }

  @Test("a file that follows another goes on with its interface, where that is described in the same way")
  func continued() throws {
    let scratch = Scratch()
    let paths = (1...4).map { number in
      let format: CaptureWriter.Format = number < 4 ? .pcapMicroseconds : .pcapNanoseconds
      return scratch.write(encode(someFrames(10, from: Int64(number) << 50), format), "\(number)")
    }
    let reading = try read(paths)
    #expect(reading.frames.map(\.interface) == (0..<40).map { $0 < 30 ? 0 : 1 })
    #expect(reading.description.interfaces.map(\.timeDigits) == [6, 9])
  }

  @Test("interfaces with the same description in one file stay apart, and find themselves in the next")
  func twins() throws {
    let scratch = Scratch()
    let paths = (1...2).map { number in
      let twin = CaptureInterface(name: "eth0", linkType: .ethernet, snapLength: 0, reportedDrops: 3)
      var encoder = CaptureEncoder(.pcapng, interfaces: [twin, twin])
      for interface in [0, 1, 0] as [UInt16] {
        let record = FrameRecord(
          number: 0, time: Int64(number) << 50, offset: 0, capturedLength: 0, originalLength: 1, interface: interface,
          linkType: .ethernet)
        encoder.add(record, [UInt8(1)].span.bytes)
      }
      encoder.finish()
      return scratch.write(encoder.bytes, "\(number)")
    }
    let reading = try read(paths)
    #expect(reading.frames.map(\.interface) == [0, 1, 0, 0, 1, 0])
    #expect(reading.description.interfaces.map(\.reportedDrops) == [6, 6])
  }

  @Test("files that overlap are merged by time, ties in the order of the paths")
  func overlapping() throws {
    let scratch = Scratch()
    let one = someFrames(1000, from: 5_000_000_000, every: 3_000_000)
    let two = someFrames(1000, from: 5_000_000_000, every: 2_000_000)
    let three = someFrames(300, from: 6_000_000_000, every: 7_000_000)
    let paths = [
      scratch.write(encode(one), "1"), scratch.write(encode(two, .pcapng), "2"), scratch.write(encode(three), "3"),
    ]
    let reading = try read(paths)
    let tagged = [one, two, three].enumerated().flatMap { file, frames in
      frames.enumerated().map { (time: $1.time, file: file, place: $0) }
    }
    let expected = tagged.sorted { ($0.time, $0.file, $0.place) < ($1.time, $1.file, $1.place) }
    #expect(reading.times == expected.map(\.time))
    let names = reading.frames.map { reading.description.files[Int($0.interface)].name }
    #expect(names == expected.map { paths[$0.file] })
    #expect(reading.frames.map(\.number) == Array(1...2300))
    // Each frame is found again in its file: by its number there.
    let origins = reading.frames.map { reading.description.origin(of: $0.number) }
    #expect(origins.map { $0?.file.name } == expected.map { paths[$0.file] })
    #expect(origins.map { $0?.frame } == expected.map { UInt64($0.place + 1) })
    #expect(reading.description.origin(of: 0) == nil && reading.description.origin(of: 2301) == nil)
  }

  @Test("many files, each overlapping the next, need few open files")
  func manyFiles() throws {
    let scratch = Scratch()
    for index in 0..<400 {
      let frames = someFrames(10, from: 1_000_000_000 + Int64(index) * 8_000_000)
      _ = scratch.write(encode(frames), "dir/\(index)")
    }
    let reading = try read(["\(scratch.path)/dir"])
    #expect(reading.frames.count == 4000)
    #expect(reading.times == reading.times.sorted())
    #expect(reading.description.problems.isEmpty)
  }

  @Test("more overlapping files than may be open are all read, with a note")
  func crowd() throws {
    let scratch = Scratch()
    for index in 0..<300 { _ = scratch.write(encode(someFrames(3, every: 1_000_000_000)), "dir/\(index)") }
    let reading = try read(["\(scratch.path)/dir"])
    #expect(reading.frames.count == 900)
    #expect(reading.description.problems.count == 1)
  }

  @Test("frames of one file keep its order even where its times step back")
  func backwards() throws {
    let scratch = Scratch()
    let times: [Int64] = [5, 9, 2, 7].map { $0 * 1_000_000_000 }
    let odd = scratch.write(encode(times.map { WritableFrame(time: $0, bytes: [1]) }), "odd")
    let even = scratch.write(encode([6, 8].map { WritableFrame(time: $0 * 1_000_000_000, bytes: [2]) }), "even")
    let reading = try read([odd, even])
    #expect(reading.times.map { $0 / 1_000_000_000 } == [5, 6, 8, 9, 2, 7])
  }

  @Test("damage in one file leaves the others whole")
  func oneDamaged() throws {
    let scratch = Scratch()
    let first = encode(someFrames(10, from: 1_000_000_000))
    let cut = scratch.write(Array(first.dropLast()), "cut")
    let whole = scratch.write(encode(someFrames(10, from: 2_000_000_000)), "whole")
    let reading = try read([whole, cut])
    #expect(reading.frames.count == 19)
    #expect(reading.description.problems.map(\.file) == [cut])
    #expect(reading.description.files.map(\.frames) == [9, 10])
  }
}

@Suite struct InputTests {
  @Test("directories are searched, without hidden files and with others counted")
  func directories() throws {
    let scratch = Scratch()
    let capture = encode(someFrames(2))
    _ = scratch.write(capture, "dir/deep/a.pcap")
    _ = scratch.write(capture, "dir/b")
    _ = scratch.write(capture, "dir/.hidden")
    _ = scratch.write(Array("notes".utf8), "dir/notes.txt")
    _ = scratch.write([], "dir/empty")
    Scratch.run("ln -s .. '\(scratch.path)/dir/deep/circle'")
    let reading = try read(["\(scratch.path)/dir"])
    #expect(reading.frames.count == 4)
    #expect(reading.skippedFiles == 2)
    #expect(reading.description.problems.isEmpty)
  }

  @Test("a pattern that the shell left is expanded")
  func patterns() throws {
    let scratch = Scratch()
    for name in ["x1", "x2", "y"] { _ = scratch.write(encode(someFrames(1)), name) }
    #expect(try read(["\(scratch.path)/x*"]).frames.count == 2)
    #expect(throws: CaptureFileError.notFound("\(scratch.path)/z*")) { try read(["\(scratch.path)/z*"]) }
  }

  @Test("what cannot be used at all is refused with a reason")
  func refusals() throws {
    let scratch = Scratch()
    let text = scratch.write(Array("tcpdump: listening on eth0\n".utf8), "text")
    let snoop = scratch.write(Array("snoop\0\0\0\0\0\0\u{2}".utf8), "snoop")
    let empty = scratch.write([], "only/empty")
    #expect(throws: CaptureFileError.noInput) { try read([]) }
    #expect(throws: CaptureFileError.notFound("/nowhere/x")) { try read(["/nowhere/x"]) }
    #expect(throws: CaptureFileError.empty(empty)) { try read([empty]) }
    #expect(throws: CaptureFileError.noCaptures("\(scratch.path)/only", filesSeen: 1)) {
      try read(["\(scratch.path)/only"])
    }
    let asText = #expect(throws: CaptureFileError.self) { try read([text]) }
    #expect(asText?.description.contains("looks like text") == true)
    let asSnoop = #expect(throws: CaptureFileError.self) { try read([snoop]) }
    #expect(asSnoop?.description.contains("editcap -F pcap") == true)
    #expect(Scratch.run("gzip -k '\(text)'"))
    let packed = #expect(throws: CaptureFileError.self) { try read(["\(text).gz"]) }
    #expect(packed?.description.contains("gzip of text") == true)
  }

  @Test("a useless path among good ones becomes a problem")
  func partly() throws {
    let scratch = Scratch()
    let good = scratch.write(encode(someFrames(3)), "good")
    let text = scratch.write(Array("text".utf8), "text")
    let reading = try read([text, good, "/nowhere/x"])
    #expect(reading.frames.count == 3)
    #expect(reading.problems == [.unreadable, .unreadable])
    #expect(reading.description.problems.map(\.file).sorted() == ["/nowhere/x", text])
  }
}
