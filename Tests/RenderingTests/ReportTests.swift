import Detection
import Foundation
import Frames
import Testing

@testable import Rendering
@testable import Tracking
@testable import Triage

@Suite("Reports say what was found")
struct ReportTests {
  @Test("the verdict names the problems, worst first")
  func verdict() {
    let expected =
      "2 problems: ACK storm between 10.0.0.1:40003 and 10.0.0.2:443 (critical); segments rejected by PAWS."
    #expect(Digest(Fixture.report()).verdict == expected)
  }

  @Test("the verdict of a sound capture mentions the capture's own defects")
  func sound() {
    let verdict = Digest(Fixture.report(findings: [])).verdict
    #expect(
      verdict == "No problems found in 3 connections, as far as this capture can tell: frames cut by the snap length "
        + "(12 frames). Not judged: resets, delays.")
  }

  @Test("a capture without TCP says why, and not that nothing was found")
  func nothing() {
    var report = Fixture.report(connections: 0, findings: [])
    report.capture.segments = 0
    report.capture.notAnalyzed = [(.notIP, 1), (.notTCP, 12)]
    #expect(
      Digest(report).verdict
        == "Nothing in this capture could be analyzed: 1 frame is not IP and 12 carry something else than TCP.")
    #expect(!HTMLReport(RenderingOptions()).text(report).contains("No problems"))
    report.capture.frames = 0
    #expect(Digest(report).verdict.contains("no frames"))
  }

  @Test("many findings of one rule are one clause of the verdict")
  func grouped() {
    let report = Fixture.report(findings: Array(repeating: Fixture.storm(), count: 5))
    #expect(Digest(report).verdict == "5 problems: ACK storm (5 times, critical).")
  }

  @Test("capture quality alarms only when it matters")
  func quality() {
    var report = Fixture.report()
    func words() -> String { Digest(report).qualityWords }
    #expect(words() == "usable. 12 of 440 frames were cut inside the TCP options, so SACK blocks may be missing.")
    report.findings[0].severity = .info
    report.capture.quality[4].severity = .info
    #expect(words().hasPrefix("good. 12 of 440"))
    report.findings[0].severity = .warning
    report.capture.quality[4].severity = .warning
    #expect(words() == "1 problem: frames cut by the snap length (12 frames).")
    report.capture.quality[4].severity = nil
    #expect(words() == "complete and clean")
  }

  @Test("telling fields stand out in Markdown and HTML")
  func telling() {
    let report = Fixture.report()
    #expect(HTMLReport(RenderingOptions()).text(report).contains("<mark>TSval 5004</mark>"))
    let lines = MarkdownReport(RenderingOptions()).text(report).split(separator: "\n")
    let index = lines.firstIndex { $0.contains("TSval 5004") }
    let below = lines[index.map { $0 + 1 } ?? 0]
    #expect(below.contains("^^^^^^^^^^") && below.hasSuffix("95,006 ticks older: dropped"))
  }

  @Test("the connections table says what a connection waited for, shares below 1 % aside")
  func waits() {
    var report = Fixture.report()
    #expect(report.connections[0].waits.isEmpty)
    for (use, units) in [(TimeUse.network, UInt32(200)), (.recovery, 710), (.receiverWindow, 85), (.handshake, 5)] {
      report.connections[0].time.add(use, units)
    }
    let words = "recovery 71 %, network 20 %, receiver window 8 %"
    #expect(report.connections[0].waits == words)
    #expect(HTMLReport(RenderingOptions()).text(report).contains("<td>\(words)</td>"))
    #expect(MarkdownReport(RenderingOptions()).text(report).contains("| \(words) |"))
  }

  @Test("sections follow the order of the plan", arguments: ["markdown", "html"])
  func order(name: String) throws {
    let output = try #require(renderer(named: name)).init(RenderingOptions()).text(Fixture.report())
    let heads = ["Capture quality", "Findings", "Connections", "SMC ledger", "What to ask the customer", "Method"]
    let places = heads.compactMap { head in
      output.range(of: name == "html" ? "-title\">\(head)</h2>" : "\n## \(head)")?.lowerBound
    }
    #expect(places.count == heads.count && places == places.sorted())
  }

  @Test("only findings that packets do not prove ask the customer")
  func questions() {
    #expect(Digest(Fixture.report(findings: [Fixture.storm()])).questions.isEmpty)
    #expect(Digest(Fixture.report(findings: [Fixture.paws(), Fixture.smc()])).questions.count == 2)
  }

  @Test("finding names are stable, differ by place, and never repeat")
  func names() {
    let report = Fixture.report(findings: [Fixture.storm(), Fixture.storm(), Fixture.paws()])
    let digest = Digest(report)
    let ids = FindingID.all(report)
    #expect(Set(ids).count == ids.count)
    #expect(ids[2] == ids[1] + "-2")
    #expect(digest.findings.map(\.id) == Array(ids.dropFirst()))
    var hash = FNV1a()
    hash.add("a")
    // FNV-1a of the two bytes 61 00, worked out by hand from the definition.
    #expect(hash.hexadecimal == "089be207b544f1e4")
  }

  @Test("formats are found by name and by extension")
  func formats() {
    #expect(renderer(forFile: "out/Report.HTML") == HTMLReport.self)
    #expect(renderer(forFile: "a.b/report.md") == MarkdownReport.self)
    #expect(renderer(forFile: "report.htm") == HTMLReport.self)
    #expect(renderer(forFile: "a.json/report") == nil)
    #expect(renderer(named: "JSON") == JSONReport.self)
    #expect(renderer(named: "yaml") == nil)
  }
}

