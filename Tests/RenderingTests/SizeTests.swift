import Frames
import Testing

@testable import Detection
@testable import Rendering
@testable import Triage

@Suite("Reports stay small, however much was found")
struct SizeTests {
  private static let many = Fixture.report(
    connections: 20_000, findings: Array(repeating: Fixture.storm(), count: 5_000))

  @Test("Markdown fits a tracker's comment, and says what it left out")
  func markdown() {
    let output = MarkdownReport(RenderingOptions()).text(Self.many)
    #expect(output.utf8.count < 65_536)
    #expect(output.contains("more findings are left out"))
    #expect(output.contains("## Method"))
    #expect(MarkdownReport(RenderingOptions()).text(Fixture.hostileReport()).utf8.count < 65_536)
  }

  @Test("no text is bad enough to break the limits", arguments: ["\u{E0001}", "@", "&", "😀", "`", "|", "\u{300}"])
  func worst(unit: String) {
    let huge = String(repeating: unit, count: 5_000)
    var report = Fixture.report(findings: Array(repeating: Fixture.smc(), count: 40))
    report.capture.source.files = [CaptureFile(name: huge, format: huge), CaptureFile(name: huge, format: huge)]
    let problem = CaptureProblem(kind: .damaged, file: huge, offset: 0, sentence: huge)
    report.capture.source.problems = Array(repeating: problem, count: 50)
    for index in report.capture.quality.indices { report.capture.quality[index].words = huge }
    report.capture.quality = Array(repeating: report.capture.quality, count: 20).flatMap(\.self)
    report.findings += Array(repeating: Fixture.quality(), count: 30)
    for index in report.findings.indices {
      report.findings[index].summary = huge
      report.findings[index].caveats = [huge, huge, huge]
      report.findings[index].remedy = huge
      report.findings[index].nextSteps = (0..<30).map { NextStep("\(index) \($0) \(huge)", tells: huge) }
      report.findings[index].rule.title = huge
      report.findings[index].rule.meaning = huge
    }
    report.smcLedger[0].declines = Array(repeating: (code: 1, name: huge, fromClient: true, count: 1), count: 50)
    report.smcLedger = Array(repeating: report.smcLedger[0], count: 500)
    report.thresholds = Array(repeating: report.thresholds[0], count: 1_000)
    report.method = Method(version: huge, commandLine: huge, filter: huge)
    #expect(MarkdownReport(RenderingOptions()).bytes(report).count < 65_536)
    #expect(HTMLReport(RenderingOptions()).bytes(report).count < 2_000_000)
  }

  @Test("connections are cut before findings")
  func order() {
    let some = Fixture.report(connections: 5_000, findings: Array(repeating: Fixture.storm(), count: 15))
    let output = MarkdownReport(RenderingOptions()).text(some)
    #expect(output.components(separatedBy: "critical: ACK storm").count == 16)
    #expect(!output.contains("Further findings"))
    #expect(output.contains("more, not listed here"))
  }

  @Test("HTML stays below 2 MB")
  func html() {
    #expect(HTMLReport(RenderingOptions()).bytes(Self.many).count < 2_000_000)
    #expect(HTMLReport(RenderingOptions()).bytes(Fixture.hostileReport()).count < 2_000_000)
  }

  @Test("the terminal summary fits its screen", arguments: [(80, 24), (100, 24), (100, 40), (60, 30)])
  func terminal(width: Int, height: Int) {
    var options = RenderingOptions()
    (options.width, options.height) = (width, height)
    for report in [Self.many, Fixture.report(), Fixture.hostileReport(), Fixture.report(findings: [])] {
      let lines = TerminalSummary(options).text(report).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= height)
      // A command stays on one line, however long: cut or broken it could not be pasted.
      #expect(lines.allSatisfy { TerminalText.columns(String($0)) <= width || $0.hasPrefix("Next     ") })
    }
  }

  @Test("same report, same bytes")
  func determinism() {
    for renderer in allRenderers {
      let options = RenderingOptions()
      #expect(renderer.init(options).bytes(Fixture.report()) == renderer.init(options).bytes(Fixture.report()))
    }
  }
}
