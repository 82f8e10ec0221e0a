import Detection
import TestSupport
import Testing
import Triage

/// The edges of handshakes that do not come about.
///
/// Source of the thresholds: tcp-pathologies section 5.
struct HandshakeTests {
  typealias Edge = LoopThresholdTests.Edge
  typealias Step = (ms: Int, line: String)

  /// Clients A:40001 and following of B:80; `tick` is a healthy connection that makes the capture last.
  private static let cast = "conn f[99] A:40001+i B:80\nconn tick A:50000 B:99\n"
  /// A server whose packets have passed no router.
  private static let near = "host B 10.0.0.2 ttl=64\n" + cast

  private static func story(_ cast: String, _ lines: [Step]) -> String {
    let ordered = lines.enumerated().sorted { ($0.element.ms, $0.offset) < ($1.element.ms, $1.offset) }
    return cast + ordered.map { "\($0.element.ms)ms  \($0.element.line)" }.joined(separator: "\n") + "\n"
  }

  /// What keeps the capture going until `end`, answered at once.
  private static func ticks(until end: Int) -> [Step] {
    [(0, "handshake tick"), (end - 1, "tick A P. next:+10"), (end, "tick B .")]
  }

  /// SYNs of `count` connections, the first of each at 1 s, 300 ms apart; never answered.
  private static func syns(_ count: Int, at times: [Int], from first: Int = 0) -> [Step] {
    (0..<count).flatMap { index in
      times.map { (1000 + 300 * index + $0, "f[\(first + index)] A S") }
    }
  }

  private static func handshake(_ index: Int, at ms: Int) -> [Step] {
    [(ms, "f[\(index)] A S"), (ms + 1, "f[\(index)] B S."), (ms + 21, "f[\(index)] A .")]
  }

  /// Handshakes of `count` connections whose last ACK the server ignores: SYN-ACKs again at `again` ms.
  private static func ignored(_ count: Int, again: [Int]) -> [Step] {
    var steps: [Step] = []
    for index in 0..<count {
      let start = 1000 + 300 * index
      steps += handshake(index, at: start)
      for time in again {
        steps.append((start + time, "f[\(index)] B S. 5000 ack 1001"))
        steps.append((start + time + 20, "f[\(index)] A . 1001 ack 5001"))
      }
    }
    return steps
  }

  private static func refusals(_ count: Int, ttl: Int = 63) -> [Step] {
    (0..<count).flatMap {
      [(1000 + 50 * $0, "f[\($0)] A S"), (1010 + 50 * $0, "f[\($0)] B R. 0 ack 1001 nots id=0 ttl=\(ttl)")]
    }
  }

  static let unanswered = ["syn-unanswered"]
  static let full = ["listen-overflow"]

