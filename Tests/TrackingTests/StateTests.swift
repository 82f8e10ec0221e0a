import TestSupport
import Testing
import Tracking

/// Where both ends stand after each step.
///
/// Source: RFC 9293 section 3.3.2 and figures 5, 7, 8 and 12.
struct StateTests {
  struct Walk: Sendable, CustomTestStringConvertible {
    var label: String
    var story: String
    var client: String
    var server: String
    var phase: String
    var testDescription: String { label }
  }

  private static let shake = "0 A S 1000\n+10ms B S. 5000 ack 1001\n+10ms A . 1001 ack 5001\n"
  private static let closing = shake + "1s A F. 1001 ack 5001\n+10ms B . 5001 ack 1002\n"

  static let walks = [
    Walk(label: "SYN", story: "0 A S 1000", client: "SYN-SENT", server: "LISTEN", phase: "SYN unanswered"),
    Walk(
      label: "SYN-ACK", story: "0 A S 1000\n+10ms B S. 5000 ack 1001", client: "SYN-SENT", server: "SYN-RECEIVED",
      phase: "SYN received"),
    Walk(label: "third segment", story: shake, client: "ESTABLISHED", server: "ESTABLISHED", phase: "established"),
    Walk(
      label: "data as the third segment", story: "0 A S 1000\n+10ms B S. 5000 ack 1001\n+10ms A P. 1001:1101 ack 5001",
      client: "ESTABLISHED", server: "ESTABLISHED", phase: "established"),
    Walk(
      label: "FIN", story: shake + "1s A F. 1001 ack 5001", client: "FIN-WAIT-1", server: "ESTABLISHED",
      phase: "half closed"),
    Walk(label: "FIN acknowledged", story: closing, client: "FIN-WAIT-2", server: "CLOSE-WAIT", phase: "half closed"),
    Walk(
      label: "both FINs acknowledged", story: closing + "+10ms B F. 5001 ack 1002\n+10ms A . 1002 ack 5002",
      client: "TIME-WAIT", server: "CLOSED", phase: "closed"),
    Walk(
      label: "FIN answered by FIN",
      story: shake + "1s A F. 1001 ack 5001\n+10ms B F. 5001 ack 1002\n+10ms A . 1002 ack 5002",
      client: "TIME-WAIT", server: "CLOSED", phase: "closed"),
    Walk(
      label: "server closes first",
      story: shake + "1s B F. 5001 ack 1001\n+10ms A F. 1001 ack 5002\n+10ms B . 5002 ack 1002",
      client: "CLOSED", server: "TIME-WAIT", phase: "closed"),
    Walk(
      label: "FIN with data",
      story: shake + "1s A FP. 1001:1101 ack 5001\n+10ms B F. 5001 ack 1102\n+10ms A . 1102 ack 5002",
      client: "TIME-WAIT", server: "CLOSED", phase: "closed"),
    Walk(
      label: "exact RST", story: shake + "1s A R 1001 nots", client: "CLOSED", server: "CLOSED", phase: "reset"),
    Walk(
      label: "RST that is not exact", story: shake + "1s A R 1500 nots", client: "ESTABLISHED", server: "ESTABLISHED",
      phase: "established"),
    Walk(
      label: "refused", story: "0 A S 1000\n+10ms B R. 0 ack 1001 nots", client: "CLOSED", server: "CLOSED",
      phase: "reset"),
    Walk(
      label: "SYN-ACK of another connection", story: "0 A S 1000\n+10ms B S. 5000 ack 77", client: "SYN-SENT",
      server: "LISTEN", phase: "SYN unanswered"),
    Walk(
      label: "the capture has no SYN, only its answer", story: "0 B S. 5000 ack 1001\n+10ms A . 1001 ack 5001",
      client: "ESTABLISHED", server: "ESTABLISHED", phase: "established (mid-stream)"),
  ]

  @Test("Both ends stand where RFC 9293 puts them", arguments: walks)
  func states(_ walk: Walk) throws {
    let end = try #require(try Story(walk.story).ended.first)
    #expect(end.clientStateName == walk.client && end.serverStateName == walk.server && end.phaseName == walk.phase)
  }

