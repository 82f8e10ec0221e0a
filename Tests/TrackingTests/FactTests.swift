import TestSupport
import Testing
import Tracking

/// Facts besides the kind.
struct FactTests {
  @Test("The first ACK after a SYN-ACK is no window update: the SYN's window is not scaled (RFC 7323 section 2.2)")
  func firstWindow() throws {
    // 502 << 7 = 64256: the window that the SYN-ACK announced with 64240 has not changed.
    let story = try Story("handshake\n+2s A . 1000 ack 5001\n+10ms B . 5001 ack 1001 @answer")
    #expect(story.verdict("answer") == "keep-alive-ack")
  }

  @Test("A keep-alive byte moves no sequence number and counts as no retransmission")
  func keepAliveByte() throws {
    let story = try Story(
      "handshake\n+2s repeat 5 every 75s {\n+0 A . 1000:1001 ack 5001\n+10ms B . 5001 ack 1001\n}\n+1s A P. 1001:1101 @data"
    )
    #expect(story.verdict("data") == "ordinary" && !story.kinds.contains("retransmission"))
    #expect(story.ended.first?.fromClient.retransmissions == 0)
  }

  @Test("A segment that PAWS was expected to reject is taken back when its bytes are acknowledged")
  func refuted() throws {
    let story = try Story(
      "host B 10.0.0.2 nopaws\nhandshake\n+1s A P. 1001:1101 tsval=50000 @old\n+10ms B . 5001 ack 1101 tsecr=50000")
    #expect(story.anomalies("old").contains(.rejectionRefuted))
    #expect(story.verdict("old") == "new-data")
  }

  @Test("Bytes that were acknowledged but never seen are the capture's loss")
  func missed() throws {
    let story = try Story(
      "handshake\n+10ms B . next:+1448\n+0.1ms missed B . next:+1448\n+0.1ms B . next:+1448\n+10ms A .\n+10ms B . next:+1448 @after\n+10ms A ."
    )
    #expect(story.missedBytes == 1448)
    #expect(story.verdict("after") == "ordinary" && !story.kinds.contains("retransmission"))
  }

  @Test("Bytes that were lost and sent again are no loss of the capture")
  func lost() throws {
    let story = try Story(
      "handshake\n+10ms B . next:+1448\n+0.1ms unseen B . next:+1448\n+0.1ms B . next:+1448\n+10ms A . ack 6449\n+30ms B . 6449:7897\n+10ms A . ack 9345"
    )
    #expect(story.missedBytes == 0)
  }

  @Test("A repeated ACK of bytes that the peer then shows it has sent was right")
  func early() throws {
    let story = try Story(
      "handshake\n+1s A . 1001 ack 6449 @early\n+0.2ms B . 5001:6449 @data\n+10ms A . 1001 ack 6449")
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
    Oddity(
      label: "timestamps missing after agreement", story: "handshake\n+1s A P. next:+100 nots @x",
      anomaly: .timestampMissing),
    Oddity(
      label: "a RST may go without timestamps", story: "handshake\n+1s A R 1001 nots @x", anomaly: .timestampMissing,
      isThere: false),
    Oddity(
      label: "timestamps without agreement",
      story: "conn main A:40000 B:80 nots\nhandshake\n+1s A P. next:+100 tsval=5 tsecr=7 @x", anomaly: .timestampAppears
    ),
    Oddity(
      label: "an echo from the future", story: "handshake\n+1s A P. next:+100 tsecr=999999999 @x", anomaly: .echoInvalid
    ),
    Oddity(
      label: "an echo from before the SYN", story: "handshake\n+1s A P. next:+100 tsecr=600000 @x",
      anomaly: .echoInvalid),
    Oddity(
      label: "SYN cookies round down by up to 64 ticks", story: "handshake\n+1s A P. next:+100 tsecr=699950 @x",
      anomaly: .echoInvalid, isThere: false),
    Oddity(
      label: "clock forward by 100 s", story: "handshake\n+1s A P. next:+100 tsval=201020 @x", anomaly: .timestampJump),
    Oddity(label: "clock back by 50 s", story: "handshake\n+1s A P. next:+100 tsval=51020 @x", anomaly: .timestampJump),
    Oddity(
      label: "clock off by half a second", story: "handshake\n+1s A P. next:+100 tsval=101520 @x",
      anomaly: .timestampJump, isThere: false),
    Oddity(
      label: "clock wraps", story: "clock A 4294967000\nhandshake\n+1s A P. next:+100 @x", anomaly: .timestampJump,
      isThere: false),
    Oddity(label: "more payload than the MSS", story: "handshake\n+1s A P. next:+5000 @x", anomaly: .superPacket),
    Oddity(
      label: "as much payload as the MSS", story: "handshake\n+1s A P. next:+1448 @x", anomaly: .superPacket,
      isThere: false),
    Oddity(label: "a closed window", story: "handshake\n+1s B . 5001 ack 1001 win 0 @x", anomaly: .zeroWindow),
    Oddity(
      label: "an old connection answers a SYN", story: "0 A S 90000\n+10ms B . 9000 ack 3000 tsecr=200000 @x",
      anomaly: .oldConnectionAnswers),
    Oddity(
      label: "bytes before it were not seen", story: "handshake\n+1s unseen B . next:+1448\n+1ms B . next:+1448 @x",
      anomaly: .opensGap),
    Oddity(
      label: "a new loss episode", story: "handshake\n+1s lost A P. next:+100\n+300ms A P. 1001:1101 @x",
      anomaly: .opensEpisode),
    Oddity(
      label: "the same loss episode",
      story: "handshake\n+1s lost A P. next:+100\n+300ms lost A P. 1001:1101\n+440ms A P. 1001:1101 @x",
      anomaly: .opensEpisode, isThere: false),
  ]

  @Test("An oddity is told of the segment that shows it, and only then", arguments: oddities)
  func oddity(_ one: Oddity) throws {
    #expect(try Story(one.story).anomalies("x").contains(one.anomaly) == one.isThere)
  }
}
