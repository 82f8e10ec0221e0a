import Detection
import Dissection
import Frames
import Tracking

/// Joins what the rooms have found into a ``Report``.
struct ReportBuilder {
  /// Findings of one rule that are listed; the rest is counted in a caveat of the last one.
  static let mostPerRule = 50

  let facts: CaptureFacts
  let source: CaptureDescription
  let detectors: [any Detector]
  let shelf: ConnectionShelf
  let method: Method
  var disabledRules: Set<String> = []

  func build() -> Report { build(of: findings) }

  /// Everything that is to be said, by harm.
  var findings: [Finding] {
    let raw = detectors.flatMap { $0.findings() }.filter { !disabledRules.contains($0.rule.id) }.settled
    return Self.ordered(QualityWeighing(raw, shelf.defects()).findings)
  }

  /// The report of all that is to be said, of which it lists the worst.
  func build(of ordered: [Finding]) -> Report {
    let findings = Self.limited(ordered)
    let wanted = Set(findings.flatMap(\.connections))
    return Report(
      capture: capture(findings), findings: findings,
      connections: shelf.select(wanted).map(ConnectionSummary.init), totals: shelf.totals,
      rules: Self.tallies(ordered, detectors.flatMap { type(of: $0).rules }),
      traffic: shelf.traffic?.summary ?? TrafficSummary(),
      smcLedger: detectors.compactMap { ($0 as? SMCDetector)?.ledger() }.flatMap { $0 },
      thresholds: type(of: detectors).thresholds(detectors), method: method)
  }

  private func capture(_ findings: [Finding]) -> CaptureSummary {
    var summary = CaptureSummary(source: source)
    summary.frames = facts.frames
    summary.segments = facts.segments
    summary.capturedBytes = facts.capturedBytes
    summary.wireBytes = facts.wireBytes
    summary.firstTime = facts.firstTime
    summary.lastTime = facts.lastTime
    summary.linkTypes = facts.linkTypes
    summary.notAnalyzed = facts.notAnalyzed
    let rules = detectors.flatMap { type(of: $0).rules }.filter { $0.family == .captureQuality }
    summary.quality = rules.map { rule in
      let found = findings.filter { $0.rule.id == rule.id }
      let words = found.first.map { Self.words($0) } ?? "none"
      return QualityMark(rule: rule, severity: found.map(\.severity).max(), words: words)
    }
    return summary
  }

  /// The first measure of a finding, as the row of quality marks shows it.
  private static func words(_ finding: Finding) -> String {
    guard let measure = finding.measures.first else { return finding.severity.name }
    let number =
      measure.value == measure.value.rounded() && abs(measure.value) < 1e15
      ? String(Int64(measure.value)) : String(measure.value)
    return measure.unit.isEmpty ? number : "\(number) \(measure.unit)"
  }

  /// Quality first, then by harm: severity, cost, first frame; the rule's name decides between equals.
  static func ordered(_ findings: [Finding]) -> [Finding] {
    findings.sorted { a, b in
      let (qualityA, qualityB) = (a.rule.family == .captureQuality, b.rule.family == .captureQuality)
      if qualityA != qualityB { return qualityA }
      if a.severity != b.severity { return a.severity > b.severity }
      if a.cost.time != b.cost.time { return a.cost.time > b.cost.time }
      if a.cost.bytes != b.cost.bytes { return a.cost.bytes > b.cost.bytes }
      if a.firstFrame != b.firstFrame { return a.firstFrame < b.firstFrame }
      if a.rule.id != b.rule.id { return a.rule.id < b.rule.id }
      return a.summary < b.summary
    }
  }

  /// How often each of `rules` fired, in their order, without those that did not.
  static func tallies(_ findings: [Finding], _ rules: [Rule]) -> [RuleTally] {
    var tallies: [String: RuleTally] = [:]
    for finding in findings { tallies[finding.rule.id, default: RuleTally(finding.rule)].add(finding.severity) }
    return rules.compactMap { tallies[$0.id] }
  }

  /// At most ``mostPerRule`` findings of each rule, so that ten thousand troubled connections stay readable.
  static func limited(_ findings: [Finding]) -> [Finding] {
    var count: [String: Int] = [:]
    for finding in findings { count[finding.rule.id, default: 0] += 1 }
    var listed: [String: Int] = [:]
    return findings.compactMap { finding in
      let number = listed[finding.rule.id, default: 0] + 1
      listed[finding.rule.id] = number
      guard number <= mostPerRule else { return nil }
      var kept = finding
      let rest = (count[finding.rule.id] ?? 0) - mostPerRule
      if number == mostPerRule, rest > 0 {
        kept.caveats.append("\(rest) further findings of this rule are not listed; this one is the last of the worst.")
      }
      return kept
    }
  }
}

extension Array where Element == any Detector {
  /// Thresholds of the detectors that took part.
  fileprivate static func thresholds(_ detectors: [any Detector]) -> [ThresholdInForce] {
    detectors.flatMap { type(of: $0).thresholds }.map {
      ThresholdInForce(rule: $0.rule, name: $0.name, value: $0.value, reason: $0.reason)
    }
  }
}
