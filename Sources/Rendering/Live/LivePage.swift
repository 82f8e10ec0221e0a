import Detection
import Frames
import Triage

/// The screen of live mode: what is wrong now, what runs over the interface, and what was not captured.
///
/// A pure function from what is known and what the user has chosen to lines that fit the screen. How many rows each part
/// gets depends on the screen's size and on which parts there are, not on how much they have to tell, so that nothing
/// jumps about.
package struct LivePage: Sendable {
  /// Smaller screens show only a few of the first lines.
  static let leastColumns = 40
  static let leastRows = 9
  /// Labels of lines, as wide as in the summary of a file.
  static let label = 9

  package let columns: Int
  package let rows: Int
  let color: Bool

  package init(columns: Int, rows: Int, color: Bool) {
    self.columns = max(1, min(columns, 500))
    self.rows = max(1, min(rows, 300))
    self.color = color
  }

  /// Exactly as many lines as the screen has rows, none wider than the screen.
  package func lines(_ snapshot: LiveSnapshot, _ state: LivePageState) -> [String] {
    guard columns >= Self.leastColumns, rows >= Self.leastRows else { return tinyLines(snapshot) }
    var text = TerminalText(width: columns, color: color)
    addHead(snapshot, state, to: &text)
    var place = ""
    switch state.view {
    case .overview: addOverview(snapshot, state, to: &text)
    case .explanation: place = addExplanation(snapshot, state, to: &text)
    case .help: addHelp(to: &text)
    }
    var lines = Array(text.lines.prefix(rows - 1))
    lines += Array(repeating: "", count: rows - 1 - lines.count)
    return lines + [foot(state, place)]
  }

  /// Lines of the selected finding's explanation that can be above the screen.
  package func mostScroll(_ snapshot: LiveSnapshot, _ state: LivePageState) -> Int {
    max(0, LiveExplanation.lines(state.selected, snapshot, columns, color: color).count - explanationRows)
  }

  /// Rows between head and foot.
  package var explanationRows: Int { max(1, rows - Self.headRows - 2) }

  /// Rows of the head, those that are always there.
  static let headRows = 3

  /// Findings that one page shows at least.
  package var findingsShown: Int { LivePageRoom(rows: rows, isWriting: true, hasCounters: true).findingsShown }

  private func addOverview(_ snapshot: LiveSnapshot, _ state: LivePageState, to text: inout TerminalText) {
    let room = LivePageRoom(
      rows: rows, isWriting: snapshot.writing != nil, hasCounters: !snapshot.counters.isEmpty)
    addWriting(snapshot, to: &text)
    addThroughput(snapshot, to: &text)
    part(room.findings, room.hasGaps, &text) { addFindings(snapshot, state, room, to: &$0) }
    part(room.resent, room.hasGaps, &text) { addRetransmissions(snapshot, rows: room.resent, to: &$0) }
    part(room.top, room.hasGaps, &text) { addTop(snapshot, state, rows: room.top, to: &$0) }
    part(room.counters, room.hasGaps, &text) { addCounters(snapshot, rows: room.counters, to: &$0) }
    part(room.remarks, room.hasGaps, &text) { addRemarks(snapshot, rows: room.remarks, to: &$0) }
  }

  /// A part in its own rows: never more, and filled up where it has less to tell.
  private func part(_ rows: Int, _ hasGap: Bool, _ text: inout TerminalText, _ add: (inout TerminalText) -> Void) {
    guard rows > 0 else { return }
    if hasGap { text.line() }
    var part = TerminalText(width: columns, color: color)
    add(&part)
    for line in part.lines.prefix(rows) { text.append(raw: line) }
    for _ in 0..<max(0, rows - part.lines.count) { text.line() }
  }

  /// Adds what fits of it, and tells which lines these are.
  private func addExplanation(_ snapshot: LiveSnapshot, _ state: LivePageState, to text: inout TerminalText) -> String {
    text.line()
    let lines = LiveExplanation.lines(state.selected, snapshot, columns, color: color)
    let start = max(0, min(state.scroll, lines.count - explanationRows))
    let shown = lines[start...].prefix(explanationRows)
    for line in shown { text.append(raw: line) }
    return "lines \(start + 1)-\(start + shown.count) of \(lines.count)"
  }

  private func addHelp(to text: inout TerminalText) {
    text.line()
    for (keys, meaning) in Self.help {
      text.line([("  ", .plain), (Self.cell(keys, 18), .bold), (meaning, .plain)])
    }
  }

  private static let help = [
    ("q, Ctrl-C", "end the capture and print the report"),
    ("p, Space", "let the screen stand still; the capture goes on"),
    ("Up, Down, j, k", "select a finding"),
    ("Enter, e", "explain the selected finding; Esc leads back"),
    ("s", "sort findings by harm, by age, by rate"),
    ("f, /", "show only findings and connections that contain a text"),
    ("r", "back to all findings, sorted by harm"),
    ("PgUp, PgDn", "a page up, a page down"),
  ]

  private func foot(_ state: LivePageState, _ place: String) -> String {
    var text = TerminalText(width: columns, color: color)
    if let typing = state.typing {
      text.line([("Show only ", .bold), (typing, .plain), ("_", .bold), ("   Enter applies, Esc clears", .dim)])
      return text.lines[0]
    }
    let pause = "p \(state.isPaused ? "go on" : "pause")"
    switch state.view {
    case .overview: text.line("q quit  \(pause)  Enter explain  s sort  f filter  ? help", .dim)
    case .explanation: text.line("q quit  \(pause)  Esc back  Up, Down scroll  \(place)", .dim)
    case .help: text.line("q quit  any other key leads back", .dim)
    }
    return text.lines[0]
  }

  /// What matters most, cut as it comes.
  private func tinyLines(_ snapshot: LiveSnapshot) -> [String] {
    let open = snapshot.findings.filter(\.isOpen)
    let rates = LiveWords.bits(bytesPerSecond: snapshot.lastSecond.perSecond(snapshot.lastSecond.bytes))
    let texts =
      [snapshot.dropWords, "\(open.count) open, \(rates)"]
      + open.map { "\($0.finding.severity.mark) \($0.finding.rule.id)" }
    let lines = texts.prefix(rows).map { TerminalText.fit(Visible.text($0), columns) }
    return lines + Array(repeating: "", count: rows - lines.count)
  }

  /// `text` in a column of `width`, cut or filled up.
  static func cell(_ text: String, _ width: Int, right: Bool = false) -> String {
    let fitted = TerminalText.fit(Visible.text(text), width)
    let padding = String(repeating: " ", count: max(0, width - TerminalText.columns(fitted)))
    return right ? padding + fitted : fitted + padding
  }
}

