import Dissection
import TestSupport
import Testing

@testable import Tracking

/// Segments that no host would send: nothing traps, nothing is lost from the account.
struct RandomTests {
  /// Values at which arithmetic goes wrong, mixed with ordinary ones.
  private static func number(_ chance: inout Chance) -> UInt32 {
    let edges: [UInt32] = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1000, 1001, 5001]
    let edge = edges.randomElement(using: &chance) ?? 0
    return chance.next() % 8 == 0 ? UInt32(truncatingIfNeeded: chance.next()) : edge &+ UInt32(chance.next() % 4)
  }

  private static func segment(_ frame: UInt64, _ chance: inout Chance, synACK: Bool) -> Segment {
    let time = Int64(frame) * 1_000_000 + (chance.next() % 50 == 0 ? Int64(chance.next() % 700) * 1_000_000_000 : 0)
    var segment = Segment.made(
      Int(chance.next() % 12), frame: frame, time: time, flags: TCPFlags(rawValue: UInt16(chance.next() & 0x1FF)),
      payload: chance.next() % 2 == 0 ? 0 : UInt32([1, 100, 1448, 65_000][Int(chance.next() % 4)]),
      reply: chance.next() & 1 == 0)
    if chance.next() % 2 == 0 { segment.flags = [.ack] }
    if !synACK, segment.flags.isSuperset(of: [.syn, .ack]) { segment.flags.remove(.ack) }
    segment.sequence = SequenceNumber(number(&chance))
    segment.acknowledgment = SequenceNumber(number(&chance))
    segment.window = chance.next() % 4 == 0 ? 0 : UInt16(truncatingIfNeeded: chance.next())
    segment.windowScale = UInt8(truncatingIfNeeded: chance.next())
    segment.mssOrDigest = UInt16(truncatingIfNeeded: chance.next() % 3)
    segment.hopLimit = UInt8(truncatingIfNeeded: chance.next())
    segment.timestampValue = number(&chance)
    segment.timestampEcho = number(&chance)
    let marks: TCPOptions = [.timestamps, .mss, .windowScale, .sackPermitted, .multipath, .accurateECN, .fastOpen]
    segment.options = TCPOptions(rawValue: UInt16(truncatingIfNeeded: chance.next())).intersection(marks)
    if chance.next() % 4 == 0 {
      segment.sackCount = UInt8(chance.next() % 5)
      for index in 0..<4 {
        segment.sack[index] = SACKBlock(left: SequenceNumber(number(&chance)), right: SequenceNumber(number(&chance)))
      }
    }
    return segment
  }

  private struct Outcome {
    var packets: UInt64 = 0
    var connections = 0
    var summary: CopySummary
    var counted: UInt64
    var observations = 0
    /// Copies that a DSACK has shown to be the network's: they are nobody's packets, and no longer the capture's.
    var networkCopies: UInt64 = 0
  }

  private static func run(seed: UInt64, count: UInt64, synACK: Bool, maxMemory: Int = 1 << 24) -> Outcome {
    var chance = Chance(seed: seed)
    var settings = TrackingSettings()
    settings.observeEverything = true
    settings.maxMemory = maxMemory
    var tracker = Tracker(settings)
    var outcome = Outcome(summary: tracker.copies, counted: 0)
    let nothing: [UInt8] = []
    var batch: [Segment] = []
    for frame in 1...count {
      batch.append(segment(frame, &chance, synACK: synACK))
      if chance.next() % 20 == 0, let last = batch.last { batch.append(last) }
      guard batch.count >= Tracker.batchSize - 2 || frame == count else { continue }
      tracker.track(batch, nothing.span.bytes)
      outcome.counted += UInt64(batch.count)
      batch.removeAll(keepingCapacity: true)
      take(&tracker, &outcome)
    }
    while tracker.finish() { take(&tracker, &outcome) }
    outcome.summary = tracker.copies
    return outcome
  }

  private static func take(_ tracker: inout Tracker, _ outcome: inout Outcome) {
    outcome.observations += tracker.observations.count
    outcome.networkCopies += UInt64(tracker.observations.count { $0.amends != 0 && $0.kind == .networkDuplicate })
    for end in tracker.ended { outcome.packets += end.fromClient.packets + end.fromServer.packets }
    outcome.connections += tracker.ended.count
    tracker.clear()
  }

  @Test("Random segments never trap, whatever their flags and numbers", arguments: 1...6 as ClosedRange<UInt64>)
  func traps(seed: UInt64) {
    let outcome = Self.run(seed: seed, count: 10_000, synACK: true, maxMemory: 1 << 16)
    #expect(outcome.connections > 10 && outcome.observations > 1000)
  }

  @Test(
    "Every segment is a copy, of the capture's or the network's, or counted for one connection",
    arguments: 1...6 as ClosedRange<UInt64>)
  func account(seed: UInt64) {
    // Without SYN-ACKs no provisional SYN is ever confirmed: that one's account is tested by itself.
    let outcome = Self.run(seed: seed, count: 10_000, synACK: false)
    #expect(outcome.packets + outcome.summary.copies + outcome.networkCopies == outcome.counted)
    #expect(outcome.summary.copies > 100 && outcome.summary.tellingCopies <= outcome.summary.telling)
  }

  @Test("The same segments lead to the same observations, whatever the secret of the hash")
  func repeatable() {
    let (one, two) = (Self.run(seed: 99, count: 5000, synACK: true), Self.run(seed: 99, count: 5000, synACK: true))
    #expect(one.packets == two.packets && one.observations == two.observations && one.connections == two.connections)
  }
}
