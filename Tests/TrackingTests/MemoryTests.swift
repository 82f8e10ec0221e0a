import Dissection
import TestSupport
import Testing

@testable import Tracking

/// Memory that has a limit, and an account of everything that passed through it.
struct MemoryTests {
  private static let connections = 100_000

  /// Sends segments in batches, and adds up what ended meanwhile.
  private struct Feed: ~Copyable {
    var tracker: Tracker
    var waiting: [Segment] = []
    var sent: UInt64 = 0
    var ended = 0
    var packets: UInt64 = 0
    var evictedEnds: UInt64 = 0
    var ids: Set<UInt64> = []
    var mostOpen = 0

    init(maxMemory: Int) {
      var settings = TrackingSettings()
      settings.maxMemory = maxMemory
      tracker = Tracker(settings)
    }

    mutating func send(_ segment: Segment) {
      waiting.append(segment)
      sent += 1
      if waiting.count == Tracker.batchSize { flush() }
    }

    mutating func flush() {
      let nothing: [UInt8] = []
      tracker.track(waiting, nothing.span.bytes)
      waiting.removeAll(keepingCapacity: true)
      collect()
    }

    mutating func collect() {
      mostOpen = max(mostOpen, tracker.openCount)
      for end in tracker.ended {
        ended += 1
        packets += end.fromClient.packets + end.fromServer.packets
        evictedEnds += end.ending == .evicted ? 1 : 0
        ids.insert(end.id.rawValue)
      }
      tracker.clear()
    }

    mutating func finish() {
      flush()
      while tracker.finish() { collect() }
      collect()
    }
  }

  /// Records that fit, by the shares that the table documents.
  private static func capacities(_ maxMemory: Int) -> (connections: Int, embryos: Int) {
    let share = maxMemory / 20
    let connections = share * 13 / MemoryLayout<Connection>.stride
    let embryos = share * 2 / MemoryLayout<Embryo>.stride
    return (connections, embryos)
  }

  @Test(
    "100,000 connections in little memory: the limit holds, and each is accounted for once",
    arguments: [1 << 20, 8 << 20])
  func limit(maxMemory: Int) {
    let (most, mostEmbryos) = Self.capacities(maxMemory)
    var feed = Feed(maxMemory: maxMemory)
    for number in 0..<Self.connections {
      let (frame, time) = (UInt64(number) + 1, Int64(number) * 1000)
      let kind = number % 4
      let flags: TCPFlags = kind == 0 ? .syn : kind == 3 ? [.rst, .ack] : .ack
      feed.send(Segment.made(number, frame: frame, time: time, flags: flags, payload: kind == 1 ? 100 : 0))
    }
    feed.finish()
    #expect(feed.mostOpen <= most + mostEmbryos && feed.mostOpen > most / 2)
    #expect(feed.ended == Self.connections && feed.ids.count == Self.connections)
    #expect(feed.packets == feed.sent)
    #expect(feed.tracker.evicted == feed.evictedEnds && feed.tracker.evicted > 0)
    #expect(feed.tracker.connectionCount == UInt64(Self.connections))
    #expect(feed.tracker.openCount == 0 || feed.tracker.openCount <= most)
  }

  @Test("Segments of many interleaved connections are each counted for their own, evicted or not")
  func interleaved() {
    var chance = Chance(seed: 5)
    var feed = Feed(maxMemory: 1 << 20)
    for frame in 1...60_000 as ClosedRange<UInt64> {
      let number = Int.random(in: 0..<5000, using: &chance)
      var segment = Segment.made(
        number, frame: frame, time: Int64(frame) * 1_000_000, flags: [.ack, .psh], payload: 10,
        reply: chance.next() & 1 == 0)
      segment.sequence = SequenceNumber(UInt32(frame) * 10)
      feed.send(segment)
    }
    feed.finish()
    #expect(feed.packets == feed.sent)
    #expect(feed.ids.count == feed.ended && UInt64(feed.ended) == feed.tracker.connectionCount)
    #expect(feed.tracker.evicted == feed.evictedEnds && feed.evictedEnds > 0)
  }

