import Frames
import Triage

/// Two snapshots of a host's counters, in the Markdown report.
extension MarkdownReport {
  /// Bytes of the table.
  private static let comparisonBudget = 6_000

  /// Within a finding: the counters that should have moved with it, and the settings that explain it.
  static func check(_ check: CounterComparison.Check?) -> Markdown {
    guard let check else { return "" }
    let matches = check.matches.map { match in
      "- \(match.verdict.sign) \(match.words, limit: 600)\n" as Markdown
    }
    let settings = check.settings.map { "- \($0, limit: 400)\n" as Markdown }
    let processes = check.processWords.map { ["- Process: \($0, limit: 400)\n" as Markdown] } ?? []
    return Markdown(["\n**What the host says**\n\n"] + processes + matches + settings)
  }

  static func counterComparison(_ digest: Digest) -> Markdown {
    guard let comparison = digest.report.counterComparison, comparison.isWorthShowing else { return "" }
    let notes = ([comparison.heading] + comparison.notes).map { "\($0, limit: 600)\n\n" as Markdown }
    let rows = comparison.rows.map { row in
      Markdown.row([
        "\(code: row.name)", "\(row.movedWords)", "\(row.predictedWords)", "\(row.verdictWords)",
        "\(row.explanation, limit: 400)",
      ])
    }
    let head: Markdown = """
      | Counter | Moved by | Packets show | Verdict | What it counts, or why they differ |
      |---|---:|---:|---|---|

      """
    let shown = Markdown.fitting(rows, comparisonBudget)
    let table = rows.isEmpty ? [] : [head] + shown
    let rest = rows.count - shown.count
    let more: Markdown = rest > 0 ? "\n_\(Quantity.count(rest, "counter")) more, not listed here._\n" : ""
    return Markdown(["\n## Kernel counters\n\n"] + notes + table + [more])
  }
}
