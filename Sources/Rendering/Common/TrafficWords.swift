import Detection
import Dissection
import Frames
import Tracking
import Triage

/// Sums over connections, in words and in an order that serves a reader.
extension Digest {
  /// How many problems each host has a part in, by address.
  var problemsByHost: [IPAddress: Int] {
    var counts: [IPAddress: Int] = [:]
    for entry in problems {
      let ends = entry.finding.connections.compactMap { connections[$0] }
        .flatMap { [$0.client.address, $0.server.address] }
      for address in Set(ends) { counts[address, default: 0] += 1 }
    }
    return counts
  }

  /// Hosts, those with problems first, then the busiest.
  var hostsByHarm: [(host: HostTraffic, problems: Int)] {
    let problems = problemsByHost
    return report.traffic.hosts.enumerated()
      .map { (place: $0.offset, host: $0.element, problems: problems[$0.element.address] ?? 0) }
      .sorted { ($1.problems, $0.place) < ($0.problems, $1.place) }
      .map { ($0.host, $0.problems) }
  }

  /// Small tables of what the traffic consists of: title, what is counted, rows.
  var statistics: [Statistic] {
    let traffic = report.traffic
    return [
      Statistic("Frames", "frames", frameKinds),
      Statistic("Link types", "frames", report.capture.linkTypes.map { Occurrence($0.linkType.name, $0.frames) }),
      Statistic("IP versions", "connections", traffic.versions.map { Occurrence($0.name, $0.connections) }),
      Statistic("How connections ended", "connections", traffic.endings),
      Statistic("Window scaling", "handshakes", traffic.windowScaling),
      Statistic("Maximum segment size", "announcements", Array(traffic.segmentSizes.prefix(8))),
      Statistic("Place of the capture", "connections", traffic.vantages.map { Occurrence($0.placeWords, $0.count) }),
    ].filter { !$0.rows.isEmpty }
  }

  private var frameKinds: [Occurrence] {
    let analyzed = Occurrence("TCP segments", report.capture.segments)
    return [analyzed].filter { $0.count > 0 }
      + report.capture.notAnalyzed.filter { $0.frames > 0 }.map { Occurrence($0.reason.words, $0.frames) }
  }

  /// What all connections together waited for, the largest share first; shares below 1 % are left out.
  var timeShares: [(words: String, nanoseconds: Int64, percent: Int)] {
    let parts = report.traffic.time
    let total = parts.reduce(0.0) { $0 + Double($1.nanoseconds) }
    guard total > 0 else { return [] }
    return parts.map { ($0.use.words, $0.nanoseconds, Int((100 * Double($0.nanoseconds) / total).rounded())) }
      .filter { $0.2 >= 1 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  /// Parts that other reports have and this one has not, and why.
  var missingParts: [String] {
    var parts: [String] = []
    if report.capture.segments == 0 { return ["everything about connections: no frame could be analyzed"] }
    if report.smcLedger.isEmpty { parts.append("SMC ledger: no connection offered or answered SMC") }
    if report.traffic.listeners.allSatisfy({ $0.tried == 0 }) {
      parts.append("handshakes: every connection is older than the capture")
    }
    if report.counters == nil, report.counterComparison == nil {
      parts.append("kernel counters: they are predicted with --counters only")
    }
    if questions.isEmpty { parts.append("questions to the customer: the packets settle what was found") }
    return parts
  }
}

/// A small table: how often each of a few things occurred.
struct Statistic {
  var title: String
  /// What is counted, as a plural.
  var unit: String
  var rows: [Occurrence]

  init(_ title: String, _ unit: String, _ rows: [Occurrence]) {
    self.title = title
    self.unit = unit
    self.rows = rows
  }

  /// `12 %` of all that is counted; `< 1 %` of little.
  func share(_ row: Occurrence) -> String {
    let total = rows.reduce(0.0) { $0 + Double($1.count) }
    guard total > 0 else { return "" }
    let percent = 100 * Double(row.count) / total
    return percent < 1 ? "< 1 %" : "\(Int(percent.rounded())) %"
  }
}

extension Occurrence {
  /// A vantage point as a place.
  fileprivate var placeWords: String {
    switch name {
    case "client": "at the client"
    case "server": "at the server"
    case "middle": "between the two"
    case "loopback": "one host's loopback"
    default: "cannot be told"
    }
  }
}

extension SubnetTraffic {
  /// `10.0.0.0/24`.
  var words: String { "\(network)/\(prefixLength)" }
}
