import CaptureFiles
import Dissection
import Foundation
import Frames
import Rendering
import TestSupport
import Testing

@testable import Triage

/// Leaving out what no picture needs changes no picture.
struct StretchTests {
  /// What one second reading showed, and how much it read.
  private struct Look {
    var html = ""
    var isWhole = false
    var frames: UInt64 = 0
    var timeline = Timeline()
  }

  /// Analyzes a file with an index of `limit` frames to a batch and looks again, with and without it.
  private static func looks(
    _ path: String, limit: Int, most: Int = 1 << 10, filter: PictureTests.OnlyPort? = nil,
    between: () throws -> Void = {}
  ) throws -> (short: Look, full: Look) {
    let index = StretchIndex(most: most)
    var reader = try CaptureReader.open(paths: [path])
    if let place = reader.place { index.begin(at: place) }
    reader.batchLimit = limit
    var engine = Engine(TriageSettings(), listener: Engine.Listener(segments: index.take))
    while reader.nextBatch({ batch in
      engine.take(batch, filter: filter)
      index.count(batch, filter: filter)
    }) {
      index.pass(reader.place)
    }
    let report = engine.finish(reader.description, method: Method(version: "test"))
    try between()
    return (try look(report, path, index, filter), try look(report, path, nil, filter))
  }

  private static func look(
    _ report: Report, _ path: String, _ index: StretchIndex?, _ filter: PictureTests.OnlyPort?
  ) throws -> Look {
    var (look, report) = (Look(), report)
    var reader = try CaptureReader.open(paths: [path])
    var collector = PictureCollector(report, index: index)
    look.isWhole = collector.read(&reader, filter: filter) { _, _ in true }
    look.frames = reader.description.files.reduce(0) { $0 + $1.frames }
    report.pictures = collector.finish()
    look.timeline = report.pictures?.timeline ?? Timeline()
    look.html = HTMLReport(RenderingOptions()).text(report)
    return look
  }

  /// A connection with losses, few packets at a time among many others, at `path`.
  private static func writeLongCapture(_ path: String, _ format: CaptureWriter.Format) throws -> Int {
    var frames: [WritableFrame] = []
    var reader = try CaptureReader.open(
      paths: [PictureTests.captures.appending(path: "kernel-loss-2/client.pcap.gz").path])
    while reader.nextBatch({ batch in
      for index in batch.records.indices {
        let record = batch.records[index]
        let bytes = (0..<Int(record.capturedLength)).map { batch.bytes.byte(Int(record.offset) + $0) }
        frames.append(WritableFrame(time: record.time, bytes: bytes, originalLength: record.originalLength))
        guard record.number % 100 == 50 else { continue }
        for other in 0..<UInt16(500) { frames.append(stranger(other, at: record.time)) }
      }
    }) {}
    try Data(CaptureWriter.encode(frames, linkType: .ethernet, snapLength: 0, format: format))
      .write(to: URL(filePath: path))
    return frames.count
  }

  /// An acknowledgment of one of many connections.
  private static func stranger(_ port: UInt16, at time: Int64) -> WritableFrame {
    var tcp = RawFrame.tcp(payload: [])
    tcp.replaceSubrange(0..<2, with: RawFrame.big(1_000 + port))
    return WritableFrame(time: time, bytes: RawFrame.ethernet(0x0800, RawFrame.ipv4(tcp)))
  }

