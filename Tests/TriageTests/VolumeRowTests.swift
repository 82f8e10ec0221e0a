import Dissection
import Frames
import TestSupport
import Testing
import Tracking

@testable import Triage

/// `show top`, `show subnet`, `show retrans`, and which host is local.
struct VolumeRowTests {
  private static let busy = """
    host C 192.168.7.1
    conn big A:41000 B:80
    conn small A:42000 C:80
    handshake big
    handshake small
    500ms big A P. 1001:2001
    +10ms big B . ack 2001
    2500ms small A P. 1001:1101
    +10ms small C P. 5001:5301 ack 1101
    +10ms big A P. 2001:2401
    """

  @Test("top has rows for each slice of time that has packets, the most bytes first")
  func slices() throws {
    let rows = try TableRun.rows(Self.busy, TopRows(interval: PacketTime.second, most: 10), local: ["10.0.0.1"]).rows
    let shown = rows.map {
      "\($0.time / PacketTime.second % 60) \($0.pair?.remote.address.description ?? "other") \($0.volume.sent) \($0.volume.received)"
    }
    #expect(shown.count == 4)
    #expect(shown.prefix(2) == ["0 10.0.0.2 1000 0", "0 192.168.7.1 0 0"])
    // Equal sums: by address.
    #expect(shown.suffix(2) == ["2 10.0.0.2 400 0", "2 192.168.7.1 100 300"])
  }

  @Test("What top does not list is summed in one row")
  func others() throws {
    let rows = try TableRun.rows(Self.busy, TopRows(interval: nil, most: 1), local: ["10.0.0.1"]).rows
    #expect(rows.count == 2 && rows[0].volume.sent == 1400 && rows[1].pair == nil)
    #expect(rows[1].volume.sent == 100 && rows[1].volume.received == 300)
  }

  @Test("subnet counts each remote address in the first subnet that holds it")
  func subnets() throws {
    let list = ["192.168.0.0/16", "192.168.7.0/24"].compactMap { AddressRange($0) }
    let rows = try TableRun.rows(Self.busy, SubnetRows(list, interval: nil), local: ["10.0.0.1"]).rows
    #expect(rows.map { $0.subnet?.description ?? "other" } == ["other", "192.168.0.0/16"])
    #expect(rows.map(\.volume.sent) == [1400, 100] && rows.map(\.volume.received) == [0, 300])
  }