@Suite("Numbers and times read well")
struct WordsTests {
  @Test("counts, bytes, durations")
  func units() {
    #expect(Quantity.count(-1_234_567) == "-1,234,567")
    #expect(Quantity.count(1, "frame") == "1 frame")
    #expect(Quantity.bytes(999) == "999 bytes")
    #expect(Quantity.bytes(1_234_567) == "1.23 MB")
    #expect(Quantity.bytes(999_999) == "1 MB")
    #expect(Quantity.bytes(.max) == "18,446,744 TB")
    #expect(Quantity.duration(850) == "850 ns")
    #expect(Quantity.duration(1_500_000) == "1.5 ms")
    #expect(Quantity.duration(12_345_678_901) == "12.3 s")
    #expect(Quantity.duration(600_000_000_000) == "10 min")
    #expect(Quantity.duration(.max) == "106,752 days")
    #expect(Quantity.duration(12_000) == "12 µs")
    #expect(Quantity.duration(7_500_000_000_000) == "2 h 5 min")
  }

  @Test("plurals, and back", arguments: [("frame", "frames"), ("copy", "copies"), ("day", "days"), ("loss", "losses")])
  func plurals(one: String, many: String) {
    #expect(Quantity.count(1, one) == "1 \(one)" && Quantity.count(2, one) == "2 \(many)")
    #expect(Quantity.singular(many) == one)
  }

  @Test("measures in the unit that reads best, and odd ones without harm")
  func measures() {
    #expect(Words.measure(Measure("x", 0.0123, "s")) == "12.3 ms")
    #expect(Words.measure(Measure("x", 2.7, "percent")) == "2.7 %")
    #expect(Words.measure(Measure("x", 1, "packets")) == "1 packet")
    #expect(Words.measure(Measure("x", 26_268, "bytes")) == "26.3 kB")
    #expect(Words.named(Measure("acks", 399, "packets")) == "399 ACKs")
    #expect(Words.named(Measure("segments", 1, "segments")) == "1 segment")
    #expect(Words.named(Measure("late-copies", 1, "segments")) == "1 late copy")
    #expect(Words.named(Measure("rate", 12, "packets/s")) == "rate: 12 packets/s")
    #expect(Words.extent(Measure("connections", 1)) == "1 connection")
    #expect(Words.measure(Measure("x", .nan, "ticks")) == "nan ticks")
    #expect(Words.measure(Measure("x", 1e300, "bytes")) == "1e+300 bytes")
  }

  @Test("times in UTC and from the start")
  func moments() {
    #expect(Moment.utc(Fixture.start) == "2026-09-21 14:13:20 UTC")
    #expect(Moment.utc(Fixture.start, digits: 6) == "2026-09-21 14:13:20.123456 UTC")
    #expect(Moment.relative(Fixture.start + 20_500_000, from: Fixture.start) == "+0.020500 s")
    #expect(Moment.elapsed(from: .min, to: .max) == .max)
    #expect(!Moment.exact(.min).isEmpty)
  }

  @Test("paired backticks are code, an unpaired one is not")
  func prose() {
    #expect(Prose.runs("use `ss -K` now").map(\.isCode) == [false, true, false])
    #expect(Prose.runs("a ` b").map(\.text).joined() == "a ` b")
    #expect(Prose.runs("`x`") == [Prose.Run(text: "x", isCode: true)])
  }

  @Test("whole commands in a sentence are found, other words in backticks and parentheses are not")
  func commands() {
    let text = "End it (ss -K dst 10.0.0.1), then (fq) or `sysctl net.x=1` (ss -K dst 10.0.0.1)."
    #expect(Prose.commands(text) == ["sysctl net.x=1", "ss -K dst 10.0.0.1"])
    #expect(Prose.commands("an (open end, `ss`, `not a command` and (tcp_diag)").isEmpty)
  }

  @Test("prose in HTML is escaped")
  func escapedProse() {
    #expect(("\(prose: "`<b>`")" as HTML).text == "<code>&lt;b&gt;</code>")
  }
}
