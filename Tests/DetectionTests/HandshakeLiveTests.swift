import Scenarios
import TestSupport
import Testing

@testable import Triage

/// What is said of handshakes and windows while the capture goes on.
struct HandshakeLiveTests {
  /// Rules that fired after each frame when asked then, and at the end.
  private static func asked(_ text: String) throws -> (each: [[String]], last: [String], summaries: [String]) {
    let scenario = try Scenario(parsing: "# A story for a test.\n" + text)
    var source = MemorySource(try scenario.frames(.plain), batchSize: 1)
    var engine = Engine(TriageSettings())
    var each: [[String]] = []
    while source.nextBatch({ engine.take($0) }) {
      let report = engine.snapshot(source.description, method: Method(version: "test"))
      each.append(report.findings.filter { $0.rule.family != .captureQuality }.map(\.rule.id))
    }
    let report = engine.finish(source.description, method: Method(version: "test"))
    let found = report.findings.filter { $0.rule.family != .captureQuality }
    return (each, found.map(\.rule.id), found.map(\.summary))
  }

  static let lost = """
    conn tick A:50000 B:9
    handshake tick
    1s     A S 1000
    2s     A S 1000
    2.5s   tick A P. next:+10
    +10ms  tick B .
    2.9s   B S. 5000 ack 1001
    +10ms  A . 1001 ack 5001
    9s     tick A P. next:+10
    """

  @Test("A SYN whose repetition is on its way is no finding that would go again")
  func onItsWay() throws {
    let asked = try Self.asked(Self.lost)
    #expect(asked.each.joined().isEmpty)
    #expect(asked.last.isEmpty)
  }

  @Test("Connections that one more SYN helped are no full listener for a while")
  func helped() throws {
    var story = "host B 10.0.0.2 ttl=64\nconn f[9] A:40001+i B:80\nhandshake f[8]\n"
    for time in [1000, 2000] { for index in 0..<5 { story += "\(time + 150 * index)ms f[\(index)] A S 1000\n" } }
    for index in 0..<5 {
      story += "\(2800 + 50 * index)ms f[\(index)] B S. 5000 ack 1001\n+20ms f[\(index)] A . 1001\n"
    }
    let asked = try Self.asked(story)
    #expect(asked.each.joined().isEmpty)
    #expect(asked.last.isEmpty)
  }

  @Test("A SYN without an answer is told a second after its repetition, and stays")
  func silent() throws {
    let story =
      "conn tick A:50000 B:9\nhandshake tick\n1s A S 1000\n2s A S 1000\n2.999s tick A P. next:+10\n"
      + "3s tick B .\n4s A S 1000\n9s tick A P. next:+10"
    let asked = try Self.asked(story)
    #expect(asked.each.map(\.count) == [0, 0, 0, 0, 0, 0, 1, 1, 1])
    #expect(asked.last == ["syn-unanswered"])
  }

  @Test("A closed window is told from the first late answer on, and stays")
  func closed() throws {
    let story =
      "handshake\n1s A P. 1001:2001\n1010ms B . 5001 ack 2001 win 0\n"
      + "1230ms A . 2000 ack 5001\n+10ms B . 5001 ack 2001 win 0\n4s B . 5001 ack 2001 win 502\n+10ms A P. 2001:3001"
    let asked = try Self.asked(story)
    #expect(asked.each.map(\.count) == [0, 0, 0, 0, 0, 0, 1, 1, 1])
    #expect(asked.last == ["zero-window"])
    #expect(asked.summaries.joined().contains("for 2.99 s"))
  }

  @Test("Asking changes nothing", arguments: (HandshakeTests.edges + ZeroWindowTests.edges).map(\.story))
  func unchanged(story: String) throws {
    let asked = try Self.asked(story)
    let report = try Analyzed.report(story)
    let found = report.findings.filter { $0.rule.family != .captureQuality }
    #expect(asked.last == found.map(\.rule.id))
    #expect(asked.summaries == found.map(\.summary))
  }
}
