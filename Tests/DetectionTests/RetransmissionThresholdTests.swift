import Detection
import TestSupport
import Testing
import Triage

/// The edges of the retransmission and timestamp families.
///
/// Source of the thresholds: tcp-pathologies sections 2(d) and 3(d).
struct RetransmissionThresholdTests {
  typealias Edge = LoopThresholdTests.Edge

  /// `count` new segments of B in bursts, the last `lost` of them lost, then sent again in one go.
  private static func transfer(_ count: Int, lost: Int, gap: String = "1ms") -> String {
    """
    handshake
    +10ms  B data \(count - lost)x1448 burst=10 gap=0.1ms acks=2
    +50ms  repeat \(lost) every 0.1ms {
      +0  lost B .  next:+1448
    }
    +300ms  repeat \(lost) every \(gap) as k {
      +0  B .  5001+1448*\(count - lost)+1448*k:+1448
    }
    +10ms  A .

    """
  }

  /// Requests whose only segment is lost; a timer repairs it `after` so many milliseconds.
  private static func tails(_ count: Int, after: Int) -> String {
    """
    handshake
    +100ms  repeat \(count) every 3s {
      +0          lost A P.  next:+1448
      +\(after)ms  A P.       1001+1448*i:+1448
      +10ms       B .
    }

    """
  }

  /// A segment is lost at 100 ms, tried at 400 ms and `second`, and comes through when the silence `ends`.
  private static func silence(second: Int = 400, ends: Int) -> String {
    """
    conn main A:40000 B:80 nosack
    handshake
    100ms        lost A P.  1001:2449
    \(second)ms  lost A P.  1001:2449
    \(ends)ms    A P.       1001:2449
    +10ms        B .

    """
  }

  /// Segments whose acknowledgments come after the timeout, with the echo of the original.
  private static func needless(_ count: Int) -> String {
    """
    conn main A:40000 B:80 nosack
    handshake
    +100ms  repeat \(count) every 2s {
      +0      A P.  next:+1448
      +230ms  A P.  1001+1448*i:+1448
      +170ms  B .   tsecr=100120+2000*i
    }

    """
  }

