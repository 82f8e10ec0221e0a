import Testing

@testable import Detection
@testable import Tracking
@testable import Triage

/// Order, number and confidence of findings.
struct BuilderTests {
  private func rule(_ id: String, _ family: Rule.Family) -> Rule {
    Rule(id: id, family: family, title: id, meaning: "", fires: "", falseAlarms: "", remedy: "", source: "")
  }

  private func finding(
    _ id: String, _ family: Rule.Family, _ severity: Severity = .warning, _ confidence: Confidence = .certain,
    on connections: [UInt64] = [], frame: UInt64 = 1
  ) -> Finding {
    var finding = Finding(rule(id, family), severity, confidence, proof: .proven, summary: id)
    finding.connections = connections.map { ConnectionID(rawValue: $0) }
    finding.firstFrame = frame
    return finding
  }

  /// Weighs `findings`; connections of defects are those that they name, and number 300 besides.
  private func weighed(_ findings: Finding...) -> [Finding] {
    var defects = ConnectionDefects()
    for finding in findings where !finding.connections.isEmpty {
      let touched = finding.connections + [ConnectionID(rawValue: 300)]
      if finding.rule.id == "capture-loss" { defects.missingBytes.formUnion(touched) }
      if finding.rule.id == "capture-one-sided" { defects.oneSided.formUnion(touched) }
    }
    return QualityWeighing(findings, defects).findings
  }

  struct Weight: Sendable, CustomTestStringConvertible {
    var defect: String
    var severity: Severity
    var defectConnections: [UInt64] = []
    var family: Rule.Family
    var isLowered: Bool
    var testDescription: String { "\(defect) (\(severity.name)) and \(family.rawValue): \(isLowered)" }
  }

  static let weights = [
    Weight(defect: "capture-loss", severity: .notice, family: .retransmission, isLowered: true),
    Weight(
      defect: "capture-loss", severity: .notice, defectConnections: [1, 9], family: .retransmission, isLowered: true),
    Weight(
      defect: "capture-loss", severity: .critical, defectConnections: [9], family: .retransmission, isLowered: false),
    Weight(defect: "capture-loss", severity: .critical, family: .ackLoop, isLowered: false),
    Weight(defect: "capture-one-sided", severity: .warning, defectConnections: [1], family: .ackLoop, isLowered: true),
    Weight(defect: "capture-one-sided", severity: .info, defectConnections: [1], family: .timestamps, isLowered: true),
    Weight(
      defect: "capture-one-sided", severity: .warning, defectConnections: [9], family: .retransmission, isLowered: false
    ),
    Weight(defect: "capture-time-backwards", severity: .warning, family: .retransmission, isLowered: true),
    Weight(defect: "capture-time-backwards", severity: .notice, family: .retransmission, isLowered: false),
    Weight(defect: "capture-cut-frames", severity: .warning, family: .timestamps, isLowered: true),
    Weight(defect: "capture-cut-frames", severity: .warning, family: .smc, isLowered: true),
    Weight(defect: "capture-cut-frames", severity: .info, family: .smc, isLowered: false),
    Weight(defect: "capture-duplicates", severity: .warning, family: .retransmission, isLowered: false),
    Weight(defect: "capture-mid-stream", severity: .info, family: .ackLoop, isLowered: false),
  ]

  @Test("A defect of the capture lowers the findings that it touches, and says why", arguments: weights)
  func weighing(_ weight: Weight) throws {
    let defect = finding(weight.defect, .captureQuality, weight.severity, on: weight.defectConnections)
    let result = weighed(defect, finding("x", weight.family, on: [1]))
    let last = try #require(result.last)
    #expect(last.confidence == (weight.isLowered ? .likely : .certain))
    #expect(last.caveats.count == (weight.isLowered ? 1 : 0))
    #expect(last.caveats.allSatisfy { $0.hasSuffix(".") })
    #expect(result.first?.confidence == .certain, "defects themselves stay as they are")
    #expect(last.severity == .warning, "the harm does not change")
  }

  @Test(
    "A connection that a defect touches but does not name is weighed all the same",
    arguments: ["capture-loss", "capture-one-sided"])
  func unnamed(defect: String) {
    let defects = finding(defect, .captureQuality, on: [1, 2])
    let result = weighed(defects, finding("x", .retransmission, on: [300]), finding("y", .retransmission, on: [301]))
    #expect(result.suffix(2).map(\.confidence) == [.likely, .certain])
  }

  @Test("Two defects lower twice, and never below the lowest")
  func twice() {
    let defects = [finding("capture-loss", .captureQuality), finding("capture-time-backwards", .captureQuality)]
    let result = QualityWeighing(
      defects + [finding("x", .retransmission), finding("y", .retransmission, .info, .possible)], ConnectionDefects())
    #expect(result.findings.suffix(2).map(\.confidence) == [.possible, .possible])
  }

  @Test("Findings stand in order: quality, severity, cost, first frame, name")
  func order() {
    var costly = finding("d", .ackLoop, .warning, frame: 50)
    costly.cost.time = 10
    var heavy = finding("e", .ackLoop, .warning, frame: 40)
    heavy.cost.bytes = 10
    let expected = [
      finding("q2", .captureQuality, .warning), finding("q1", .captureQuality, .info),
      finding("z", .smc, .critical, frame: 99),
      costly, heavy, finding("b", .ackLoop, .warning, frame: 2), finding("a", .ackLoop, .warning, frame: 3),
      finding("c", .ackLoop, .warning, frame: 3), finding("n", .ackLoop, .notice), finding("i", .ackLoop, .info),
    ]
    let names = expected.map(\.rule.id)
    #expect(ReportBuilder.ordered(expected.reversed()).map(\.rule.id) == names)
    #expect(ReportBuilder.ordered(expected.sorted { $0.rule.id < $1.rule.id }).map(\.rule.id) == names)
  }

  @Test("At most fifty findings of a rule are listed, and the rest is counted", arguments: [1, 49, 50, 51, 1000])
  func limit(count: Int) throws {
    let many = (1...count).map { finding("x", .ackLoop, frame: UInt64($0)) } + [finding("y", .ackLoop)]
    let listed = ReportBuilder.limited(many)
    #expect(listed.count { $0.rule.id == "x" } == min(count, 50) && listed.last?.rule.id == "y")
    let caveats = listed.flatMap(\.caveats)
    #expect(caveats.isEmpty == (count <= 50))
    let tallies = ReportBuilder.tallies(many, [rule("z", .smc), rule("y", .ackLoop), rule("x", .ackLoop)])
    #expect(tallies.map(\.rule.id) == ["y", "x"] && tallies.map { $0.findings() } == [1, count])
    #expect(tallies.map { $0.findings(atLeast: .critical) } == [0, 0] && tallies[1].findings(of: .warning) == count)
    if count > 50 { #expect(caveats.count == 1 && caveats.first?.hasPrefix("\(count - 50) further") == true) }
  }
}
