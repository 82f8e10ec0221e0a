import Foundation
import Testing

@testable import Rendering
@testable import Tracking
@testable import Triage

@Suite("JSON is the contract")
struct JSONTests {
  private func parsed(_ report: Report) throws -> [String: Any] {
    let data = Data(JSONReport(RenderingOptions()).bytes(report))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("has the members that the schema promises")
  func members() throws {
    let root = try parsed(Fixture.report())
    #expect(root["schema_version"] as? Int == 1)
    let capture = try #require(root["capture"] as? [String: Any])
    for key in ["files", "packets", "bytes", "first_time", "last_time", "link_types", "not_analyzed", "quality"] {
      #expect(capture[key] != nil, "capture.\(key)")
    }
    let finding = try #require((root["findings"] as? [[String: Any]])?[1])
    for key in ["id", "rule", "severity", "confidence", "proof", "summary", "cause", "connections", "hosts", "frames"]
      + ["time", "measures", "cost", "caveats", "next_steps", "remedy", "counters", "drop_reasons", "source"]
    {
      #expect(finding[key] != nil, "finding.\(key)")
    }
    #expect((finding["frames"] as? [String: Any])?["evidence"] as? [Int] == [41, 42, 43, 440])
    #expect((root["smc"] as? [Any])?.count == 1)
    for key in ["connections", "totals", "thresholds", "method"] { #expect(root[key] != nil, "\(key)") }
  }

  @Test("predicted counters are listed by host, with a reason where they are not exact; else there is no such member")
  func counters() throws {
    var report = Fixture.report()
    #expect(try parsed(report)["counters"] == nil)
    report.counters = CounterPrediction(hosts: [Fixture.prediction()], isFull: false)
    let root = try parsed(report)
    let host = try #require((root["counters"] as? [[String: Any]])?.first)
    #expect(host["host"] as? String == "10.0.0.1")
    let counters = try #require(host["counters"] as? [[String: Any]])
    #expect(counters.map { $0["name"] as? String } == ["TcpRetransSegs", "TCPTimeouts"])
    #expect(counters.map { $0["value"] as? Int } == [47, 0])
    #expect(counters.map { $0["certainty"] as? String } == ["exact", "at-least"])
    #expect(counters[0]["reason"] == nil && counters[1]["reason"] as? String == "a timer may expire without sending")
    #expect(root["counters_complete"] as? Bool == true)
  }

  @Test("every rule that fired is counted, also the findings that are not listed")
  func rules() throws {
    var report = Fixture.report()
    report.rules = report.findings.map { RuleTally($0.rule) }
    for (index, finding) in report.findings.enumerated() { report.rules[index].add(finding.severity) }
    for _ in 0..<6_999 { report.rules[1].add(.critical) }
    let root = try parsed(report)
    #expect((root["totals"] as? [String: Any])?["findings"] as? Int == 7_003)
    let storm = try #require((root["rules"] as? [[String: Any]])?[1])
    #expect(storm["rule"] as? String == "ack-storm" && storm["findings"] as? Int == 7_000)
    #expect(storm["critical"] as? Int == 7_000 && storm["warning"] as? Int == 0)
    #expect((root["verdict"] as? String)?.hasPrefix("7,001 problems: ACK storm (7,000 times, critical); ") == true)
    var options = RenderingOptions()
    #expect(TerminalSummary(options).text(report).contains("\n+ 6,999 more, only counted\n"))
    options.height = 10
    #expect(TerminalSummary(options).text(report).contains("\n+ 7,001 more, the worst 2 in -o report.html\n"))
  }

  @Test("times are exact to the nanosecond, in both notations")
  func times() {
    let text = JSONReport(RenderingOptions()).text(Fixture.report())
    #expect(text.contains("\"first_time\": \"2026-09-21T14:13:20.123456789Z\""))
    #expect(text.contains("\"first_time_seconds\": 1790000000.123456789"))
  }

  @Test("a finding about the whole capture has no frames and no time")
  func wholeCapture() throws {
    let finding = try #require((try parsed(Fixture.report())["findings"] as? [[String: Any]])?.first)
    #expect((finding["frames"] as? [String: Any])?["first"] is NSNull)
    #expect((finding["time"] as? [String: Any])?["first"] is NSNull)
  }

  @Test("connections are written as a stream, in chunks, and a closed sink ends it")
  func stream() throws {
    var sink = CountingSink(limit: .max)
    let connections = (1...5_000).lazy.map { Fixture.connection(UInt64($0)) }
    JSONReport.write(Fixture.report(), connections: connections, to: &sink)
    #expect(sink.largest < 100_000 && sink.chunks > 10)
    var closing = CountingSink(limit: 3)
    var made = 0
    let counted = (1...5_000).lazy.map { number in
      made += 1
      return Fixture.connection(UInt64(number))
    }
    JSONReport.write(Fixture.report(), connections: counted, to: &closing)
    #expect(made < 1_000)
  }

  @Test("a list written ahead and spliced in gives the same bytes", arguments: [0, 1, 5_000] as [UInt64])
  func spliced(count: UInt64) throws {
    let connections = (0..<count).map { Fixture.connection($0 + 1) }
    var spool = CountingSink(limit: .max)
    var list = JSONConnectionList()
    for connection in connections { list.add(connection, to: &spool) }
    list.flush(to: &spool)
    #expect(spool.largest < 100_000 && list.count == count)
    var (expected, sink) = (MemorySink(), MemorySink())
    JSONReport.write(Fixture.report(), connections: connections, to: &expected)
    JSONReport.write(Fixture.report(), splicing: list.count, to: &sink) { $0.write(spool.bytes) }
    #expect(sink.bytes == expected.bytes)
  }

  @Test("numbers are exact or null")
  func numbers() {
    var json = JSONWriter()
    json.array(inline: true) { json in
      for value in [1.0, 0.1, -0.0, 1e300, .nan, .infinity, 9_007_199_254_740_992, 1.5] {
        json.element()
        json.value(value)
      }
      json.element()
      json.value(UInt64.max)
    }
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == "[1, 0.1, 0, 1e+300, null, null, 9007199254740992, 1.5, 18446744073709551615]")
  }

  @Test("empty groups, nested groups and strings of all kinds are valid")
  func groups() throws {
    var json = JSONWriter()
    json.object { json in
      json.key("empty")
      json.array { _ in }
      json.key("none")
      json.object { _ in }
      json.member("text", "\"\\/\u{0}\u{7F}\u{85}\u{2028}\u{1F600}\u{E0001}\u{10FFFF}é")
      json.member("rows", [1, 2]) { json, value in json.member("value", value) }
    }
    let root = try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any]
    #expect(root?["text"] as? String == "\"\\/\u{0}\u{7F}\u{85}\u{2028}\u{1F600}\u{E0001}\u{10FFFF}é")
    #expect((root?["rows"] as? [[String: Int]])?.map { $0["value"] } == [1, 2])
  }
}

/// Notes how it was written to, and closes after `limit` chunks.
private struct CountingSink: ByteSink {
  var limit: Int
  var chunks = 0
  var largest = 0
  var bytes: [UInt8] = []
  var isOpen: Bool { chunks < limit }

  mutating func write(_ bytes: [UInt8]) {
    chunks += 1
    largest = max(largest, bytes.count)
    self.bytes += bytes
  }
}
