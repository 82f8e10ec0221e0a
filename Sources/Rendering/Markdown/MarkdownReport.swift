import Detection
import Frames
import Triage

/// The report as GitHub Markdown, in the order of the HTML report, small enough for a comment in an issue tracker.
package struct MarkdownReport: Renderer {
  package static let name = "markdown"
  package static let extensions = ["md", "markdown"]

  /// Trackers take 65,536 characters; bytes are never fewer than characters.
  static let limit = 65_000
  /// Kept for the table of findings that get no section of their own.
  private static let lesserReserve = 6_000
  /// Most bytes of any section that stands in every report.
  static let sectionBudget = 8_000

  package init(_ options: RenderingOptions) {}

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    let digest = Digest(report)
    let head = Self.head(digest)
    let tail = Markdown([
      Self.hosts(digest), Self.listeners(digest), Self.ledger(digest), Self.statistics(digest),
      Self.counterComparison(digest), Self.questions(digest), Self.method(digest),
    ])
    var room = Self.limit - head.size - tail.size
    let findings = Self.findings(digest, room: room, reserve: Self.lesserReserve)
    room -= findings.size
    let connections = Self.connections(digest, room: room)
    sink.write(Markdown([head, findings, connections, tail]).text)
  }

  private static func head(_ digest: Digest) -> Markdown {
    let capture = digest.report.capture
    var parts: [Markdown] = ["# TCP triage of \(capture.fileWords)\n\n**\(digest.verdict, limit: 1_000)**\n\n"]
    parts.append(
      """
      | Frames | TCP segments | Connections | Time | Size | Format |
      |---|---|---|---|---|---|

      """)
    parts.append(
      Markdown.row([
        "\(Quantity.count(capture.frames))", "\(Quantity.count(capture.segments))",
        "\(Quantity.count(digest.report.totals.connections))", "\(capture.timeWords)", "\(capture.sizeWords)",
        "\(capture.formatWords)",
      ]))
    parts.append(Sparkline.timeline(digest))
    parts.append("\n## Capture quality\n\n")
    let problems = digest.untoldProblems.prefix(10).map { problem in
      "- **\(problem.kind.rawValue)**: \(problem.sentence, limit: 400)\n" as Markdown
    }
    parts.append(Markdown(Markdown.fitting(problems, sectionBudget) + [problems.isEmpty ? "" : "\n"]))
    parts.append(quality(digest))
    return Markdown(parts)
  }

  private static func quality(_ digest: Digest) -> Markdown {
    let paragraphs = digest.quality.map { entry -> Markdown in
      let finding = entry.finding
      let caveats = finding.caveats.prefix(2).map { " \(prose: $0, limit: 300)" as Markdown }
      let remedy: Markdown = finding.remedy.isEmpty ? "" : " \(prose: finding.remedy, limit: 300)"
      return """
        \(sign(finding.severity)) **\(finding.rule.title, limit: 80).** \(finding.summary, limit: 300)\
        \(Markdown(caveats))\(remedy)


        """
    }
    guard !digest.marks.isEmpty else { return "There was nothing to check.\n" }
    let marks = digest.marks.map { "\(mark($0.severity)) \($0.words, limit: 140)" as Markdown }
    let row = Markdown(Markdown.fitting(marks, 2_000), separator: " · ")
    return Markdown(["\(row)\n\n"] + Markdown.fitting(paragraphs, sectionBudget))
  }

  /// The sign of a check; nil for one that passed.
  private static func mark(_ severity: Severity?) -> Markdown { severity.map(sign) ?? "✅" }

  /// Findings by harm: as many sections as fit, then a table of the lesser ones, then their number.
  private static func findings(_ digest: Digest, room: Int, reserve: Int) -> Markdown {
    guard !digest.findings.isEmpty else {
      if digest.report.capture.segments == 0 { return "" }
      let doubt: Markdown = digest.isBlind ? ", but much of the capture is missing: see its quality above" : ""
      return "\n## Findings\n\nNone\(doubt).\n"
    }
    var parts: [Markdown] = ["\n## Findings\n"]
    var left = room - reserve
    var shown = 0
    for entry in digest.findings {
      let section = finding(entry, digest)
      guard section.size <= left else { break }
      left -= section.size
      shown += 1
      parts.append(section)
    }
    parts.append(lesser(digest, from: shown, room: reserve - 400))
    return Markdown(parts)
  }

  private static func lesser(_ digest: Digest, from start: Int, room: Int) -> Markdown {
    let entries = digest.findings.dropFirst(start)
    guard !entries.isEmpty else { return "" }
    var parts: [Markdown] = [
      "\n### Further findings, in short\n\n| Severity | Rule | Where | Frames |\n|---|---|---|---|\n"
    ]
    var left = room
    var shown = 0
    for entry in entries {
      let finding = entry.finding
      let row = Markdown.row([
        "\(finding.severity.name)", "\(code: finding.rule.id)", "\(digest.place(finding), limit: 120)",
        "\(digest.frames(finding))",
      ])
      guard row.size <= left else { break }
      left -= row.size
      shown += 1
      parts.append(row)
    }
    let rest = entries.count - shown
    if rest > 0 {
      let number = Quantity.count(rest)
      parts.append("\n_\(number) more findings are left out to fit a comment; `-o report.json` has them all._\n")
    }
    return Markdown(parts)
  }
}