  static let edges = [
    Edge(label: "sent again, the capture ends 999 ms later", story: silence([0, 1000], end: 2999), rules: []),
    Edge(label: "sent again, the capture ends 1 s later", story: silence([0, 1000], end: 3000), rules: unanswered),
    Edge(label: "sent 3 times within 499 ms", story: silence([0, 200, 499], end: 5000), rules: []),
    Edge(label: "sent 3 times within 500 ms", story: silence([0, 200, 500], end: 5000), rules: unanswered),
    Edge(label: "sent 3 times, the capture ends", story: silence([0, 1000, 3000], end: 4001), rules: unanswered),
    Edge(
      label: "sent twice, then answered",
      story: story(cast, syns(1, at: [0, 1000]) + [(2010, "f[0] B S."), (2020, "f[0] A .")] + ticks(until: 9000)),
      rules: []),
    Edge(
      label: "sent 3 times, then answered",
      story: story(cast, syns(1, at: [0, 1000, 3000]) + [(4010, "f[0] B S."), (4020, "f[0] A .")]),
      rules: unanswered),
    Edge(
      label: "sent 3 times, then refused: that is what is told",
      story: story(cast, syns(1, at: [0, 1000, 3000]) + [(4010, "f[0] B R. 0 ack 1001 nots")]),
      rules: ["connection-refused"]),
    Edge(
      label: "SYNs that the capture holds twice", story: "capture copies=5us\n" + silence([0], end: 5000), rules: []),
    Edge(label: "a single SYN", story: silence([0], end: 9000), rules: []),
    Edge(
      label: "answered on a way that the capture does not see",
      story: "capture only=A\n"
        + story(cast, syns(1, at: [0, 1000]) + [(2010, "f[0] B S."), (2020, "f[0] A ."), (4000, "f[0] A P. next:+9")]),
      rules: []),
    Edge(
      label: "its client closes it",
      story: "capture only=A\n"
        + story(cast, syns(1, at: [0, 1000, 3000]) + [(4010, "f[0] B S."), (4020, "f[0] A ."), (5000, "f[0] A F.")]),
      rules: []),
    Edge(
      label: "SYNs that cross",
      story: story(
        cast,
        syns(1, at: [0, 1000]) + [
          (2005, "f[0] B S 5000"), (2015, "f[0] A S. 1000 ack 5001"), (2016, "f[0] B S. 5000 ack 1001"),
        ]
          + ticks(until: 5000)), rules: []),
    Edge(
      label: "data in a SYN, sent again without",
      story: story(
        cast,
        [
          (1000, "f[0] A S 1000:1101"), (2000, "f[0] A S 1000"), (2010, "f[0] B S. 5000 ack 1001"),
          (2020, "f[0] A . 1001"),
        ]
          + ticks(until: 5000)), rules: []),
    Edge(label: "full: 2 connections near the server", story: dropped(near, 2, [0, 1000]), rules: unanswered),
    Edge(label: "full: 3 connections near the server", story: dropped(near, 3, [0, 1000]), rules: full),
    Edge(label: "full or lost: 3 connections far from it", story: dropped(cast, 3, [0, 1000]), rules: unanswered),
    Edge(
      label: "near both: nothing tells whose host captured it",
      story: dropped("host A 10.0.0.1 ttl=64\n" + near, 3, [0, 1000]), rules: unanswered),
    Edge(
      label: "no answer before", story: story(near, syns(4, at: [0, 1000]) + ticks(until: 9000)), rules: unanswered),
    Edge(
      label: "3 connections, others answered meanwhile",
      story: dropped(near, 3, [0, 1000], handshake(98, at: 2100)), rules: unanswered),
    Edge(
      label: "3 connections tried twice again, others answered meanwhile",
      story: dropped(near, 3, [0, 1000, 3000], handshake(98, at: 2100)), rules: full),
    Edge(label: "one SYN-ACK again", story: story(near, ignored(1, again: [1000])), rules: []),
    Edge(label: "SYN-ACKs 499 ms apart", story: story(near, ignored(1, again: [1000, 1499])), rules: []),
    Edge(label: "SYN-ACKs 500 ms apart", story: story(near, ignored(1, again: [1000, 1500])), rules: full),
    Edge(label: "far from the server, 1 connection", story: story(cast, ignored(1, again: [1000, 3000])), rules: []),
    Edge(
      label: "far from the server, 2 connections", story: story(cast, ignored(2, again: [1000, 3000])), rules: full),
    Edge(label: "SYN cookies: SYN-ACKs once each", story: story(near, ignored(30, again: [])), rules: []),
    Edge(label: "the client never acknowledged", story: story(near, halfOpen(30)), rules: []),
    Edge(
      label: "the port is used again",
      story: "handshake\n+1s close A\n+70s A S 300000\n+10ms B S. 800000 ack 300001\n+10ms A . 300001 ack 800001",
      rules: []),
  ]

  private static func silence(_ times: [Int], end: Int) -> String {
    story(cast, syns(1, at: times) + ticks(until: end))
  }

