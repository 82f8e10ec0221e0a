import Frames
import Triage

/// Two snapshots of a host's counters, in the HTML report.
extension HTMLReport {
  /// Within a card: the counters that should have moved with the finding, and the settings that explain it.
  static func check(_ check: CounterComparison.Check?) -> HTML {
    guard let check else { return .nothing }
    let matches = check.matches.map { match in
      "<li><b>\(match.verdict.sign)</b> \(match.words)</li>\n" as HTML
    }
    let settings = check.settings.map { "<li>\($0)</li>\n" as HTML }
    let processes = check.processWords.map { "<li>Process: \($0)</li>\n" as HTML } ?? .nothing
    return "<h4>What the host says</h4>\n<ul>\n\(processes)\(matches)\(settings)</ul>\n"
  }

  static func counterComparison(_ digest: Digest) -> HTML {
    guard let comparison = digest.report.counterComparison, comparison.isWorthShowing else { return .nothing }
    let notes = ([comparison.heading] + comparison.notes).map { "<p>\($0)</p>\n" as HTML }
    let rows = comparison.rows.map { row -> [HTMLTable.Cell] in
      [
        .text("<code>\(row.name)</code>"), row.moved.map { .count($0) } ?? .text("not available"),
        row.predicted.map { .count($0.value) } ?? .text(""), .text("\(row.predicted?.certainty.name ?? "")"),
        .text("\(row.verdictWords)"), .words("\(row.explanation, limit: 400)"),
      ]
    }
    guard !rows.isEmpty else { return HTML(notes) }
    let table = HTMLTable(
      caption: "Counters between two snapshots",
      columns: [
        .text("Counter"), .number("Moved by"), .number("Packets show"), .text("How exact"), .text("Verdict"),
        .text("What it counts, or why they differ"),
      ])
    return HTML(notes) + table.filled(rows, budget: tableBudget).html
  }
}
