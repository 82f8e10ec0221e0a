import Detection
import Dissection
import Frames
import Tracking
import Triage

/// The findings as rows of a table, RFC 4180.
package struct CSVReport: Renderer {
  package static let name = "csv"
  package static let extensions = ["csv"]

  static let columns: [Column] = [
    "id", "severity", "confidence", "proof", "rule", "family", "cause", "summary", "connections", "client", "server",
    "hosts", "first_frame", "last_frame", "evidence_frames", "first", "last", "lost_s", "wasted_packets",
    "wasted_bytes", "remedy",
  ].map { Column($0) }

  package init(_ options: RenderingOptions) {}

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    let digest = Digest(report)
    var table = TableWriter(Self.columns, .csv)
    for (id, finding) in report.namedFindings {
      table.row(Self.row(finding, id, digest), to: &sink)
    }
    table.finish(to: &sink)
  }

  /// Numbers in a list are parted by blanks; client and server are those of the first connection.
  private static func row(_ finding: Finding, _ id: String, _ digest: Digest) -> [Cell] {
    let connection = finding.connections.first.flatMap { digest.connections[$0] }
    let isWhole = finding.firstFrame == 0
    return [
      .text(id), .text(finding.severity.name), .text(finding.confidence.name), .text(finding.proof.rawValue),
      .text(finding.rule.id), .text(finding.rule.family.rawValue), .text(finding.cause), .text(finding.summary),
      .text(words(finding.connections.map(\.rawValue))),
      connection.map { .text("\($0.client)") } ?? .none, connection.map { .text("\($0.server)") } ?? .none,
      .text(finding.hosts.joined(separator: " ")),
      isWhole ? .none : .unsigned(finding.firstFrame), isWhole ? .none : .unsigned(finding.lastFrame),
      .text(words(finding.evidence.map(\.segment.frame))),
      .date(isWhole ? nil : finding.firstTime), .date(isWhole ? nil : finding.lastTime),
      .seconds(finding.cost.time), .unsigned(finding.cost.packets), .unsigned(finding.cost.bytes),
      .text(finding.remedy),
    ]
  }

  private static func words(_ numbers: [UInt64]) -> String { numbers.map(String.init).joined(separator: " ") }
}
