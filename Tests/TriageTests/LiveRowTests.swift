import Dissection
import Frames
import TestSupport
import Testing
import Tracking

@testable import Triage

/// What tables do differently when nobody wants to wait for the end.
struct LiveRowTests {
  private static let closed = "handshake\n+100ms A P. 1001:1101\n+10ms B . ack 1101\n+10ms A F.\n+10ms B F.\n+10ms A ."

  @Test("life: a connection has its row when packets end it, and only one")
  func life() throws {
    let live = try TableRun.live(Self.closed + "\n+1s B F. 5001 ack 1102\n+1ms A .", LifeRows(isLive: true))
    #expect(live.early == 1 && live.rows.count == 1)
    let row = try #require(live.rows.first)
    #expect(row.ending == "FIN" && row.sent == 100 && row.sawStart && row.sawEnd)
    let reset = try TableRun.live("handshake\n+100ms B R.", LifeRows(isLive: true))
    #expect(reset.early == 1 && reset.rows.map(\.ending) == ["RST from server"])
    let refused = try TableRun.live("A S\n+10ms B R. ack 1001", LifeRows(isLive: true))
    #expect(refused.early == 1 && refused.rows.map(\.ending) == ["refused"])
  }

  @Test("life: what is open at the end has its row then, and files wait for the end anyway")
  func open() throws {
    let live = try TableRun.live("handshake\n+100ms A P. 1001:1101", LifeRows(isLive: true))
    #expect(live.early == 0 && live.rows.map(\.ending) == ["capture end"])
    #expect(try TableRun.live(Self.closed, LifeRows()).early == 0)
  }

  @Test("life: a connection on the ports of an earlier one has a row of its own")
  func reused() throws {
    let again = "conn more A:40000 B:80\n+200s more A S 90000"
    let live = try TableRun.live(Self.closed + "\n" + again, LifeRows(isLive: true))
    #expect(live.rows.count == 2 && live.rows.last?.ending == "no answer")
  }

  @Test("top: a second ends by the clock, although no packet comes")
  func clock() throws {
    var rows = TopRows(interval: PacketTime.second, most: 10)
    var told: [TopRows.Row] = []
    rows.pass(5 * PacketTime.second) { told.append($0) }
    #expect(told.isEmpty)
    let segment = Segment.made(1, frame: 1, time: 7_200_000_000, flags: .ack)
    let observation = Observation(segment, connection: ConnectionID(rawValue: 1), fromClient: true)
    rows.take(observation, LocalHosts([])) { told.append($0) }
    rows.pass(7_900_000_000) { told.append($0) }
    #expect(told.isEmpty)
    rows.pass(8_000_000_000) { told.append($0) }
    #expect(told.map(\.time) == [7_000_000_000] && told[0].volume.segments == 1)
    rows.pass(12_000_000_000) { told.append($0) }
    #expect(told.count == 1)
  }
}
