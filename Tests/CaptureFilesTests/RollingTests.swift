import Frames
import Glibc
import Synchronization
import Testing

@testable import CaptureFiles

/// Hands frames to `body` as a live source would: in one batch, on alternating interfaces.
func batch(_ frames: [WritableFrame], interfaces: Int = 1, _ body: (borrowing FrameBatch) -> Void) {
  var (bytes, records) = ([UInt8](), [FrameRecord]())
  for (index, frame) in frames.enumerated() {
    records.append(
      FrameRecord(
        number: UInt64(index + 1), time: frame.time, offset: UInt32(bytes.count),
        capturedLength: UInt32(frame.bytes.count), originalLength: frame.originalLength,
        interface: UInt16(index % interfaces), linkType: .ethernet))
    bytes += frame.bytes
  }
  body(FrameBatch(bytes: bytes.span.bytes, records: records.span))
}

@Suite("Rolling evidence is whole, ordered and honest about what is missing")
struct RollingTests {
  static let interfaces = [
    CaptureInterface(name: "eth0", linkType: .ethernet, snapLength: 128, timeDigits: 6),
    CaptureInterface(name: "eth1", linkType: .ethernet, snapLength: 0),
  ]

  static func plan(_ scratch: Scratch, rotate: UInt64, keep: Int? = nil) -> RollingPlan {
    var plan = RollingPlan(directory: scratch.path, rotate: rotate, keep: keep)
    plan.blockBytes = 4_096
    plan.blocks = 64
    return plan
  }

  static func names(_ summary: RollingSummary) -> [String] {
    summary.paths.compactMap { $0.split(separator: "/").last.map(String.init) }
  }

  @Test("frames come back over many small files: order, times, lengths, interfaces")
  func roundTrip() throws {
    let scratch = Scratch()
    let writer = try RollingWriter(Self.plan(scratch, rotate: 2_000), interfaces: Self.interfaces)
    var frames = someFrames(1_000, every: 999_999_937)
    for index in stride(from: 7, to: 1_000, by: 10) { frames[index].time = frames[index - 3].time + 1 }
    frames[3].originalLength = 1_500
    for start in stride(from: 0, to: 1_000, by: 100) {
      batch(Array(frames[start..<start + 100]), interfaces: 2, writer.take)
      if start % 300 == 0 { writer.flush() }
    }
    let summary = writer.finish()
    #expect(summary.status.frames == 1_000 && summary.status.framesNotWritten == 0)
    #expect(summary.status.files > 20 && summary.paths.count == Int(summary.status.files))
    #expect(Self.names(summary).first == "tcptriage-00001-20231114T221320Z.pcapng")
    let reading = try read([scratch.path])
    #expect(reading.frames.map(\.bytes) == frames.map(\.bytes) && reading.times == frames.map(\.time))
    #expect(reading.frames.map(\.originalLength) == frames.map(\.originalLength))
    #expect(reading.frames.map(\.interface) == (0..<1_000).map { UInt16($0 % 100 % 2) })
    #expect(reading.description.problems.isEmpty)
    #expect(reading.description.interfaces.map(\.name) == ["eth0", "eth1"])
    #expect(reading.bytesTotal == summary.status.bytes)
  }

  @Test("times that run back do not put a file before the one that was written first")
  func disorder() throws {
    let scratch = Scratch()
    let writer = try RollingWriter(Self.plan(scratch, rotate: 1_000), interfaces: Self.interfaces)
    var frames = someFrames(400)
    for index in 0..<400 where index % 7 > 3 { frames[index].time -= 3_500_000 }
    batch(frames, writer.take)
    let summary = writer.finish()
    #expect(summary.status.files > 10)
    #expect(try read([scratch.path]).times == frames.map(\.time))
  }

