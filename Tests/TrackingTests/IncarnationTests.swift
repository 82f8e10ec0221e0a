import TestSupport
import Testing
import Tracking

/// When a 4-tuple is a new connection.
///
/// Source: tcp-pathologies section C.
struct IncarnationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var label: String
    var story: String
    var connections: Int
    var testDescription: String { label }
  }

  private static let shake = "0 A S 1000\n+10ms B S. 5000 ack 1001\n+10ms A . 1001 ack 5001\n"
  private static let closed = shake + "1s A F. 1001 ack 5001\n+10ms B F. 5001 ack 1002\n+10ms A . 1002 ack 5002\n"
  private static let reset = shake + "1s A R 1001 nots\n"

  static let cases = [
    Case(label: "SYN after both FINs", story: closed + "2s A S 900000", connections: 2),
    Case(label: "SYN after RST", story: reset + "2s A S 900000", connections: 2),
    Case(label: "the old SYN again after the close", story: closed + "2s A S 1000", connections: 1),
    Case(label: "late data after the close", story: closed + "+1ms A P. 900:1000 ack 5001", connections: 1),
    Case(label: "SYN inside, not answered", story: shake + "1s A S 900000", connections: 1),
    Case(
      label: "SYN inside, answered by the old numbers", story: shake + "1s A S 900000\n+10ms B . 5001 ack 1001",
      connections: 1),
    Case(
      label: "SYN inside, answered by its SYN-ACK", story: shake + "1s A S 900000\n+10ms B S. 700000 ack 900001",
      connections: 2),
    Case(
      label: "SYN inside, answered by another SYN-ACK", story: shake + "1s A S 900000\n+10ms B S. 700000 ack 800001",
      connections: 1),
    Case(label: "SYN after four minutes of silence", story: shake + "+240s A S 900000", connections: 2),
    Case(label: "SYN after less than four minutes", story: shake + "+239s A S 900000", connections: 1),
    Case(label: "SYN repeated", story: "0 A S 1000\n1s A S 1000\n2s A S 1000", connections: 1),
    Case(label: "SYN with another number", story: "0 A S 1000\n1s A S 900000", connections: 2),
    Case(
      label: "SYN-ACK repeated", story: "0 A S 1000\n+10ms B S. 5000 ack 1001\n1s B S. 5000 ack 1001", connections: 1),
    Case(label: "the other end opens", story: closed + "2s B S 900000", connections: 2),
    Case(
      label: "far away after ten minutes without SYN", story: shake + "+601s A . 2200001001 ack 2200005001",
      connections: 2),
    Case(
      label: "far away after less than ten minutes", story: shake + "+599s A . 2200001001 ack 2200005001",
      connections: 1),
    Case(label: "near after ten minutes", story: shake + "+601s A P. 1001:1101 ack 5001", connections: 1),
    Case(label: "another port", story: "conn two A:40001 B:80\n" + shake + "1s two A S 1000", connections: 2),
  ]

  @Test("A 4-tuple is as many connections as it had", arguments: cases)
  func incarnations(_ one: Case) throws {
    #expect(try Story(one.story).ended.count == one.connections)
  }

  @Test("The old connection ends as replaced, the new one has the new numbers' facts")
  func facts() throws {
    let story = try Story(Self.closed + "70s A S 300000\n+10ms B S. 800000 ack 300001\n+10ms A . 300001 ack 800001")
    #expect(story.ended.map(\.phaseName) == ["closed", "established"])
    #expect(story.ended.map(\.ending).first == .replaced || story.ended.map(\.ending).first == .closed)
    #expect(story.ended.map(\.firstFrame) == [1, 7])
    #expect(story.ended.map { $0.fromClient.packets + $0.fromServer.packets } == [6, 3])
  }

  @Test("A SYN that was answered inside an old connection belongs to the new one")
  func confirmed() throws {
    let story = try Story(
      Self.shake + """
        1s    A S   900000
        +10ms B S.  700000         ack 900001
        +10ms A .   900001         ack 700001  tsecr=701010
        +10ms A P.  900001:900101  ack 700001  tsecr=701010  @data
        """)
    #expect(story.ended.map(\.phaseName) == ["established", "established"])
    #expect(story.ended.map(\.firstFrame) == [1, 4])
    #expect(story.ended.last?.handshake == 20_000_000)
    #expect(story.verdict("data") == "ordinary")
  }

  @Test("Every segment is counted for one connection, the SYN of a new incarnation too")
  func confirmedOnce() throws {
    let story = try Story(Self.shake + "1s A S 900000\n+10ms B S. 700000 ack 900001\n+10ms A . 900001 ack 700001")
    let counted = story.ended.reduce(0) { $0 + $1.fromClient.packets + $1.fromServer.packets }
    #expect(counted == UInt64(story.segments))
  }

  @Test("A challenged SYN leaves the old connection as it was")
  func refuted() throws {
    let story = try Story(
      Self.shake
        + "1s A S 900000 @syn\n+10ms B . 5001 ack 1001 @challenge\n+10ms A R 1001 nots\n+1s A S 900000\n+10ms B S. 700000 ack 900001"
    )
    #expect(story.anomalies("syn").contains(.synInside))
    #expect(story.ended.map(\.phaseName) == ["reset", "SYN received"])
  }

  @Test("A SYN that nobody answers keeps its tries and the last timestamp")
  func unanswered() throws {
    let end = try #require(try Story("0 A S 1000\n1s A S 1000\n3s A S 1000").ended.first)
    #expect(end.unanswered && end.synCount == 3 && end.synTimestamp == 103_000)
    #expect(end.fromClient.packets == 3 && end.fromClient.retransmissions == 2)
    #expect(end.lastTime - end.firstTime == 3_000_000_000 && end.lastFrame == 3)
  }

  @Test("Tries before the answer stay with the connection")
  func answeredLate() throws {
    let end = try #require(
      try Story("0 A S 1000\n1s A S 1000\n+10ms B S. 5000 ack 1001\n+10ms A . 1001 ack 5001").ended.first)
    #expect(!end.unanswered && end.fromClient.packets == 3 && end.fromClient.retransmissions == 1)
    #expect(end.firstFrame == 1 && end.sawSYNAndSYNACK)
  }

  @Test("Fast Open: data in the SYN is no retransmission afterwards, and no gap")
  func fastOpen() throws {
    let taken = try Story(
      "0 A S 1000:1100 @syn\n+10ms B S. 5000 ack 1101\n+10ms A . 1101 ack 5001\n+1ms A P. 1101:1201 ack 5001 @more")
    #expect(taken.verdict("syn") == "ordinary" && taken.verdict("more") == "ordinary")
    #expect(taken.ended.map(\.phaseName) == ["established"])
    #expect(taken.ended.first?.fromClient.payloadBytes == 200 && taken.missedBytes == 0)
    let refused = try Story(
      "0 A S 1000:1100\n+10ms B S. 5000 ack 1001\n+10ms A . 1001 ack 5001\n+1ms A P. 1001:1101 ack 5001 @again")
    #expect(refused.ended.map(\.phaseName) == ["established"])
    #expect(refused.verdict("again").hasPrefix("retransmission"))
  }
}
