import Detection
import Frames
import Tracking
import Triage

/// The connections table.
extension HTMLReport {
  /// Most rows: more would make the page slow, not the reader wiser.
  private static let mostConnections = 1_000

  /// The table; only findings in `anchors` are linked to.
  static func connections(_ digest: Digest, _ anchors: Set<String>) -> HTML {
    let report = digest.report
    guard !report.connections.isEmpty else { return .nothing }
    let links = links(digest, anchors)
    let table = HTMLTable(
      caption: "Connections, those with findings first",
      columns: [
        .number("#"), .text("Client"), .text("Server"), .text("Findings"), .text("State"), .text("Ending"),
        .number("Start (s)"), .number("Length"), .number("Packets out"), .number("Packets in"), .number("Bytes out"),
        .number("Bytes in"), .number("Resent"), .number("RTT"), .text("Waited for"),
      ])
    let rows = digest.connectionsByInterest.prefix(mostConnections).lazy.map {
      row($0, links[$0.id] ?? [], digest)
    }
    let (html, shown) = table.filled(rows, budget: connectionBudget)
    let rest = report.totals.connections > UInt64(shown) ? report.totals.connections - UInt64(shown) : 0
    return totals(report.totals) + html + HTMLTable.rest(rest, "connection")
  }

  private static func totals(_ totals: ConnectionTotals) -> HTML {
    var words = [
      Quantity.count(totals.connections, "connection"), Quantity.count(totals.packets, "segment"),
      "\(Quantity.bytes(totals.payloadBytes)) of payload", "\(Quantity.count(totals.retransmissions)) sent again",
    ]
    if totals.unanswered > 0 { words.append("\(Quantity.count(totals.unanswered)) unanswered") }
    if totals.evicted > 0 { words.append("\(Quantity.count(totals.evicted)) dropped from memory before their end") }
    return """
      <p><b>\(words.joined(separator: " · "))</b></p>
      <p class="quiet">Out is what the client sent, in what it got. A question mark says that client and server are a
      guess. RTT is the least that was seen. The last column is the share of its time that a connection spent on each.</p>

      """
  }

  private static func row(_ connection: ConnectionSummary, _ links: [HTML], _ digest: Digest) -> [HTMLTable.Cell] {
    let (client, server) = (connection.fromClient, connection.fromServer)
    let guessed = connection.rolesGuessed ? "?" : ""
    return [
      .text("\(connection.id.rawValue)"), .text("\("\(connection.client)")\(guessed)"),
      .text("\("\(connection.server)")\(guessed)"), .words("\(links)"), .text("\(connection.state, limit: 60)"),
      .text("\(connection.ending, limit: 60)"),
      .text("\(Moment.relativeSeconds(connection.firstTime, from: digest.start))"),
      .duration(Moment.elapsed(from: connection.firstTime, to: connection.lastTime)),
      .count(client.packets), .count(server.packets), .bytes(client.payloadBytes), .bytes(server.payloadBytes),
      .count(client.retransmissions &+ server.retransmissions), .duration(connection.leastRoundTrip),
      .text("\(connection.waits)"),
    ]
  }

  /// Links from a connection to its findings, at most three.
  private static func links(_ digest: Digest, _ anchors: Set<String>) -> [ConnectionID: [HTML]] {
    var links: [ConnectionID: [HTML]] = [:]
    for entry in digest.findings where anchors.contains(entry.id) {
      for id in entry.finding.connections where (links[id]?.count ?? 0) < 3 {
        links[id, default: []].append("<a href=\"#f-\(entry.id)\">\(entry.finding.rule.id)</a> ")
      }
    }
    return links
  }
}
