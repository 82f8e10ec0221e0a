import Detection
import Frames
import Triage

/// The section of findings: contents, cards, and a short table for what goes beyond the budget.
extension HTMLReport {
  static func findings(_ digest: Digest) -> HTML {
    guard !digest.findings.isEmpty else {
      return digest.report.capture.segments == 0 ? .nothing : "<p>None.</p>"
    }
    let (cards, shown) = cards(digest.findings, digest, budget: cardBudget)
    return contents(digest, shown: shown) + cards + lesser(digest, from: shown)
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

  private static func lesser(_ digest: Digest, from start: Int) -> HTML {
    let entries = digest.findings.dropFirst(start)
    guard !entries.isEmpty else { return .nothing }
    var rows: [HTML] = []
    var left = lesserBudget
    for entry in entries {
      let finding = entry.finding
      let row: HTML = """
        <tr><td>\(badge(finding.severity))</td><td class="e"><code>\(finding.rule.id)</code></td>\
        <td>\(digest.place(finding), limit: 200)</td><td class="n">\(digest.frames(finding))</td></tr>

        """
      left -= row.text.utf8.count
      guard left > 0 else { break }
      rows.append(row)
    }
    let rest = entries.count - rows.count
    let more: HTML =
      rest > 0 ? "<p class=\"quiet\">\(Quantity.count(rest)) more findings are in the JSON report.</p>\n" : .nothing
    return """
      <h3>Further findings, in short</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Further findings"><table class="sortable">
      <thead><tr><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col">Where</th>\
      <th scope="col" class="n">Frames</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      \(more)
      """
  }
}
