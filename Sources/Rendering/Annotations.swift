import Detection
import Dissection
import Triage

/// What a report has to say beside the packets of its capture: the verdict, and the findings on their evidence frames.
package struct Annotations {
  /// The verdict, for the capture as a whole.
  package let verdict: String
  private let comments: [UInt64: [String]]

  /// A summary is cut to so many characters: a comment is a pointer into the report, not the report.
  private static let maximumSummary = 600

  /// - Complexity: O(evidence frames of all findings).
  package init(_ report: Report) {
    let digest = Digest(report)
    verdict = Visible.text(digest.verdict, limit: 4_000)
    var comments: [UInt64: [String]] = [:]
    for entry in digest.quality + digest.findings {
      var seen: Set<UInt64> = []
      for frame in entry.finding.evidence where seen.insert(frame.segment.frame).inserted {
        comments[frame.segment.frame, default: []].append(Self.words(entry, frame))
      }
    }
    self.comments = comments
  }

  /// How many frames have comments.
  package var frames: Int { comments.count }

  /// One comment for each finding that the frame proves; empty for most frames.
  package func comments(on frame: UInt64) -> [String] { comments[frame] ?? [] }

  /// As in `critical ack-storm (certain): Two hosts ... This frame: note. Finding 0123456789abcdef`.
  private static func words(_ entry: Digest.Entry, _ frame: EvidenceFrame) -> String {
    let finding = entry.finding
    let note = frame.note.isEmpty ? "" : " This frame: \(Visible.text(frame.note, limit: 200))."
    return "\(finding.severity.name) \(finding.rule.id) (\(finding.confidence.name)): "
      + "\(Visible.text(finding.summary, limit: maximumSummary))\(note) Finding \(entry.id)."
  }
}
