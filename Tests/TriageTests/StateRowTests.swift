import Dissection
import TestSupport
import Testing
import Tracking
import Triage

/// `show states` and `show tracer`: the walk through the states of RFC 9293, figure 5.
struct StateRowTests {
  private func walk(_ story: String, _ variant: String = "plain") throws -> [String] {
    try TableRun.rows(story, StateRows(), Stories.variant(variant)).rows.map { row in
      let milliseconds = row.change.duration.map { "\($0 / 1_000_000)" } ?? "-"
      return
        "\(row.isLocal ? "A" : "B") \(row.change.old.kernelName)>\(row.change.new?.kernelName ?? "still") \(milliseconds)"
    }
  }

  private static let opening = [
    "A CLOSE>SYN_SENT -", "B LISTEN>SYN_RECV -", "A SYN_SENT>ESTABLISHED 20", "B SYN_RECV>ESTABLISHED 10",
  ]

  @Test("A connection that the client closes walks through every state of both ends")
  func normal() throws {
    let story = "handshake\n+100ms A F.\n+10ms B .\n+300ms B F.\n+10ms A ."
    let closing = [
      "A ESTABLISHED>FIN_WAIT1 100", "A FIN_WAIT1>FIN_WAIT2 10", "B ESTABLISHED>CLOSE_WAIT 110",
      "B CLOSE_WAIT>LAST_ACK 300", "A FIN_WAIT2>TIME_WAIT 310", "B LAST_ACK>CLOSE 10",
    ]
    #expect(try walk(story) == Self.opening + closing)
    #expect(try walk(story, "ipv6") == Self.opening + closing)
    #expect(try walk(story, "doubled") == Self.opening + closing)
  }

  @Test("A FIN that acknowledges the other's passes CLOSE_WAIT in no time")
  func quick() throws {
    let rows = try walk("handshake\n+100ms A F.\n+10ms B F.\n+10ms A .")
    #expect(rows.contains("B ESTABLISHED>CLOSE_WAIT 110") && rows.contains("B CLOSE_WAIT>LAST_ACK 0"))
  }

  @Test("Two FINs that cross lead through CLOSING")
  func crossing() throws {
    let rows = try walk("handshake\n+100ms A F.\n+1ms B F. ack 1001\n+10ms A . ack 5002\n+1ms B . ack 1002")
    #expect(rows.contains { $0.hasSuffix("FIN_WAIT1>CLOSING 11") || $0.hasSuffix("FIN_WAIT1>CLOSING 10") }, "\(rows)")
    #expect(rows.contains { $0.contains("CLOSING>TIME_WAIT") })
  }

  @Test("A RST closes both ends at once")
  func reset() throws {
    let rows = try walk("handshake\n+100ms B R.")
    #expect(
      rows.suffix(2) == ["A ESTABLISHED>CLOSE 100", "B ESTABLISHED>CLOSE 110"]
        || rows.suffix(2) == [
          "A ESTABLISHED>CLOSE 100", "B ESTABLISHED>CLOSE 100",
        ])
  }

  @Test("An end that never closes its side is told of at the end, with the time it has waited")
  func leak() throws {
    let rows = try walk("handshake\n+100ms A F.\n+10ms B .\nconn other A:41000 B:80\n+5s other A S")
    #expect(rows.contains("B CLOSE_WAIT>still 5000") && rows.contains("A FIN_WAIT2>still 5000"), "\(rows)")
    #expect(rows.contains("A SYN_SENT>still 0"))
  }

  @Test("A capture that begins in the middle knows the states, but not how long they had lasted")
  func midStream() throws {
    let rows = try walk("+0 A P. 1001:1101 ack 5001\n+10ms B . ack 1101\n+50ms A F.\n+10ms B .")
    #expect(rows.first == "A ESTABLISHED>FIN_WAIT1 -" && rows.contains("A FIN_WAIT1>FIN_WAIT2 10"), "\(rows)")
  }

  @Test("tracer tells opening and closing by the side of the local host, and by whom")
  func tracer() throws {
    let story = "handshake\n+100ms A F.\n+10ms B F.\n+10ms A ."
    func events(_ local: String, _ story: String) throws -> [String] {
      try TableRun.rows(story, TracerRows(), local: [local]).rows.map {
        "\($0.kind.rawValue) \($0.sides.local.port)>\($0.sides.remote.port) \($0.closing)"
      }
    }
    #expect(try events("10.0.0.1", story) == ["C 40000>80 ", "X 40000>80 FIN sent"])
    #expect(try events("10.0.0.2", story) == ["A 80>40000 ", "X 80>40000 FIN sent"])
    #expect(try events("10.0.0.1", "handshake\n+9ms B R.").last == "X 40000>80 RST received")
  }
}
