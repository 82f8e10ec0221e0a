import Dissection
import Frames
import TestSupport
import Testing
import Tracking
import Triage

/// `show connect`, `show accept`, `show connlat`, `show life`: handshakes, and what became of connections.
struct OpeningRowTests {
  private func rows(
    _ story: String, _ choice: OpeningRows.Choice = .active, local: String = "10.0.0.1", _ variant: String = "plain"
  ) throws -> [OpeningRow] {
    try TableRun.rows(story, OpeningRows(choice), local: [local], Stories.variant(variant)).rows
  }

  @Test("The latency holds the timers of repeated SYNs, the round trip does not")
  func retries() throws {
    let row = try #require(try rows("lost A S\n+1s A S\n+3ms B S.\n+1ms A .").first)
    #expect(row.opening.syns == 2 && row.opening.synACKs == 1 && row.outcome == .established)
    #expect(row.latency == 1_004 * PacketTime.millisecond && row.roundTrip == 4 * PacketTime.millisecond)
    #expect(row.place == .middle)
  }

  @Test("Near the client the latency ends with the SYN-ACK, near the server with its acknowledgment")
  func place() throws {
    let near = try #require(try rows("0s A S\n+20ms B S.\n+0.05ms A .").first)
    #expect(near.place == .client && near.latency == 20 * PacketTime.millisecond)
    let far = try #require(try rows("0s A S\n+0.05ms B S.\n+20ms A .").first)
    #expect(far.place == .server && far.latency == 20_050 * PacketTime.microsecond)
  }

  @Test("Copies that the capture made count as nothing")
  func copies() throws {
    let row = try #require(try rows("handshake", .active, "doubled").first)
    #expect(row.opening.syns == 1 && row.opening.synACKs == 1)
  }

  @Test(
    "Every outcome of a handshake has its name",
    arguments: [
      ("handshake", "established"), ("0s A S\n+10ms B R. 0 ack 1001", "refused"), ("0s A S\n+1s A S", "no answer"),
      ("0s A S\n+10ms B S.\n+1s B S.", "unfinished"),
      ("0s A S\n+10ms missed B S.\n+20ms A .\n+1ms A P. 1001:1101", "established"),
    ])
  func outcomes(story: String, name: String) throws {
    #expect(try rows(story).map(\.outcome.rawValue) == [name])
  }

  @Test("accept lists what a local host took, connect what it opened")
  func sides() throws {
    #expect(try rows("handshake", .passive).isEmpty)
    #expect(try rows("handshake", .passive, local: "10.0.0.2").count == 1)
    #expect(try rows("handshake", .active, local: "10.0.0.2").isEmpty)
    let agreed = try #require(try rows("handshake", .passive, local: "10.0.0.2").first)
    #expect(agreed.options == "ws sack ts")
    #expect(try rows("handshake", .answered(atLeast: 21 * PacketTime.millisecond)).isEmpty)
  }

  @Test("connect --count sums the attempts per server")
  func counts() throws {
    let story = """
      conn f[3] A:41000+i B:443
      handshake f[0]
      handshake f[1]
      +1s f[2] A S
      handshake
      """
    let rows = try TableRun.rows(story, ConnectCountRows(), local: ["10.0.0.1"]).rows
    #expect(
      rows.map { "\($0.client) \($0.server) \($0.port ?? 0) \($0.tally.connects) \($0.tally.failed)" } == [
        "10.0.0.1 10.0.0.2 443 3 1", "10.0.0.1 10.0.0.2 80 1 0",
      ])
  }

  @Test("life counts each byte once and says what it has not seen")
  func life() throws {
    let story = """
      handshake
      +10ms A P. 1001:2001
      +300ms A P. 1001:2001
      +10ms B . ack 2001
      +10ms B P. 5001:5101
      +10ms A .
      close A
      """
    let whole = try #require(try TableRun.rows(story, LifeRows(), local: ["10.0.0.1"]).rows.first)
    #expect(whole.sent == 1000 && whole.received == 100 && whole.local.retransmissions == 1)
    #expect(whole.sawStart && whole.sawEnd && whole.ending == "FIN" && whole.handshakeRetries == 0)
    let part = try #require(try TableRun.rows("+0 A P. 1001:1101 ack 5001", LifeRows()).rows.first)
    #expect(!part.sawStart && !part.sawEnd && part.sent == 100)
    let failed = try #require(try TableRun.rows("0s A S\n+1s A S", LifeRows()).rows.first)
    #expect(failed.ending == "no answer" && failed.handshakeRetries == 1 && !failed.sawEnd)
  }

  @Test("Late and resent segments behind a loss are counted once, too")
  func disorder() throws {
    let story = """
      handshake
      +10ms unseen A P. 1001:2001
      +1ms A P. 2001:3001
      +10ms B . ack 1001 sack=2001-3001
      +200ms A P. 1001:2001
      +10ms B . ack 3001
      """
    let row = try #require(try TableRun.rows(story, LifeRows(), local: ["10.0.0.1"]).rows.first)
    #expect(row.sent == 2000)
  }
}
