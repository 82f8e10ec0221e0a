import Frames
import Testing

@testable import Detection
@testable import Rendering
@testable import Tracking
@testable import Triage

@Suite("Reports say who took part")
struct TrafficTests {
  private let digest = Digest(Fixture.report())

  @Test("hosts with problems come before busier ones")
  func hosts() {
    let hosts = digest.hostsByHarm.map { "\($0.host.address) \($0.problems)" }
    #expect(hosts == ["10.0.0.1 2", "10.0.0.2 2", "10.0.0.9 0"])
    #expect(digest.report.traffic.hosts.map(\.address).first == Fixture.endpoint(9, 0).address)
  }

  @Test("HTML and Markdown list hosts, networks, listeners and options", arguments: ["html", "markdown"])
  func sections(name: String) throws {
    let output = try #require(renderer(named: name)).init(RenderingOptions()).text(Fixture.report())
    for word in ["Hosts", "Listeners", "Protocols and options", "10.0.0.9", "Maximum segment size", "between the two"] {
      #expect(output.contains(word), "\(word)")
    }
    #expect(output.contains("12 hosts more") || output.contains("12 hosts more, not listed here"))
    #expect(name != "html" || output.contains("10.0.0.0/24") && output.contains("192.168.0.0/24"))
  }

  @Test("statistics tell shares, small ones as less than one percent")
  func shares() {
    let statistic = Statistic("Endings", "connections", [Occurrence("FIN", 999), Occurrence("idle", 1)])
    #expect(statistic.rows.map(statistic.share) == ["100 %", "< 1 %"])
    #expect(Statistic("x", "y", [Occurrence("z", 0)]).share(Occurrence("z", 0)) == "")
  }

  @Test("where time went is told by the largest share first")
  func time() {
    #expect(digest.timeShares.map { "\($0.words) \($0.percent)" } == ["recovery 75", "idle 25"])
  }

  @Test("each check of the capture is one mark, and defects lead to what is known of them")
  func marks() {
    let marks = digest.marks
    #expect(marks.map(\.words).prefix(2) == ["duplicates: none", "loss: none"])
    #expect(marks.last?.words == "cut frames: 12 frames" && marks.last?.severity == .notice)
    #expect(marks.last?.finding == digest.quality.first?.id)
    let output = HTMLReport(RenderingOptions()).text(digest.report)
    #expect(output.contains("<a href=\"#f-\(digest.quality[0].id)\">cut frames: 12 frames</a>"))
    #expect(MarkdownReport(RenderingOptions()).text(digest.report).contains("✅ duplicates: none · "))
  }

  @Test("a defect is measured by what tells something")
  func extent() {
    var report = Fixture.report()
    report.findings[0].measures = [Measure("missed", 0, "bytes"), Measure("reported-drops", 7)]
    #expect(Digest(report).marks.last?.words == "cut frames: 7 reported drops")
  }

  @Test("a grave defect comes first in the verdict, and nothing then is called free of problems")
  func grave() {
    var report = Fixture.report(findings: [])
    report.findings[0].severity = .critical
    report.capture.quality[4].severity = .critical
    let verdict = Digest(report).verdict
    #expect(verdict.hasPrefix("This capture tells little: frames cut by the snap length (12 frames). What it holds "))
    #expect(!verdict.contains("No problems"))
    let output = HTMLReport(RenderingOptions()).text(report)
    #expect(output.contains("<h1><span class=\"critical\">"))
    #expect(output.contains("None, but much of the capture is missing"))
    var troubled = Fixture.report()
    (troubled.findings[0].severity, troubled.capture.quality[4].severity) = (.critical, .critical)
    #expect(Digest(troubled).verdict.hasPrefix("This capture is incomplete: frames cut by the snap length (12 frames"))
  }
}
