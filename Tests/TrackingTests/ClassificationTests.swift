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
      story:
        "handshake\n+1s B . 5001 ack 1001 win 0 @closed\n+1s A . 1000 ack 5001 @probe\n+10ms B . 5001 ack 1001 win 0 @answer",
      verdicts: ["closed": "window-update", "probe": "window-probe out-of-window-old", "answer": "window-probe-ack"]),
    Case(
      label: "zero-window probe of one byte",
      story:
        "handshake\n+1s B . 5001 ack 1001 win 0\n+1s A . 1000:1001 ack 5001 @probe\n+10ms B . 5001 ack 1001 win 0 @answer",
      verdicts: ["probe": "window-probe", "answer": "window-probe-ack"]),
    Case(
      label: "window update",
      story: "handshake\n+1s B . 5001 ack 1001 win 600 @update\n+1s B . 5001 ack 1001 win 600 @again",
      verdicts: ["update": "window-update", "again": "idle-ack"]),
    Case(
      label: "idle ACK that nobody asked for", story: "handshake\n+1s A . 1001 ack 5001 @idle",
      verdicts: ["idle": "idle-ack"]),
    Case(
      label: "old ACK overtaken by a newer one",
      story:
        "handshake\n+1s A P. 1001:1101\n+10ms A P. 1101:1201\n+10ms B . 5001 ack 1201\n+1ms B . 5001 ack 1101 @late",
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
      label: "changed ECN flags ride on a bare ACK",
      story: "handshake\n+1s A .E 1001 ack 5001 @echo\n+1s A .E 1001 ack 5001 @same",
      verdicts: ["echo": "ordinary", "same": "idle-ack"]),
    Case(
      label: "Multipath TCP signals ride on bare ACKs",
      story:
        "handshake\n+1s A . 1001 ack 5001 opts=1e0820aa00000001 @signal\n+1s A . 1001 ack 5001 opts=1e0820aa00000002 @next",
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
      story:
        "handshake\n+0.5s A P. 1001:1101 tsval=100505\n+0.1ms A . 1001 ack 5001 tsval=100500 @late\n+9ms B . 5001 ack 1101",
      verdicts: ["late": "idle-ack"]),
    Case(
      label: "PAWS forgets after 2147 s",
      story: "handshake\n+2148s A P. 1001:1101 tsval=50000 @fresh\n+10ms B . 5001 ack 1101",
      verdicts: ["fresh": "ordinary"]),
  ]

  @Test("A segment without news is told by its kind", arguments: acknowledgments)
  func acknowledgment(_ one: Case) throws { try check(one) }

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
