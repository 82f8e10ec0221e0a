import Frames
import Triage

/// Who took part: hosts, their networks, and listeners.
extension HTMLReport {
  static func hosts(_ digest: Digest) -> HTML {
    let traffic = digest.report.traffic
    guard !traffic.hosts.isEmpty else { return .nothing }
    let table = HTMLTable(
      caption: "Hosts, those with problems first", columns: [.text("Host"), .number("Problems")] + activityColumns)
    let rows = digest.hostsByHarm.lazy.map { host, problems in
      [.text("\("\(host.address)")"), .count(problems)] + cells(host.activity)
    }
    let (html, shown) = table.filled(rows, budget: tableBudget)
    let rest = UInt64(traffic.hosts.count - shown) &+ traffic.hostsLeftOut
    return html + HTMLTable.rest(rest, "host") + subnets(traffic)
  }

  /// Networks tell something only where they join hosts.
  private static func subnets(_ traffic: TrafficSummary) -> HTML {
    guard traffic.subnets.contains(where: { $0.hosts > 1 }), traffic.subnets.count > 1 else { return .nothing }
    let table = HTMLTable(
      caption: "Networks: /24 of IPv4, /64 of IPv6", columns: [.text("Network"), .number("Hosts")] + activityColumns)
    let rows = traffic.subnets.lazy.map { [.text("\($0.words)"), .count($0.hosts)] + cells($0.activity) }
    let (html, shown) = table.filled(rows, budget: tableBudget)
    return html + HTMLTable.rest(traffic.subnets.count - shown, "network")
  }

  private static let activityColumns: [HTMLTable.Column] = [
    .number("As client"), .number("Unanswered"), .number("As server"), .number("Packets sent"),
    .number("Packets received"), .number("Bytes sent"), .number("Bytes received"), .number("Resent"),
  ]

  private static func cells(_ activity: Activity) -> [HTMLTable.Cell] {
    [
      .count(activity.opened), .count(activity.unanswered), .count(activity.taken), .count(activity.packetsSent),
      .count(activity.packetsReceived), .bytes(activity.bytesSent), .bytes(activity.bytesReceived),
      .count(activity.retransmissions),
    ]
  }

  static func listeners(_ digest: Digest) -> HTML {
    let traffic = digest.report.traffic
    guard !traffic.listeners.isEmpty else { return .nothing }
    let table = HTMLTable(
      caption: "Listeners, those that refused or did not answer first",
      columns: [
        .text("Listener"), .number("Tried"), .number("Answered"), .number("Refused"), .number("Unanswered"),
        .number("Older"), .number("Slowest handshake"), .number("Packets"), .number("Bytes in"), .number("Bytes out"),
        .number("Resent"),
      ])
    let rows = traffic.listeners.lazy.map { listener -> [HTMLTable.Cell] in
      [
        .text("\("\(listener.endpoint)")"), .count(listener.tried), .count(listener.answered), .count(listener.refused),
        .count(listener.unanswered), .count(listener.older),
        .duration(listener.slowestHandshake > 0 ? listener.slowestHandshake : nil), .count(listener.packets),
        .bytes(listener.bytesIn), .bytes(listener.bytesOut), .count(listener.retransmissions),
      ]
    }
    let (html, shown) = table.filled(rows, budget: tableBudget)
    let rest = UInt64(traffic.listeners.count - shown) &+ traffic.listenersLeftOut
    return """
      <p class="quiet">Server ends of connections: answered is with a SYN-ACK, refused with a RST; older connections began
      before the capture did.</p>
      \(html)\(HTMLTable.rest(rest, "listener"))
      """
  }
}
