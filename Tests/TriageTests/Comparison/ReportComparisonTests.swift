import Detection
import Rendering
import TestSupport
import Testing

@testable import Triage

/// Before and after: what counts as new, gone, worse and better.
@Suite("Two reports: new, gone, worse, better")
struct ReportComparisonTests {
  private func figures(_ segments: UInt64, _ entries: [ReportFigures.Entry]) -> ReportFigures {
    var figures = ReportFigures()
    figures.segments = segments
    for entry in entries { figures.add(entry) }
    return figures
  }

  private func entry(
    _ rule: String, _ place: String = "10.0.0.1 → 10.0.0.2:80", _ severity: Severity = .warning,
    _ measure: Measure? = nil, isQuality: Bool = false
  ) -> ReportFigures.Entry {
    ReportFigures.Entry(
      rule: rule, title: rule, isQuality: isQuality, place: place, severity: severity, measure: measure)
  }

  private func kind(
    _ before: Measure, _ after: Measure, _ segments: (UInt64, UInt64) = (1_000, 1_000)
  )
    -> ReportComparison.Kind?
  {
    let old = figures(segments.0, [entry("r", measure: before)])
    let new = figures(segments.1, [entry("r", measure: after)])
    return ReportComparison(old, new).changes.first?.kind
  }

  private func entry(_ rule: String, measure: Measure) -> ReportFigures.Entry {
    entry(rule, "10.0.0.1 → 10.0.0.2:80", .warning, measure)
  }

  @Test("New and gone are told by rule and place")
  func newAndGone() {
    let before = figures(1_000, [entry("a"), entry("b")])
    let after = figures(1_000, [entry("a"), entry("a", "10.0.0.9 → 10.0.0.2:80")])
    let result = ReportComparison(before, after)
    #expect(result.changes.map(\.kind) == [.new, .gone, .same])
    #expect(result.isWorse(.warning) && !result.isWorse(.critical))
  }

  @Test("A report of very many places takes no time that grows with their square", .timeLimit(.minutes(1)))
  func manyPlaces() {
    let many = figures(1_000, (0..<150_000).map { entry("rule", "a place with a long name \($0)") })
    #expect(many.entries.count == 150_000)
  }

  @Test("Rates change by a quarter or not at all")
  func rates() {
    #expect(kind(Measure("rate", 2, "percent"), Measure("rate", 2.4, "percent")) == .same)
    #expect(kind(Measure("rate", 2, "percent"), Measure("rate", 2.6, "percent")) == .worse)
    #expect(kind(Measure("rate", 2, "percent"), Measure("rate", 1, "percent")) == .better)
  }

  @Test("Counts are compared per segment, and chance is no change")
  func counts() {
    #expect(kind(Measure("x", 4, "segments"), Measure("x", 7, "segments")) == .same)
    #expect(kind(Measure("x", 40, "segments"), Measure("x", 90, "segments")) == .worse)
    #expect(kind(Measure("x", 40, "segments"), Measure("x", 400, "segments"), (1_000, 10_000)) == .same)
    #expect(kind(Measure("x", 40, "segments"), Measure("x", 40, "segments"), (1_000, 10_000)) == .better)
  }

  @Test("A change of severity is a change, however the numbers are")
  func severity() {
    let result = ReportComparison(
      figures(10, [entry("a", "", .notice)]), figures(10, [entry("a", "", .critical)]))
    #expect(result.changes.map(\.kind) == [.worse] && result.isWorse(.critical))
  }

  @Test("Captures without a common place are compared by rule, and it is said")
  func places() {
    let result = ReportComparison(
      figures(10, [entry("a", "10.0.0.1 → 10.0.0.2:80")]), figures(10, [entry("a", "10.9.0.1 → 10.9.0.2:80")]))
    #expect(result.ignoresPlaces && result.changes.map(\.kind) == [.same] && result.limits.count == 1)
  }

  @Test("A defect of the capture is told, but makes nothing worse")
  func quality() {
    let result = ReportComparison(
      figures(10, []), figures(10, [entry("capture-truncated", "", .critical, isQuality: true)]))
    #expect(result.changes.isEmpty && result.quality.count == 1 && !result.isWorse(.info))
  }

  @Test("The client's port is no part of a place")
  func place() {
    #expect(ReportFigures.place([("10.0.0.1:4711", "10.0.0.2:80")], []) == "10.0.0.1 → 10.0.0.2:80")
    #expect(ReportFigures.place([("[2001:db8::1]:9", "[2001:db8::2]:80")], []) == "2001:db8::1 → [2001:db8::2]:80")
    #expect(ReportFigures.place([], ["10.0.0.3"]) == "10.0.0.3")
  }

  @Test("Nothing from a report acts in Markdown or on a terminal")
  func hostile() {
    let evil = "<script>\u{1B}[31m|`[x](y)\n# z\u{202E}"
    let result = ReportComparison(figures(10, []), figures(10, [entry(evil, evil)]))
    for format in ComparisonFormat.allCases {
      let bytes = ComparisonReport.bytes(
        result, names: [evil, "b"], remark: nil, format: format, RenderingOptions())
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\n# z"))
      if format == .markdown { #expect(!text.contains("<script>") || text.contains("\\<script")) }
    }
  }
}
