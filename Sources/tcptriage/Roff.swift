/// A manual page while it is written: text cannot be taken for a request.
///
/// Source: man(7).
struct Roff {
  private(set) var text = ""

  mutating func raw(_ line: String) { text += line + "\n" }

  mutating func section(_ name: String) { raw(".SH \(name)") }

  mutating func subsection(_ name: String) { raw(".SS \(Self.escaped(name))") }

  mutating func text(_ line: String) { raw(Self.escaped(line)) }

  mutating func paragraph(_ text: String) {
    raw(".PP")
    self.text(text)
  }

  /// Lines that are not joined.
  mutating func lines(_ lines: [String]) {
    for line in lines {
      text(line)
      raw(".br")
    }
  }

  /// Lines as they stand, in a fixed-width font.
  mutating func literal(_ lines: [String]) {
    raw(".PP")
    raw(".nf")
    for line in lines { text(line) }
    raw(".fi")
  }

  /// A term in bold and what it means.
  mutating func item(_ term: String, _ meaning: String) {
    raw(".TP")
    raw("\\fB\(Self.escaped(term))\\fR")
    text(meaning)
  }

  /// Backslashes, hyphens (which would become typographic ones), and dots or quotes that begin a line.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "\n": result += " "
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") ? "\\&" + result : result
  }
}

/// One argument or option as a help text lists it.
struct HelpItem {
  var label: String
  var text: String

  /// Lines that begin with two spaces after a heading `...:` in capitals, with what belongs to them.
  static func items(in help: String) -> [HelpItem] {
    var items: [HelpItem] = []
    var isInList = false
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      if ["ARGUMENTS:", "OPTIONS:"].contains(line) {
        isInList = true
      } else if !line.hasPrefix(" "), !line.isEmpty {
        isInList = false
      } else if isInList, line.hasPrefix("  "), !line.hasPrefix("   ") {
        items.append(item(line.dropFirst(2)))
      } else if isInList, !items.isEmpty {
        let more = trimmed(line)
        if !more.isEmpty { items[items.count - 1].text += (items[items.count - 1].text.isEmpty ? "" : " ") + more }
      }
    }
    return items
  }

  /// The label ends where two spaces are.
  private static func item(_ line: Substring) -> HelpItem {
    var index = line.startIndex
    while index < line.endIndex, !line[index...].hasPrefix("  ") { index = line.index(after: index) }
    return HelpItem(label: String(line[..<index]), text: trimmed(line[index...]))
  }

  private static func trimmed(_ line: Substring) -> String {
    String(line.drop { $0 == " " })
  }
}

/// A discussion in its parts: paragraphs, and examples that keep their lines.
enum HelpBlock {
  case prose(String)
  case literal([String])

  static func blocks(of discussion: String) -> [HelpBlock] {
    var blocks: [HelpBlock] = []
    for part in discussion.split(separator: "\n\n") {
      let lines = part.split(separator: "\n").map(String.init)
      let isExample = lines.first?.hasPrefix("EXAMPLES") ?? false
      blocks.append(isExample ? .literal(lines) : .prose(lines.joined(separator: " ")))
    }
    return blocks
  }
}
