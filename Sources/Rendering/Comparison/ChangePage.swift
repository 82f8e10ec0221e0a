import Detection
import Frames
import Triage

/// The comparison of two reports in words.
struct ChangePage {
  let comparison: ReportComparison
  let names: [String]
  /// Why two captures are not compared as two points, nil when nobody would have thought so.
  let remark: String?
  /// Changes of one kind that are listed.
  private static let mostListed = 15

  var page: ComparisonPage {
    var page = ComparisonPage()
    page.verdict = verdict
    page.harm = comparison.changes.filter { $0.kind.isHarm }.compactMap(\.after?.severity).max() ?? .info
    if let remark { page.paragraph(remark) }
    for (kind, title) in Self.titles {
      let changes = comparison.changes.filter { $0.kind == kind }
      guard !changes.isEmpty else { continue }
      page.heading(title)
      page.list(changes.prefix(Self.mostListed).map(sentence))
      if changes.count > Self.mostListed {
        page.paragraph("And \(Quantity.count(changes.count - Self.mostListed)) more, all in the JSON output.")
      }
    }
    page.heading("Traffic")
    page.table(["", names[0], names[1]], figures)
    let notes = comparison.quality.prefix(5).map { "Capture quality, \(sentence($0))" } + comparison.limits
    if !notes.isEmpty {
      page.heading("Mind")
      page.list(Array(notes))
    }
    return page
  }

  private static let titles: [(ReportComparison.Kind, String)] = [
    (.new, "New"), (.worse, "Worse"), (.gone, "Gone"), (.better, "Better"), (.same, "As before"),
  ]

  var verdict: String {
    let counts = [ReportComparison.Kind.new, .worse, .gone, .better].map { ($0, comparison.count($0)) }
    let words = counts.filter { $0.1 > 0 }.map { "\(Quantity.count($0.1)) \($0.0)" }
    let same = comparison.count(.same)
    let rest = same > 0 ? ", \(Quantity.count(same)) as before" : ""
    guard !words.isEmpty else {
      return same == 0
        ? "Nothing was found before or after." : "Nothing has changed: \(Quantity.count(same)) as before."
    }
    let worst = comparison.changes.first { $0.kind.isHarm }.map { " First: \(title($0))." } ?? ""
    let head = comparison.changes.contains { $0.kind.isHarm } ? "Worse than before" : "Better than before"
    return "\(head): \(words.joined(separator: ", "))\(rest).\(worst)"
  }

  private func title(_ change: ReportComparison.Change) -> String {
    guard let entry = change.entry else { return "" }
    return "\(Words.inSentence(entry.title))\(entry.place.isEmpty ? "" : ", \(entry.place)") (\(entry.severity.name))"
  }

  /// Rule, place, and what was before and is now, as in `notice → warning; rate 0.5 % → 2.1 %`.
  private func sentence(_ change: ReportComparison.Change) -> String {
    guard let entry = change.entry else { return "" }
    let place = entry.place.isEmpty ? "" : ", \(entry.place)"
    var parts: [String] = []
    let severities = [change.before, change.after].compactMap { $0?.severity.name }
    parts.append(Set(severities).count > 1 ? severities.joined(separator: " → ") : severities.first ?? "")
    if let measure = measures(change) { parts.append(measure) }
    let findings = [change.before, change.after].compactMap { $0?.findings }
    if findings.contains(where: { $0 > 1 }) {
      parts.append("findings " + findings.map { Quantity.count($0) }.joined(separator: " → "))
    }
    return "\(entry.rule)\(place): \(parts.joined(separator: "; "))."
  }

  private func measures(_ change: ReportComparison.Change) -> String? {
    guard let measure = change.entry?.measure else { return nil }
    guard let before = change.before?.measure, let after = change.after?.measure, before.name == after.name else {
      return Words.named(measure)
    }
    let (old, new) = (Words.measure(before), Words.measure(after))
    let name = Words.name(measure)
    if old == new { return Words.named(measure) }
    guard measure.isCount, measure.unit != "bytes" else { return "\(name) \(old) → \(new)" }
    let rates = [
      per(before.value, comparison.before.segments), per(after.value, comparison.after.segments),
    ]
    return "\(name) \(old) → \(new) (\(rates.joined(separator: " → ")) per 1,000 segments)"
  }

  private func per(_ value: Double, _ segments: UInt64) -> String {
    segments == 0 ? "?" : Quantity.significant(value * 1_000 / Double(segments))
  }

  private var figures: [[String]] {
    func row(_ name: String, _ value: (ReportFigures) -> String) -> [String] {
      [name, value(comparison.before), value(comparison.after)]
    }
    func rate(_ value: UInt64, _ per: Double, times factor: Double = 1) -> String {
      per > 0 ? Quantity.significant(Double(value) * factor / per) : "-"
    }
    return [
      row("duration") { Quantity.duration($0.duration) }, row("segments") { Quantity.count($0.segments) },
      row("segments per minute") { rate($0.segments, Double($0.duration) / 60e9) },
      row("connections") { Quantity.count($0.connections) },
      row("connections per minute") { rate($0.connections, Double($0.duration) / 60e9) },
      row("unanswered per 100 connections") { rate($0.unanswered, Double($0.connections), times: 100) },
      row("resent per 1,000 segments") { rate($0.retransmissions, Double($0.segments), times: 1_000) },
      row("findings per connection") { figures in
        let count = figures.entries.filter { !$0.isQuality }.reduce(0) { $0 + $1.findings }
        return rate(UInt64(count), Double(figures.connections))
      },
    ]
  }
}

/// For programs.
extension ChangePage {
  func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("schema_version", JSONReport.schemaVersion)
      json.member("comparison", "before-after")
      json.member("verdict", verdict)
      json.member("inputs", names)
      json.member("figures", [comparison.before, comparison.after]) { json, figures in
        json.member("segments", figures.segments)
        json.member("connections", figures.connections)
        json.member("unanswered", figures.unanswered)
        json.member("retransmissions", figures.retransmissions)
        json.member("payload_bytes", figures.payloadBytes)
        json.member("duration_ns", figures.duration)
      }
      json.member("changes", comparison.changes, inline: false) { write($1, to: &$0) }
      json.member("quality", comparison.quality, inline: false) { write($1, to: &$0) }
      json.member("limits", comparison.limits)
    }
    json.end()
    return json.bytes
  }

  private func write(_ change: ReportComparison.Change, to json: inout JSONWriter) {
    json.member("kind", "\(change.kind)")
    json.member("rule", change.entry?.rule ?? "")
    json.member("place", change.entry?.place ?? "")
    for (name, entry) in [("before", change.before), ("after", change.after)] {
      json.key(name)
      guard let entry else {
        json.null()
        continue
      }
      json.object(inline: true) { json in
        json.member("severity", entry.severity.name)
        json.member("findings", entry.findings)
        if let measure = entry.measure {
          json.member("measure", measure.name)
          json.key("value")
          json.value(measure.value)
          json.member("unit", measure.unit)
        }
      }
    }
  }
}
