import Detection

/// What a comparison says, in the order in which it is read; terminal and Markdown show the same page.
struct ComparisonPage {
  /// The answer, first and alone.
  var verdict = ""
  /// How bad the answer is, for its color.
  var harm: Severity = .info
  var parts: [Part] = []

  enum Part {
    /// A few words over what follows.
    case heading(String)
    case paragraph(String)
    /// Sentences that belong together, each on its own.
    case list([String])
    case table(columns: [String], rows: [[String]])
  }

  mutating func heading(_ text: String) { parts.append(.heading(text)) }
  mutating func paragraph(_ text: String) { parts.append(.paragraph(text)) }

  mutating func list(_ sentences: [String]) {
    if !sentences.isEmpty { parts.append(.list(sentences)) }
  }

  mutating func table(_ columns: [String], _ rows: [[String]]) {
    if !rows.isEmpty { parts.append(.table(columns: columns, rows: rows)) }
  }

  /// The page as GitHub Markdown; everything but our own markup is escaped.
  func markdown(title: String) -> String {
    var text: Markdown = "# \(title)\n\n**\(verdict, limit: 1_000)**\n"
    for part in parts {
      switch part {
      case .heading(let words): text = text + "\n## \(words)\n"
      case .paragraph(let words): text = text + "\n\(words, limit: 1_000)\n"
      case .list(let sentences):
        text = text + "\n" + Markdown(sentences.map { "- \($0, limit: 1_000)\n" as Markdown })
      case .table(let columns, let rows):
        text = text + "\n" + Markdown.row(columns.map { "\($0)" as Markdown })
        text = text + Markdown.row(columns.indices.map { $0 == 0 ? "---" : "---:" as Markdown })
        text = text + Markdown(rows.map { Markdown.row($0.map { "\($0, limit: 200)" as Markdown }) })
      }
    }
    return text.text
  }

  /// The page for a terminal.
  func terminal(_ options: RenderingOptions) -> String {
    var text = TerminalText(width: options.width, color: options.color)
    text.paragraph(verdict, style: style)
    for part in parts {
      switch part {
      case .heading(let words):
        text.line()
        text.line(words, .bold)
      case .paragraph(let words): text.paragraph(words, label: "  ")
      case .list(let sentences):
        for sentence in sentences { text.paragraph(sentence, label: "  ") }
      case .table(let columns, let rows): Self.add(columns, rows, to: &text)
      }
    }
    return text.text
  }

  private var style: TerminalText.Style {
    switch harm {
    case .critical: .red
    case .warning: .yellow
    case .notice, .info: .bold
    }
  }

  /// The first column to the left, all others, being numbers, to the right; what does not fit is taken from headings
  /// and labels, never from numbers.
  private static func add(_ columns: [String], _ rows: [[String]], to text: inout TerminalText) {
    let shown = ([columns] + rows).map { $0.map { Visible.text($0, limit: 200) } }
    let widths = widths(shown, room: text.width - 2)
    for (number, row) in shown.enumerated() {
      var line = "  "
      for (column, cell) in row.enumerated() {
        let cell = column == 0 ? TerminalText.fitMiddle(cell, widths[0]) : heading(cell, widths[column])
        let gap = String(repeating: " ", count: max(0, widths[column] - TerminalText.columns(cell)))
        line += column == 0 ? cell + gap : "  " + gap + cell
      }
      text.line(line, number == 0 ? .dim : .plain)
    }
  }

  /// Each column as wide as its widest cell, or, if that is too much for `room`, as its numbers and a part of the
  /// heading.
  private static func widths(_ rows: [[String]], room: Int) -> [Int] {
    func widest(_ rows: some Sequence<[String]>, _ column: Int) -> Int {
      rows.map { $0.indices.contains(column) ? TerminalText.columns($0[column]) : 0 }.max() ?? 0
    }
    let columns = rows.first?.indices ?? 0..<0
    var widths = columns.map { widest(rows, $0) }
    let label = min(widths.first ?? 0, max(16, widest(rows.dropFirst(), 0)))
    let numbers = columns.dropFirst()
    let rest = room - label - 2 * numbers.count
    if numbers.reduce(0, { $0 + widths[$1] }) > rest {
      for column in numbers {
        widths[column] = max(widest(rows.dropFirst(), column), min(widths[column], rest / numbers.count))
      }
    }
    let taken = numbers.reduce(0) { $0 + widths[$1] + 2 }
    if !widths.isEmpty { widths[0] = min(widths[0], max(16, room - taken)) }
    return widths
  }

  /// A heading that says from where to where keeps a part of both names.
  private static func heading(_ words: String, _ width: Int) -> String {
    let arrow = " → "
    guard TerminalText.columns(words) > width, let middle = words.firstRange(of: arrow) else { return words }
    let part = max(1, (width - arrow.count) / 2)
    return TerminalText.fitMiddle(String(words[..<middle.lowerBound]), part) + arrow
      + TerminalText.fitMiddle(String(words[middle.upperBound...]), part)
  }
}
