import CaptureFiles
import Detection
import Frames
import Rendering
import TestSupport
import Testing

@testable import Triage

@Suite("Metrics of a run never take back what they call a counter")
struct LiveMetricsTests {
  /// Samples of counters with their labels, as they stand in the text.
  private func counters(_ page: String) -> [Substring: Double] {
    var counters: [Substring: Double] = [:]
    var isCounter = false
    for line in page.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") { isCounter = line.hasSuffix(" counter") }
      guard isCounter, !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { continue }
      counters[line[..<space]] = Double(line[space...].dropFirst())
    }
    return counters
  }

  @Test(
    "frame by frame through archived captures",
    arguments: ["kernel-loss-2-v6", "kernel-ack-loop-ack-storm", "kernel-paws-persistent", "capture-time-backwards"])
  func monotone(_ name: String) throws {
    let top = #filePath.dropLast("Tests/TriageTests/LiveMetricsTests.swift".count)
    let paths = InputPaths(["\(top)captures"]).entries.map(\.path).filter { $0.contains(".pcap") && $0.contains(name) }
    let path = try #require(paths.first)
    var reader = try CaptureReader.open(paths: [path])
    let board = LiveBoard(at: 0, local: LocalHosts([]))
    var engine = Engine(TriageSettings(), listener: board.listener)
    var before: [Substring: Double] = [:]
    var (time, hasGrown) = (Int64(0), 0)
    func look(_ asked: (report: Report, findings: [Finding])) {
      time += PacketTime.second
      let state = LiveBoard.CaptureState(
        interfaces: [], openConnections: engine.openConnections, connections: engine.connections)
      let now = counters(PrometheusText.page(board.update(asked.report, asked.findings, at: time, state).0))
      for (sample, value) in before { #expect(now[sample] ?? -1 >= value, "\(sample)") }
      if before.values.reduce(0, +) < now.values.reduce(0, +) { hasGrown += 1 }
      before = now
    }
    while reader.nextBatch({ batch in
      for start in stride(from: 0, to: batch.records.count, by: 16) {
        let records = batch.records.extracting(start..<min(start + 16, batch.records.count))
        let part = FrameBatch(bytes: batch.bytes, records: records)
        engine.take(part)
        board.count(part)
        engine.tellListener()
        look(engine.snapshot(CaptureDescription(), method: Method(version: "0")))
      }
    }) {}
    #expect(hasGrown > 2 && before["tcptriage_frames_total"] ?? 0 > 0)
  }
}
