import Frames
import Triage

/// `counter_comparison`: two snapshots of a host's counters; only where they were given.
extension JSONReport {
  static func writeComparison(_ report: Report, to json: inout JSONWriter) {
    guard let comparison = report.counterComparison else { return }
    let names = FindingID.all(report)
    json.key("counter_comparison")
    json.object { json in
      json.member("host", comparison.host)
      json.member("choice", comparison.choice)
      json.key("duration_ns")
      if let length = comparison.length { json.value(length) } else { json.null() }
      json.member("remarks", comparison.remarks)
      json.member("counters", comparison.rows) { writeRow($1, to: &$0) }
      json.member("findings", comparison.checks, inline: false) { json, check in
        json.member("finding", names[check.finding])
        json.member("counters", check.matches) { writeMatch($1, to: &$0) }
        json.member("settings", check.settings)
        json.member("processes", check.processes) { json, process in
          json.key("pid")
          if let pid = process.pid { json.value(pid) } else { json.null() }
          json.member("command", process.command)
          json.member("uid", process.uid)
        }
      }
    }
  }

  private static func writeRow(_ row: CounterComparison.Row, to json: inout JSONWriter) {
    json.member("name", row.name)
    json.key("moved")
    if let moved = row.moved { json.value(moved) } else { json.null() }
    if let predicted = row.predicted {
      json.member("predicted", predicted.value)
      json.member("certainty", predicted.certainty.name)
    }
    if let verdict = row.verdict { json.member("verdict", verdict.rawValue) }
    if !row.reason.isEmpty { json.member("reason", row.reason) }
  }

  private static func writeMatch(_ match: CounterComparison.Match, to json: inout JSONWriter) {
    json.member("name", match.name)
    json.key("moved")
    if let moved = match.moved { json.value(moved) } else { json.null() }
    json.key("expected")
    json.value(match.expected)
    json.member("verdict", match.verdict.rawValue)
    if !match.reason.isEmpty { json.member("reason", match.reason) }
  }
}
