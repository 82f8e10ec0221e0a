import Dissection
import TestSupport
import Testing

@testable import Tracking

/// Frames that the capture has in the wrong order, or twice with others between.
struct DisorderTests {
  @Test("Data recorded just after their acknowledgment are neither old nor missed")
  func exchanged() throws {
    let story = try Story(
      """
      handshake
      100ms   B . next:+1448
      +0.1ms  B . 7897:9345
      +0.02ms A . ack 9345
      +0.02ms B . 6449:7897 @late
      +10ms   B . 9345:10793
      +10ms   A . ack 10793
      """)
    #expect(!story.verdict("late").contains("out-of-window"))
    #expect(!story.verdict("late").contains("needless"))
    #expect(story.missedBytes == 0)
  }

  @Test("Data that never come are missed all the same")
  func missed() throws {
    let story = try Story(
      """
      handshake
      100ms   B . next:+1448
      +0.1ms  B . 7897:9345
      +0.02ms A . ack 9345
      +10ms   B . 9345:10793
      +10ms   A . ack 10793
      """)
    #expect(story.missedBytes == 1448)
  }

  @Test("A SYN recorded after its SYN-ACK is the handshake")
  func lateSYN() throws {
    let story = try Story(
      """
      0ms     B S. 5000 ack 1001
      +0.02ms A S 1000 @syn
      +10ms   A . 1001 ack 5001
      +10ms   A P. 1001:1101 ack 5001
      +10ms   B . 5001 ack 1101
      """)
    #expect(story.verdict("syn") == "ordinary" || story.verdict("syn") == "handshake")
    let end = try #require(story.ended.first)
    #expect(!end.midStream && end.sawSYNAndSYNACK && end.client.port == 40000)
  }

  @Test("The latest segments of a doubled file are known by signature and connection until they are forgotten")
  func recent() {
    var recent = RecentSegments()
    let (one, two) = (ConnectionID(rawValue: 1), ConnectionID(rawValue: 2))
    #expect(recent.original(of: 7, one) == nil)
    recent.note(7, one, Original(moment: 5, place: 3, hopLimit: 64))
    #expect(recent.original(of: 7, one)?.moment == 5)
    #expect(recent.original(of: 7, two) == nil && recent.original(of: 8, one) == nil)
    recent.forget(7, one)
    #expect(recent.original(of: 7, one) == nil)
  }

  @Test("A fast retransmission that the late original's acknowledgment meets on its way crossed it")
  func crossed() throws {
    let story = try Story(
      """
      handshake
      100ms   B . next:+1448
      +0.1ms  repeat 4 every 0.1ms {
        +0      B . next:+1448
      }
      +10ms   A . ack 5001 sack=6449-7897
      +0.1ms  A . ack 5001 sack=6449-9345
      +0.1ms  A . ack 5001 sack=6449-12241
      +0.1ms  B . 5001:6449 @again
      +1ms    A . ack 12241
      +9ms    A . ack 12241 sack=5001-6449
      """)
    let words = story.words(on: "again")
    #expect(story.verdict("again") == "retransmission fast needless")
    #expect(words.contains { $0.anomalies.contains([.needless, .crossedOriginal]) && $0.amendedBy > 0 })
  }
}
