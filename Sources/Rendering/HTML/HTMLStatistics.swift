import Frames
import Triage

/// What the traffic consists of: kinds of frames, IP versions, endings, options, and where time went.
extension HTMLReport {
  static func statistics(_ digest: Digest) -> HTML {
    let tables = digest.statistics.map(table) + [time(digest)]
    let shown = tables.filter { !$0.text.isEmpty }
    return shown.isEmpty ? .nothing : "<div class=\"small\">\n\(shown)</div>\n\(interfaces(digest))"
  }

  private static func table(_ statistic: Statistic) -> HTML {
    let rows = statistic.rows.prefix(20).map { row -> [HTMLTable.Cell] in
      [.words("\(row.name, limit: 80)"), .count(row.count), .text("\(statistic.share(row))")]
    }
    let table = HTMLTable(
      caption: "\(statistic.title)",
      columns: [.text("What"), .number("\(Words.title(statistic.unit))"), .number("Share")], isSortable: false)
    return table.filled(rows, budget: tableBudget).html
  }

  private static func time(_ digest: Digest) -> HTML {
    let rows = digest.timeShares.map { part -> [HTMLTable.Cell] in
      [.text("\(part.words)"), .duration(part.nanoseconds), .text("\(part.percent) %")]
    }
    guard !rows.isEmpty else { return .nothing }
    let table = HTMLTable(
      caption: "What connections waited for, all together",
      columns: [.text("What"), .number("Time"), .number("Share")], isSortable: false)
    return table.filled(rows, budget: tableBudget).html
  }

  private static func interfaces(_ digest: Digest) -> HTML {
    let known = digest.report.capture.source.interfaces.filter { !$0.name.isEmpty || $0.reportedDrops != nil }
    guard !known.isEmpty else { return .nothing }
    let rows = known.prefix(40).map { interface -> [HTMLTable.Cell] in
      [
        .words("\(interface.name, limit: 200)"), .text("\(interface.linkType.name, limit: 60)"),
        .text("\(interface.snapLength == 0 ? "none" : Quantity.bytes(UInt64(interface.snapLength)))"),
        .text("\(interface.reportedDrops.map { Quantity.count($0) } ?? "not told")"),
      ]
    }
    let table = HTMLTable(
      caption: "Interfaces", columns: [.text("Name"), .text("Link type"), .number("Snap length"), .number("Drops")],
      isSortable: false)
    return table.filled(rows, budget: tableBudget).html
  }

  /// The counters that the kernels should show, predicted with `--counters`.
  static func counters(_ digest: Digest) -> HTML {
    guard let prediction = digest.report.counters else { return .nothing }
    let rows = prediction.hosts.lazy.flatMap { host in
      host.counters.filter { $0.value > 0 }.map { counter -> [HTMLTable.Cell] in
        [
          .text("\(host.host)"), .text("<code>\(counter.nstatName)</code>"), .count(counter.value),
          .text("\(counter.certainty.name)"), .words("\(counter.reason, limit: 200)"),
        ]
      }
    }
    let table = HTMLTable(
      caption: "Predicted counters",
      columns: [.text("Host"), .text("Counter"), .number("Moved by"), .text("How exact"), .text("Why")])
    let (html, shown) = table.filled(rows, budget: tableBudget)
    guard shown > 0 else { return .nothing }
    let most = Quantity.count(CounterPrediction.mostHosts)
    let full: HTML = prediction.isFull ? "<p class=\"quiet\">Only the first \(most) hosts are counted.</p>\n" : .nothing
    return """
      <p class="quiet">This capture should have moved the hosts' counters by so much. Run <code>nstat -az</code> before and
      after: the differences are what the kernel counted meanwhile, all its other connections included.</p>
      \(html)\(full)
      """
  }
}
