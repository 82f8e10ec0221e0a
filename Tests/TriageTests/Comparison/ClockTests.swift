import CaptureFiles
import Frames
import TestSupport
import Testing

@testable import Scenarios
@testable import Triage

/// Clocks apart, and captures that mean harm.
@Suite("Two points: clocks and bounds")
struct PointClockTests {
  @Test("An offset of 3 s and a drift of 50 ppm are found and taken out")
  func offsetAndDrift() throws {
    var points = try TwoPoints("handshake\nrepeat 120 every 500ms {\nA P. next:+100\n+20ms B .\n}")
    points.offset = 3 * PacketTime.second
    points.drift = 50e-6
    let result = points.comparison()
    #expect(abs(result.clock.difference - 3e9) < 50_000)
    #expect(abs(result.clock.drift - 50e-6) < 2e-6)
    #expect(result.totals.allSatisfy { $0.lost == 0 && $0.outside == 0 })
    for delay in result.delays {
      let delay = try #require(delay)
      #expect(abs(delay.least - 5e6) < 50_000 && abs(delay.most - 5e6) < 100_000)
    }
    #expect(abs(result.clock.uncertainty - 5e6) < 50_000 && result.clock.isTwoWay)
  }

  @Test("A difference of years costs no digits")
  func years() throws {
    var points = try TwoPoints("handshake\n+10ms A data 20x1448 acks=2")
    points.offset = 300_000_000 * PacketTime.second
    let result = points.comparison()
    #expect(result.delays.allSatisfy { abs(($0?.least ?? 0) - 5e6) < 10_000 })
    #expect(result.overlap > 0 && result.totals.allSatisfy { $0.lost == 0 })
  }

  @Test("One direction alone: no offset is claimed")
  func oneWay() throws {
    var points = try TwoPoints("handshake\n+10ms A data 20x1448 acks=2")
    points.packets.removeAll { !$0.fromClient }
    let result = points.comparison()
    #expect(result.clock.isKnown && !result.clock.isTwoWay)
    #expect(result.totals[0].lost == 0 && result.delays.count { $0 != nil } == 1)
  }

  @Test("Memory bounds are kept and told")
  func bounds() throws {
    let points = try TwoPoints("handshake\n+10ms A data 2000x1448 acks=2")
    let log = TwoPoints.log(points.frames(0), maxMemory: 1_000)
    #expect(log.isFull && log.segmentCount == 1_000)
    let result = PointAnalysis.compare(log, TwoPoints.log(points.frames(1), maxMemory: 1_000))
    #expect(result.limits.count == 1)
  }

  @Test("Noise of any kind neither crashes nor takes long")
  func noise() {
    var chance = Chance(seed: 7)
    for round in 0..<30 {
      let logs = (0..<2).map { _ in
        TwoPoints.log((0..<2_000).map { _ in Self.frame(&chance, round) })
      }
      let result = PointAnalysis.compare(logs[0], logs[1])
      #expect(result.segments == [2_000, 2_000])
    }
  }

  /// Two ends, few sequence numbers, any flags and lengths, times up to the limits: everything overlaps everything.
  private static func frame(_ chance: inout Chance, _ round: Int) -> WritableFrame {
    var bytes = RawFrame.ethernet(
      0x0800,
      RawFrame.ipv4(
        RawFrame.tcp(flags: UInt16.random(in: 0...0x1FF, using: &chance)),
        total: .random(in: 40...65_535, using: &chance)))
    if Bool.random(using: &chance) { bytes.swapAt(29, 33) }
    // Identification, time to live, and the low bytes of both numbers.
    for offset in [18, 19, 22, 40, 41, 44, 45] { bytes[offset] = .random(in: 0...3, using: &chance) }
    let time: Int64 =
      round % 3 == 0 ? .random(in: .min ... .max, using: &chance) : .random(in: 0...10_000_000, using: &chance)
    return WritableFrame(time: time, bytes: bytes, originalLength: 70_000)
  }
}
