import Detection
import Dissection
import Frames
import Tracking
import Triage

/// Connections, SMC ledger, questions and method.
extension HTMLReport {
  static func connections(_ digest: Digest) -> HTML {
    let report = digest.report
    guard !report.connections.isEmpty else { return .nothing }
    let links = links(digest)
    var rows: [HTML] = []
    var left = connectionBudget
    for connection in digest.connectionsByInterest.prefix(1_000) {
      let row = row(connection, links[connection.id] ?? [], digest)
      left -= row.text.utf8.count
      guard left > 0 else { break }
      rows.append(row)
    }
    let listed = UInt64(rows.count)
    let rest = report.totals.connections > listed ? report.totals.connections - listed : 0
    let more: HTML =
      rest > 0 ? "<p class=\"quiet\">\(Quantity.count(rest, "connection")) more, not listed.</p>" : .nothing
    return """
      \(totals(report.totals))
      <div class="scroll" tabindex="0" role="region" aria-label="Connections"><table class="sortable">
      <thead><tr><th scope="col" class="n">#</th><th scope="col">Client</th><th scope="col">Server</th>\
      <th scope="col">Findings</th><th scope="col">State</th><th scope="col">Ending</th>\
      <th scope="col" class="n">Start</th><th scope="col" class="n">Length</th>\
      <th scope="col" class="n">Pkts out</th><th scope="col" class="n">Pkts in</th>\
      <th scope="col" class="n">Bytes out</th><th scope="col" class="n">Bytes in</th>\
      <th scope="col" class="n">Resent</th><th scope="col" class="n">RTT</th>\
      <th scope="col">Waited</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      \(more)
      """
  }

  private static func totals(_ totals: ConnectionTotals) -> HTML {
    var words = [
      Quantity.count(totals.connections, "connection"), Quantity.count(totals.packets, "segment"),
      "\(Quantity.bytes(totals.payloadBytes)) of payload", "\(Quantity.count(totals.retransmissions)) sent again",
    ]
    if totals.unanswered > 0 { words.append("\(Quantity.count(totals.unanswered)) unanswered") }
    if totals.evicted > 0 { words.append("\(Quantity.count(totals.evicted)) dropped from memory before their end") }
    return """
      <p class="quiet">\(words.joined(separator: " · ")). Out is what the client sent, in what it got; start counts
      seconds from the first frame; RTT is the least that was seen; waited is the share of its time that a connection spent on each.</p>
      """
  }

  private static func row(_ connection: ConnectionSummary, _ links: [HTML], _ digest: Digest) -> HTML {
    let (client, server) = (connection.fromClient, connection.fromServer)
    let length = Moment.elapsed(from: connection.firstTime, to: connection.lastTime)
    let roundTrip = connection.leastRoundTrip.map { Quantity.duration($0) } ?? ""
    let guessed = connection.rolesGuessed ? "?" : ""
    return """
      <tr><td class="n">\(connection.id.rawValue)</td><td class="e">\("\(connection.client)")\(guessed)</td>\
      <td class="e">\("\(connection.server)")\(guessed)</td>\
      <td>\(links)</td><td class="e">\(connection.state, limit: 60)</td>\
      <td class="e">\(connection.ending, limit: 60)</td>\
      <td class="n">\(Moment.relativeSeconds(connection.firstTime, from: digest.start))</td>\
      <td class="n" data-v="\(length)">\(Quantity.duration(length))</td>\
      <td class="n" data-v="\(client.packets)">\(Quantity.count(client.packets))</td>\
      <td class="n" data-v="\(server.packets)">\(Quantity.count(server.packets))</td>\
      <td class="n" data-v="\(client.payloadBytes)">\(Quantity.bytes(client.payloadBytes))</td>\
      <td class="n" data-v="\(server.payloadBytes)">\(Quantity.bytes(server.payloadBytes))</td>\
      <td class="n">\(client.retransmissions &+ server.retransmissions)</td>\
      <td class="n" data-v="\(connection.leastRoundTrip ?? -1)">\(roundTrip)</td>\
      <td>\(connection.waits)</td></tr>

      """
  }