  private static func temporary(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "input").path)
  }

  @Test("a long capture is drawn the same from a part of it", arguments: CaptureWriter.Format.allCases, [16, 1 << 10])
  func long(format: CaptureWriter.Format, most: Int) throws {
    try Self.temporary { path in
      let count = try Self.writeLongCapture(path, format)
      #expect(count == 3_395 + 34 * 500)
      let (short, full) = try Self.looks(path, limit: 16, most: most)
      #expect(short.isWhole && full.isWhole)
      #expect(short.html == full.html)
      #expect(short.html.contains("<svg viewBox=\"0 0 1000"))
      #expect(short.timeline == full.timeline)
      #expect(full.frames == UInt64(count))
      // Only with stretches that are short enough there is something to leave out.
      if most > 1_000 { #expect(short.frames < 5_000) }
    }
  }

  @Test("every archived capture is drawn the same from its stretches")
  func archive() throws {
    let files = FileManager.default.enumerator(at: PictureTests.captures, includingPropertiesForKeys: nil)
    var left = 0
    for case let file as URL in try #require(files) where ["pcap", "pcapng"].contains(file.pathExtension) {
      // Some are there to be refused.
      guard let (short, full) = try? Self.looks(file.path, limit: 5) else { continue }
      #expect(short.html == full.html, "\(file.lastPathComponent) in \(file.deletingLastPathComponent().path)")
      #expect(short.timeline == full.timeline)
      if short.frames < full.frames { left += 1 }
    }
    #expect(left > 20)
  }

  @Test("a filter lets the same frames pass in both readings")
  func filter() throws {
    let path = PictureTests.captures.appending(path: "paws-data-reject/capture.pcap").path
    let (short, full) = try Self.looks(path, limit: 2, filter: PictureTests.OnlyPort(port: 80))
    #expect(short.html == full.html)
    #expect(short.timeline == full.timeline)
    #expect(short.html.contains("<svg viewBox=\"0 0 1000"))
  }

  @Test("a capture that does not begin with its earliest frame is read whole for the timeline")
  func earlier() throws {
    try Self.temporary { path in
      let frames = [5, 3, 9, 11, 14].map { Self.stranger($0, at: Int64($0) * PacketTime.second) }
      try Data(CaptureWriter.encode(frames, linkType: .ethernet, snapLength: 0, format: .pcapng))
        .write(to: URL(filePath: path))
      let (short, full) = try Self.looks(path, limit: 1)
      #expect(short.frames == 5)
      #expect(short.timeline == full.timeline && short.timeline.start == 3 * PacketTime.second)
    }
  }

  @Test("a file that is no longer what it was gives no pictures", arguments: [0.2, 0.6, 0.999])
  func shrunk(share: Double) throws {
    try Self.temporary { path in
      _ = try Self.writeLongCapture(path, .pcapMicroseconds)
      let whole = try Data(contentsOf: URL(filePath: path))
      let (short, _) = try Self.looks(path, limit: 16) {
        try whole.prefix(Int(share * Double(whole.count))).write(to: URL(filePath: path))
      }
      #expect(!short.isWhole)
      let (longer, _) = try Self.looks(path, limit: 16) { try (whole + whole).write(to: URL(filePath: path)) }
      #expect(longer.isWhole, "what was added is left alone")
    }
  }

  @Test("a sketch never denies what it was told, and seldom takes a stranger for an acquaintance")
  func sketch() {
    var chance = Chance(seed: 5)
    let ends = (0..<64).map { _ in
      (
        Endpoint(address: IPAddress(v4: .random(in: 0 ... .max, using: &chance)), port: 443),
        Endpoint(address: IPAddress(v4: 0x0A00_0001), port: .random(in: 0 ... .max, using: &chance))
      )
    }
    var (even, odd) = (FlowSketch(), FlowSketch())
    for (index, (a, b)) in ends.enumerated() {
      if index.isMultiple(of: 2) { even.note(FlowSketch.Key(a, b)) } else { odd.note(FlowSketch.Key(b, a)) }
    }
    even.formUnion(odd)
    #expect(ends.allSatisfy { even.mayHold(FlowSketch.Key($0, $1)) && even.mayHold(FlowSketch.Key($1, $0)) })
    let strangers = (0..<10_000).count { _ in
      let address = IPAddress(high: chance.next(), low: chance.next())
      return even.mayHold(FlowSketch.Key(Endpoint(address: address, port: 1), ends[0].1))
    }
    #expect((20..<300).contains(strangers), "\(strangers) of 10,000")
  }

  @Test("frames counted batch by batch are frames counted one by one")
  func counting() throws {
    var chance = Chance(seed: 3)
    for spread in [1, 1_000, 40_000_000, Int64.max / 1_000] {
      var time: Int64 = 0
      var (batched, single) = (Timeline(), Timeline())
      for _ in 0..<40 {
        let records = (0..<50).map { _ in
          time &+= .random(in: -spread / 2...spread, using: &chance)
          let bytes = UInt32.random(in: 0...2_000, using: &chance)
          single.add(Timeline.Step(frames: 1, bytes: UInt64(bytes)), at: time)
          return FrameRecord(
            number: 1, time: time, offset: 0, capturedLength: 0, originalLength: bytes, interface: 0,
            linkType: .ethernet)
        }
        let nothing: [UInt8] = []
        batched.count(
          FrameBatch(bytes: nothing.span.bytes, records: records.span), filter: Optional<PictureTests.OnlyPort>.none)
      }
      #expect(batched == single)
    }
  }
}
