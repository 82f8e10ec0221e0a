import Detection
import Frames
import Triage

/// The report on one screen: verdict, capture, quality, the worst findings, and what to run next.
package struct TerminalSummary: Renderer {
  package static let name = "text"
  package static let extensions = ["txt"]

  private let options: RenderingOptions

  package init(_ options: RenderingOptions) { self.options = options }

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    let digest = Digest(report)
    var text = TerminalText(width: options.width, color: options.color)
    addHead(digest, to: &text)
    var foot = TerminalText(width: options.width, color: options.color)
    addNext(digest, to: &foot)
    // One row stays free for the prompt, one for the line that counts what does not fit.
    let room = options.height - 2 - text.lines.count - foot.lines.count
    addFindings(digest, room: room, to: &text)
    if let counters = digest.report.counters { addCounters(counters, to: &foot) }
    if let comparison = digest.report.counterComparison { addComparison(comparison, to: &foot) }
    sink.write(text.text + foot.text)
  }

  private func addHead(_ digest: Digest, to text: inout TerminalText) {
    let capture = digest.report.capture
    let worst = digest.findings.map(\.finding.severity).max() ?? .info
    text.paragraph(digest.verdict, style: worst >= .warning ? Self.style(worst) : .bold, limit: 4)
    text.line()
    let connections = Quantity.count(digest.report.totals.connections, "connection")
    let size = " · \(capture.sizeWords)"
    let files = Self.shortened(capture.fileWords, options.width - 9 - size.count)
    text.line([("Capture  ", .dim), (files + size, .plain)])
    text.line([
      ("         ", .plain),
      ("\(Quantity.count(capture.frames, "frame")), \(connections) · \(capture.timeWords)", .plain),
    ])
    // The verdict on a capture of which nothing was analyzed is all there is to say on its quality.
    if capture.segments > 0 {
      let style: TerminalText.Style = digest.isBlind ? .yellow : .plain
      text.paragraph(digest.qualityWords, label: "Quality  ", style: style, limit: 2)
    }
    for problem in capture.source.problems.prefix(1) where !digest.tells(problem) {
      text.paragraph(problem.sentence, label: "Warning  ", style: .yellow, limit: 2)
    }
  }

  private func addFindings(_ digest: Digest, room: Int, to text: inout TerminalText) {
    let entries = digest.byWeight
    let most = min(entries.count, options.maxFindings ?? .max)
    var left = room
    var shown = 0
    for entry in entries.prefix(most) {
      var block = TerminalText(width: options.width, color: options.color)
      add(entry, digest, to: &block)
      // The worst finding is shown however small the screen is.
      guard shown == 0 || block.lines.count <= left else { break }
      left -= block.lines.count
      shown += 1
      for line in block.lines { text.append(raw: line) }
    }
    let rest = digest.count(entries) - shown
    let listed = entries.count - shown
    guard rest > 0 else { return }
    // Of a rule that fired very often no report lists all findings.
    let place =
      listed == rest
      ? "see -o report.html" : listed == 0 ? "only counted" : "the worst \(Quantity.count(listed)) in -o report.html"
    text.line("+ \(Quantity.count(rest)) more, \(place)", .dim)
  }

  private func add(_ entry: Digest.Entry, _ digest: Digest, to text: inout TerminalText) {
    text.line()
    Self.addHeadline(entry.finding, digest, to: &text)
    text.paragraph(entry.finding.summary, label: "  ", limit: 3)
    text.line("  " + fitting(entry, digest, options.width - 2).joined(separator: " · "), .dim)
    addCheck(digest.check(entry), to: &text)
  }

  /// How bad, how sure, what and where.
  static func addHeadline(_ finding: Finding, _ digest: Digest, to text: inout TerminalText) {
    let place = digest.place(finding)
    text.line([
      (finding.severity.name.uppercased(), style(finding.severity)), (" (\(finding.confidence.name))  ", .plain),
      (finding.rule.id, .bold), (place.isEmpty ? "" : "  " + place, .plain),
    ])
  }

  /// The finding's name for `extract`, frames, lost time and as many measures as fit on one line.
  private func fitting(_ entry: Digest.Entry, _ digest: Digest, _ width: Int) -> [String] {
    let finding = entry.finding
    var parts = ["id \(digest.shortID(entry))", digest.frames(finding)]
    if finding.cost.time > 0 { parts.append("\(Quantity.duration(finding.cost.time)) lost") }
    var used = TerminalText.columns(parts.joined(separator: " · "))
    for part in finding.measures.prefix(5).map(Words.named) {
      used += 3 + TerminalText.columns(Visible.text(part))
      guard used <= width else { break }
      parts.append(part)
    }
    return parts
  }

  private func addNext(_ digest: Digest, to text: inout TerminalText) {
    guard let worst = (digest.byWeight + digest.quality.filter { $0.finding.severity > .info }).first?.finding else {
      return
    }
    text.line()
    if worst.severity > .info, let step = worst.nextSteps.first {
      text.command(step.command, label: "Next     ")
      if !step.tells.isEmpty { text.paragraph(step.tells, label: "         ", limit: 2) }
    }
    text.line([("More     ", .dim), ("tcptriage explain \(worst.rule.id)", .blue)])
  }

  /// The tail of a path says more than its head.
  private static func shortened(_ names: String, _ width: Int) -> String {
    let room = max(10, width)
    return names.count <= room ? names : "…" + names.suffix(room - 1)
  }

  static func style(_ severity: Severity) -> TerminalText.Style {
    switch severity {
    case .critical: .red
    case .warning: .yellow
    case .notice: .blue
    case .info: .green
    }
  }
}
