import Detection
import Frames
import Triage

/// The findings on the page, the selected one marked.
extension LivePage {
  /// The columns of a finding's row; the owner's only where there is room.
  private struct Layout {
    static let severity = 11
    static let state = 17
    static let rate = 10
    static let owner = 24

    let rule: Int
    let showsOwner: Bool

    init(_ columns: Int) {
      // Mark, number, severity, and a space behind each column.
      let fixed = 2 + 4 + Self.severity + 1 + Self.state + 1 + Self.rate
      showsOwner = columns - fixed - Self.owner >= 22
      rule = max(8, min(24, columns - fixed - (showsOwner ? Self.owner + 1 : 0) - 1))
    }
  }

  func addFindings(
    _ snapshot: LiveSnapshot, _ state: LivePageState, _ room: LivePageRoom, to text: inout TerminalText
  ) {
    let findings = state.findings(snapshot)
    let selection = state.selection(in: findings)
    // A page at a time: the list stands still while the selection moves within it.
    let start = selection / room.findingsShown * room.findingsShown
    let shown = findings[start...].prefix(room.findingsShown)
    addHeading(snapshot, state, findings.count, start..<(start + shown.count), to: &text)
    let layout = Layout(columns)
    for (index, live) in zip(shown.indices, shown) {
      add(live, layout, snapshot.time, isSelected: index == selection, to: &text)
      if room.rowsPerFinding == 2 { addSentence(live, layout, to: &text) }
    }
    if room.rowsPerFinding == 1, findings.indices.contains(selection) {
      addSentence(findings[selection], layout, to: &text)
    }
  }

  private func addHeading(
    _ snapshot: LiveSnapshot, _ state: LivePageState, _ count: Int, _ shown: Range<Int>, to text: inout TerminalText
  ) {
    let open = snapshot.findings.count(where: \.isOpen)
    let rest = snapshot.findings.count - open
    var words = snapshot.findings.isEmpty ? "none so far" : "\(Quantity.count(open)) open"
    if rest > 0 { words += ", \(Quantity.count(rest)) at rest" }
    if count > shown.count { words += " · \(shown.lowerBound + 1)-\(shown.upperBound) of \(count) shown" }
    if state.order != .harm { words += " · by \(state.order.rawValue)" }
    if !state.filter.isEmpty { words += " · only with '\(state.filter)': \(Quantity.count(count))" }
    text.line([("Findings ", .bold), (words, .plain)])
  }

  private func add(
    _ live: LiveFinding, _ layout: Layout, _ time: Int64, isSelected: Bool, to text: inout TerminalText
  ) {
    let finding = live.finding
    let severity = "\(Self.cell(finding.severity.mark, 2)) \(finding.severity.name)"
    var cells = [
      Self.cell("\(live.number)", 3, right: true),
      Self.cell(severity, Layout.severity), Self.cell(finding.rule.id, layout.rule),
      Self.cell(LiveWords.state(live, at: time), Layout.state),
      Self.cell(LiveWords.rate(live.rate), Layout.rate, right: true),
    ]
    if layout.showsOwner { cells.append(Self.cell(LiveWords.owners(live.owners), Layout.owner)) }
    guard !isSelected else {
      let row = "> " + cells.joined(separator: " ")
      return text.line(Self.cell(row, columns), .reverse)
    }
    let style = live.isOpen ? TerminalSummary.style(finding.severity) : .dim
    text.line([
      ("  \(cells[0]) ", .plain), (cells[1], style), (" \(cells[2])", live.isOpen ? .bold : .plain),
      (" " + cells[3...].joined(separator: " "), .plain),
    ])
  }

  /// Whose it is, where no column says it, and what the host's own counters say stand in front, where they are not cut.
  private func addSentence(_ live: LiveFinding, _ layout: Layout, to text: inout TerminalText) {
    let owner = layout.showsOwner ? "" : LiveWords.owners(live.owners)
    let verdict = LiveWords.verdict(live.counters)
    let differs = live.counters.contains { $0.verdict == .mismatch }
    text.line([
      ("      ", .plain), (owner + (owner.isEmpty ? "" : " · "), .plain), (verdict, differs ? .yellow : .dim),
      (verdict.isEmpty ? "" : " · ", .dim), (live.finding.summary, .dim),
    ])
  }
}
