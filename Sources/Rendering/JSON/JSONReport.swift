import Detection
import Dissection
import Frames
import Tracking
import Triage

/// The report for programs: schema version 1.
///
/// Numbers are raw: bytes, packets, nanoseconds for durations (`..._ns`). A time is two members, `first` in RFC 3339 with
/// nine digits and `first_seconds` in seconds since 1970 UTC with nine digits: the digits are exact, while a reader that
/// parses them into a double rounds to about 0.2 µs. A finding about the whole capture has `frames.first` and
/// `time.first` null. Members are only ever added within a schema version.
package struct JSONReport: Renderer {
  package static let name = "json"
  package static let extensions = ["json"]

  /// Raised when a member changes its meaning or goes away.
  package static let schemaVersion = 1

  /// Bytes that are gathered before a sink gets them.
  static let chunk = 65_536
  /// Groups that the elements of `connections` stand in.
  static let connectionsDepth = 2

  package init(_ options: RenderingOptions) {}

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    Self.write(report, connections: report.connections, to: &sink)
  }

  /// Writes `report` with `connections` in place of its own list, one by one, so that they need not be in memory at once.
  ///
  /// - Parameters:
  ///   - report: its own connections are still used to name the ends in findings.
  ///   - connections: gone through once, in the order of the output.
  ///   - sink: gets chunks of about 64 kB.
  package static func write(
    _ report: Report, connections: some Sequence<ConnectionSummary>, to sink: inout some ByteSink & ~Copyable
  ) {
    write(report, to: &sink) { json, sink in
      for connection in connections {
        guard sink.isOpen else { return }
        json.element()
        writeConnection(connection, to: &json)
        if json.bytes.count >= chunk { json.drain(into: &sink) }
      }
    }
  }

  /// Writes `report` with `count` elements in place of its own list, which `copy` writes: the text of a
  /// ``JSONConnectionList``.
  package static func write<Sink: ByteSink & ~Copyable>(
    _ report: Report, splicing count: Int, to sink: inout Sink, _ copy: (inout Sink) -> Void
  ) {
    write(report, to: &sink) { json, sink in
      json.drain(into: &sink)
      copy(&sink)
      if count > 0 { json.spliced() }
    }
  }

  private static func write<Sink: ByteSink & ~Copyable>(
    _ report: Report, to sink: inout Sink, _ writeConnections: (inout JSONWriter, inout Sink) -> Void
  ) {
    let digest = Digest(report)
    var json = JSONWriter()
    json.object { json in
      json.member("schema_version", schemaVersion)
      json.key("verdict")
      json.value(digest.verdict)
      writeCapture(digest, to: &json)
      json.key("findings")
      json.array { json in
        for (id, finding) in report.namedFindings {
          json.element()
          writeFinding(finding, id, digest, to: &json)
          if json.bytes.count >= chunk { json.drain(into: &sink) }
        }
      }
      json.key("connections")
      json.array { writeConnections(&$0, &sink) }
      writeRest(report, to: &json)
    }
    json.end()
    json.drain(into: &sink)
  }

  /// The members after findings and connections.
  static func writeRest(_ report: Report, to json: inout JSONWriter) {
    writeTotals(report, to: &json)
    writeRules(report.rules, to: &json)
    writeLedger(report.smcLedger, to: &json)
    writeCounters(report.counters, to: &json)
    writeComparison(report, to: &json)
    writeMethod(report, to: &json)
  }

  /// `"first": ..., "first_seconds": ...` inside the current object.
  static func writeTime(_ name: String, _ time: Int64?, to json: inout JSONWriter) {
    json.key(name)
    guard let time else {
      json.null()
      json.key("\(name)_seconds")
      json.null()
      return
    }
    json.value(Moment.exact(time))
    json.key("\(name)_seconds")
    json.number(PacketTime.seconds(time))
  }

  static func writeTotals(_ report: Report, to json: inout JSONWriter) {
    let totals = report.totals
    json.key("totals")
    json.object { json in
      json.member("connections", totals.connections)
      json.member("unanswered", totals.unanswered)
      json.member("evicted", totals.evicted)
      json.member("packets", totals.packets)
      json.member("payload_bytes", totals.payloadBytes)
      json.member("retransmissions", totals.retransmissions)
      json.member("findings", report.rules.reduce(0) { $0 + $1.findings() })
    }
  }

  /// How often each rule fired; `findings` lists the worst of them.
  static func writeRules(_ rules: [RuleTally], to json: inout JSONWriter) {
    json.member("rules", rules) { json, tally in
      json.member("rule", tally.rule.id)
      json.member("findings", tally.findings())
      for severity in Severity.allCases.reversed() { json.member(severity.name, tally.findings(of: severity)) }
    }
  }

  private static func writeLedger(_ ledger: [SMCLedgerEntry], to json: inout JSONWriter) {
    json.member("smc", ledger) { json, entry in
      json.member("server", "\(entry.server)")
      json.member("client", "\(entry.client)")
      json.member("offered", entry.offered)
      json.member("answered", entry.answered)
      json.member("established", entry.established)
      json.member("not_offered", entry.notOffered)
      json.member("declines", entry.declines) { json, decline in
        json.member("code", decline.code)
        json.member("name", decline.name)
        json.member("from", decline.fromClient ? "client" : "server")
        json.member("count", decline.count)
      }
    }
  }

  private static func writeMethod(_ report: Report, to json: inout JSONWriter) {
    json.member("thresholds", report.thresholds) { json, threshold in
      json.member("rule", threshold.rule)
      json.member("name", threshold.name)
      json.member("value", threshold.value)
      json.member("reason", threshold.reason)
    }
    json.key("method")
    json.object { json in
      json.member("version", report.method.version)
      json.member("command_line", report.method.commandLine)
      json.member("filter", report.method.filter)
    }
  }
}
