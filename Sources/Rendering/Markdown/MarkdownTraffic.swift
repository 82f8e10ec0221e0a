import Frames
import Triage

/// Hosts, listeners and what the traffic consists of, in the Markdown report.
extension MarkdownReport {
  /// Bytes of each of these tables: they serve findings, and must not push them out.
  private static let trafficBudget = 3_000

  static func hosts(_ digest: Digest) -> Markdown {
    let traffic = digest.report.traffic
    guard !traffic.hosts.isEmpty else { return "" }
    let rows = digest.hostsByHarm.prefix(40).map { host, problems in
      let activity = host.activity
      return Markdown.row([
        "\(code: "\(host.address)")", "\(Quantity.count(problems))", "\(Quantity.count(activity.opened))",
        "\(Quantity.count(activity.taken))",
        "\(Quantity.count(activity.packetsSent)) / \(Quantity.count(activity.packetsReceived))",
        "\(Quantity.bytes(activity.bytesSent)) / \(Quantity.bytes(activity.bytesReceived))",
        "\(Quantity.count(activity.retransmissions))",
      ])
    }
    let head: Markdown = """

      ## Hosts

      | Host | Problems | As client | As server | Packets sent / received | Bytes sent / received | Resent |
      |---|---:|---:|---:|---:|---:|---:|

      """
    return table(head, rows, UInt64(traffic.hosts.count) &+ traffic.hostsLeftOut, "host")
  }

  static func listeners(_ digest: Digest) -> Markdown {
    let traffic = digest.report.traffic
    guard !traffic.listeners.isEmpty else { return "" }
    let rows = traffic.listeners.prefix(40).map { listener in
      let slowest = listener.slowestHandshake
      return Markdown.row([
        "\(code: "\(listener.endpoint)")", "\(Quantity.count(listener.tried))", "\(Quantity.count(listener.answered))",
        "\(Quantity.count(listener.refused))", "\(Quantity.count(listener.unanswered))",
        "\(Quantity.count(listener.older))", "\(slowest > 0 ? Quantity.duration(slowest) : "")",
      ])
    }
    let head: Markdown = """

      ## Listeners

      | Listener | Tried | Answered | Refused | Unanswered | Older | Slowest handshake |
      |---|---:|---:|---:|---:|---:|---:|

      """
    return table(head, rows, UInt64(traffic.listeners.count) &+ traffic.listenersLeftOut, "listener")
  }

  private static func table(_ head: Markdown, _ rows: [Markdown], _ total: UInt64, _ noun: String) -> Markdown {
    let listed = Markdown.fitting(rows, trafficBudget)
    let rest = total - UInt64(listed.count)
    let more: Markdown = rest > 0 ? "\n_\(Quantity.count(rest, noun)) more, not listed here._\n" : ""
    return Markdown([head] + listed + [more])
  }

  /// One line for each kind of sum: `- Frames: TCP segments 440 (100 %)`.
  static func statistics(_ digest: Digest) -> Markdown {
    var lines = digest.statistics.map { statistic -> Markdown in
      let parts = statistic.rows.prefix(8).map { row in
        "\(row.name, limit: 60) \(Quantity.count(row.count)) (\(statistic.share(row)))" as Markdown
      }
      return "- \(statistic.title): \(Markdown(parts, separator: ", "))\n"
    }
    let time = digest.timeShares.map { part in
      "\(part.words) \(part.percent) % (\(Quantity.duration(part.nanoseconds)))" as Markdown
    }
    if !time.isEmpty { lines.append("- Connections waited for: \(Markdown(time, separator: ", "))\n") }
    return lines.isEmpty
      ? "" : "\n## Protocols and options\n\n" + Markdown(Markdown.fitting(lines, trafficBudget))
  }
}