  @Test("What is over and what was seen once goes before what is alive")
  func order() {
    var feed = Feed(maxMemory: 1 << 20)
    let most = Self.capacities(1 << 20).connections
    var frame: UInt64 = 0
    let send = { (feed: inout Feed, number: Int, flags: TCPFlags, sequence: UInt32, payload: UInt32) in
      frame += 1
      var segment = Segment.made(number, frame: frame, time: Int64(frame) * 1000, flags: flags, payload: payload)
      segment.sequence = SequenceNumber(sequence)
      feed.send(segment)
    }
    // A few conversations, then a flood of single segments from elsewhere.
    for number in 0..<20 {
      for step in 0..<3 as Range<UInt32> { send(&feed, number, [.ack, .psh], step * 10, 10) }
    }
    for number in 100..<100 + most * 3 { send(&feed, number, .ack, 0, 0) }
    feed.flush()
    let before = feed.ended
    for number in 0..<20 { send(&feed, number, [.ack, .psh], 30, 10) }
    feed.flush()
    #expect(
      before > most && feed.tracker.connectionCount == UInt64(20 + most * 3), "no conversation began a second time")
  }

  @Test("Ends come in portions that bound memory")
  func portions() {
    var feed = Feed(maxMemory: 64 << 20)
    for number in 0..<1000 {
      feed.send(Segment.made(number, frame: UInt64(number) + 1, time: 0, flags: number % 2 == 0 ? .syn : .ack))
    }
    feed.flush()
    var portions: [Int] = []
    while feed.tracker.finish(most: 100) {
      portions.append(feed.tracker.ended.count)
      feed.tracker.clear()
    }
    #expect(portions.allSatisfy { $0 <= 200 } && portions.reduce(0, +) == 1000)
    let more = feed.tracker.finish()
    #expect(!more, "nothing is told twice")
  }
}

/// Records go when their time is over, by packet time.
struct ExpiryTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var label: String
    var story: String
    var seconds: Int
    var ending: ConnectionEnd.Ending
    var testDescription: String { label }
  }

  private static let shake = "0 A S 1000\n+10ms B S. 5000 ack 1001\n+10ms A . 1001 ack 5001\n"

  /// Source: tcp-pathologies section C, timeouts.
  static let cases = [
    Case(label: "SYN without answer", story: "0 A S 1000\n", seconds: 130, ending: .expired),
    Case(
      label: "SYN-ACK without third segment", story: "0 A S 1000\n+10ms B S. 5000 ack 1001\n", seconds: 70,
      ending: .expired),
    Case(label: "a single segment", story: "0 A P. 1001:1101 ack 5001\n", seconds: 60, ending: .expired),
    Case(label: "one FIN", story: shake + "+10ms A F. 1001 ack 5001\n", seconds: 600, ending: .expired),
    Case(
      label: "both FINs", story: shake + "+10ms A F. 1001 ack 5001\n+10ms B F. 5001 ack 1002\n", seconds: 120,
      ending: .expired),
    Case(
      label: "closed", story: shake + "+10ms A F. 1001 ack 5001\n+10ms B F. 5001 ack 1002\n+10ms A . 1002 ack 5002\n",
      seconds: 120,
      ending: .closed),
    Case(label: "reset", story: shake + "+10ms A R 1001 nots\n", seconds: 10, ending: .resetByClient),
  ]

  private func ending(_ story: String, after seconds: Int) throws -> ConnectionEnd.Ending? {
    // Other traffic lets packet time go on; enough of it for the sweep to come round.
    let other = "conn other A:50000 B:443\n"
    let traffic = "+\(seconds)s other A P. 1:11 ack 1\n+1ms repeat 200 every 1ms {\n+0 other A P. next:+10 ack 1\n}"
    return try Story(other + story + traffic).ended.first?.ending
  }

  @Test("A record is kept so long and no longer", arguments: cases)
  func lifetime(_ one: Case) throws {
    #expect(try ending(one.story, after: one.seconds - 2) == .captureEnd)
    #expect(try ending(one.story, after: one.seconds + 2) == one.ending)
  }

  @Test("An established connection is kept however long it is silent")
  func established() throws {
    #expect(try ending(Self.shake, after: 100_000) == .captureEnd)
  }
}
