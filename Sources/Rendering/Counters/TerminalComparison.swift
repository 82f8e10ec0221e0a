import Frames
import Triage

/// Two snapshots of a host's counters, in the summary.
extension TerminalSummary {
  /// Below a finding: the counters that should have moved with it, and the settings that explain it.
  func addCheck(_ check: CounterComparison.Check?, to text: inout TerminalText) {
    guard let check else { return }
    if let words = check.processWords { text.paragraph(words, label: "  Process  ") }
    for match in check.matches {
      text.paragraph(match.words, label: "  Kernel \(match.verdict.sign) ", style: Self.style(match.verdict))
    }
    for sentence in check.settings { text.paragraph(sentence, label: "  Setting  ") }
  }

  func addComparison(_ comparison: CounterComparison, to text: inout TerminalText) {
    guard comparison.isWorthShowing else { return }
    text.line()
    text.paragraph(comparison.heading, style: .bold)
    for note in comparison.notes { text.paragraph(note, label: "  ") }
    let cells = comparison.rows.map { [$0.name, $0.movedWords, $0.predictedWords] }
    guard !cells.isEmpty else { return }
    let all = [["COUNTER", "MOVED BY", "PACKETS SHOW"]] + cells
    let widths = (0..<3).map { column in all.map { TerminalText.columns($0[column]) }.max() ?? 0 }
    text.line(Self.line(all[0], widths), .dim)
    for (row, cells) in zip(comparison.rows, cells) {
      let (words, style) = (row.verdictWords, row.verdict.map(Self.style) ?? .plain)
      text.line([(Self.line(cells, widths, isOpen: !words.isEmpty), .plain), (words, style)])
    }
    for (names, reason) in comparison.mismatches {
      text.paragraph("\(Quantity.list(names)): \(reason)", label: "  ✗ ", style: .yellow)
    }
  }

  /// Cells in their columns; `isOpen` when something follows.
  private static func line(_ cells: [String], _ widths: [Int], isOpen: Bool = false) -> String {
    let gaps = zip(cells, widths).map { String(repeating: " ", count: max(0, $1 - TerminalText.columns($0))) }
    let end = isOpen ? "  \(cells[2])\(gaps[2])  " : cells[2].isEmpty ? "" : "  \(cells[2])"
    return "  \(cells[0])\(gaps[0])  \(gaps[1])\(cells[1])\(end)"
  }

  private static func style(_ verdict: CounterPairing.Verdict) -> TerminalText.Style {
    switch verdict {
    case .matches: .green
    case .mismatch: .yellow
    case .unavailable: .dim
    }
  }
}
