import Detection
import Frames
import Triage

/// One finding as a card: what happened, how sure, the frames that prove it, the numbers, the repair, what to run.
extension HTMLReport {
  static func card(_ entry: Digest.Entry, _ digest: Digest) -> HTML {
    let finding = entry.finding
    let severity = severityClass(finding.severity)
    return """
      <article class="finding b-\(severity)" id="f-\(entry.id)" aria-labelledby="t-\(entry.id)">
      <div class="head">\(badge(finding.severity))<span>\(finding.confidence.name)</span>\
      <code>\(finding.rule.id)</code></div>
      <h3 id="t-\(entry.id)">\(finding.rule.title, limit: 120)</h3>
      <p class="summary">\(finding.summary)</p>
      \(keys(finding, digest))
      \(picture(entry, digest))\(evidence(entry, digest))\(measures(finding))\(remedy(finding))\
      \(steps(finding))\(about(finding.rule))
      </article>

      """
  }

  /// A finding about the capture itself: one line that opens, so that it does not stand in the way of the others.
  static func slimCard(_ entry: Digest.Entry, _ digest: Digest) -> HTML {
    let finding = entry.finding
    return """
      <details class="finding slim b-\(severityClass(finding.severity))" id="f-\(entry.id)">
      <summary>\(badge(finding.severity)) <b>\(finding.rule.title, limit: 120)</b> <span>\(finding.summary)</span></summary>
      \(keys(finding, digest))
      \(picture(entry, digest))\(evidence(entry, digest))\(measures(finding))\(remedy(finding))\
      \(steps(finding))\(about(finding.rule))
      </details>

      """
  }

  /// The place of the finding's picture, a `<figure>` with its caption and a table of its data.
  static func picture(_ entry: Digest.Entry, _ digest: Digest) -> HTML { digest.gallery?[entry.id] ?? .nothing }

  private static func keys(_ finding: Finding, _ digest: Digest) -> HTML {
    var rows: [HTML] = ["<dt>Where</dt><dd>\(place(finding, digest))</dd>\n"]
    if finding.firstFrame > 0 {
      let length = Quantity.duration(Moment.elapsed(from: finding.firstTime, to: finding.lastTime))
      rows.append(
        """
        <dt>When</dt><dd>\(digest.frames(finding)), for \(length) from \
        \(Moment.utc(finding.firstTime, digits: 6)) (\(Moment.relative(finding.firstTime, from: digest.start)))</dd>

        """)
    }
    if !finding.cause.isEmpty { rows.append("<dt>Cause</dt><dd><code>\(finding.cause, limit: 120)</code></dd>\n") }
    if let cost = Digest.cost(finding.cost) { rows.append("<dt>Cost</dt><dd>\(cost)</dd>\n") }
    let caveats = finding.caveats.prefix(10).map { "<li>\(prose: $0)</li>" as HTML }
    let list: HTML = caveats.isEmpty ? .nothing : "<ul>\(caveats)</ul>"
    rows.append(
      "<dt>How sure</dt><dd><b>\(finding.confidence.name)</b>. \(Digest.words(finding.proof))\(list)</dd>\n")
    return "<dl class=\"keys\">\n\(rows)</dl>"
  }

  private static func place(_ finding: Finding, _ digest: Digest) -> HTML {
    let names = finding.connections.prefix(6).map { digest.name($0) } + finding.hosts.prefix(6)
    guard !names.isEmpty else { return "the whole capture" }
    let items = names.enumerated().map { index, name in
      let separator: HTML = index == 0 ? "" : "<br>"
      return "\(separator)<code>\(name, limit: 200)</code>" as HTML
    }
    let others = max(0, finding.connections.count - 6) + max(0, finding.hosts.count - 6)
    return others > 0 ? "\(items)<br>and \(Quantity.count(others)) more" : HTML(items)
  }

  private static func evidence(_ entry: Digest.Entry, _ digest: Digest) -> HTML {
    let finding = entry.finding
    guard !finding.evidence.isEmpty else { return .nothing }
    let listing = FrameListing(finding.evidence, digest)
    let lines = listing.lines.map { line -> HTML in
      let fields = line.fields.enumerated().map { index, field in html(field, isFirst: index == 0) }
      let words: HTML = "\n      <span class=\"note\">&#8627; \(line.note, limit: 300)</span>"
      let note = line.note.isEmpty ? HTML.nothing : words
      return "\(fields)\(note)\n"
    }
    return """
      <h4>Proving frames</h4>
      <div class="scroll" tabindex="0" role="region" aria-label="Proving frames of \(finding.rule.title, limit: 120)">\
      <pre class="listing">\(lines)</pre></div>

      """
  }

  private static func html(_ field: FrameListing.Field, isFirst: Bool) -> HTML {
    let before = String(repeating: " ", count: field.leading + (isFirst ? 0 : 2))
    let after = String(repeating: " ", count: field.trailing)
    if field.tells { return "\(before)<mark>\(field.text)</mark>\(after)" }
    return isFirst ? "\(before)<span class=\"no\">\(field.text)</span>\(after)" : "\(before)\(field.text)\(after)"
  }

  private static func measures(_ finding: Finding) -> HTML {
    guard !finding.measures.isEmpty else { return .nothing }
    let items = finding.measures.prefix(40).map { measure in
      "<div><dt>\(Words.name(measure), limit: 80)</dt><dd>\(Words.measure(measure), limit: 80)</dd></div>\n" as HTML
    }
    return "<h4>Measures</h4>\n<dl class=\"measures\">\n\(items)</dl>\n"
  }

  private static func remedy(_ finding: Finding) -> HTML {
    finding.remedy.isEmpty ? .nothing : "<h4>What repairs it</h4>\n<p>\(prose: finding.remedy)</p>\n"
  }

  private static func steps(_ finding: Finding) -> HTML {
    guard !finding.nextSteps.isEmpty else { return .nothing }
    let items = finding.nextSteps.prefix(12).map { step in
      "<li><p>\(prose: step.tells)</p><pre class=\"cmd\"><code>\(step.command)</code></pre></li>\n" as HTML
    }
    return "<h4>Run next</h4>\n<ul class=\"steps\">\n\(items)</ul>\n"
  }

  private static func about(_ rule: Rule) -> HTML {
    let sections: [(HTML, HTML)] = [
      ("What it means", "\(prose: rule.meaning)"), ("When it fires", "\(prose: rule.fires)"),
      ("When it may be a false alarm", "\(prose: rule.falseAlarms)"),
      ("Kernel counters that move with it", codes(rule.counters)), ("Kernel drop reasons", codes(rule.dropReasons)),
      ("Source", "\(rule.source)"),
    ].filter { !$0.1.text.isEmpty }
    let rows = sections.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" as HTML }
    return """
      <details><summary>About the rule <code>\(rule.id)</code></summary>
      <dl class="about">
      \(rows)</dl></details>
      """
  }

  private static func codes(_ names: [String]) -> HTML {
    HTML(names.prefix(40).enumerated().map { $0 == 0 ? "<code>\($1)</code>" : ", <code>\($1)</code>" })
  }
}
