import CaptureFiles
import Detection
import Dissection
import Foundation
import Frames
import TestSupport
import Testing

@testable import Tracking
@testable import Triage

/// The second look at a capture: the same packets, with the numbers that they have.
struct PictureTests {
  static let captures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "captures")

  /// A report on an archived capture, with what there is to draw.
  static func illustrated(_ name: String) throws -> Report {
    let paths = [captures.appending(path: name).path]
    var report = try report(paths, ring: nil)
    var reader = try CaptureReader.open(paths: paths)
    var collector = PictureCollector(report)
    while reader.nextBatch({ collector.take($0, filter: Optional<OnlyPort>.none) }) {}
    report.pictures = collector.finish()
    return report
  }

  static func report(_ paths: [String], ring: SegmentRing?, filter: OnlyPort? = nil) throws -> Report {
    var reader = try CaptureReader.open(paths: paths)
    var listener = Engine.Listener()
    listener.segments = { ring?.take($0) }
    var engine = Engine(TriageSettings(), listener: listener)
    while reader.nextBatch({ batch in
      ring?.count(batch, filter: filter)
      engine.take(batch, filter: filter)
    }) {}
    return engine.finish(reader.description, method: Method(version: "test"))
  }

  /// Lets segments of one port pass.
  struct OnlyPort: FrameFilter {
    var port: UInt16

    func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool {
      let ports = Int(record.offset) + 34
      guard record.capturedLength >= 38 else { return false }
      return bytes.bigEndian(ports, as: UInt16.self) == port || bytes.bigEndian(ports + 2, as: UInt16.self) == port
    }
  }

  @Test("points are the packets of an archived capture, number by number")
  func loss() throws {
    let report = try Self.illustrated("kernel-loss-2/client.pcap.gz")
    let pictures = try #require(report.pictures)
    #expect(pictures.shown.map { report.findings[$0.finding].rule.id } == ["retransmission-rate"])
    let trace = try #require(pictures.traces.first)
    #expect(trace.points.map(\.frame) == Array(1...3_395))
    #expect(trace.points.count { $0.kind == .retransmission } == 47)
    // tcpdump: seq 2355526346:2355527794, the first one sent again; SYN to SYN-ACK 138106 to 158699 µs.
    let again = trace.points[56]
    #expect((again.kind, again.cause) == (.retransmission, .fast))
    #expect((again.sequence.rawValue, again.end.rawValue, again.fromClient) == (2_355_526_346, 2_355_527_794, true))
    #expect(again.acknowledgment.rawValue == 3_716_771_640)
    #expect(trace.points[1].roundTrip / 1_000 == 20_593)
    // The answer behind it: win 79 with a scale of 10, one SACK block.
    let answer = trace.points[57]
    #expect((answer.window, answer.sackCount, answer.reportsDuplicate) == (79 << 10, 1, false))
    #expect(answer.sack[0].left.rawValue == 2_355_527_794 && answer.sack[0].right.rawValue == 2_355_533_586)
  }

  @Test("a PAWS case shows what the receiver held, and what it threw away")
  func paws() throws {
    let report = try Self.illustrated("paws-data-reject/capture.pcap")
    let points = try #require(report.pictures?.traces.first).points
    #expect(points.count == 11)
    #expect(points.filter { $0.rejection == .paws }.map(\.frame) == [6, 8, 10])
    #expect(points.filter { $0.rejection == .paws }.map(\.timestampValue) == [50_000, 50_220, 50_660])
    #expect(points.filter { $0.rejection == .paws }.map(\.recentTimestamp) == [100_500, 100_500, 100_500])
    #expect(points[3].window == 502 << 7)
    #expect(points[4].roundTrip == 10 * PacketTime.millisecond)
    #expect(points[6].roundTrip == 0, "what is thrown away is not acknowledged")
  }

  @Test("several files, and a filter, keep the numbers of frames")
  func severalFiles() throws {
    let paths = ["smc-ueid-mismatch/capture.pcap", "paws-data-reject/capture.pcap"].map {
      Self.captures.appending(path: $0).path
    }
    let report = try Self.report(paths, ring: nil, filter: OnlyPort(port: 80))
    let finding = try #require(report.findings.first { $0.rule.id == "paws-reject" })
    var reader = try CaptureReader.open(paths: paths)
    var collector = PictureCollector(report)
    while reader.nextBatch({ collector.take($0, filter: OnlyPort(port: 80)) }) {}
    let pictures = collector.finish()
    let trace = try #require(pictures.traces.first)
    #expect(trace.points.count == 11)
    #expect(Set(finding.evidence.map(\.segment.frame)).isSubset(of: Set(trace.points.map(\.frame))))
    #expect(pictures.timeline.steps.reduce(0) { $0 + $1.frames } == 11)
  }

  @Test("packets that are not those of the report are not drawn")
  func otherInput() throws {
    let report = try Self.report([Self.captures.appending(path: "paws-data-reject/capture.pcap").path], ring: nil)
    let other = Self.captures.appending(path: "ack-storm-paws/capture.pcap").path
    var reader = try CaptureReader.open(paths: [other])
    var collector = PictureCollector(report)
    while reader.nextBatch({ collector.take($0, filter: Optional<OnlyPort>.none) }) {}
    #expect(collector.finish().shown.isEmpty)
  }

  @Test("what memory holds of an input that is read once draws the same; what it lacks is said")
  func ring() throws {
    let path = Self.captures.appending(path: "kernel-loss-2/client.pcap.gz").path
    let again = try #require(try Self.illustrated("kernel-loss-2/client.pcap.gz").pictures)
    let whole = try Self.remembered(path, 10_000)
    #expect(!whole.isFromMemory)
    #expect(whole.traces[0].points.map(\.frame) == again.traces[0].points.map(\.frame))
    #expect(whole.traces[0].points.map(\.kind) == again.traces[0].points.map(\.kind))
    #expect(whole.timeline.steps.reduce(0) { $0 + $1.frames } == 3_395)
    let part = try Self.remembered(path, 1_000)
    #expect(part.isFromMemory)
    #expect(part.traces[0].points.map(\.frame) == Array(2_396...3_395))
  }

  private static func remembered(_ path: String, _ capacity: Int) throws -> ReportPictures {
    let ring = SegmentRing(capacity: capacity)
    let report = try report([path], ring: ring)
    var collector = PictureCollector(report)
    collector.take(ring)
    return collector.finish()
  }

  @Test("thinning bounds memory, keeps both directions, and every retransmission")
  func thinning() throws {
    let ends = (Endpoint(address: IPAddress(v4: 1), port: 1), Endpoint(address: IPAddress(v4: 2), port: 2))
    let target = PictureTargets.Target(
      client: ends.0, server: ends.1, scales: (nil, nil), frames: 0...1_000_000, isPart: false, findings: [])
    var builder = TraceBuilder(target, proof: [77_777], beginnings: [50_000])
    for frame in UInt64(1)...100_000 {
      var segment = Segment()
      (segment.frame, segment.time, segment.flags) = (frame, Int64(frame), .ack)
      let fromClient = frame % 2 == 0
      (segment.source, segment.sourcePort) = fromClient ? (ends.0.address, 1) : (ends.1.address, 2)
      (segment.destination, segment.destinationPort) = fromClient ? (ends.1.address, 2) : (ends.0.address, 1)
      var observation = Observation(segment, connection: ConnectionID(rawValue: 1), fromClient: fromClient)
      if frame % 100 == 0 { observation.kind = .retransmission }
      builder.take(observation, clc: 0)
    }
    let points = builder.trace.points
    #expect(points.count <= TraceBuilder.most)
    #expect(points.count > TraceBuilder.most / 4)
    #expect(points.count { $0.kind == .retransmission } == 1_000)
    #expect(abs(points.count { $0.fromClient } - points.count { !$0.fromClient }) < points.count / 5)
    #expect(Set(UInt64(50_000)...50_030).isSubset(of: Set(points.map(\.frame))), "a finding begins with every packet")
    #expect(points.contains { $0.frame == 77_777 })
    #expect(builder.trace.leftOut == 100_000 - UInt64(points.count))
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.frame < $1.frame })
  }

  @Test(
    "a timeline counts everything, however long it becomes", arguments: [1, 1_000, 1_000_000_000, Int64.max / 5_000])
  func timeline(step: Int64) {
    var timeline = Timeline()
    for index in 0..<Int64(5_000) { timeline.add(Timeline.Step(frames: 1, bytes: 100), at: index &* step) }
    timeline.add(Timeline.Step(frames: 1, bytes: 7), at: .min)
    #expect(timeline.steps.count <= Timeline.most)
    #expect(timeline.steps.reduce(0) { $0 + $1.frames } == 5_001)
    #expect(timeline.steps.reduce(0) { $0 + $1.bytes } == 500_007)
    #expect(timeline.legible.steps.reduce(0) { $0 + $1.frames } == 5_001)
  }

  @Test("one rule cannot take all the pictures")
  func fairness() throws {
    var report = try Self.illustrated("paws-data-reject/capture.pcap")
    let paws = try #require(report.findings.first { $0.rule.id == "paws-reject" })
    var other = paws
    other.rule.id = "ts-jump"
    report.findings = Array(repeating: paws, count: 40) + [other]
    let chosen = PictureTargets(report).targets.flatMap(\.findings)
    #expect(chosen.count == PictureTargets.most)
    #expect(chosen.contains(40))
  }
}
