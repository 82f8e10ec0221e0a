import Detection

/// What a rule means, in full, and the list of all rules: `tcptriage explain` and the table in the README.
package enum Explain {
  /// One rule for a terminal, wrapped at `width` columns.
  package static func text(_ rule: Rule, width: Int = 100, color: Bool = false) -> String {
    var text = TerminalText(width: min(width, 100), color: color)
    text.line([(rule.title, .bold), ("  (\(rule.id), \(rule.family.rawValue))", .dim)])
    for (heading, body) in sections(rule) {
      text.line()
      text.line(heading, .bold)
      text.paragraph(body, label: "  ")
    }
    if !rule.nextSteps.isEmpty {
      text.line()
      text.line("Run next", .bold)
      for step in rule.nextSteps {
        text.command(step.command, label: "  ")
        if !step.tells.isEmpty { text.paragraph(step.tells, label: "      ") }
      }
    }
    for (heading, names) in [("Kernel counters", rule.counters), ("Kernel drop reasons", rule.dropReasons)]
    where !names.isEmpty {
      text.line()
      text.line(heading, .bold)
      text.paragraph(names.joined(separator: ", "), label: "  ")
    }
    text.line()
    text.paragraph(rule.source, label: "Source: ")
    return text.text
  }

  /// One rule as a Markdown section.
  package static func markdown(_ rule: Rule) -> String {
    var parts: [Markdown] = ["## \(rule.title)\n\n\(code(rule.id)) · \(rule.family.rawValue)\n"]
    for (heading, body) in sections(rule) { parts.append("\n**\(heading)** \(prose: body)\n") }
    if !rule.nextSteps.isEmpty {
      parts.append("\n**Run next**\n\n")
      parts.append(MarkdownReport.steps(rule.nextSteps))
    }
    if !rule.counters.isEmpty { parts.append("\n**Kernel counters:** \(codes(rule.counters))\n") }
    if !rule.dropReasons.isEmpty { parts.append("\n**Kernel drop reasons:** \(codes(rule.dropReasons))\n") }
    parts.append("\n**Source:** \(rule.source)\n")
    return Markdown(parts).text
  }

  /// All rules for a terminal: family headings, one line each.
  package static func list(_ rules: [Rule], width: Int = 100, color: Bool = false) -> String {
    var text = TerminalText(width: width, color: color)
    let column = (rules.map(\.id.count).max() ?? 0) + 2
    for (family, members) in families(rules) {
      if !text.lines.isEmpty { text.line() }
      text.line(family.rawValue, .bold)
      for rule in members {
        let gap = String(repeating: " ", count: column - rule.id.count)
        text.line([("  \(rule.id)", .blue), ("\(gap)\(rule.title)", .plain)])
      }
    }
    text.line()
    text.line("tcptriage explain RULE tells what one of them means, proves, and how to repair it.", .dim)
    return text.text
  }

  /// All rules as one Markdown table, for the README.
  package static func table(_ rules: [Rule]) -> String {
    var parts: [Markdown] = ["| Rule | Family | What it finds |\n|---|---|---|\n"]
    for (family, members) in families(rules) {
      for rule in members {
        parts.append(Markdown.row([code(rule.id), "\(family.rawValue)", "\(prose: rule.title)"]))
      }
    }
    return Markdown(parts).text
  }

  /// Begins the generated table in a document.
  package static let beginMarker = "<!-- rules: begin, generated -->"
  /// Ends it.
  package static let endMarker = "<!-- rules: end -->"

  /// `document` with what stands between the markers replaced by the table; nil when a marker is missing.
  package static func replacingTable(in document: String, rules: [Rule]) -> String? {
    let lines = document.split(separator: "\n", omittingEmptySubsequences: false)
    guard let begin = lines.firstIndex(where: { $0 == beginMarker }),
      let end = lines[begin...].firstIndex(where: { $0 == endMarker })
    else { return nil }
    return (lines[...begin] + [Substring(table(rules).dropLast())] + lines[end...]).joined(separator: "\n")
  }

  private static func sections(_ rule: Rule) -> [(String, String)] {
    [
      ("What it means.", rule.meaning), ("When it fires.", rule.fires),
      ("When it may be a false alarm.", rule.falseAlarms), ("What repairs it.", rule.remedy),
    ].filter { !$0.1.isEmpty }
  }

  private static func families(_ rules: [Rule]) -> [(Rule.Family, [Rule])] {
    Rule.Family.allCases.map { family in (family, rules.filter { $0.family == family }) }.filter { !$0.1.isEmpty }
  }

  private static func code(_ text: String) -> Markdown { "\(code: text)" }

  private static func codes(_ names: [String]) -> Markdown { Markdown(names.map(code), separator: ", ") }
}