  @Test("A walk leads to the same states with other addresses, sequence numbers and framings", arguments: walks)
  func variants(_ walk: Walk) throws {
    for name in ["isn-near-wrap", "ipv6", "roles-swapped", "sll2"] {
      let end = try #require(try Story(walk.story, Stories.variant(name)).ended.first)
      #expect(end.clientStateName == walk.client && end.serverStateName == walk.server, "\(name)")
    }
  }

  @Test("Simultaneous close leaves both ends in TIME-WAIT (RFC 9293 figure 13)")
  func simultaneousClose() throws {
    let story =
      Self.shake + """
        1s    A F. 1001 ack 5001
        +1ms  B F. 5001 ack 1001
        +10ms B .  5002 ack 1002
        +1ms  A .  1002 ack 5002
        """
    let end = try #require(try Story(story).ended.first)
    #expect(end.phaseName == "closed" && end.clientStateName == "TIME-WAIT")
    #expect(end.serverStateName == "TIME-WAIT")
  }

  @Test("Simultaneous open leads to ESTABLISHED on both ends (RFC 9293 figure 8)")
  func simultaneousOpen() throws {
    let story =
      "0 A S 1000\n+1ms B S 5000\n+10ms A S. 1000 ack 5001\n+1ms B S. 5000 ack 1001\n+10ms A P. 1001:1101 ack 5001"
    let end = try #require(try Story(story).ended.first)
    #expect(
      end.phaseName == "established" && end.clientStateName == "ESTABLISHED" && end.serverStateName == "ESTABLISHED")
  }

  @Test("The time since which an end is in its state is that of the segment that put it there")
  func since() throws {
    let end = try #require(try Story(Self.closing + "2s B P. 5001:5101 ack 1002").ended.first)
    #expect(end.clientStateSince - end.firstTime == 1_010_000_000)
    #expect(end.serverStateSince - end.firstTime == 1_010_000_000)
    #expect(end.lastTime - end.firstTime == 2_000_000_000)
  }

  @Test("The handshake lasts from the SYN to the third segment")
  func handshake() throws {
    #expect(try Story(Self.shake).ended.first?.handshake == 20_000_000)
    #expect(try Story("0 B S. 5000 ack 1001\n+10ms A . 1001 ack 5001").ended.first?.handshake == 0)
    let again = "0 A S 1000\n1s A S 1000\n+10ms B S. 5000 ack 1001\n+10ms A . 1001 ack 5001"
    #expect(try Story(again).ended.first?.handshake == 1_020_000_000)
  }

  @Test(
    "Who sent the RST is remembered",
    arguments: [
      ("1s A R 1001 nots", true), ("1s B R 5001 nots", false), ("1s B R. 5001 ack 1001", false),
    ])
  func resetter(line: String, byClient: Bool) throws {
    let end = try #require(try Story(Self.shake + line).ended.first)
    #expect(end.resetByClient == byClient)
    #expect(end.endingName == (byClient ? "RST from client" : "RST from server"))
  }

  @Test("A RST in the window but not exact is an oddity, an exact one is not")
  func inexact() throws {
    let story = try Story(Self.shake + "1s A R 1500 nots @guess\n+1ms A R 1001 nots @exact")
    #expect(story.anomalies("guess").contains(.inexactReset))
    #expect(!story.anomalies("exact").contains(.inexactReset))
    #expect(story.ended.first?.phaseName == "reset")
  }

  @Test("Roles come from the SYN, else from the ports")
  func roles() throws {
    let midStream = try #require(try Story("0 B P. 5001:5101 ack 1001\n+10ms A . 1001 ack 5101").ended.first)
    #expect(midStream.client.port == 40_000 && midStream.rolesGuessed && midStream.midStream)
    let opened = try #require(try Story("conn odd A:80 B:40000\nhandshake odd").ended.first)
    #expect(opened.client.port == 80 && !opened.rolesGuessed && !opened.midStream)
    let answer = try #require(try Story("0 B S. 5000 ack 1001").ended.first)
    #expect(answer.client.port == 40_000 && answer.midStream && !answer.sawSYNAndSYNACK)
  }
}
