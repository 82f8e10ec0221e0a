import Detection
import Tracking

/// What of a report can be set beside another one: what was found where, and how much traffic there was.
package struct ReportFigures: Sendable {
  /// Findings of one rule at one place.
  package struct Entry: Sendable {
    package var rule: String
    package var title: String
    /// About the capture, not about the network.
    package var isQuality: Bool
    /// `10.0.0.1 → 10.0.0.2:443`, without the client's port, which differs each time; a host; empty for the whole capture.
    package var place: String
    package var severity: Severity
    package var findings = 1
    /// The most telling number: of several findings the sum of a count, else the worst.
    package var measure: Measure?

    package init(
      rule: String, title: String, isQuality: Bool, place: String, severity: Severity, measure: Measure?
    ) {
      self.rule = rule
      self.title = title
      self.isQuality = isQuality
      self.place = place
      self.severity = severity
      self.measure = measure
    }
  }

  private struct Place: Hashable {
    var rule: String
    var name: String
  }

  package var segments: UInt64 = 0
  package var connections: UInt64 = 0
  package var unanswered: UInt64 = 0
  package var retransmissions: UInt64 = 0
  package var payloadBytes: UInt64 = 0
  /// Nanoseconds from the first to the last frame.
  package var duration: Int64 = 0
  /// By rule and place, in the order in which they came.
  package private(set) var entries: [Entry] = []
  /// Where in ``entries`` a rule and a place stand.
  private var index: [Place: Int] = [:]
  /// Findings that were counted but not listed: their places are not known.
  package var unlisted = 0

  /// Places that a finding names; further ones are counted.
  private static let mostPlaces = 2

  package init() {}

  package init(_ report: Report) {
    segments = report.capture.segments
    duration = report.capture.lastTime.subtractingReportingOverflow(report.capture.firstTime).partialValue
    connections = report.totals.connections
    unanswered = report.totals.unanswered
    retransmissions = report.totals.retransmissions
    payloadBytes = report.totals.payloadBytes
    var ends: [ConnectionID: (client: String, server: String)] = [:]
    for connection in report.connections {
      ends[connection.id] = ("\(connection.client)", "\(connection.server)")
    }
    for finding in report.findings {
      add(
        Entry(
          rule: finding.rule.id, title: finding.rule.title, isQuality: finding.rule.family == .captureQuality,
          place: Self.place(finding.connections.compactMap { ends[$0] }, finding.hosts), severity: finding.severity,
          measure: finding.measures.first))
    }
    unlisted = report.rules.reduce(0) { $0 + $1.findings() } - report.findings.count
  }

  /// Joins a finding with those of its rule at its place.
  package mutating func add(_ entry: Entry) {
    let place = Place(rule: entry.rule, name: entry.place)
    guard let index = index[place] else {
      index[place] = entries.count
      entries.append(entry)
      return
    }
    entries[index].findings += 1
    entries[index].severity = max(entries[index].severity, entry.severity)
    guard let more = entry.measure, let known = entries[index].measure, known.name == more.name else { return }
    entries[index].measure?.value = known.isCount ? known.value + more.value : max(known.value, more.value)
  }

  /// Where a finding is, in words that stay the same from one capture to the next.
  package static func place(_ ends: [(client: String, server: String)], _ hosts: [String]) -> String {
    let names = ends.isEmpty ? hosts : ends.map { "\(host($0.client)) → \($0.server)" }
    let places = Set(names).sorted()
    let shown = places.prefix(mostPlaces).joined(separator: ", ")
    return places.count > mostPlaces ? "\(shown) and \(places.count - mostPlaces) more" : shown
  }

  /// `10.0.0.1` of `10.0.0.1:80`, `2001:db8::1` of `[2001:db8::1]:80`.
  private static func host(_ endpoint: String) -> String {
    guard let colon = endpoint.lastIndex(of: ":") else { return endpoint }
    return String(endpoint[..<colon].filter { $0 != "[" && $0 != "]" })
  }
}

extension Measure {
  /// Whether the value grows with the traffic; rates, shares and times do not.
  package var isCount: Bool { ["", "packets", "segments", "frames", "bytes"].contains(unit) }
}