  /// Links from a connection to its findings, at most three.
  private static func links(_ digest: Digest) -> [ConnectionID: [HTML]] {
    var links: [ConnectionID: [HTML]] = [:]
    for entry in digest.findings {
      for id in entry.finding.connections where (links[id]?.count ?? 0) < 3 {
        links[id, default: []].append("<a href=\"#f-\(entry.id)\">\(entry.finding.rule.id)</a> ")
      }
    }
    return links
  }

  static func ledger(_ digest: Digest) -> HTML {
    let ledger = digest.report.smcLedger
    guard !ledger.isEmpty else { return .nothing }
    var rows: [HTML] = []
    var left = tableBudget
    for entry in ledger {
      let row: HTML = """
        <tr><td class="e">\("\(entry.server)")</td><td class="e">\("\(entry.client)")</td>\
        <td class="n">\(entry.offered)</td><td class="n">\(entry.answered)</td><td class="n">\(entry.established)</td>\
        <td class="n">\(entry.notOffered)</td><td>\(MarkdownReport.declines(entry), limit: 400)</td></tr>

        """
      left -= row.text.utf8.count
      guard left > 0 else { break }
      rows.append(row)
    }
    let rest = ledger.count - rows.count
    let more: HTML = rest > 0 ? "<p class=\"quiet\">\(Quantity.count(rest)) more pairs, not listed.</p>" : .nothing
    return """
      <p class="quiet">Who offered Shared Memory Communications, who answered, who declined and why.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="SMC ledger"><table class="sortable">
      <thead><tr><th scope="col">Server</th><th scope="col">Client</th><th scope="col" class="n">Offered</th>\
      <th scope="col" class="n">Answered</th><th scope="col" class="n">Established</th>\
      <th scope="col" class="n">Not offered</th><th scope="col">Declined</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div>
      \(more)
      """
  }

  static func questions(_ digest: Digest) -> HTML {
    let steps = digest.questions
    guard !steps.isEmpty else { return .nothing }
    let lines = QuestionList.lines(steps, limit: 20).map { "\($0, limit: 600)\n" as HTML }
    return """
      <p class="quiet">Packets alone do not settle everything above; these commands do. Ready to send:</p>
      <pre class="cmd">\(lines)</pre>
      """
  }

  static func method(_ digest: Digest) -> HTML {
    let report = digest.report
    var rows: [HTML] = ["<dt>Program</dt><dd>tcptriage \(report.method.version, limit: 60)</dd>\n"]
    if !report.method.commandLine.isEmpty {
      rows.append("<dt>Command</dt><dd><code>\(report.method.commandLine, limit: 4_000)</code></dd>\n")
    }
    if !report.method.filter.isEmpty {
      rows.append("<dt>Filter</dt><dd><code>\(report.method.filter)</code></dd>\n")
    }
    let skipped = report.capture.notAnalyzed.filter { $0.frames > 0 }
      .map { "\(Quantity.count($0.frames, "frame")): \($0.reason.words)" }
    rows.append("<dt>Not analyzed</dt><dd>\(skipped.isEmpty ? "nothing" : skipped.joined(separator: "; "))</dd>\n")
    return "<dl class=\"keys\">\n\(rows)</dl>\n\(thresholds(report.thresholds))"
  }

  private static func thresholds(_ thresholds: [ThresholdInForce]) -> HTML {
    guard !thresholds.isEmpty else { return .nothing }
    var rows: [HTML] = []
    var left = tableBudget
    for threshold in thresholds {
      let row: HTML = """
        <tr><td class="e"><code>\(threshold.rule, limit: 80)</code></td><td>\(threshold.name, limit: 200)</td>\
        <td class="n">\(threshold.value, limit: 80)</td><td>\(threshold.reason, limit: 600)</td></tr>

        """
      left -= row.text.utf8.count
      guard left > 0 else { break }
      rows.append(row)
    }
    return """
      <details><summary>Thresholds in force (\(thresholds.count))</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Thresholds"><table>
      <thead><tr><th scope="col">Rule</th><th scope="col">Threshold</th><th scope="col" class="n">Value</th>\
      <th scope="col">Why</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div></details>
      """
  }
}
