import Detection
import Dissection
import Foundation
import Frames

@testable import Tracking

/// Runs an archived capture through dissection, tracking and the SMC detector alone.
struct CaptureRun {
  var findings: [Finding] = []
  var ledger: [SMCLedgerEntry] = []
  var words: [String] = []
  var verdicts: [SMCVerdict] = []
  var ended: [ConnectionEnd] = []

  static let archive = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "captures")

  init(_ name: String, expectSMC: Bool = false, twice: Bool = false) throws {
    let file = try Data(contentsOf: Self.archive.appending(path: name).appending(path: "capture.pcap"))
    var settings = DetectionSettings()
    settings.expectSMC = expectSMC
    var detector = SMCDetector(settings)
    var tracker = Tracker()
    let bytes = [UInt8](file)
    let records = Self.records(bytes, twice: twice)
    var dissector = Dissector()
    for start in stride(from: 0, to: records.count, by: Tracker.batchSize) {
      let batch = FrameBatch(bytes: bytes.span.bytes, records: records.span)
      var segments: [Segment] = []
      dissector.dissect(batch, start..<min(records.count, start + Tracker.batchSize), into: &segments)
      tracker.track(segments, bytes.span.bytes)
    }
    while tracker.finish() {}
    ended = tracker.ended
    for end in ended {
      detector.connectionEnded(end)
      guard let account = end.smc, account.hasSign else { continue }
      words.append(account.word)
      verdicts.append(account.verdict)
    }
    findings = detector.findings()
    ledger = detector.ledger()
  }

  /// Frames of a classic little-endian Ethernet pcap; `twice` hands out each of them two times, 1 µs apart.
  private static func records(_ bytes: [UInt8], twice: Bool) -> [FrameRecord] {
    let span = bytes.span.bytes
    let unit: Int64 = span.littleEndian(0, as: UInt32.self) == 0xA1B2_3C4D ? 1 : 1000
    var records: [FrameRecord] = []
    var at = 24
    while at + 16 <= bytes.count {
      let seconds = Int64(span.littleEndian(at, as: UInt32.self))
      let time = seconds * 1_000_000_000 + Int64(span.littleEndian(at + 4, as: UInt32.self)) * unit
      let length: UInt32 = span.littleEndian(at + 8)
      for copy in 0..<(twice ? 2 : 1) {
        records.append(
          FrameRecord(
            number: UInt64(records.count + 1), time: time + Int64(copy) * 1000, offset: UInt32(at + 16),
            capturedLength: length, originalLength: span.littleEndian(at + 12), interface: 0, linkType: .ethernet))
      }
      at += 16 + Int(length)
    }
    return records
  }

  /// `rule cause confidence severity`, sorted.
  var lines: [String] {
    findings.map { "\($0.rule.id) \($0.cause) \($0.confidence.name) \($0.severity.name)" }.sorted()
  }
}
