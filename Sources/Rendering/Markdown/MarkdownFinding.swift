import Detection
import Frames
import Triage

/// One finding as a section of the Markdown report.
extension MarkdownReport {
  static func finding(_ entry: Digest.Entry, _ digest: Digest) -> Markdown {
    let finding = entry.finding
    var parts: [Markdown] = []
    parts.append("\n### \(sign(finding.severity)) \(finding.rule.title, limit: 120)\n\n")
    parts.append("\(finding.summary, limit: 1_000)\n\n")
    parts.append(facts(entry, digest))
    parts.append(certainty(finding))
    parts.append(evidence(finding, digest))
    parts.append(Sparkline.finding(entry, digest))
    parts.append(measures(finding))
    if !finding.remedy.isEmpty { parts.append("\n**What repairs it.** \(prose: finding.remedy)\n") }
    let commands = Array(Prose.commands(finding.remedy).prefix(4))
    if !commands.isEmpty { parts.append("\n" + Markdown.fenced(commands, language: "sh")) }
    if !finding.nextSteps.isEmpty {
      parts.append(finding.proof == .proven ? "\n**Run next**\n\n" : "\n**What to ask the customer to run**\n\n")
      parts.append(steps(Array(finding.nextSteps.prefix(8))))
    }
    parts.append(check(digest.check(entry)))
    parts.append(counters(finding.rule))
    return Markdown(parts)
  }

  /// Commands as blocks that can be copied, each after what it tells.
  static func steps(_ steps: [NextStep]) -> Markdown {
    Markdown(
      steps.map { step in
        (step.tells.isEmpty ? "" : "\(prose: step.tells)\n\n" as Markdown)
          + Markdown.fenced([step.command], language: "sh")
      }, separator: "\n")
  }

  /// A shape and the word: never colour alone.
  static func sign(_ severity: Severity) -> Markdown {
    switch severity {
    case .critical: "⛔ critical:"
    case .warning: "⚠️ warning:"
    case .notice: "🔹 notice:"
    case .info: "ℹ️ info:"
    }
  }

  private static func facts(_ entry: Digest.Entry, _ digest: Digest) -> Markdown {
    let finding = entry.finding
    var parts: [Markdown] = ["- Rule: \(code: finding.rule.id), finding \(code: entry.id)"]
    if !finding.cause.isEmpty { parts.append(", cause: \(code: finding.cause)") }
    parts.append("\n- Where: \(place(finding, digest))\n")
    parts.append("- When: \(digest.frames(finding))")
    if finding.firstFrame > 0 {
      let length = Moment.elapsed(from: finding.firstTime, to: finding.lastTime)
      parts.append(", from \(Moment.utc(finding.firstTime, digits: 6))")
      parts.append(" (\(Moment.relative(finding.firstTime, from: digest.start))) for \(Quantity.duration(length))")
    }
    parts.append("\n")
    if let cost = Digest.cost(finding.cost) { parts.append("- Cost: \(cost)\n") }
    return Markdown(parts)
  }

  private static func place(_ finding: Finding, _ digest: Digest) -> Markdown {
    let names = finding.connections.prefix(5).map { digest.name($0) } + finding.hosts.prefix(5)
    guard !names.isEmpty else { return "the whole capture" }
    let all = finding.connections.isEmpty ? 0 : digest.connectionCount(finding)
    let others = max(0, all - 5) + max(0, finding.hosts.count - 5)
    let list = Markdown(names.map { "\(code: $0)" as Markdown }, separator: ", ")
    return others > 0 ? "\(list) and \(Quantity.count(others)) more" : list
  }

  private static func certainty(_ finding: Finding) -> Markdown {
    var parts: [Markdown] = ["- How sure: **\(finding.confidence.name)**. \(Digest.words(finding.proof))\n"]
    for caveat in finding.caveats.prefix(6) { parts.append("  - \(prose: caveat)\n") }
    return Markdown(parts)
  }

  /// The proving frames, with carets under the fields that tell, as compilers point at code.
  private static func evidence(_ finding: Finding, _ digest: Digest) -> Markdown {
    guard !finding.evidence.isEmpty else { return "" }
    let listing = FrameListing(finding.evidence, digest)
    let lines = listing.lines.flatMap { line -> [String] in
      let gap = line.skipped == 0 ? [] : ["    ⋮ \(Quantity.count(line.skipped, "frame"))"]
      let frame = line.fields.map { spaces($0.leading) + $0.text + spaces($0.trailing) }.joined(separator: "  ")
      let carets = line.fields.map { field in
        spaces(field.leading) + String(repeating: field.tells ? "^" : " ", count: field.text.count)
          + spaces(field.trailing)
      }.joined(separator: "  ")
      let note = Visible.text(line.note, limit: 300)
      let below = trimmed(carets) + (note.isEmpty ? "" : " " + note)
      return gap + (below.allSatisfy { $0 == " " } ? [trimmed(frame)] : [trimmed(frame), noteLine(below, note)])
    }
    return "\n**Proving frames**\n\n" + Markdown.fenced(lines, language: "text")
  }

  /// A note without carets stands indented under its frame.
  private static func noteLine(_ below: String, _ note: String) -> String {
    below.contains("^") ? below : "    " + note
  }

  private static func measures(_ finding: Finding) -> Markdown {
    guard !finding.measures.isEmpty else { return "" }
    var parts: [Markdown] = ["\n| Measure | Value |\n|---|---:|\n"]
    for measure in finding.measures.prefix(30) {
      parts.append(Markdown.row(["\(Words.name(measure), limit: 80)", "\(Words.measure(measure), limit: 80)"]))
    }
    return Markdown(parts)
  }

  private static func counters(_ rule: Rule) -> Markdown {
    let names = rule.counters.prefix(20) + rule.dropReasons.prefix(20)
    guard !names.isEmpty else { return "" }
    let list = Markdown(names.map { "\(code: $0)" as Markdown }, separator: ", ")
    return "\nMoves with it on the host: \(list). Source: \(rule.source).\n"
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private static func trimmed(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
