import Detection
import Dissection
import Frames
import Tracking
import Triage

/// Connections, SMC ledger, questions and method of the Markdown report.
extension MarkdownReport {
  /// The connections table, as many rows as fit into `room` bytes.
  static func connections(_ digest: Digest, room: Int) -> Markdown {
    let report = digest.report
    guard !report.connections.isEmpty else { return "" }
    var parts: [Markdown] = [
      """

      ## Connections

      | # | Client | Server | Start | Length | Packets ⇄ | Bytes ⇄ | Resent | State | Ending | Waited |
      |---:|---|---|---:|---:|---:|---:|---:|---|---|---|

      """
    ]
    var left = room - parts[0].size - 200
    var shown = 0
    for connection in digest.connectionsByInterest.prefix(100) {
      let row = row(connection, digest)
      guard row.size <= left else { break }
      left -= row.size
      shown += 1
      parts.append(row)
    }
    guard shown > 0 else { return "" }
    let rest = report.totals.connections > UInt64(shown) ? report.totals.connections - UInt64(shown) : 0
    if rest > 0 { parts.append("\n_\(Quantity.count(rest, "connection")) more, not listed here._\n") }
    return Markdown(parts)
  }

  private static func row(_ connection: ConnectionSummary, _ digest: Digest) -> Markdown {
    let (client, server) = (connection.fromClient, connection.fromServer)
    return Markdown.row([
      "\(connection.id.rawValue)", "\(code: "\(connection.client)")", "\(code: "\(connection.server)")",
      "\(Moment.relative(connection.firstTime, from: digest.start))",
      "\(Quantity.duration(Moment.elapsed(from: connection.firstTime, to: connection.lastTime)))",
      "\(Quantity.count(client.packets)) / \(Quantity.count(server.packets))",
      "\(Quantity.bytes(client.payloadBytes)) / \(Quantity.bytes(server.payloadBytes))",
      "\(Quantity.count(client.retransmissions &+ server.retransmissions))",
      "\(connection.state, limit: 60)", "\(connection.ending, limit: 60)",
      "\(connection.waits)",
    ])
  }

  /// Who offered, answered and declined SMC.
  static func ledger(_ digest: Digest) -> Markdown {
    let ledger = digest.report.smcLedger
    guard !ledger.isEmpty else { return "" }
    var parts: [Markdown] = [
      """

      ## SMC ledger

      | Server | Client | Offered | Answered | Established | Declined | Not offered |
      |---|---|---:|---:|---:|---|---:|

      """
    ]
    let rows = ledger.prefix(40).map { entry in
      Markdown.row([
        "\(code: "\(entry.server)")", "\(code: "\(entry.client)")", "\(Quantity.count(entry.offered))",
        "\(Quantity.count(entry.answered))", "\(Quantity.count(entry.established))", "\(declines(entry), limit: 300)",
        "\(Quantity.count(entry.notOffered))",
      ])
    }
    let listed = Markdown.fitting(rows, sectionBudget)
    parts += listed
    let rest = ledger.count - listed.count
    if rest > 0 { parts.append("\n_\(Quantity.count(rest)) more pairs, not listed here._\n") }
    return Markdown(parts)
  }

  /// `3 x 0x03030000 no SMC device (server)`.
  static func declines(_ entry: SMCLedgerEntry) -> String {
    let words = entry.declines.prefix(8).map { decline in
      let digits = String(decline.code, radix: 16)
      let code = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
      return "\(Quantity.count(decline.count)) x \(code) \(decline.name) (\(decline.fromClient ? "client" : "server"))"
    }
    return words.joined(separator: "; ")
  }

  /// What to ask the customer, ready to send.
  static func questions(_ digest: Digest) -> Markdown {
    let steps = digest.questions
    guard !steps.isEmpty else { return "" }
    return "\n## What to ask the customer\n\n"
      + Markdown.fenced(QuestionList.lines(steps, limit: 15, budget: sectionBudget), language: "text")
  }

  static func method(_ digest: Digest) -> Markdown {
    let report = digest.report
    var parts: [Markdown] = ["\n## Method\n\ntcptriage \(report.method.version, limit: 60)"]
    if !report.method.commandLine.isEmpty {
      parts.append(
        "\n\n" + Markdown.fenced([Visible.text(report.method.commandLine, limit: 1_500)], language: "sh") + "\n")
    } else {
      parts.append("\n\n")
    }
    if !report.method.filter.isEmpty {
      parts.append("Filter: \(code: String(report.method.filter.unicodeScalars.prefix(300)))\n\n")
    }
    for entry in report.capture.notAnalyzed.prefix(10) {
      parts.append("- not analyzed, \(entry.reason.words): \(Quantity.count(entry.frames, "frame"))\n")
    }
    if report.totals.evicted > 0 {
      let evicted = Quantity.count(report.totals.evicted, "connection")
      parts.append("- dropped from memory before their end because of the memory limit: \(evicted)\n")
    }
    for part in digest.missingParts { parts.append("- not in this report: \(part)\n") }
    guard !report.thresholds.isEmpty else { return Markdown(parts) }
    parts.append("\n<details><summary>Thresholds in force</summary>\n\n")
    parts.append("| Rule | Threshold | Value | Why |\n|---|---|---|---|\n")
    var left = sectionBudget
    for threshold in report.thresholds {
      let row = Markdown.row([
        "\(code: threshold.rule)", "\(threshold.name, limit: 120)", "\(threshold.value, limit: 60)",
        "\(threshold.reason, limit: 300)",
      ])
      guard row.size <= left else { break }
      left -= row.size
      parts.append(row)
    }
    parts.append("\n</details>\n")
    return Markdown(parts)
  }
}