  /// A listener that answered one connection leaves `count` others waiting.
  private static func dropped(
    _ cast: String, _ count: Int, _ times: [Int], _ more: [Step] = []
  ) -> String {
    story(cast, handshake(97, at: 100) + syns(count, at: times) + more + ticks(until: 30_000))
  }

  private static func halfOpen(_ count: Int) -> [Step] {
    syns(count, at: [0])
      + (0..<count).flatMap { index in
        [1, 1001, 3001].map { (1000 + 300 * index + $0, "f[\(index)] B S. 5000 ack 1001") }
      }
  }

  @Test("Handshakes are told from their threshold on, and not before", arguments: edges)
  func edge(_ edge: Edge) throws {
    #expect(try Analyzed.rules(edge.story) == edge.rules)
  }

  @Test(
    "Refusals: one is a notice, three are a warning, unless others were accepted",
    arguments: [(1, false, Severity.notice), (2, false, .notice), (3, false, .warning), (3, true, .notice)])
  func refused(count: Int, accepted: Bool, severity: Severity) throws {
    let others = accepted ? Self.handshake(50, at: 5000) : []
    let found = try Analyzed.report(Self.story(Self.cast, Self.refusals(count) + others)).findings
    #expect(found.map(\.rule.id) == ["connection-refused"])
    #expect(found.map(\.severity) == [severity])
    #expect(found.map(\.cause) == ["closed-port"])
    #expect(found.first?.connections.count == count)
  }

  @Test(
    "A RST from elsewhere has passed another number of routers; what it started with says nothing",
    arguments: [
      (63, "closed-port"), (62, "closed-port"), (61, "device-on-the-path"), (254, "closed-port"),
      (127, "closed-port"), (250, "device-on-the-path"),
    ])
  func hopLimits(ttl: Int, cause: String) throws {
    let lines = Self.refusals(1, ttl: ttl) + Self.ticks(until: 900)
    let found = try Analyzed.report(Self.story(Self.cast, lines)).findings
    #expect(found.map(\.rule.id) == ["connection-refused"])
    #expect(found.map(\.cause) == [cause])
  }

  @Test(
    "SYNs without an answer: from the third try or the fifth connection on a warning",
    arguments: [
      (1, [0, 1000], Severity.notice), (4, [0, 1000], .notice), (5, [0, 1000], .warning),
      (1, [0, 1000, 2000], .warning),
    ])
  func unansweredSeverity(count: Int, times: [Int], severity: Severity) throws {
    let found = try Analyzed.report(Self.story(Self.cast, Self.syns(count, at: times) + Self.ticks(until: 9000)))
    #expect(found.findings.map(\.severity) == [severity])
    #expect(found.findings.map(\.cause) == ["silent"])
  }

  @Test("Causes: silent, answers-others, late")
  func causes() throws {
    let late = [(4010, "f[0] B S."), (4020, "f[0] A .")]
    let stories = [
      Self.silence([0, 1000, 3000], end: 9000), Self.dropped(Self.cast, 1, [0, 1000, 3000]),
      Self.story(Self.cast, Self.syns(1, at: [0, 1000, 3000]) + late),
    ]
    #expect(
      try stories.flatMap { try Analyzed.report($0).findings.map(\.cause) } == ["silent", "answers-others", "late"])
  }

  @Test(
    "A full listener: a warning, critical from 20 connections near it; afar it is only possible",
    arguments: [(1, true, Severity.warning), (19, true, .warning), (20, true, .critical), (20, false, .warning)])
  func overflowSeverity(count: Int, isNear: Bool, severity: Severity) throws {
    let lines = Self.ignored(count, again: [1000, 3000])
    let found = try Analyzed.report(Self.story(isNear ? Self.near : Self.cast, lines)).findings
    #expect(found.map(\.rule.id) == Self.full)
    #expect(found.map(\.severity) == [severity])
    #expect(found.map(\.confidence) == [isNear ? .likely : .possible])
  }
}
