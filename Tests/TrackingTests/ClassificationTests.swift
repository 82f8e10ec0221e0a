import TestSupport
import Testing
import Tracking

/// What each segment is.
///
/// Source: tcp-pathologies sections 1, 3b, 4 and the scenarios of section D.
struct ClassificationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var label: String
    var story: String
    /// Verdict by tag: kind, cause, rejection, need.
    var verdicts: [String: String]
    var testDescription: String { label }
  }

  /// A handshake, and a first ACK of the server with the window that it keeps.
  private static let shake = "handshake\n+1s B . 5001 ack 1001\n"

  static let acknowledgments = [
    Case(
      label: "data and its acknowledgment are ordinary",
      story: "handshake\n+1s A P. next:+100 @data\n+10ms B . @ack\n+1s A F. @fin\n+10ms B F. @last\n+10ms A . @end",
      verdicts: ["data": "ordinary", "ack": "ordinary", "fin": "ordinary", "last": "ordinary", "end": "ordinary"]),
    Case(
      label: "keep-alive of no byte and its answer",
      story: "\(shake)+2s A . 1000 ack 5001 @probe\n+10ms B . 5001 ack 1001 @answer\n+1s A P. 1001:1101 @data",
      verdicts: ["probe": "keep-alive out-of-window-old", "answer": "keep-alive-ack", "data": "ordinary"]),
    Case(
      label: "keep-alive of one byte and its answer",
      story: "\(shake)+2s A . 1000:1001 ack 5001 @probe\n+10ms B . 5001 ack 1001 @answer\n+1s A P. 1001:1101 @data",
      verdicts: ["probe": "keep-alive", "answer": "keep-alive-ack", "data": "ordinary"]),
    Case(
      label: "zero-window probe of no byte and its answer",
      story: "handshake\n+1s B . 5001 ack 1001 win 0 @closed\n+1s A . 1000 ack 5001 @probe\n+10ms B . 5001 ack 1001 win 0 @answer",
      verdicts: ["closed": "window-update", "probe": "window-probe out-of-window-old", "answer": "window-probe-ack"]),
    Case(
      label: "zero-window probe of one byte",
      story: "handshake\n+1s B . 5001 ack 1001 win 0\n+1s A . 1000:1001 ack 5001 @probe\n+10ms B . 5001 ack 1001 win 0 @answer",
      verdicts: ["probe": "window-probe", "answer": "window-probe-ack"]),
    Case(
      label: "window update", story: "handshake\n+1s B . 5001 ack 1001 win 600 @update\n+1s B . 5001 ack 1001 win 600 @again",
      verdicts: ["update": "window-update", "again": "idle-ack"]),
    Case(
      label: "idle ACK that nobody asked for", story: "handshake\n+1s A . 1001 ack 5001 @idle", verdicts: ["idle": "idle-ack"]),
    Case(
      label: "old ACK overtaken by a newer one",
      story: "handshake\n+1s A P. 1001:1101\n+10ms A P. 1101:1201\n+10ms B . 5001 ack 1201\n+1ms B . 5001 ack 1101 @late",
      verdicts: ["late": "old-ack"]),
    Case(
      label: "duplicate ACKs answer data behind a hole, one each",
      story: """
        handshake
        1s      unseen B . next:+1448
        +0.1ms  B . next:+1448
        +0.1ms  B . next:+1448
        +10ms   A . ack 5001 sack=6449-7897 @first
        +0.1ms  A . ack 5001 sack=6449-9345 @second
        """,
      verdicts: ["first": "duplicate-ack", "second": "duplicate-ack"]),
    Case(
      label: "a duplicate ACK without SACK needs a segment to answer",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        1s      unseen B . next:+1448
        +0.1ms  B . next:+1448
        +10ms   A . ack 5001 @asked
        +0.1ms  A . ack 5001 @alsoAsked
        +0.1ms  A . ack 5001 @unasked
        """,
      verdicts: ["asked": "duplicate-ack", "unasked": "idle-ack"]),
    Case(
      label: "changed ECN flags ride on a bare ACK", story: "handshake\n+1s A .E 1001 ack 5001 @echo\n+1s A .E 1001 ack 5001 @same",
      verdicts: ["echo": "ordinary", "same": "idle-ack"]),
    Case(
      label: "Multipath TCP signals ride on bare ACKs",
      story: "handshake\n+1s A . 1001 ack 5001 opts=1e0820aa00000001 @signal\n+1s A . 1001 ack 5001 opts=1e0820aa00000002 @next",
      verdicts: ["signal": "ordinary", "next": "ordinary"]),
    Case(
      label: "below the window",
      story: "handshake\n+1s A P. 1001:2001\n+10ms B . 5001 ack 2001\n+1s A . 900 ack 5001 @below",
      verdicts: ["below": "idle-ack out-of-window-old"]),
    Case(
      label: "data beyond the window", story: "handshake\n+1s A P. 1001001:1001101 ack 5001 @beyond",
      verdicts: ["beyond": "out-of-window out-of-window-beyond"]),
    Case(
      label: "acknowledges what was never sent",
      story: """
        handshake
        +1s   A . 1001 ack 900000 @unsent
        +10ms B . 5001 ack 1001
        +1s   A . 1001 ack 900000 @again
        """,
      verdicts: ["unsent": "out-of-window ack-unsent", "again": "idle-ack ack-unsent"]),
    Case(
      label: "PAWS: data with an old timestamp",
      story: "handshake\n+1s A P. 1001:1101 ack 5001 tsval=50000 @old\n+10ms B . 5001 ack 1001",
      verdicts: ["old": "new-data paws"]),
    Case(
      label: "PAWS exempts a pure ACK that was overtaken",
      story: "handshake\n+0.5s A P. 1001:1101 tsval=100505\n+0.1ms A . 1001 ack 5001 tsval=100500 @late\n+9ms B . 5001 ack 1101",
      verdicts: ["late": "idle-ack"]),
    Case(
      label: "PAWS forgets after 2147 s", story: "handshake\n+2148s A P. 1001:1101 tsval=50000 @fresh\n+10ms B . 5001 ack 1101",
      verdicts: ["fresh": "ordinary"]),
  ]

  @Test("A segment without news is told by its kind", arguments: acknowledgments)
  func acknowledgment(_ one: Case) throws { try check(one) }

  static let repetitions = [
    Case(
      label: "fast retransmission after duplicate ACKs",
      story: """
        handshake
        1s      lost B . next:+1448
        +0.1ms  repeat 4 every 0.1ms {
          +0    B . next:+1448
        }
        +10ms   A . ack 5001 sack=6449-7897
        +0.1ms  A . ack 5001 sack=6449-9345
        +0.1ms  A . ack 5001 sack=6449-12241
        +10ms   B . 5001:6449 @again
        +10ms   A . ack 12241
        """, verdicts: ["again": "retransmission fast"]),
    Case(
      label: "retransmission timeout, with backoff",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        100ms   lost A P. 1001:2449
        320ms   lost A P. 1001:2449 @first
        760ms   lost A P. 1001:2449 @second
        1640ms  A P. 1001:2449 @third
        +10ms   B . ack 2449
        """,
      verdicts: ["first": "retransmission rto", "second": "retransmission rto", "third": "retransmission rto"]),
    Case(
      label: "everything after the timeout is sent again",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        +10ms   lost A . 1001:2449
        +0.1ms  repeat 3 every 0.1ms {
          +0      lost A . next:+1448
        }
        280ms   A . 1001:2449 @first
        +10ms   B . ack 2449
        +10ms   A . 2449:3897 @next
        +0.1ms  A . 3897:5345 @last
        """, verdicts: ["first": "retransmission rto", "next": "retransmission rto-recovery", "last": "retransmission rto-recovery"]),
    Case(
      label: "tail loss probe: the last segment, after two round trips",
      story: """
        handshake
        +10ms   repeat 8 every 0.1ms {
          +0      A . next:+1448
        }
        +0.1ms  lost A . 12585:14033
        +0.1ms  lost A P. 14033:15481
        40.8ms  B . ack 12585
        83.8ms  A P. 14033:15481 @probe
        +10ms   B . ack 12585 sack=14033-15481
        +10ms   A . 12585:14033 @repair
        +10ms   B . ack 15481
        """, verdicts: ["probe": "retransmission tlp", "repair": "retransmission fast"]),
    Case(
      label: "SYN and SYN-ACK again",
      story: "0 A S 1000\n1s A S 1000 @syn\n+10ms B S. 5000 ack 1001\n+1s B S. 5000 ack 1001 @synack",
      verdicts: ["syn": "retransmission syn", "synack": "retransmission synack"]),
    Case(
      label: "reordered by timestamp",
      story: """
        handshake
        180ms   B . 5001:6449  tsval=700200
        +0.1ms  B . 7897:9345  tsval=700200
        +0.3ms  B . 6449:7897  tsval=700199 @late
        """, verdicts: ["late": "reordered"]),
    Case(
      label: "a hole filled with a newer timestamp was lost before the capture",
      story: """
        handshake
        210ms   B . 5001:6449  tsval=700210
        +0.1ms  B . 7897:9345  tsval=700210
        +0.3ms  B . 6449:7897  tsval=700232 @repair
        """, verdicts: ["repair": "retransmission unknown"]),
    Case(
      label: "reordered by IP identification",
      story: """
        handshake
        180ms   B . 5001:6449  id=9001 tsval=700200
        +0.1ms  B . 7897:9345  id=9003 tsval=700200
        +0.3ms  B . 6449:7897  id=9002 tsval=700200 @late
        """, verdicts: ["late": "reordered"]),
    Case(
      label: "a hole filled with a newer IP identification is sent again",
      story: """
        handshake
        180ms   B . 5001:6449  id=9001 tsval=700200
        +0.1ms  B . 7897:9345  id=9003 tsval=700200
        +22ms   B . 6449:7897  id=9004 tsval=700200 @repair
        """, verdicts: ["repair": "retransmission unknown"]),
    Case(
      label: "reordered by time alone",
      story: """
        conn main A:40000 B:80 nots
        handshake
        180ms   B . 5001:6449  id=0
        +0.1ms  B . 7897:9345  id=0
        +0.3ms  B . 6449:7897  id=0 @late
        """, verdicts: ["late": "reordered"]),
    Case(
      label: "a hole filled a round trip later was sent again",
      story: """
        conn main A:40000 B:80 nots
        handshake
        180ms   B . 5001:6449  id=0
        +0.1ms  B . 7897:9345  id=0
        +25ms   B . 6449:7897  id=0 @repair
        """, verdicts: ["repair": "retransmission unknown"]),
    Case(
      label: "needless by DSACK",
      story: """
        handshake
        300ms   A P. 1001:2449
        +220ms  A P. 1001:2449 @copy
        +1ms    B . ack 2449
        +220ms  B . ack 2449 sack=1001-2449
        """, verdicts: ["copy": "retransmission tlp needless"]),
    Case(
      label: "needless by the echoed timestamp (Eifel)",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        300ms   A P. 1001:2449
        +220ms  A P. 1001:2449 @copy
        700ms   B . ack 2449 tsecr=100300
        """, verdicts: ["copy": "retransmission rto needless"]),
    Case(
      label: "needed: the echo is that of the second sending",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        300ms   lost A P. 1001:2449
        +220ms  A P. 1001:2449 @copy
        +10ms   B . ack 2449 tsecr=100520
        """, verdicts: ["copy": "retransmission rto"]),
    Case(
      label: "needless because it was acknowledged before",
      story: "handshake\n+1s A P. 1001:2449\n+10ms B . ack 2449\n+0.5ms A P. 1001:2449 @crossing",
      verdicts: ["crossing": "retransmission unknown needless"]),
    Case(
      label: "copy made by the network, proven by DSACK",
      story: """
        handshake
        +1s   A P. 1001:2449 id=500 tsval=101020
        +1ms  A P. 1001:2449 id=500 tsval=101020 @copy
        +10ms B . ack 2449
        +1ms  B . ack 2449 sack=1001-2449
        """, verdicts: ["copy": "network-duplicate"]),
    Case(
      label: "copy made by the network, later than any capture makes one",
      story: """
        handshake
        +1s    A P. 1001:2449  id=500 tsval=101020
        +1ms   A P. 2449:3897  id=501 tsval=101021
        +30ms  A P. 1001:2449  id=500 tsval=101020 @copy
        """, verdicts: ["copy": "network-duplicate"]),
    Case(
      label: "copy made by the capture",
      story: "handshake\n+1s A P. 1001:2449 id=500\n+0.005ms A P. 1001:2449 id=500 tsval=101020 ttl=62 @copy",
      verdicts: ["copy": "capture-duplicate"]),
    Case(
      label: "old and new bytes in one segment",
      story: "handshake\n+1s A P. 1001:1101\n+300ms A P. 1001:1201 @both\n+10ms B . ack 1201\n+1ms A P. 1201:1301 @next",
      verdicts: ["both": "retransmission rto", "next": "ordinary"]),
  ]

  @Test("Data that is not new is told by the reason why it comes", arguments: repetitions)
  func sentAgain(_ one: Case) throws { try check(one) }

  @Test("No verdict depends on addresses, sequence numbers or framing", arguments: acknowledgments + repetitions)
  func variants(_ one: Case) throws {
    for name in ["isn-near-wrap", "vlan", "roles-swapped", "time-shifted"] {
      try check(one, name)
    }
  }

  private func check(_ one: Case, _ variant: String = "plain") throws {
    let story = try Story(one.story, Stories.variant(variant))
    for (tag, verdict) in one.verdicts.sorted(by: { $0.key < $1.key }) {
      #expect(story.verdict(tag) == verdict, "@\(tag), \(variant)")
    }
  }
}

/// Facts besides the kind.
struct FactTests {
  @Test("The first ACK after a SYN-ACK is no window update: the SYN's window is not scaled (RFC 7323 section 2.2)")
  func firstWindow() throws {
    // 502 << 7 = 64256: the window that the SYN-ACK announced with 64240 has not changed.
    let story = try Story("handshake\n+2s A . 1000 ack 5001\n+10ms B . 5001 ack 1001 @answer")
    withKnownIssue("the unscaled window of the SYN-ACK is compared with the scaled one of the first ACK") {
      #expect(story.verdict("answer") == "keep-alive-ack")
    }
  }

  @Test("A keep-alive byte moves no sequence number and counts as no retransmission")
  func keepAliveByte() throws {
    let story = try Story("handshake\n+2s repeat 5 every 75s {\n+0 A . 1000:1001 ack 5001\n+10ms B . 5001 ack 1001\n}\n+1s A P. 1001:1101 @data")
    #expect(story.verdict("data") == "ordinary" && !story.kinds.contains("retransmission"))
    #expect(story.ended.first?.fromClient.retransmissions == 0)
  }

  @Test("A segment that PAWS was expected to reject is taken back when its bytes are acknowledged")
  func refuted() throws {
    let story = try Story("host B 10.0.0.2 nopaws\nhandshake\n+1s A P. 1001:1101 tsval=50000 @old\n+10ms B . 5001 ack 1101 tsecr=50000")
    #expect(story.anomalies("old").contains(.rejectionRefuted))
    #expect(story.verdict("old") == "new-data")
  }

  @Test("Bytes that were acknowledged but never seen are the capture's loss")
  func missed() throws {
    let story = try Story(
      "handshake\n+10ms B . next:+1448\n+0.1ms missed B . next:+1448\n+0.1ms B . next:+1448\n+10ms A .\n+10ms B . next:+1448 @after\n+10ms A .")
    #expect(story.missedBytes == 1448)
    #expect(story.verdict("after") == "ordinary" && !story.kinds.contains("retransmission"))
  }

  @Test("Bytes that were lost and sent again are no loss of the capture")
  func lost() throws {
    let story = try Story(
      "handshake\n+10ms B . next:+1448\n+0.1ms unseen B . next:+1448\n+0.1ms B . next:+1448\n+10ms A . ack 6449\n+30ms B . 6449:7897\n+10ms A . ack 9345")
    #expect(story.missedBytes == 0)
  }

  @Test("A repeated ACK of bytes that the peer then shows it has sent was right")
  func early() throws {
    let story = try Story("handshake\n+1s A . 1001 ack 6449 @early\n+0.2ms B . 5001:6449 @data\n+10ms A . 1001 ack 6449")
    #expect(!story.verdict("early").contains("ack-unsent"))
    #expect(story.missedBytes == 0)
  }

  struct Oddity: Sendable, CustomTestStringConvertible {
    var label: String
    var story: String
    var anomaly: Anomalies
    var isThere = true
    var testDescription: String { label }
  }

  static let oddities = [
    Oddity(label: "timestamps missing after agreement", story: "handshake\n+1s A P. next:+100 nots @x", anomaly: .timestampMissing),
    Oddity(label: "a RST may go without timestamps", story: "handshake\n+1s A R 1001 nots @x", anomaly: .timestampMissing, isThere: false),
    Oddity(
      label: "timestamps without agreement",
      story: "conn main A:40000 B:80 nots\nhandshake\n+1s A P. next:+100 tsval=5 tsecr=7 @x", anomaly: .timestampAppears),
    Oddity(label: "an echo from the future", story: "handshake\n+1s A P. next:+100 tsecr=999999999 @x", anomaly: .echoInvalid),
    Oddity(label: "an echo from before the SYN", story: "handshake\n+1s A P. next:+100 tsecr=600000 @x", anomaly: .echoInvalid),
    Oddity(
      label: "SYN cookies round down by up to 64 ticks", story: "handshake\n+1s A P. next:+100 tsecr=699950 @x",
      anomaly: .echoInvalid, isThere: false),
    Oddity(label: "clock forward by 100 s", story: "handshake\n+1s A P. next:+100 tsval=201020 @x", anomaly: .timestampJump),
    Oddity(label: "clock back by 50 s", story: "handshake\n+1s A P. next:+100 tsval=51020 @x", anomaly: .timestampJump),
    Oddity(label: "clock off by half a second", story: "handshake\n+1s A P. next:+100 tsval=101520 @x", anomaly: .timestampJump, isThere: false),
    Oddity(
      label: "clock wraps", story: "clock A 4294967000\nhandshake\n+1s A P. next:+100 @x", anomaly: .timestampJump,
      isThere: false),
    Oddity(label: "more payload than the MSS", story: "handshake\n+1s A P. next:+5000 @x", anomaly: .superPacket),
    Oddity(label: "as much payload as the MSS", story: "handshake\n+1s A P. next:+1448 @x", anomaly: .superPacket, isThere: false),
    Oddity(label: "a closed window", story: "handshake\n+1s B . 5001 ack 1001 win 0 @x", anomaly: .zeroWindow),
    Oddity(label: "an old connection answers a SYN", story: "0 A S 90000\n+10ms B . 9000 ack 3000 tsecr=200000 @x", anomaly: .oldConnectionAnswers),
    Oddity(label: "bytes before it were not seen", story: "handshake\n+1s unseen B . next:+1448\n+1ms B . next:+1448 @x", anomaly: .opensGap),
    Oddity(
      label: "a new loss episode", story: "handshake\n+1s lost A P. next:+100\n+300ms A P. 1001:1101 @x", anomaly: .opensEpisode),
    Oddity(
      label: "the same loss episode", story: "handshake\n+1s lost A P. next:+100\n+300ms lost A P. 1001:1101\n+440ms A P. 1001:1101 @x",
      anomaly: .opensEpisode, isThere: false),
  ]

  @Test("An oddity is told of the segment that shows it, and only then", arguments: oddities)
  func oddity(_ one: Oddity) throws {
    #expect(try Story(one.story).anomalies("x").contains(one.anomaly) == one.isThere)
  }
}