  static let edges = [
    Edge(label: "one of 99 data segments", story: transfer(98, lost: 1), rules: []),
    Edge(label: "one of 100 data segments", story: transfer(99, lost: 1), rules: ["retransmission-rate"]),
    Edge(label: "0.2 % of 500", story: transfer(500, lost: 1), rules: ["retransmission-rate"]),
    Edge(label: "less than 0.1 %", story: transfer(1100, lost: 1), rules: []),
    Edge(label: "4 segments within 100 ms", story: transfer(40, lost: 4), rules: []),
    Edge(label: "5 segments within 100 ms", story: transfer(40, lost: 5), rules: ["retransmission-burst"]),
    Edge(label: "5 segments, 26 ms apart", story: transfer(40, lost: 5, gap: "26ms"), rules: []),
    Edge(label: "5 segments, 25 ms apart", story: transfer(40, lost: 5, gap: "25ms"), rules: ["retransmission-burst"]),
    Edge(label: "2 lost tails that cost less than half a second", story: tails(2, after: 230), rules: []),
    Edge(label: "3 lost tails", story: tails(3, after: 230), rules: ["tail-loss"]),
    Edge(label: "2 lost tails that cost half a second", story: tails(2, after: 260), rules: ["tail-loss"]),
    Edge(label: "a silence of 0.99 s", story: silence(ends: 1090), rules: []),
    Edge(label: "a silence of a second", story: silence(ends: 1100), rules: ["blackout"]),
    Edge(label: "timeouts without back-off", story: silence(second: 600, ends: 1100), rules: []),
    Edge(label: "2 needless timeouts", story: needless(2), rules: []),
    Edge(label: "3 needless timeouts", story: needless(3), rules: ["spurious-retransmissions"]),
    Edge(label: "2 timestamps missing", story: without(2), rules: []),
    Edge(label: "3 timestamps missing", story: without(3), rules: ["ts-missing"]),
    Edge(label: "2 echoes that nobody sent", story: echoing(2), rules: []),
    Edge(label: "3 echoes that nobody sent", story: echoing(3), rules: ["tsecr-invalid"]),
    Edge(label: "2 SYNs unanswered after a newer one was answered", story: synDrop(1), rules: []),
    Edge(label: "3 SYNs unanswered", story: synDrop(2), rules: ["syn-ts-drop"]),
    Edge(label: "2 connections lose at once", story: path(2), rules: []),
    Edge(label: "3 connections lose at once", story: path(3), rules: ["path-event"]),
    Edge(label: "3 connections lose, 125 ms apart", story: path(3, apart: 125), rules: ["path-event"]),
    Edge(label: "3 connections lose, 126 ms apart", story: path(3, apart: 126), rules: []),
    Edge(label: "3 of 10 connections lose at once", story: path(3, of: 10), rules: ["path-event"]),
    Edge(label: "3 of 11 connections lose at once", story: path(3, of: 11), rules: []),
    Edge(label: "20 segments of 5 connections within 100 ms", story: pair(5, each: 4), rules: ["retransmission-burst"]),
    Edge(label: "19 segments within 100 ms", story: pair(5, each: 4, less: 1), rules: []),
    Edge(label: "a path event about the same frames", story: pair(5, each: 4, of: 16), rules: ["path-event"]),
    Edge(
      label: "one connection of them has a burst of its own", story: pair(4, each: 5, less: 0),
      rules: [String](repeating: "retransmission-burst", count: 4)),
    Edge(
      label: "3 timeouts of the last bytes, and the capture goes on", story: stall(3), rules: ["retransmission-stall"]),
    Edge(label: "3 timeouts, and the capture ends", story: stall(3, goesOn: false), rules: []),
    Edge(label: "2 timeouts, and the capture goes on", story: stall(2), rules: []),
    Edge(
      label: "3 timeouts, then an acknowledgment", story: stall(3, answer: "+10ms A .  ack 6449 tsecr=702500"),
      rules: []),
    Edge(
      label: "3 timeouts that an old timestamp explains", story: stall(3, tsval: "tsval=50000+k"),
      rules: ["paws-reject"]
    ),
    Edge(label: "5 connections of a host to 5 networks", story: host(5, of: 6), rules: ["path-event"]),
    Edge(label: "4 connections of a host to 4 networks", story: host(4, of: 4), rules: []),
    Edge(label: "5 of 7 connections of a host to 7 networks", story: host(5, of: 7), rules: []),
  ]

  private static func without(_ count: Int) -> String {
    "handshake\n+1s repeat \(count) every 10ms {\n+0 A P. next:+100 nots\n+5ms B .\n}"
  }

  private static func echoing(_ count: Int) -> String {
    "handshake\n+1s repeat \(count) every 10ms {\n+0 A P. next:+100 tsecr=999999999\n+5ms B .\n}"
  }

  private static func synDrop(_ again: Int) -> String {
    """
    conn one A:40001 B:80
    conn two A:40002 B:80
    conn three A:40003 B:80
    clock A 900000
    handshake one
    handshake three
    +1s  clock A 100
    +0   two A S
    +1s  repeat \(again) every 1s {
      +0  two A S
    }
    """
  }

  private static func path(_ lost: Int, of all: Int? = nil, apart: Int = 10) -> String {
    let all = all ?? lost
    return """
      host S[\(all)] 10.1.0.1
      conn f[\(all)] S[i]:40000+i B:80
      repeat \(all) every 1ms {
        +0  handshake f[i]
      }
      +100ms  repeat \(all) every 1ms {
        +0  f[i] S P.  next:+1000
        +10ms f[i] B .
      }
      1s  repeat \(lost) every 1ms {
        +0  lost f[i] S P.  next:+1000
      }
      2s  repeat \(lost) every \(apart)ms {
        +0  f[i] S P.  2001:3001
      }
      4s  repeat \(all) every 1ms {
        +0  f[i] S P.  3001:4001
        +10ms f[i] B .
      }
      """
  }

