import Triage

/// The report as one JSON object per line, for programs that read line by line.
///
/// The first line is the capture with the verdict, then come the findings, then the listed connections, and last the
/// totals. The member `type` says which of these a line is; the others are those of the JSON report.
package struct NDJSONReport: Renderer {
  package static let name = "ndjson"
  package static let extensions = ["ndjson", "jsonl"]

  package init(_ options: RenderingOptions) {}

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    let digest = Digest(report)
    var json = JSONWriter()
    line(&json, to: &sink) { json in
      json.object(inline: true) { json in
        json.member("type", "capture")
        json.member("schema_version", JSONReport.schemaVersion)
        json.member("verdict", digest.verdict)
        JSONReport.writeCapture(digest, to: &json)
      }
    }
    for (id, finding) in report.namedFindings {
      line(&json, to: &sink) { JSONReport.writeFinding(finding, id, digest, type: "finding", to: &$0) }
    }
    for connection in report.connections where sink.isOpen {
      line(&json, to: &sink) { JSONReport.writeConnection(connection, type: "connection", to: &$0) }
    }
    line(&json, to: &sink) { json in
      json.object(inline: true) { json in
        json.member("type", "totals")
        JSONReport.writeRest(report, to: &json)
      }
    }
    json.drain(into: &sink)
  }

  private func line(
    _ json: inout JSONWriter, to sink: inout some ByteSink & ~Copyable, _ body: (inout JSONWriter) -> Void
  ) {
    body(&json)
    json.end()
    if json.bytes.count >= JSONReport.chunk { json.drain(into: &sink) }
  }
}
