import Detection
import TestSupport
import Testing
import Triage

/// The edges of closed windows.
///
/// Source of the thresholds: tcp-pathologies section 6.
struct ZeroWindowTests {
  typealias Edge = LoopThresholdTests.Edge

  /// B closes its window at 1,010 ms; A asks at each of `probes` and is answered; the window opens after `closed` ms.
  private static func closing(_ closed: Int?, probes: [Int] = [100], bytes: Int = 0, after: String = "") -> String {
    var story = "handshake\n1s A P. 1001:2001\n1010ms B . 5001 ack 2001 win 0\n"
    for probe in probes {
      story += "\(1010 + probe)ms A . \(bytes == 0 ? "2000" : "2001:2002") ack 5001\n+10ms B . 5001 ack 2001 win 0\n"
    }
    if let closed { story += "\(1010 + closed)ms B . 5001 ack 2001 win 502\n+10ms A P. 2001:3001\n+10ms B .\n" }
    return story + after
  }

  /// `count` closings of `closed` ms, one `every` so many ms, nobody asking.
  private static func moments(_ count: Int, every: Int, closed: Int = 30) -> String {
    """
    handshake
    1s  repeat \(count) every \(every)ms {
      +0          A P. next:+1000
      +10ms       B .  ack rcv win 0
      +\(closed)ms  B .  ack rcv win 502
    }
    """
  }

  /// `count` closings of `closed` ms by a reader whose sender fills the window `wait` ms after each opening.
  private static func filled(_ count: Int, closed: Int, wait: Int = 10, more: String = "") -> String {
    """
    handshake
    1s  A P. next:+1000
    +10ms  B .  ack rcv win 0
    +0  repeat \(count) every \(closed + wait)ms {
      +\(closed)ms  B .  ack rcv win 2
      +\(wait - 5)ms  A P. next:+1000
      +5ms  B .  ack rcv win 0
    }
    \(more)
    """
  }

  static let edges = [
    Edge(label: "closed for 199 ms", story: closing(199), rules: []),
    Edge(label: "closed for 200 ms", story: closing(200), rules: ["zero-window"]),
    Edge(label: "closed for 5 s, nobody asked", story: closing(5000, probes: []), rules: []),
    Edge(label: "a probe of one byte", story: closing(500, bytes: 1), rules: ["zero-window"]),
    Edge(label: "2 closings in 10 s", story: moments(2, every: 1000), rules: []),
    Edge(label: "3 closings in 10 s", story: moments(3, every: 5000), rules: ["zero-window"]),
    Edge(label: "3 closings in more than 10 s", story: moments(3, every: 5001), rules: []),
    Edge(label: "3 closings of 300 ms that nobody asked about", story: moments(3, every: 1000, closed: 300), rules: []),
    Edge(label: "closings of 200 ms in all, nobody waiting", story: moments(2, every: 11_000, closed: 100), rules: []),
    Edge(label: "closings of 199 ms that somebody waited for", story: filled(1, closed: 199), rules: []),
    Edge(label: "closings of 200 ms in all", story: filled(2, closed: 100), rules: ["zero-window"]),
    Edge(label: "closings of 198 ms in all", story: filled(2, closed: 99), rules: []),
    Edge(label: "filled again after 50 ms", story: filled(2, closed: 199, wait: 50), rules: ["zero-window"]),
    Edge(label: "filled again after 51 ms", story: filled(2, closed: 199, wait: 51), rules: []),
    Edge(label: "closed at the end of the capture, nobody asked", story: closing(nil, probes: []), rules: []),
    Edge(label: "closed, then a RST, nobody asked", story: closing(nil, probes: [], after: "5s B R. win 0"), rules: []),
    Edge(
      label: "the window of a RST", story: "handshake\n1s A P. 1001:2001\n+10ms B R. 5001 ack 2001 win 0", rules: []),
    Edge(
      label: "the window of a SYN-ACK",
      story: "0 A S 1000\n+10ms B S. 5000 ack 1001 win 0\n+10ms A .\n+50ms B . 5001 ack 1001 win 502\n+1s A P. next:+9",
      rules: []),
    Edge(
      label: "closed after the peer's FIN",
      story: "handshake\n1s A FP. 1001:2001\n+10ms B . 5001 ack 2002 win 0\n+3s B F. 5001 ack 2002 win 0\n+10ms A .",
      rules: []),
  ]

  @Test("A closed window is told from its threshold on, and not before", arguments: edges)
  func edge(_ edge: Edge) throws {
    #expect(try Analyzed.rules(edge.story) == edge.rules)
  }

  @Test("One-sided captures hold ACKs or probes, but no answers to them", arguments: ["A", "B"])
  func oneSided(side: String) throws {
    #expect(try Analyzed.rules("capture only=\(side)\n" + Self.closing(3000, probes: [200, 600, 1400])).isEmpty)
  }

  @Test(
    "The longer the sender waits, the worse",
    arguments: [
      (200, Severity.notice), (999, .notice), (1000, .warning), (9999, .warning), (10_000, .critical),
    ])
  func severity(closed: Int, severity: Severity) throws {
    let found = try Analyzed.report(Self.closing(closed)).findings.filter { $0.rule.id == "zero-window" }
    #expect(found.map(\.severity) == [severity])
    #expect(found.first?.measures.first { $0.name == "closed" }?.value == Double(closed) / 1000)
  }

  @Test(
    "What never opens is told so, up to the last answer", arguments: ["", "9s B R. 5001 ack 2001 win 0", "9s A R."])
  func neverOpens(end: String) throws {
    let story = Self.closing(nil, probes: [220, 660, 1540], after: end)
    let found = try Analyzed.report(story).findings.filter { $0.rule.id == "zero-window" }
    #expect(found.map(\.severity) == [.warning])
    #expect(found.first?.summary.hasSuffix("was waiting still when last seen.") == true)
    #expect(found.first?.measures.first { $0.name == "closed" }?.value == 1.55)
    let opened = try Analyzed.report(Self.closing(2000)).findings.filter { $0.rule.id == "zero-window" }
    #expect(opened.first?.summary.contains("waiting still") == false)
  }

  @Test("A mid-stream capture knows no scale, but zero is zero")
  func midStream() throws {
    let story = Self.closing(1500, probes: [220, 660]).replacing("handshake\n", with: "")
    #expect(try Analyzed.rules(story) == ["zero-window"])
  }

  @Test("Short closings that nobody is seen to wait for are a possible trouble that costs nothing")
  func nobodyWaits() throws {
    let idle = try Analyzed.report(Self.moments(8, every: 600)).findings
    #expect(idle.map(\.confidence) == [.possible])
    #expect(idle.map(\.proof) == [.inferred])
    #expect(idle.map(\.severity) == [.notice])
    #expect(idle.map(\.cost.time) == [0])
    #expect(idle.first?.measures == [Measure("closings", 8)])
    let busy = try Analyzed.report(Self.filled(8, closed: 190)).findings
    #expect(busy.map(\.confidence) == [.certain])
    #expect(busy.map(\.severity) == [.warning])
    #expect(busy.map(\.cost.time) == [1_520_000_000])
  }

  @Test("An ACK that was overtaken neither opens nor closes anything")
  func overtaken() throws {
    let late = (0..<4).map { "\(2000 + 1000 * $0)ms B . 5001 ack 1001 win 502 id=9001\n+1ms B . 5001 ack 2001 win 0" }
    let story = Self.closing(nil, probes: []) + late.joined(separator: "\n")
    #expect(try Analyzed.rules(story).isEmpty)
  }
}