  /// `hit` of `all` connections between two hosts lose `each` segments (the first `less` fewer) and repair them at once.
  private static func pair(_ hit: Int, each: Int, less: Int = 0, of all: Int = 24) -> String {
    var lost = ""
    var again = ""
    for connection in 0..<hit {
      for index in 0..<(connection == 0 ? each - less : each) {
        lost += "+0.5ms lost f[\(connection)] B .  next:+500\n"
        again += "+0.5ms f[\(connection)] B .  7001+500*\(index):+500\n"
      }
      again += "+1ms f[\(connection)] A .\n"
    }
    return """
      conn f[\(all)] A:40001+i B:80
      repeat \(all) every 21ms {
        +0  handshake f[i]
      }
      1s  repeat \(all) every 30ms {
        +0  f[i] B data 4x500 acks=2
      }
      2s
      \(lost)
      2.3s
      \(again)
      4s  repeat \(all) every 30ms {
        +0  f[i] B data 4x500 acks=2
      }
      """
  }

  /// The same bytes of B time out `count` times.
  private static func stall(_ count: Int, goesOn: Bool = true, answer: String = "", tsval: String = "") -> String {
    """
    conn main A:40000 B:80 nosack
    conn other A:40001 B:81
    handshake main
    +10ms  handshake other
    1s     lost main B P.  5001:6449 \(tsval.replacing("+k", with: ""))
    1.3s   repeat \(count) every 600ms as k {
      +0   \(tsval.isEmpty ? "lost" : "") main B P.  5001:6449 \(tsval)
      \(tsval.isEmpty ? "" : "+10ms main A . ack 5001")
    }
    \(answer.replacing("A .", with: "main A ."))
    \(goesOn ? "9s other A P. next:+100\n+10ms other B ." : "")
    """
  }

  /// `lost` of `all` connections of one host, each to a network of its own, lose at the same moment.
  private static func host(_ lost: Int, of all: Int) -> String {
    path(lost, of: all).replacing("host S[\(all)]", with: "host S[\(256 * all)]")
      .replacing("S[i]:40000", with: "S[256*i]:40000")
  }

  @Test("Trouble is told from its threshold on, and not before", arguments: edges)
  func edge(_ edge: Edge) throws {
    #expect(try Analyzed.rules(edge.story) == edge.rules)
  }

  @Test(
    "Rates are graded by their share of the payload",
    arguments: [
      (1000, 1, nil), (999, 1, Severity.notice), (100, 1, .notice), (99, 1, .warning), (96, 5, .warning),
      (95, 5, .critical),
    ])
  func severity(count: Int, lost: Int, severity: Severity?) throws {
    // What was sent again counts among the data segments: 1 of 1,001 is less than 0.1 %, 5 of 100 are 5 %.
    let found = try Analyzed.report(Self.transfer(count, lost: lost)).findings.filter {
      $0.rule.id == "retransmission-rate"
    }
    #expect(found.map(\.severity) == [severity].compactMap(\.self))
  }

  @Test(
    "PAWS: one rejected segment is a notice, three in a row are a warning",
    arguments: [
      (1, Severity.notice), (2, .notice), (3, .warning),
    ])
  func paws(count: Int, severity: Severity) throws {
    let story =
      "handshake\n+1s repeat \(count) every 500ms {\n+0 A P. 1001:1101 ack 5001 tsval=50000+i\n+10ms B . 5001 ack 1001\n}"
    let found = try Analyzed.report(story).findings.filter { $0.rule.id == "paws-reject" }
    #expect(found.map(\.severity) == [severity])
    #expect(found.map(\.confidence) == [.certain])
  }
}
