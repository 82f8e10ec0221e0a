import Foundation
import Testing

@testable import Rendering
@testable import Triage

@Suite("Live mode without a terminal: log lines and JSON lines")
struct LiveLogTests {
  private static let events: [LiveEvent] = [
    .opened(LiveFixture.storm()), .worse(LiveFixture.burst(), from: .notice), .rested(LiveFixture.refused()),
    .reopened(LiveFixture.paws()), .withdrawn(LiveFixture.refused()), .remark("eth0 has no room left."), .summary,
  ]

  @Test("one line for each event, with time in UTC to the millisecond")
  func golden() {
    var log = LiveLog()
    var snapshot = LiveFixture.snapshot()
    snapshot.time += 7_999_999
    let time = "2026-09-21T14:25:54.007Z"
    #expect(
      log.lines(Self.events, snapshot) == [
        "\(time) finding 1, CRITICAL (certain) ack-storm opened between 10.0.0.1:40003 and 10.0.0.2:443, "
          + "process python3[1234], counters differ: "
          + "398 bare ACKs in 199 ms: both ends repeat the same numbers and disagree by 999 bytes.",
        "\(time) finding 2, WARNING (certain) retransmission-burst is worse than before (notice): 212 retransmissions "
          + "on 9 connections within 1.2 s: something on the path lost packets of all of them.",
        "\(time) finding 4, NOTICE (possible) smc-not-answered is at rest after 50 s: 10.0.0.1 offered SMC in its SYN, "
          + "10.0.0.2:443 answered without: the connection runs over plain TCP.",
        "\(time) finding 3, WARNING (likely) paws-reject goes on: 5 segments carry timestamps 95,006 ticks older than "
          + "the stored one; the peer drops them.",
        "\(time) finding 4, NOTICE (possible) smc-not-answered is withdrawn: later packets explain it",
        "\(time) eth0 has no room left.",
        "\(time) 10,000 frames/s, 60.8 Mbit/s, 56 retransmissions in the last second, 1,234 connections in memory, "
          + "3 open findings, 0 dropped",
      ])
  }

  @Test("rates come each ten seconds; drops when they begin")
  func periods() {
    var log = LiveLog()
    var snapshot = LiveFixture.snapshot()
    var texts: [String] = []
    for second in 0..<40 {
      snapshot.time = LiveFixture.now + Int64(second) * LiveFixture.second
      if (5..<9).contains(second) || second == 30 { snapshot.interfaces[0].droppedByRing += 12 }
      texts += log.lines([.summary], snapshot).map { "\(second) " + $0.dropFirst(25).prefix(31) }
    }
    #expect(
      texts == [
        "0 10,000 frames/s, 60.8 Mbit/s, 5", "5 frames are being dropped, findi", "10 10,000 frames/s, 60.8 Mbit/s, 5",
        "20 10,000 frames/s, 60.8 Mbit/s, 5", "30 frames are being dropped, findi",
        "30 10,000 frames/s, 60.8 Mbit/s, 5",
      ])
  }

  @Test("hostile text stays on its line and cannot act; lines are bounded")
  func hostile() throws {
    let snapshot = LiveFixture.hostile()
    var log = LiveLog()
    let events = snapshot.findings.flatMap { [LiveEvent.opened($0), .worse($0, from: .info), .rested($0)] }
    for line in log.lines(events + [.remark(Fixture.hostile), .summary], snapshot) {
      #expect(!line.unicodeScalars.contains(where: Visible.hides) && line.unicodeScalars.count < 700)
    }
    for event in events + [.remark(Fixture.hostile), .summary] {
      let bytes = LiveNDJSON.lines([event], snapshot)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(try JSONSerialization.jsonObject(with: Data(bytes)) is [String: Any])
      #expect(!text.dropLast().unicodeScalars.contains(where: Visible.hides) && text.hasSuffix("\n"))
    }
  }

  @Test("JSON lines give back what went in")
  func json() throws {
    let snapshot = LiveFixture.snapshot()
    let bytes = LiveNDJSON.lines([.opened(LiveFixture.storm())], snapshot)
    #expect(bytes.count { $0 == 0x0A } == 1)
    let root = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(root["event"] as? String == "finding-opened" && root["number"] as? Int == 1)
    #expect(root["time"] as? String == "2026-09-21T14:25:54.000000000Z" && root["rate"] as? Double == 1_990)
    let finding = try #require(root["finding"] as? [String: Any])
    let ids = FindingID.all(snapshot.report)
    #expect(finding["rule"] as? String == "ack-storm" && ids.contains(finding["id"] as? String ?? ""))
    let owners = try #require(root["owners"] as? [[String: Any]])
    #expect(owners[0]["pid"] as? Int == 1_234 && owners[0]["command"] as? String == "python3")
    let counters = try #require(root["counters"] as? [[String: Any]])
    #expect(counters.map { $0["verdict"] as? String } == ["mismatch", "matches"])
  }
}
