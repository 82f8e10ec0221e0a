import TestSupport
import Testing
import Tracking

/// Frames that stand in the capture twice, and ACKs that only look like it.
struct CopyTests {
  private static let transfer = "handshake\n+10ms B data 30x1448\n+10ms close B"

  @Test("A doubled capture has as many copies as segments, and the same connection", arguments: ["plain", "ipv6"])
  func doubled(variant: String) throws {
    let once = try Story(Self.transfer, Stories.variant(variant))
    let twice = try Story("capture copies=5us\n" + Self.transfer, Stories.variant(variant))
    #expect(once.copies == 0)
    // In IPv6 nothing tells copies of bare ACKs before enough data has come twice.
    #expect(twice.copies * 2 >= UInt64(twice.segments) - 4)
    #expect(twice.kinds.isSubset(of: ["capture-duplicate", "idle-ack", "duplicate-ack", "handshake"]))
    #expect(twice.ended.map(\.phaseName) == once.ended.map(\.phaseName))
    #expect(twice.ended.first?.fromServer.payloadBytes == once.ended.first?.fromServer.payloadBytes)
    #expect(twice.ended.first?.fromServer.retransmissions == 0)
  }

  @Test("Copies routed between two interfaces differ in TTL and are copies all the same")
  func routed() throws {
    let story = try Story("capture copies=5us copyttl=-1\n" + Self.transfer)
    #expect(story.copies * 2 == UInt64(story.segments))
  }

  @Test("Equal ACKs of a storm without IP identification are no copies")
  func storm() throws {
    let story = try Story(
      "capture ipv6\nconn main A:40000 B:80 rtt=0.5ms\nhandshake\n+100ms clock B 500000\n+0 clock A 90000\n"
        + "+0 repeat 300 every 0.5ms {\n+0 B . 5001 ack 1001\n+0.25ms A . 1001 ack 5001\n}",
      Stories.variant("ipv6"))
    #expect(story.copies == 0)
    #expect(story.observations.count { $0.kind == .idleACK } >= 590)
  }

  struct Pair: Sendable, CustomTestStringConvertible {
    var label: String
    var second: String
    var isCopy: Bool
    var testDescription: String { label }
  }

  static let pairs = [
    Pair(label: "equal within 10 ms", second: "+9ms A P. 1001:1101 id=500 tsval=101000 @x", isCopy: true),
    Pair(label: "equal after 10 ms", second: "+11ms A P. 1001:1101 id=500 tsval=101000 @x", isCopy: false),
    Pair(label: "another IP identification", second: "+1ms A P. 1001:1101 id=501 tsval=101000 @x", isCopy: false),
    Pair(label: "another timestamp", second: "+1ms A P. 1001:1101 id=500 tsval=101001 @x", isCopy: false),
    Pair(label: "another window", second: "+1ms A P. 1001:1101 id=500 tsval=101000 win 501 @x", isCopy: false),
    Pair(label: "another flag", second: "+1ms A . 1001:1101 id=500 tsval=101000 @x", isCopy: false),
    Pair(label: "another acknowledgment", second: "+1ms A P. 1001:1101 ack 5000 id=500 tsval=101000 @x", isCopy: false),
    Pair(label: "another TTL only", second: "+1ms A P. 1001:1101 id=500 tsval=101000 ttl=60 @x", isCopy: true),
    Pair(
      label: "the one before the last",
      second: "+1ms A P. 1101:1201 id=501 tsval=101000\n+1ms A P. 1001:1101 id=500 tsval=101000 @x",
      isCopy: true),
  ]

  @Test("A copy equals one of the last two segments in every telling field", arguments: pairs)
  func telling(_ pair: Pair) throws {
    let story = try Story("handshake\n1s A P. 1001:1101 id=500 tsval=101000\n" + pair.second)
    #expect((story.verdict("x") == "capture-duplicate") == pair.isCopy)
  }

  @Test(
    "Without identification and timestamps only a millisecond makes a copy", arguments: [(900, true), (1100, false)])
  func plain(microseconds: Int, isCopy: Bool) throws {
    let story = try Story(
      "conn main A:40000 B:80 nots\nhandshake\n1s A P. 1001:1101 id=0\n+\(microseconds)us A P. 1001:1101 id=0 @x")
    #expect((story.verdict("x") == "capture-duplicate") == isCopy)
  }

  @Test("Every segment is among those that were looked at for copies, unanswered SYNs too")
  func census() throws {
    let answered = try Story("handshake\n+1s A P. next:+100\n+10ms B .")
    #expect(answered.lookedAt == UInt64(answered.segments))
    let silent = try Story(
      "host S[100] 10.1.0.1\nconn f[100] S[i]:40000+i B:80\nrepeat 100 every 1ms {\n+0 f[i] S S\n}\n")
    #expect(silent.lookedAt == UInt64(silent.segments))
  }
}