  @Test("archived captures are the same frames after they were rolled into small files")
  func archive() throws {
    let captures = String(#filePath.prefix(#filePath.count - "Tests/CaptureFilesTests/RollingTests.swift".count))
    let all = InputPaths(["\(captures)captures"]).entries.map(\.path).filter { $0.contains(".pcap") }
    var rolled = 0
    for path in all {
      let original = try read([path])
      let interfaces = original.description.interfaces
      guard original.frames.count > 20, original.description.problems.isEmpty else { continue }
      let scratch = Scratch()
      let writer = try RollingWriter(Self.plan(scratch, rotate: 20_000), interfaces: interfaces)
      var reader = try CaptureReader.open(paths: [path])
      while reader.nextBatch(writer.take) { usleep(2_000) }
      let summary = writer.finish()
      let again = try read([scratch.path])
      let missing = summary.status.framesNotWritten
      #expect(again.frames.count + Int(missing) == original.frames.count, "\(path)")
      if missing == 0 { #expect(again.frames == original.frames, "\(path)") }
      if missing == 0, summary.status.files > 1 { rolled += 1 }
    }
    #expect(rolled > 10)
  }

  @Test("only the newest files stay, and files of others are left alone")
  func keep() throws {
    let scratch = Scratch()
    let other = scratch.write([1, 2, 3], "tcptriage-00000-19700101T000000Z.pcapng")
    let frames = someFrames(600)
    for _ in 1...2 {
      let writer = try RollingWriter(Self.plan(scratch, rotate: 1_500, keep: 3), interfaces: Self.interfaces)
      batch(frames, writer.take)
      let summary = writer.finish()
      #expect(summary.paths.count == 3 && summary.status.files > 10 && summary.status.frames == 600)
    }
    let left = InputPaths([scratch.path]).entries.map(\.path)
    #expect(left.count == 7 && left.contains(other))
    let own = left.filter { $0 != other }
    #expect(try read(own).times.last == frames.last?.time)
  }

  @Test("each file tells what was dropped while it was written, and together they tell all of it")
  func drops() throws {
    let scratch = Scratch()
    let writer = try RollingWriter(Self.plan(scratch, rotate: 1 << 30), interfaces: Self.interfaces)
    for round in 1...3 as ClosedRange<UInt64> {
      batch(someFrames(4, from: Int64(round) << 50), interfaces: 2, writer.take)
      writer.note(
        InterfaceCounts(received: round * 100, droppedByInterface: round * 2, droppedBySystem: round * 5), interface: 0)
      writer.note(InterfaceCounts(received: 7), interface: 1)
      writer.rotate()
    }
    let summary = writer.finish()
    #expect(summary.paths.count == 3)
    for path in summary.paths {
      #expect(try read([path]).description.interfaces.map(\.reportedDrops) == [7, 0])
    }
    #expect(try read(summary.paths).description.interfaces.map(\.reportedDrops) == [21, 0])
  }

  @Test("a rotation that is asked for on a silent line happens without a frame")
  func silentRotation() throws {
    let scratch = Scratch()
    let writer = try RollingWriter(Self.plan(scratch, rotate: 1 << 30), interfaces: Self.interfaces)
    batch(someFrames(5), writer.take)
    writer.flush()
    writer.rotate()
    writer.flush()
    writer.flush()
    while writer.status.frames < 5 { usleep(1_000) }
    batch(someFrames(5, from: 1_800_000_000_000_000_000), writer.take)
    let summary = writer.finish()
    #expect(summary.paths.count == 2)
    #expect(try summary.paths.map { try read([$0]).frames.count } == [5, 5])
    #expect(try read(summary.paths).problems.isEmpty)
  }

  @Test("a frame that no block can hold, and one of an unknown interface, are counted")
  func impossible() throws {
    let scratch = Scratch()
    let writer = try RollingWriter(Self.plan(scratch, rotate: 1 << 30), interfaces: [Self.interfaces[0]])
    let giant = WritableFrame(time: 1, bytes: Array(repeating: 1, count: 5_000))
    batch(someFrames(3) + [giant], interfaces: 2, writer.take)
    let summary = writer.finish()
    #expect(summary.status.frames == 2 && summary.status.framesNotWritten == 2)
  }

  @Test("without a frame there is no file")
  func nothing() throws {
    let scratch = Scratch()
    let writer = try RollingWriter(Self.plan(scratch, rotate: 1), interfaces: Self.interfaces)
    writer.flush()
    writer.rotate()
    writer.flush()
    writer.flush()
    #expect(writer.finish().status == RollingStatus())
    #expect(InputPaths([scratch.path]).entries.isEmpty)
  }

  @Test(
    "a directory that cannot be used is refused with one sentence",
    arguments: [
      ("missing/deep", "nor the one that it would be in"), ("file", "is no directory"), ("file/x", "part of the path"),
    ])
  func refused(_ name: String, _ words: String) throws {
    let scratch = Scratch()
    _ = scratch.write([1], "file")
    let error = #expect(throws: RollingError.self) {
      _ = try RollingWriter(
        RollingPlan(directory: "\(scratch.path)/\(name)"), interfaces: Self.interfaces)
    }
    #expect(error?.sentence.contains(words) == true)
  }

  @Test("a directory that is not there is made")
  func made() throws {
    let scratch = Scratch()
    let writer = try RollingWriter(
      RollingPlan(directory: "\(scratch.path)/new"), interfaces: Self.interfaces)
    batch(someFrames(1), writer.take)
    #expect(writer.finish().paths.first?.hasPrefix("\(scratch.path)/new/tcptriage-00001-") == true)
  }
}

/// A number that a disk of a test looks at from its own thread; at first 1.
final class Flag: Sendable {
  private let value: Mutex<Int>

  init(_ value: Int = 1) { self.value = Mutex(value) }

  var isSet: Bool { value.withLock { $0 > 0 } }

  func clear() { value.withLock { $0 = 0 } }

  /// Takes `count` from the number, or what there is of it.
  func take(_ count: Int) -> Int {
    value.withLock { value in
      let taken = min(count, value)
      value -= taken
      return taken
    }
  }
}
