import Frames
import Testing

@testable import CaptureFiles

@Suite struct RoundTripTests {
  @Test("what the writer writes the reader reads", arguments: CaptureWriter.Format.allCases)
  func roundTrip(_ format: CaptureWriter.Format) throws {
    let scratch = Scratch()
    let frames = someFrames(1500)
    let reading = try read([scratch.write(encode(frames, format))])
    #expect(reading.frames.map(\.number) == Array(1...1500))
    #expect(reading.times == frames.map(\.time))
    #expect(reading.frames.map(\.bytes) == frames.map(\.bytes))
    #expect(reading.frames.allSatisfy { $0.linkType == .ethernet && $0.originalLength == $0.bytes.count })
    #expect(reading.description.problems.isEmpty)
    #expect(reading.bytesTotal == reading.bytesRead)
    let file = reading.description.files[0]
    #expect(file.firstFrame == 1 && file.frames == 1500 && file.bytes == reading.bytesRead)
  }

  @Test("nanoseconds survive where the format has them")
  func nanoseconds() throws {
    let scratch = Scratch()
    let frames = [WritableFrame(time: 1_700_000_000_123_456_789, bytes: [1, 2, 3])]
    #expect(try read([scratch.write(encode(frames, .pcapng))]).times == [1_700_000_000_123_456_789])
    #expect(try read([scratch.write(encode(frames, .pcapNanoseconds))]).times == [1_700_000_000_123_456_789])
    #expect(try read([scratch.write(encode(frames))]).times == [1_700_000_000_123_456_000])
  }

  @Test("a snap length cuts frames and keeps their original length", arguments: CaptureWriter.Format.allCases)
  func snapLength(_ format: CaptureWriter.Format) throws {
    let scratch = Scratch()
    let frame = WritableFrame(time: 5_000_000, bytes: Array(0..<100), originalLength: 1500)
    let bytes = CaptureWriter.encode([frame], linkType: .raw, snapLength: 33, format: format)
    let reading = try read([scratch.write(bytes)])
    #expect(reading.frames.first?.bytes == Array(0..<33))
    #expect(reading.frames.first?.originalLength == 1500)
    #expect(reading.description.interfaces.first?.snapLength == 33)
    #expect(reading.description.interfaces.first?.linkType == .raw)
  }

  @Test("a capture without frames is a sound capture", arguments: CaptureWriter.Format.allCases)
  func noFrames(_ format: CaptureWriter.Format) throws {
    let scratch = Scratch()
    let reading = try read([scratch.write(encode([], format))])
    #expect(reading.frames.isEmpty && reading.description.problems.isEmpty)
    #expect(reading.description.interfaces.count == 1)
  }

  @Test("frames larger than the window are read", arguments: CaptureWriter.Format.allCases)
  func largeFrames(_ format: CaptureWriter.Format) throws {
    let scratch = Scratch()
    let large = WritableFrame(time: 1_000_000_000, bytes: [UInt8](repeating: 7, count: 700_000))
    let frames = [large] + someFrames(3) + [large]
    let reading = try read([scratch.write(encode(frames, format))])
    #expect(reading.frames.map(\.bytes.count) == frames.map(\.bytes.count))
    #expect(reading.description.problems.isEmpty)
  }

  @Test(
    "gzip and zstd are unpacked, also several pieces one after the other",
    arguments: [("gzip", "gzip pcapng"), ("zstd", "zstd pcapng")])
  func compressed(_ tool: String, _ format: String) throws {
    let scratch = Scratch()
    let frames = someFrames(20_000)
    let bytes = encode(frames, .pcapng)
    _ = scratch.write(Array(bytes[..<700_001]), "a")
    _ = scratch.write(Array(bytes[700_001...]), "b")
    let packed = "\(scratch.path)/whole"
    #expect(Scratch.run("cd '\(scratch.path)' && (\(tool) -c a; \(tool) -c b) > whole 2>/dev/null"))
    let reading = try read([packed])
    #expect(reading.times == frames.map(\.time))
    #expect(reading.description.problems.isEmpty)
    #expect(reading.description.files.first?.format == format)
    #expect(reading.bytesTotal == reading.bytesRead)
  }

  @Test("a pipe is read like a file")
  func pipe() throws {
    let scratch = Scratch()
    let frames = someFrames(3000)
    let file = scratch.write(encode(frames))
    let pipe = "\(scratch.path)/pipe"
    #expect(Scratch.run("mkfifo '\(pipe)'; (dd if='\(file)' of='\(pipe)' bs=777 status=none) &"))
    let reading = try read([pipe])
    #expect(reading.times == frames.map(\.time))
    #expect(reading.bytesTotal == nil)
  }
}
