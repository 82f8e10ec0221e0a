import Detection
import Frames
import Triage

/// The section of findings: contents, cards, and a short table for what goes beyond the budget.
extension HTMLReport {
  /// The section, and the names of the findings that it shows.
  static func findings(_ digest: Digest) -> (html: HTML, anchors: Set<String>) {
    guard !digest.findings.isEmpty else { return (none(digest), []) }
    let (cards, shown) = cards(digest.findings, digest, budget: cardBudget)
    let (table, listed) = lesser(digest, from: shown)
    return (contents(digest, shown: shown) + cards + table, Set(digest.findings.prefix(shown + listed).map(\.id)))
  }

  /// What stands where nothing was found.
  private static func none(_ digest: Digest) -> HTML {
    if digest.report.capture.segments == 0 { return .nothing }
    return digest.isBlind
      ? "<p>None, but much of the capture is missing: see its quality above.</p>"
      : "<p>\(shape(nil)) None.</p>"
  }

  /// Cards of `entries` in order, as many as fit, and their number.
  static func cards(
    _ entries: [Digest.Entry], _ digest: Digest, budget: Int, card: (Digest.Entry, Digest) -> HTML = card
  ) -> (html: HTML, shown: Int) {
    var parts: [HTML] = []
    var left = budget
    for entry in entries {
      let html = card(entry, digest)
      let size = html.text.utf8.count
      guard size <= left else { break }
      left -= size
      parts.append(html)
    }
    return (HTML(parts), parts.count)
  }

  private static func contents(_ digest: Digest, shown: Int) -> HTML {
    guard shown > 1 else { return .nothing }
    let items = digest.findings.prefix(min(shown, 30)).map { entry in
      """
      <li>\(badge(entry.finding.severity)) <a href="#f-\(entry.id)">\(entry.finding.rule.title, limit: 120)</a> \
      <span class="quiet">\(digest.place(entry.finding), limit: 200)</span></li>

      """ as HTML
    }
    return "<ol class=\"toc\">\n\(items)</ol>\n"
  }

  private static func lesser(_ digest: Digest, from start: Int) -> (html: HTML, shown: Int) {
    let entries = digest.findings.dropFirst(start)
    guard !entries.isEmpty else { return (.nothing, 0) }
    let table = HTMLTable(
      caption: "Further findings, in short",
      columns: [.text("Rule"), .text("Severity"), .text("Where"), .number("Frames")])
    let rows = entries.lazy.map { entry -> [HTMLTable.Cell] in
      let finding = entry.finding
      var rule = HTMLTable.Cell.text("<code>\(finding.rule.id)</code>")
      rule.anchor = "f-\(entry.id)"
      var severity = HTMLTable.Cell.text(badge(finding.severity))
      severity.sortsBy = "\(finding.severity.rawValue)"
      return [rule, severity, .words("\(digest.place(finding), limit: 200)"), .text("\(digest.frames(finding))")]
    }
    let (html, shown) = table.filled(rows, budget: lesserBudget)
    let rest = entries.count - shown
    let more: HTML =
      rest > 0 ? "<p class=\"quiet\">\(Quantity.count(rest)) more findings are in the JSON report.</p>\n" : .nothing
    return ("<h3>Further findings, in short</h3>\n\(html)\(more)", shown)
  }
}
