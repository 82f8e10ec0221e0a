import Dissection
import Tracking

/// Frames that stand in the capture more than once.
///
/// Copies are taken out before anything is counted, so this finding changes no other. Traps: ACKs of a storm without
/// IP ID
/// are equal by nature (tracking); copies made by the network show in DSACKs and are taken back. Source:
/// tcp-pathologies §4.
package struct CaptureCopies: Detector {
  package static let rule = Rule(
    id: "capture-duplicates", family: .captureQuality, title: "Frames captured twice",
    meaning: "The same frames stand in the capture two or more times: it was taken at two points at once (bridge and "
      + "port, interface `any`, a mirror of both directions). Many tools count the copies as retransmissions and "
      + "duplicate ACKs; here they are recognized and left out.",
    fires: "At least 3 segments, and at least 5 % of them, equal one of the last two of their direction in every "
      + "telling field within 10 ms.",
    falseAlarms: "A network that duplicates packets; the receiver's DSACKs tell it apart.",
    remedy: "Capture on one interface instead of `any`, or on one side of a bridge.",
    nextSteps: [NextStep("tcpdump -ni INTERFACE -s 128 -w FILE", tells: "the same traffic without copies")],
    source: "Equal sequence, acknowledgment, length, flags, window, timestamps, IP ID and checksum within 10 ms")
  package static let rules = [rule]

  static let least: UInt64 = 3
  static let leastShare = 0.05
  static let doubledShare = 0.2
  static let leastLate: UInt64 = 10

  package static let thresholds = [
    Threshold("capture-duplicates", "share", "5 %", because: "a few equal segments happen in every network")
  ]

  private var evidence = Evidence(first: 6, last: 2)
  private var summary: CopySummary?
  private var lateCopies: UInt64 = 0
  private var lateEvidence = Evidence(first: 6, last: 2)

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics(kinds: [.captureDuplicate, .networkDuplicate]) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices {
      if observations[index].kind == .captureDuplicate {
        evidence.add(observations[index]) { _ in ("copy of a frame before it", []) }
      } else if observations[index].kind == .networkDuplicate, observations[index].amends == 0 {
        lateCopies += 1
        lateEvidence.add(observations[index]) { _ in ("the same segment again, later", ["seq"]) }
      }
    }
  }

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { summary = facts.copies }

  package func findings() -> [Finding] {
    if let summary, lateCopies >= Self.leastLate, Double(lateCopies) >= Self.doubledShare * Double(summary.telling) {
      return [twoPoints(of: summary.telling)]
    }
    guard let summary, summary.copies >= Self.least, summary.segments > 0 else { return [] }
    let share = Double(summary.copies) / Double(summary.segments)
    guard share >= Self.leastShare else { return [] }
    var finding = Finding(
      Self.rule, share >= Self.doubledShare ? .warning : .notice, .certain, proof: .proven,
      summary: "\(Words.count(summary.copies, "frame")) of \(Words.grouped(summary.segments)) are copies of the frame "
        + "before (\(Words.percent(summary.copies, of: summary.segments))); they were left out of all counts.")
    finding.attach(evidence)
    finding.measures = [
      Measure("copies", Double(summary.copies), "frames"), Measure("share", 100 * share, "percent"),
    ]
    return [finding]
  }

  /// Captures of both ends put together: each segment passes twice, with the delay of the path between.
  private func twoPoints(of telling: UInt64) -> Finding {
    var finding = Finding(
      Self.rule, .warning, .likely, proof: .inferred,
      summary:
        "\(Words.count(lateCopies, "segment")) of \(Words.grouped(telling)) stand twice with a delay between: "
        + "captures of two points are mixed here, and what one point saw cannot be told from the other.")
    finding.cause = "two-points"
    finding.attach(lateEvidence)
    finding.measures = [Measure("late-copies", Double(lateCopies), "segments")]
    finding.remedy =
      "Compare the captures of the two points (tcptriage compare FILE FILE), or analyze them apart (--per-file)."
    finding.nextSteps = []
    return finding
  }
}
