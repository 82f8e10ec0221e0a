import Detection
import Frames
import Triage

/// One finding as a card: what happened, how sure, the frames that prove it, the numbers, the repair, what to run.
extension HTMLReport {
  static func card(_ entry: Digest.Entry, _ digest: Digest) -> HTML {
    let finding = entry.finding
    return """
      <article class="finding b-\(severityClass(finding.severity))" id="f-\(entry.id)" aria-labelledby="t-\(entry.id)">
      <div class="head">\(badge(finding.severity))<span class="sure">\(finding.confidence.name)</span>\
      <code>\(finding.rule.id)</code></div>
      <h3 id="t-\(entry.id)">\(finding.rule.title, limit: 120)</h3>
      <p class="summary">\(finding.summary)</p>
      \(body(entry, digest))</article>

      """
  }

  /// A finding about the capture itself: one line that opens, so that it does not stand in the way of the others.
  static func slimCard(_ entry: Digest.Entry, _ digest: Digest) -> HTML {
    let finding = entry.finding
    return """
      <details class="finding slim b-\(severityClass(finding.severity))" id="f-\(entry.id)">
      <summary>\(badge(finding.severity)) <h3>\(finding.rule.title, limit: 120)</h3> <span>\(finding.summary)</span></summary>
      \(body(entry, digest))</details>

      """
  }

  /// Where, when, how sure and at what cost; the proof; the repair; what to run; what the rule says.
  private static func body(_ entry: Digest.Entry, _ digest: Digest) -> HTML {
    let finding = entry.finding
    return """
      \(keys(finding, digest))
      \(picture(entry, digest))\(evidence(entry, digest))\(cost(finding))\(remedy(finding))\
      \(check(digest.check(entry)))\(steps(finding))\(about(finding.rule))
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
    let all = finding.connections.isEmpty ? 0 : digest.connectionCount(finding)
    let others = max(0, all - 6) + max(0, finding.hosts.count - 6)
    return others > 0 ? "\(items)<br>and \(Quantity.count(others)) more" : HTML(items)
  }

  private static func evidence(_ entry: Digest.Entry, _ digest: Digest) -> HTML {
    let finding = entry.finding
    guard !finding.evidence.isEmpty else { return .nothing }
    let listing = FrameListing(finding.evidence, digest)
    let lines = listing.lines.map { line -> HTML in
      let dots: HTML = "<span class=\"note\">      &#8942; \(Quantity.count(line.skipped, "frame"))</span>\n"
      let gap = line.skipped == 0 ? HTML.nothing : dots
      let fields = line.fields.enumerated().map { index, field in html(field, isFirst: index == 0) }
      let words: HTML = "\n      <span class=\"note\">&#8627; \(line.note, limit: 300)</span>"
      let note = line.note.isEmpty ? HTML.nothing : words
      return "\(gap)<span class=\"frame\" data-frame=\"\(line.frame)\">\(fields)</span>\(note)\n"
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

  /// What it cost, and the numbers that it rests on.
  private static func cost(_ finding: Finding) -> HTML {
    let lost: [HTML?] = [
      finding.cost.time > 0 ? tile("time lost", Quantity.duration(finding.cost.time), "cost") : nil,
      finding.cost.packets > 0 ? tile("packets wasted", Quantity.count(finding.cost.packets), "cost") : nil,
      finding.cost.bytes > 0 ? tile("bytes wasted", Quantity.bytes(finding.cost.bytes), "cost") : nil,
    ]
    let measured = finding.measures.prefix(40).map { tile(Words.name($0), Words.measure($0), "measure") }
    let tiles = lost.compactMap(\.self) + measured
    return tiles.isEmpty ? .nothing : "<h4>Cost and measures</h4>\n<dl class=\"measures\">\n\(tiles)</dl>\n"
  }

  private static func tile(_ name: String, _ value: String, _ kind: HTML) -> HTML {
    "<div class=\"\(kind)\"><dt>\(name, limit: 80)</dt><dd>\(value, limit: 80)</dd></div>\n"
  }

  private static func remedy(_ finding: Finding) -> HTML {
    guard !finding.remedy.isEmpty else { return .nothing }
    let commands = Prose.commands(finding.remedy).prefix(4).map { "\(command: $0)\n" as HTML }
    return "<h4>What repairs it</h4>\n<p>\(prose: finding.remedy)</p>\n\(commands)"
  }

  /// Commands; where packets are no proof, they are what the customer has to run.
  private static func steps(_ finding: Finding) -> HTML {
    guard !finding.nextSteps.isEmpty else { return .nothing }
    let head: HTML = finding.proof == .proven ? "Run next" : "What to ask the customer to run"
    let items = finding.nextSteps.prefix(12).map { step in
      "<li><p>\(prose: step.tells)</p>\(command: step.command)</li>\n" as HTML
    }
    return "<h4>\(head)</h4>\n<ul class=\"steps\">\n\(items)</ul>\n"
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
