import Dissection
import Frames

/// Files that end in the middle, or could not be read to their end or at all.
///
/// What was read before counts; the reader says where it stopped. Source: tcp-pathologies §14.
package struct CaptureTruncated: Detector {
  package static let rule = Rule(
    id: "capture-truncated", family: .captureQuality, title: "Capture file not read to its end",
    meaning: "A file ends inside a record, holds something that cannot be right, or could not be opened at all: "
      + "a full disk, an interrupted copy, a capture program that was killed, a wrong name. "
      + "Everything before that point was analyzed.",
    fires: "The reader stopped before the end of a file, or could not open it.",
    falseAlarms: "None.",
    remedy: "Check the name; copy the file again, or ask for the original; stop tcpdump with Ctrl-C, not with kill -9.",
    nextSteps: [
      NextStep(
        "ls -l FILE; sha256sum FILE",
        tells: "on both ends of the copy: whether the file arrived whole")
    ],
    source: "pcap and pcapng: record and block lengths")
  package static let rules = [rule]

  private var problems: [CaptureProblem] = []

  package init(_ settings: DetectionSettings) {}

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { problems = facts.problems }

  package func findings() -> [Finding] {
    guard let first = problems.first else { return [] }
    let more =
      problems.count > 1
      ? " \(Words.count(problems.count - 1, "further file")) could not be read to the end either." : ""
    let worst: Severity = problems.contains { $0.kind != .truncated } ? .warning : .notice
    var finding = Finding(Self.rule, worst, .certain, proof: .proven, summary: first.sentence + more)
    finding.cause = first.kind.rawValue
    finding.measures = [Measure("files", Double(problems.count)), Measure("offset", Double(first.offset), "bytes")]
    return [finding]
  }
}
