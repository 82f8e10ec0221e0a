import Detection
import Frames
import Triage

/// A finding in full, as far as it is known at this moment.
enum LiveExplanation {
  /// All lines, of which the page shows a part.
  static func lines(_ number: Int?, _ snapshot: LiveSnapshot, _ width: Int, color: Bool) -> [String] {
    var text = TerminalText(width: width, color: color)
    guard let live = snapshot.findings.first(where: { $0.number == number }) else {
      text.paragraph("This finding has been withdrawn: what came later explains it. Esc leads back.")
      return text.lines
    }
    let digest = Digest(snapshot.report)
    let finding = live.finding.placed(digest.connections)
    TerminalSummary.addHeadline(finding, digest, to: &text)
    text.paragraph(finding.summary, label: "  ")
    addStanding(live, snapshot, to: &text)
    addMeasures(finding, to: &text)
    addCounters(live, snapshot, to: &text)
    addList("How this host is set", live.settings, to: &text)
    addEvidence(finding, digest, to: &text)
    addList("What could make it a false alarm", finding.caveats, to: &text)
    addSteps(finding, to: &text)
    addParagraph("Remedy", finding.remedy, to: &text)
    addParagraph("What it means", finding.rule.meaning, to: &text)
    text.line()
    text.line([("More     ", .dim), ("tcptriage explain \(finding.rule.id)", .blue)])
    return text.lines
  }

  private static func addStanding(_ live: LiveFinding, _ snapshot: LiveSnapshot, to text: inout TerminalText) {
    let rate = live.rate.map { ", \(LiveWords.rate($0)) now" } ?? ""
    let opened = "since \(Moment.utc(live.opened))"
    text.paragraph(
      "\(live.isOpen ? "open" : "at rest"), \(opened), \(LiveWords.state(live, at: snapshot.time))\(rate)",
      label: "State    ")
    if !live.owners.isEmpty {
      let names = live.owners.prefix(8).map { "\(LiveWords.owner($0)) (uid \($0.uid))" }
      text.paragraph(Quantity.list(names), label: "Process  ")
    }
    text.paragraph(Digest.words(live.finding.proof), label: "Proof    ")
    if !live.finding.cause.isEmpty { text.paragraph(live.finding.cause, label: "Cause    ") }
  }

  private static func addMeasures(_ finding: Finding, to text: inout TerminalText) {
    if let cost = Digest.cost(finding.cost) { text.paragraph(cost, label: "Cost     ") }
    guard !finding.measures.isEmpty else { return }
    text.paragraph(finding.measures.map(Words.named).joined(separator: " · "), label: "Numbers  ")
  }

  private static func addCounters(_ live: LiveFinding, _ snapshot: LiveSnapshot, to text: inout TerminalText) {
    guard !live.counters.isEmpty else { return }
    text.line()
    text.line("The host's own counters", .bold)
    for pairing in live.counters {
      let readings = snapshot.counters.filter { pairing.counters.contains($0.name) }
      let style: TerminalText.Style = pairing.verdict == .mismatch ? .yellow : .plain
      text.line([
        ("  " + LivePage.cell(LiveWords.names(pairing.counters, width: 28), 28), style),
        (LivePage.cell(LiveWords.rate(pairing.rate), 10, right: true) + "  " + LiveWords.verdict(pairing), .plain),
      ])
      if !pairing.reason.isEmpty { text.paragraph(pairing.reason, label: "    ") }
      for reading in readings {
        let name = pairing.counters.count > 1 ? reading.name : ""
        let usual = [name, LiveWords.usual(reading.usual), reading.runsAway ? "runs away" : ""].filter { !$0.isEmpty }
        text.paragraph((usual + [reading.meaning]).joined(separator: " · "), label: "    ", style: .dim)
      }
    }
  }

  private static func addEvidence(_ finding: Finding, _ digest: Digest, to text: inout TerminalText) {
    guard !finding.evidence.isEmpty else { return }
    text.line()
    text.line([("Packets that show it", .bold), (", \(digest.frames(finding))", .plain)])
    for line in FrameListing(finding.evidence, digest, width: text.width).lines {
      if line.skipped > 0 { text.line("  ... \(Quantity.count(line.skipped, "frame"))", .dim) }
      var runs: [(text: String, style: TerminalText.Style)] = [("  ", .plain)]
      for field in line.fields {
        let (before, after) = (spaces(field.leading), spaces(field.trailing + 2))
        runs.append((before + field.text + after, field.tells ? .bold : .plain))
      }
      text.line(runs)
      if !line.note.isEmpty { text.paragraph(line.note, label: "      ", style: .dim) }
    }
  }

  private static func addSteps(_ finding: Finding, to text: inout TerminalText) {
    guard !finding.nextSteps.isEmpty else { return }
    text.line()
    text.line("What to run next", .bold)
    for step in finding.nextSteps {
      text.paragraph(step.command, label: "  ", style: .blue)
      if !step.tells.isEmpty { text.paragraph(step.tells, label: "    ", style: .dim) }
    }
  }

  private static func addList(_ title: String, _ sentences: [String], to text: inout TerminalText) {
    guard !sentences.isEmpty else { return }
    text.line()
    text.line(title, .bold)
    for sentence in sentences { text.paragraph(sentence, label: "  ") }
  }

  private static func addParagraph(_ title: String, _ words: String, to text: inout TerminalText) {
    if !words.isEmpty { addList(title, [words], to: &text) }
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