/// How many rows each part of the overview gets on a screen.
struct LivePageRoom {
  /// Of each part with its heading.
  private(set) var findings = 0
  private(set) var resent = 1
  private(set) var top = 0
  private(set) var counters = 0
  private(set) var remarks = 1
  /// Whether an empty row stands in front of each part.
  let hasGaps: Bool
  /// Rows of one finding; with two, its sentence stands below it.
  let rowsPerFinding: Int

  /// Shares what head and foot leave.
  init(rows: Int, isWriting: Bool, hasCounters: Bool) {
    hasGaps = rows >= 28
    rowsPerFinding = rows >= 24 ? 2 : 1
    if rows >= 34 { resent = 2 }
    if rows >= 20 { remarks = 2 }
    let gaps = hasGaps ? (hasCounters ? 5 : 4) : 0
    // Throughput and keys have a row each.
    let left = max(0, rows - LivePage.headRows - 2 - (isWriting ? 1 : 0) - resent - remarks - gaps)
    // What is wrong comes first: half of the page, at least a heading, two findings and a sentence.
    findings = min(left, max(4, left / 2))
    // A heading of columns alone tells nothing.
    let others = left - findings
    counters = hasCounters ? others / 2 : 0
    if counters == 1 { counters = 0 }
    top = others - counters
    if top < 2 { (top, findings) = (0, findings + top) }
    // No half of a finding at the end.
    let odd = (findings - 1) % rowsPerFinding
    if top > 0 { (top, findings) = (top + odd, findings - odd) }
  }

  /// Findings that there is room for; on small screens the last row is for the selected one's sentence.
  var findingsShown: Int { max(1, rowsPerFinding == 1 ? findings - 2 : (findings - 1) / 2) }
}
