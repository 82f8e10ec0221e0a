import Frames
import Testing

@testable import CaptureFiles

/// Reading on at a place in the middle of a file gives what a reading from the start gives there.
@Suite struct PlaceTests {
  /// A capture whose frames are less simple than they might be, its bytes, and how many frames it has.
  enum Sample: CaseIterable {
    case microseconds, nanoseconds, pcapng, sections, large

    var bytes: [UInt8] {
      switch self {
      case .microseconds: encode(someFrames(900))
      case .nanoseconds: encode(someFrames(900), .pcapNanoseconds)
      case .pcapng: encode(someFrames(900), .pcapng)
      case .sections: Self.manifold
      // Four of them are more than a window, so no batch is ever full.
      case .large:
        encode((0..<60).map { WritableFrame(time: Int64($0) * 1_000, bytes: Self.pattern(80_000, $0)) }, .pcapng)
      }
    }

    private static func pattern(_ count: Int, _ seed: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
    }

    /// Two sections of either byte order; interfaces, names, statistics and frames without a time between the frames.
    private static var manifold: [UInt8] {
      var all: [UInt8] = []
      for isBig in [false, true] {
        var bytes = Bytes(big: isBig)
        bytes.section()
        bytes.interface(1)
        for index in 0..<300 {
          let id: UInt32 = index > 100 && index % 3 == 0 ? 1 : 0
          bytes.packet(pattern(20 + index % 9, index), interface: id, ticks: UInt64(1_000_000 + index))
          if index == 100 { bytes.interface(101, [(9, [9])]) }
          if index % 50 == 7 { bytes.block(4) { $0.raw(pattern(70, 1)) } }
          if index % 60 == 9 { bytes.block(5) { $0.word(0, 0, 0) } }
          if index % 20 == 3 {
            bytes.block(3) { body in
              body.word(8)
              body.raw(pattern(8, index))
            }
          }
        }
        all += bytes.all
      }
      return all
    }
  }

  /// All frames of a file, and the places between batches.
  private static func survey(_ path: String, limit: Int) throws -> (frames: [SeenFrame], places: [FramePlace]) {
    var reader = try CaptureReader.open(paths: [path])
    reader.batchLimit = limit
    let start = reader.place
    var (frames, places) = ([SeenFrame](), [try #require(start)])
    while reader.nextBatch({ frames += SeenFrame.all(of: $0) }) {
      if let place = reader.place { places.append(place) }
    }
    return (frames, places)
  }

  @Test(
    "what lies between two places is the same as in a full reading, whatever is left out before",
    arguments: Sample.allCases, [1, 7, 64])
  func stretches(sample: Sample, limit: Int) throws {
    let scratch = Scratch()
    let path = scratch.write(sample.bytes)
    let (frames, places) = try Self.survey(path, limit: limit)
    #expect(frames == (try read([path])).frames)
    #expect(places.count > 5)
    var reader = try CaptureReader.open(paths: [path])
    var left = 0
    for (index, (begin, end)) in zip(places, places.dropFirst()).enumerated() {
      if begin.changes == end.changes, index % 5 != 2 {
        left += Int(end.number - begin.number)
        continue
      }
      var seen: [SeenFrame] = []
      let hasMoved = reader.move(to: begin, until: end)
      #expect(hasMoved)
      while reader.nextBatch({ seen += SeenFrame.all(of: $0) }) {}
      #expect(seen == Array(frames[Int(begin.number - 1)..<Int(end.number - 1)]))
      let place = reader.place
      #expect(place == end)
    }
    #expect(left > frames.count / 3)
    let problems = reader.description.problems
    #expect(problems.isEmpty)
  }

  @Test("the last frames can be read without knowing where they end")
  func last() throws {
    let scratch = Scratch()
    let path = scratch.write(encode(someFrames(100)))
    let (frames, places) = try Self.survey(path, limit: 10)
    var reader = try CaptureReader.open(paths: [path])
    var seen: [SeenFrame] = []
    let hasMoved = reader.move(to: places[8], until: FramePlace(number: 98, offset: FramePlace.unknown))
    #expect(hasMoved)
    while reader.nextBatch({ seen += SeenFrame.all(of: $0) }) {}
    #expect(seen == Array(frames[80..<97]))
  }

  @Test("interfaces cannot be left out, and nothing goes backwards")
  func impossible() throws {
    let scratch = Scratch()
    let path = scratch.write(Sample.sections.bytes)
    let (_, places) = try Self.survey(path, limit: 10)
    let later = try #require(places.first { $0.changes == 3 })
    var reader = try CaptureReader.open(paths: [path])
    let hasJumped = reader.move(to: later, until: FramePlace(number: later.number + 1, offset: FramePlace.unknown))
    #expect(!hasJumped)
    while reader.nextBatch({ _ in }) {}
    let hasReturned = reader.move(to: places[1], until: places[2])
    #expect(!hasReturned)
  }

  @Test("inputs whose offsets say nothing have no places")
  func none() throws {
    let scratch = Scratch()
    let file = scratch.write(encode(someFrames(100)), "a")
    #expect(Scratch.run("gzip -k '\(file)'"))
    for paths in [["\(file).gz"], [file, file]] {
      var reader = try CaptureReader.open(paths: paths)
      var places = [reader.place]
      while reader.nextBatch({ _ in }) { places.append(reader.place) }
      #expect(places.allSatisfy { $0 == nil })
      let start = FramePlace(number: 1, offset: 24)
      let hasMoved = reader.move(to: start, until: start)
      #expect(!hasMoved)
    }
  }

  @Test("a file that has shrunk or changed in between ends early, at another place than it should")
  func shrunk() throws {
    let scratch = Scratch()
    for format in [CaptureWriter.Format.pcapMicroseconds, .pcapng] {
      let bytes = encode(someFrames(600), format)
      let path = scratch.write(bytes)
      let (_, places) = try Self.survey(path, limit: 50)
      let (begin, end) = (places[9], places[10])
      for changed in [
        Array(bytes.prefix(Int(begin.offset) - 5)), Array(bytes.prefix(Int(begin.offset) + 5)),
        Array(bytes.prefix(Int(end.offset) - 1)), bytes.prefix(2_000) + [UInt8](repeating: 0xFF, count: bytes.count),
        bytes.prefix(Int(begin.offset)) + [UInt8](repeating: 0, count: bytes.count),
      ] {
        _ = scratch.write(changed)
        var reader = try CaptureReader.open(paths: [path])
        var count = 0
        if reader.move(to: begin, until: end) { while reader.nextBatch({ count += $0.records.count }) {} }
        #expect(count <= 50)
        let place = reader.place
        #expect(place != end)
      }
    }
  }
}
