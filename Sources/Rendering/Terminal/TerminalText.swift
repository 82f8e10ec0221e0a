/// Lines for a terminal: plain text measured in columns, colour only where allowed, nothing raw from a capture.
struct TerminalText {
  /// Meaning of a run of text; the word says it too, so nothing is lost without colour.
  enum Style: Sendable {
    case plain, bold, dim, red, yellow, green, blue, reverse
  }

  let width: Int
  let color: Bool
  private(set) var lines: [String] = []

  init(width: Int, color: Bool) {
    self.width = max(20, width)
    self.color = color
  }

  /// Adds one line of styled runs, cut at the width with `…`.
  mutating func line(_ runs: [(text: String, style: Style)]) {
    var room = width
    var line = ""
    for run in runs where room > 0 {
      let text = Self.fit(Visible.text(run.text), room)
      room -= Self.columns(text)
      line += styled(text, run.style)
    }
    lines.append(line)
  }

  /// Adds a command on a line of its own, however long: one that is cut or broken cannot be pasted.
  mutating func command(_ text: String, label: String) {
    lines.append(styled(label, .dim) + styled(Visible.text(text, limit: 4_000), .blue))
  }

  mutating func line(_ text: String = "", _ style: Style = .plain) { line([(text, style)]) }

  /// Adds a line that another ``TerminalText`` has made.
  mutating func append(raw line: String) { lines.append(line) }

  /// Adds `text` after `label`, wrapped to at most `limit` lines.
  ///
  /// Further lines are indented by the label's width.
  mutating func paragraph(_ text: String, label: String = "", style: Style = .plain, limit: Int = .max) {
    let indent = Self.columns(label)
    let rows = Self.wrap(Visible.text(text, limit: 4_000), width - indent)
    for (index, row) in rows.prefix(limit).enumerated() {
      let isCut = index == limit - 1 && rows.count > limit
      let shown = isCut ? Self.fit(row + " …", width - indent) : row
      line([(index == 0 ? label : String(repeating: " ", count: indent), .dim), (shown, style)])
    }
  }

  /// Everything, each line with its end.
  var text: String { lines.map { $0 + "\n" }.joined() }

  /// Breaks `text` at spaces, and inside words that are wider than `width`.
  static func wrap(_ text: String, _ width: Int) -> [String] {
    let width = max(10, width)
    var rows: [String] = []
    var row = ""
    var used = 0
    for word in text.split(separator: " ") {
      var rest = String(word)
      var size = columns(rest)
      if used > 0, used + 1 + size > width {
        rows.append(row)
        (row, used) = ("", 0)
      }
      while size > width {
        let head = take(rest, width)
        rows.append(head)
        rest.unicodeScalars.removeFirst(head.unicodeScalars.count)
        size = columns(rest)
      }
      row += used > 0 ? " " + rest : rest
      used += used > 0 ? size + 1 : size
    }
    if used > 0 || rows.isEmpty { rows.append(row) }
    return rows
  }

  /// `text`, or as much of it as leaves room for `…`; nothing where there is no room.
  static func fit(_ text: String, _ width: Int) -> String {
    guard columns(text) > width else { return text }
    return width > 0 ? take(text, width - 1) + "…" : ""
  }

  /// `text`, or as much of its beginning and end as leaves room for `…` between them.
  static func fitMiddle(_ text: String, _ width: Int) -> String {
    guard columns(text) > width, width > 2 else { return fit(text, width) }
    let tail = (width - 1) / 2
    let end = String(take(String(text.reversed()), tail).reversed())
    return take(text, width - 1 - columns(end)) + "…" + end
  }

  /// Terminal columns, at most: East Asian wide characters and emoji take two, combining marks none.
  ///
  /// By scalars, as terminals count: a single `Character` can be arbitrarily wide.
  static func columns(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columns($1) } }

  /// As much of the beginning of `text` as fits; at least one scalar where `width` is 2 or more.
  private static func take(_ text: String, _ width: Int) -> String {
    var used = 0
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      used += columns(scalar)
      if used > width { break }
      result.append(scalar)
    }
    return String(result)
  }

  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    guard scalar.value >= 0x300 else { return 1 }
    switch scalar.value {
    // Makes an emoji of the sign before it, which many terminals then draw wide.
    case 0xFE0F: return 1
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
      0x1D300...0x1D37F, 0x1F200...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: return scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }

  private func styled(_ text: String, _ style: Style) -> String {
    guard color, style != .plain, !text.isEmpty else { return text }
    return "\u{1B}[\(Self.code(style))m\(text)\u{1B}[0m"
  }

  private static func code(_ style: Style) -> String {
    switch style {
    case .plain: "0"
    case .bold: "1"
    case .dim: "2"
    case .red: "1;31"
    case .yellow: "1;33"
    case .green: "32"
    case .blue: "36"
    case .reverse: "7"
    }
  }
}
