import Detection
import TestSupport
import Testing
import Triage

/// The edges of the ACK loop family.
///
/// Source of the thresholds: tcp-pathologies section 1(d).
struct LoopThresholdTests {
  struct Edge: Sendable, CustomTestStringConvertible {
    var label: String
    var story: String
    var rules: [String]
    var testDescription: String { label }
  }

  /// Out-of-window ACKs of both sides: `a` and then `b` of them, `times` over.
  private static func echoes(_ a: Int, _ b: Int, times: Int, every: String = "20ms") -> String {
    """
    handshake
    +1s  repeat \(times) every \(every) {
      +0    repeat \(a) every 1ms {
        +0  A .  500  ack 5001
      }
      +5ms  repeat \(b) every 1ms {
        +0  B .  4500  ack 1001
      }
    }

    """
  }

  /// ACKs of A and B in turn, `count` of both together.
  private static func turns(_ count: Int) -> String {
    echoes(1, 1, times: count / 2) + (count % 2 == 1 ? "+20ms A .  500  ack 5001" : "")
  }

  private static func flood(_ count: Int) -> String {
    "handshake\n+1s repeat \(count) every 1ms {\n+0 A . 1001 ack 5001\n}"
  }

  /// Gaps of each side in milliseconds; both sides send at the same pace.
  private static func paced(_ gaps: [Int]) -> String {
    let pair = "A . 500 ack 5001\n+10ms B . 4500 ack 1001"
    return "handshake\n+1s " + pair + gaps.map { "\n+\($0 - 10)ms \(pair)" }.joined()
  }

  static let edges = [
    Edge(label: "9 echoes", story: turns(10), rules: []),
    Edge(label: "10 echoes", story: turns(11), rules: ["ack-loop"]),
    Edge(label: "3 from the quieter side", story: echoes(4, 1, times: 3), rules: []),
    Edge(
      label: "4 of 20 from the quieter side: a quarter of the louder", story: echoes(4, 1, times: 4),
      rules: ["ack-loop"]),
    Edge(label: "4 of 21 from the quieter side", story: echoes(4, 1, times: 4) + "+20ms A .  500  ack 5001", rules: []),
    Edge(label: "999 echoes at 50 a second", story: turns(1000).replacing("20ms", with: "40ms"), rules: ["ack-loop"]),
    Edge(
      label: "1,000 echoes at 50 a second", story: turns(1001).replacing("20ms", with: "40ms"), rules: ["ack-storm"]),
    Edge(
      label: "100 echoes within half a second are no rate", story: turns(101).replacing("20ms", with: "10ms"),
      rules: ["ack-loop"]),
    Edge(label: "100 echoes a second for two seconds", story: turns(202), rules: ["ack-storm"]),
    Edge(
      label: "90 echoes a second for two seconds", story: echoes(1, 1, times: 91, every: "22ms"), rules: ["ack-loop"]),
    Edge(label: "67 ACKs of one side", story: flood(67), rules: []),
    Edge(label: "68 ACKs of one side", story: flood(68), rules: ["dupack-flood"]),
    Edge(
      label: "8 of 10 gaps at the limiter's pace", story: paced([600, 600, 600, 600, 600, 600, 600, 600, 200, 200]),
      rules: ["ack-loop-limited"]),
    Edge(
      label: "7 of 10 gaps at the limiter's pace", story: paced([600, 600, 600, 600, 600, 600, 600, 200, 200, 200]),
      rules: ["ack-loop"]),
    Edge(label: "gaps of 450 ms", story: paced([Int](repeating: 450, count: 8)), rules: ["ack-loop-limited"]),
    Edge(label: "gaps of 449 ms", story: paced([Int](repeating: 449, count: 8)), rules: ["ack-loop"]),
    Edge(label: "gaps of 1,100 ms", story: paced([Int](repeating: 1100, count: 8)), rules: ["ack-loop-limited"]),
    Edge(label: "gaps of 1,101 ms", story: paced([Int](repeating: 1101, count: 8)), rules: ["ack-loop"]),
    Edge(label: "10,000 idle ACKs a second on 125 connections", story: many(125), rules: ["ack-storm"]),
    Edge(label: "9,920 idle ACKs a second on 124 connections", story: many(124), rules: loops(50)),
    Edge(label: "5 RSTs that are not exact, each challenged", story: resets(5), rules: ["rst-ack-loop"]),
    Edge(label: "4 RSTs that are not exact, each challenged", story: resets(4), rules: []),
  ]

  /// Forty exchanges on each connection within a second, too slow for a storm of its own.
  private static func many(_ connections: Int) -> String {
    """
    conn f[\(connections)] A:40001+i B:80 nots
    0     repeat \(connections) every 21ms {
      +0    handshake f[i]
    }
    10s   repeat 40 every 24.9ms as round {
      +0    repeat \(connections) every 0.198ms {
        +0      f[i] A .  500  ack 5001
        +0.09ms f[i] B .  4500  ack 1001
      }
    }
    """
  }

  /// As many as a report lists of one rule.
  private static func loops(_ count: Int) -> [String] { [String](repeating: "ack-loop", count: count) }

  private static func resets(_ count: Int) -> String {
    "handshake\n+1s repeat \(count) every 1s {\n+0 A R 1500 nots\n+10ms B . 5001 ack 1001\n}"
  }

  @Test("A loop is told from its threshold on, and not before", arguments: edges)
  func edge(_ edge: Edge) throws {
    #expect(try Analyzed.rules(edge.story) == edge.rules)
  }

  @Test("A loop ends with progress: two halves below the threshold are no loop")
  func progress() throws {
    let half = Self.turns(8)
    let story =
      half + "\n+20ms A P. 1001:1101 ack 5001\n+10ms B . 5001 ack 1101\n"
      + half.split(separator: "\n").dropFirst().joined(separator: "\n").replacing("ack 1001", with: "ack 1101")
    #expect(try Analyzed.rules(story).isEmpty)
  }

  @Test("The rate of a storm is that of its busiest second, whatever stray ACK came before")
  func busiest() throws {
    let story =
      "handshake\n+1s A . 500 ack 5001\n+9s repeat 1000 every 2ms {\n+0 A . 500 ack 5001\n+1ms B . 4500 ack 1001\n}"
    let finding = try #require(try Analyzed.report(story).findings.first { $0.rule.id == "ack-storm" })
    let rate = try #require(finding.measures.first { $0.name == "rate" })
    #expect((950...1050).contains(rate.value), "\(rate)")
    #expect(finding.severity == .critical && finding.confidence == .certain)
  }

  @Test("A finding lists frames that exist, in order, at most twenty")
  func evidence() throws {
    let report = try Analyzed.report(Self.turns(1001))
    let finding = try #require(report.findings.first { $0.rule.id == "ack-storm" })
    let frames = finding.evidence.map(\.segment.frame)
    #expect(frames == frames.sorted() && Set(frames).count == frames.count)
    #expect((1...20).contains(frames.count) && frames.allSatisfy { $0 <= report.capture.frames && $0 > 0 })
    #expect(finding.firstFrame == frames.first && finding.lastFrame == frames.last)
    #expect(finding.evidence.allSatisfy { !$0.telling.isEmpty && !$0.note.isEmpty })
  }
}
