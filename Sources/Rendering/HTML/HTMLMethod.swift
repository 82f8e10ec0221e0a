import Detection
import Dissection
import Frames
import Triage

/// SMC ledger, questions to the customer, and how the report was made.
extension HTMLReport {
  static func ledger(_ digest: Digest) -> HTML {
    let ledger = digest.report.smcLedger
    guard !ledger.isEmpty else { return .nothing }
    let table = HTMLTable(
      caption: "Shared Memory Communications: who offered, answered and declined",
      columns: [
        .text("Server"), .text("Client"), .number("Offered"), .number("Answered"), .number("Established"),
        .number("Not offered"), .text("Declined"),
      ])
    let rows = ledger.lazy.map { entry -> [HTMLTable.Cell] in
      [
        .text("\("\(entry.server)")"), .text("\("\(entry.client)")"), .count(entry.offered), .count(entry.answered),
        .count(entry.established), .count(entry.notOffered), .words("\(MarkdownReport.declines(entry), limit: 400)"),
      ]
    }
    let (html, shown) = table.filled(rows, budget: tableBudget)
    return html + HTMLTable.rest(ledger.count - shown, "pair")
  }

  static func questions(_ digest: Digest) -> HTML {
    let steps = digest.questions
    guard !steps.isEmpty else { return .nothing }
    let lines = QuestionList.lines(steps, limit: 20).map { "\($0, limit: 600)\n" as HTML }
    return """
      <p class="quiet">Packets alone do not settle everything above; these commands do. Ready to send:</p>
      <pre class="cmd">\(lines)</pre>
      """
  }

  static func method(_ digest: Digest) -> HTML {
    let report = digest.report
    var rows: [HTML] = ["<dt>Program</dt><dd>tcptriage \(report.method.version, limit: 60)</dd>\n"]
    if !report.method.commandLine.isEmpty {
      rows.append("<dt>Command</dt><dd><code>\(report.method.commandLine, limit: 4_000)</code></dd>\n")
    }
    if !report.method.filter.isEmpty {
      rows.append("<dt>Filter</dt><dd><code>\(report.method.filter)</code></dd>\n")
    }
    rows.append("<dt>Files</dt><dd>\(files(report.capture.source.files))</dd>\n")
    let skipped = report.capture.notAnalyzed.filter { $0.frames > 0 }
      .map { "\(Quantity.count($0.frames, "frame")): \($0.reason.words)" }
    rows.append("<dt>Not analyzed</dt><dd>\(skipped.isEmpty ? "nothing" : skipped.joined(separator: "; "))</dd>\n")
    let missing = digest.missingParts
    if !missing.isEmpty {
      rows.append("<dt>Not in this report</dt><dd><ul>\(missing.map { "<li>\($0)</li>" as HTML })</ul></dd>\n")
    }
    return "<dl class=\"keys\">\n\(rows)</dl>\n\(thresholds(report.thresholds))"
  }

  private static func files(_ files: [CaptureFile]) -> HTML {
    let items = files.prefix(20).map { file -> HTML in
      let frames = Quantity.count(file.frames, "frame")
      return "<li><code>\(file.name, limit: 200)</code>: \(file.format, limit: 60), \(frames)</li>"
    }
    let rest: HTML = files.count > 20 ? "<li>\(Quantity.count(files.count - 20)) more</li>" : .nothing
    return items.isEmpty ? "none" : "<ul>\(items)\(rest)</ul>"
  }

  private static func thresholds(_ thresholds: [ThresholdInForce]) -> HTML {
    guard !thresholds.isEmpty else { return .nothing }
    let table = HTMLTable(
      caption: "Thresholds in force",
      columns: [.text("Rule"), .text("Threshold"), .number("Value"), .text("Why")])
    let rows = thresholds.lazy.map { threshold -> [HTMLTable.Cell] in
      [
        .text("<code>\(threshold.rule, limit: 80)</code>"), .words("\(threshold.name, limit: 200)"),
        .text("\(threshold.value, limit: 80)"), .words("\(threshold.reason, limit: 600)"),
      ]
    }
    let (html, shown) = table.filled(rows, budget: tableBudget)
    return """
      <details><summary>Thresholds in force (\(Quantity.count(thresholds.count)))</summary>
      \(html)\(HTMLTable.rest(thresholds.count - shown, "threshold"))</details>
      """
  }
}