  @Test("Port filters leave other connections out before anything is summed")
  func ports() throws {
    var choice = PortChoice()
    choice.local = [42_000]
    let rows = try TableRun.rows(Self.busy, TopRows(interval: nil, most: 9), local: ["10.0.0.1"], ports: choice).rows
    #expect(rows.map(\.volume.received) == [300])
    choice.remote = [443]
    #expect(
      try TableRun.rows(Self.busy, TopRows(interval: nil, most: 9), local: ["10.0.0.1"], ports: choice).rows.isEmpty)
  }

  @Test("retrans tells side, cause and later words; --count sums them")
  func retransmissions() throws {
    let story = """
      handshake
      +10ms A P. 1001:2001
      +300ms A P. 1001:2001
      +10ms B . ack 2001 sack=1001-2001
      """
    let row = try #require(try TableRun.rows(story, RetransRows(), local: ["10.0.0.1"]).rows.first)
    #expect(row.isLocal && row.isSpurious && row.state == .established)
    #expect(row.observation.cause == .rto || row.observation.cause == .tailLossProbe)
    let remote = try #require(try TableRun.rows(story, RetransRows(), local: ["10.0.0.2"]).rows.first)
    #expect(!remote.isLocal && remote.sides.local.port == 80)
    let live = try #require(try TableRun.rows(story, RetransRows(isLive: true), local: ["10.0.0.1"]).rows.first)
    #expect(live.observation.segment.frame == row.observation.segment.frame && !live.isSpurious)
    let counted = try TableRun.rows(story, RetransCountRows(), local: ["10.0.0.1"]).rows
    #expect(counted.map(\.tally.retransmits) == [1] && counted[0].tally.spurious == 1 && counted[0].tally.bytes == 1000)
    let unanswered = try #require(try TableRun.rows("0s A S\n+1s A S", RetransRows()).rows.first)
    #expect(unanswered.state == .synSent && unanswered.observation.cause == .syn)
  }

  @Test("Very many retransmissions take no time that grows with their square", .timeLimit(.minutes(1)))
  func manyRetransmissions() throws {
    var observation = try #require(try TableRun.rows("0s A S\n+1s A S", RetransRows()).rows.first).observation
    var rows = RetransRows()
    var count = 0
    for frame in 1...150_000 as ClosedRange<UInt64> {
      observation.segment.frame = frame
      rows.take(observation, LocalHosts([])) { _ in count += 1 }
    }
    rows.finish(LocalHosts([])) { _ in count += 1 }
    #expect(count == 150_000)
  }

  @Test("Too many keys: the heavy ones stay, nothing is lost from the sum")
  func bounded() {
    var tally = BoundedTally<Int, Volume>()
    let count = BoundedTally<Int, Volume>.most * 2
    for key in 0..<count { tally.change(key) { $0.sent = key == 7 ? 1_000_000 : 1 } }
    let (listed, other) = tally.take(most: 3)
    #expect(listed.count == 3 && listed[0].key == 7)
    #expect(listed.reduce(other?.sent ?? 0) { $0 + $1.sum.sent } == UInt64(count - 1) + 1_000_000)
    #expect(tally.take().listed.isEmpty)
  }

  @Test("The local host is the one that all traffic has in common, or whose packets are fresh, or that opened first")
  func local() throws {
    func reason(_ story: String) throws -> String {
      try TableRun.rows(story, TopRows(interval: nil, most: 9)).reason ?? "none"
    }
    #expect(try reason(Self.busy).hasPrefix("Local is 10.0.0.1: it takes part in all segments"))
    let fresh = "host A 10.0.0.1 ttl=60\nhost B 10.0.0.2 ttl=64\nhandshake"
    #expect(try reason(fresh).hasPrefix("Local is 10.0.0.2: no router"))
    #expect(try reason("handshake").contains("10.0.0.1: it opened the first connection, which is a guess"))
    let apart = "host C 10.0.0.3\nhost D 10.0.0.4\nconn other C:1000 D:80\nhandshake\nhandshake other"
    #expect(try reason(apart).hasPrefix("No host takes part in all"))
    #expect(
      try TableRun.rows("handshake", TopRows(interval: nil, most: 9), local: ["10.0.0.0/8"]).reason?.isEmpty == true)
  }

  @Test("Ranges of addresses are read and compared in both families")
  func ranges() throws {
    let net = try #require(AddressRange("10.1.2.3/8"))
    #expect(net.description == "10.0.0.0/8" && net.contains(IPAddress(v4: 0x0AFF_0001)))
    #expect(!net.contains(IPAddress(v4: 0x0B00_0001)))
    let six = try #require(AddressRange("2001:db8::ff00:0/112"))
    #expect(
      six.contains(IPAddress(high: 0x2001_0DB8_0000_0000, low: 0xFF00_1234))
        && six.description == "2001:db8::ff00:0/112")
    #expect(AddressRange("::/0")?.contains(IPAddress(v4: 1)) == false)
    #expect(AddressRange("0.0.0.0/0")?.contains(IPAddress(v4: 1)) == true)
    #expect(AddressRange("fe80::1")?.description == "fe80::1")
    for wrong in [
      "", "/", "10.0.0", "10.0.0.256", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/+8", "1:2:3", ":::", "1::2::3",
      "12345::", "10.0.0.1/8/9", "::1/129", "1:2:3:4:5:6:7:8:9", "::+1",
    ] { #expect(AddressRange(wrong) == nil, "\(wrong)") }
  }

  @Test("Segments that no host would send trap nowhere, and every table ends", arguments: [1, 2, 3] as [UInt64])
  func random(seed: UInt64) {
    var chance = Chance(seed: seed)
    var settings = TrackingSettings()
    settings.observeOrdinary = true
    settings.maxMemory = 1 << 24
    var tracker = Tracker(settings)
    var count = 0
    func feed<Rows: TableRows>(_ rows: Rows) -> TableFeed<Rows> {
      TableFeed(rows, local: [], ports: PortChoice()) { _ in count += 1 }
    }
    var states = feed(StateRows())
    var tracer = feed(TracerRows())
    var life = feed(LifeRows())
    var openings = feed(OpeningRows(.answered(atLeast: 0)))
    var retrans = feed(RetransCountRows())
    var top = feed(TopRows(interval: 1_000_000, most: 3))
    for frame in 1...20_000 as ClosedRange<UInt64> {
      let edge = [Int64.min, .max, 0, Int64(frame) * 1_000_000][chance.next() % 40 == 0 ? Int(chance.next() % 3) : 3]
      var segment = Segment.made(
        Int(chance.next() % 20), frame: frame, time: edge, flags: TCPFlags(rawValue: UInt16(chance.next() & 0x1F)),
        payload: UInt32(truncatingIfNeeded: chance.next() % 3 == 0 ? chance.next() : 100), reply: chance.next() & 1 == 0
      )
      segment.sequence = SequenceNumber(UInt32(truncatingIfNeeded: chance.next() % 5000))
      segment.acknowledgment = SequenceNumber(UInt32(truncatingIfNeeded: chance.next() % 5000))
      tracker.track([segment], RawSpan())
      let (observations, ended) = (tracker.observations, tracker.ended)
      states.take(observations); states.take(ended)
      tracer.take(observations); tracer.take(ended)
      life.take(observations); life.take(ended)
      openings.take(observations); openings.take(ended)
      retrans.take(observations); retrans.take(ended)
      top.take(observations); top.take(ended)
      tracker.clear()
    }
    while tracker.finish() {}
    life.take(tracker.ended); states.take(tracker.ended)
    states.finish(); tracer.finish(); life.finish(); openings.finish(); retrans.finish(); top.finish()
    #expect(count > 1000)
  }
}
