import Dissection
import Frames
import TestSupport
import Testing

@testable import Scenarios
@testable import Triage

/// Made-up ways between two points, each with one thing done to the packets.
@Suite("Two points: what was lost and what was changed")
struct PointTests {
  private let bulk = "handshake\n+10ms A data 100x1448 burst=10 gap=0.1ms acks=2\n+50ms close A"

  private func kinds(_ result: PointComparison) -> [Alteration.Kind] { result.alterations.map(\.kind) }

  private func changed(_ packet: Packet, _ change: (inout Packet) -> Void) -> [Packet] {
    var packet = packet
    change(&packet)
    return [packet]
  }

  @Test("A clean way loses and changes nothing", arguments: [false, true])
  func clean(ipv6: Bool) throws {
    var points = try TwoPoints(bulk)
    points.ipv6 = ipv6
    let result = points.comparison()
    #expect(result.isSameTraffic && result.matched == UInt64(points.packets.count))
    #expect(result.totals.allSatisfy { $0.lost == 0 && $0.onlyBehind == 0 && $0.outside == 0 && $0.sentAgain == 0 })
    #expect(result.totals.map(\.hops) == [3, 3] && result.alterations.isEmpty)
    #expect(result.clientNearFirst == 1)
  }

  @Test("Loss is counted in the direction in which it happens", arguments: [false, true])
  func loss(ipv6: Bool) throws {
    var points = try TwoPoints(bulk + "\n")
    points.ipv6 = ipv6
    // Of lost data its acknowledgment would say that it arrived, so bare ACKs are lost here.
    points.change = { index, packet in packet.flags == 16 && packet.payload.isEmpty && index % 5 == 2 ? [] : [packet] }
    let lost = points.packets.enumerated().filter { points.change($0.offset, $0.element).isEmpty }
    #expect(!lost.isEmpty)
    let result = points.comparison()
    let forth = lost.count { $0.element.fromClient }
    #expect(result.totals.map(\.lost) == [UInt64(forth), UInt64(lost.count - forth)])
    #expect(result.lossyConnections == 1)
  }

  @Test("Data that was acknowledged without having been seen was missed, not lost")
  func missed() throws {
    var points = try TwoPoints(bulk)
    let victim = try #require(points.packets.firstIndex { $0.fromClient && !$0.payload.isEmpty })
    points.change = { index, packet in index == victim + 3 ? [] : [packet] }
    let total = points.comparison().totals[0]
    #expect(total.lost == 0 && total.missed == 1)
  }

  @Test("A retransmission between the points is a loss; one seen at both is none")
  func retransmissions() throws {
    let story = """
      handshake
      +10ms A P. 1001:1101
      +200ms A P. 1001:1101
      +20ms B . 5001 ack 1101
      +100ms A P. 1101:1201
      +200ms A P. 1101:1201
      +20ms B . 5001 ack 1201
      """
    var points = try TwoPoints(story)
    points.change = { index, packet in index == 3 ? [] : [packet] }
    let total = points.comparison().totals[0]
    #expect(total.lost == 1 && total.lostBytes == 100 && total.missed == 0)
    #expect(total.sentAgain == 1 && total.needless == 0)
  }

  @Test("A hole that the first point saw is loss before both")
  func before() throws {
    let points = try TwoPoints(
      """
      handshake
      +10ms unseen A P. 1001:1101
      +1ms A P. 1101:1201
      +200ms A P. 1001:1101
      +20ms B . 5001 ack 1201
      """)
    let total = points.comparison().totals[0]
    #expect(total.lostBefore == 1 && total.lost == 0)
  }

  @Test("Removed options are named, SMC included")
  func options() throws {
    var points = try TwoPoints("handshake\n+10ms A data 20x1448 acks=2")
    for index in points.packets.indices where points.packets[index].flags & 2 != 0 {
      points.packets[index].options += [.raw([254, 6, 0xE2, 0xD4, 0xC3, 0xD9]), .nop, .nop]
    }
    points.change = { _, packet in
      changed(packet) { packet in
        packet.options.removeAll { option in
          if case .raw = option { return true }
          return option == .sackPermitted
        }
      }
    }
    let result = points.comparison()
    let removed = result.alterations.filter { $0.kind == .optionRemoved }
    #expect(Set(removed.map(\.detail)) == ["SMC (in SYNs)", "SACK permitted (in SYNs)"])
    #expect(removed.allSatisfy { $0.segments == 1 && $0.firstFrame > 0 && $0.secondFrame > 0 })
    #expect(result.totals.allSatisfy { $0.lost == 0 })
  }

  @Test("Stripped timestamps, a clamped MSS and another window scale are seen, and cost no match")
  func clamped() throws {
    var points = try TwoPoints(bulk)
    points.change = { _, packet in
      changed(packet) { packet in
        packet.options = packet.options.compactMap { option in
          switch option {
          case .maximumSegmentSize: .maximumSegmentSize(1360)
          case .windowScale: .windowScale(2)
          case .timestamps: nil
          default: option
          }
        }
      }
    }
    let result = points.comparison()
    #expect(result.totals.allSatisfy { $0.lost == 0 && $0.onlyBehind == 0 })
    #expect(kinds(result).contains(.mss) && kinds(result).contains(.windowScale))
    #expect(result.alterations.contains { $0.kind == .mss && $0.detail == "1460 → 1360" })
    #expect(result.alterations.contains { $0.kind == .optionRemoved && $0.detail == "timestamps" })
  }

  @Test("Shifted sequence numbers are followed in both directions, SACK blocks watched", arguments: [false, true])
  func shifted(ipv6: Bool) throws {
    var points = try TwoPoints(
      "handshake\n+10ms A data 60x1448 acks=2\n+30ms A P. next:+10\n+20ms B . sack=90000-91448")
    points.ipv6 = ipv6
    points.change = { _, packet in
      changed(packet) { packet in
        if packet.fromClient { packet.sequence &+= 77_777 } else { packet.acknowledgment &-= 77_777 }
      }
    }
    let result = points.comparison()
    #expect(result.totals.allSatisfy { $0.lost == 0 && $0.onlyBehind == 0 })
    #expect(kinds(result).contains(.sequenceShift) && kinds(result).contains(.sackUntranslated))
  }

  @Test("Translated addresses are recognized and said")
  func translated() throws {
    let points = try TwoPoints(bulk)
    // Both points lie on one side of nobody: what the second sees has the other address, whichever way it goes.
    let inside = points.packets
    var second = points
    second.packets = inside.map { packet in
      var packet = packet
      if packet.fromClient { packet.source = .init(address: 0xC6336401, port: 61_001) }
      if !packet.fromClient { packet.destination = .init(address: 0xC6336401, port: 61_001) }
      return packet
    }
    let result = PointAnalysis.compare(points.log(0), second.log(1))
    #expect(result.isSameTraffic && result.translatedConnections == 1 && kinds(result) == [.addresses, .addresses])
    #expect(result.connections.first?.translated?.client.port == 61_001)
    #expect(result.totals.allSatisfy { $0.lost == 0 })
  }

  @Test("Bleached ECN, other DSCP and cleared flags are seen")
  func bleached() throws {
    var points = try TwoPoints(bulk)
    for index in points.packets.indices { points.packets[index].congestionBits = 2 | 10 << 2 }
    points.change = { _, packet in changed(packet) { $0.congestionBits = 0 } }
    let result = points.comparison()
    #expect(kinds(result).contains(.ecnCleared) && kinds(result).contains(.dscp))
    #expect(result.alterations.contains { $0.detail == "ECT(0) → Not-ECT" })
  }

  @Test("Large segments that offloading cuts on the way are matched by their bytes", arguments: [false, true])
  func offloading(ipv6: Bool) throws {
    var points = try TwoPoints("handshake\n+10ms A data 20x14480 gap=1ms acks=1\n+50ms A P. next:+10\n+20ms B .")
    points.ipv6 = ipv6
    points.change = { index, packet in
      guard packet.payload.count > 1_448 else { return [packet] }
      return stride(from: 0, to: packet.payload.count, by: 1_448).compactMap { start in
        // Of one large segment two small ones are lost.
        if index == 3, start == 1_448 || start == 2_896 { return nil }
        var part = packet
        part.sequence &+= UInt32(start)
        part.identification &+= UInt16(start / 1_448)
        part.payload = Array(packet.payload[start..<min(start + 1_448, packet.payload.count)])
        return part
      }
    }
    let result = points.comparison()
    let total = result.totals[0]
    #expect(total.lost + total.missed == 2 && total.onlyBehind == 0)
    #expect(result.alterations.contains { $0.kind == .pieces && $0.detail == "cut" })
  }

  @Test("Copies in one capture are no loss in the other")
  func doubled() throws {
    for ipv6 in [false, true] {
      var points = try TwoPoints(bulk)
      points.ipv6 = ipv6
      let twice = points.frames(0).flatMap { frame in
        var copy = frame
        copy.time += 2_000
        return [frame, copy]
      }
      let result = PointAnalysis.compare(TwoPoints.log(twice), points.log(1))
      #expect(result.totals.allSatisfy { $0.lost == 0 && $0.onlyBehind == 0 })
      let copies = result.totals[0].copiesInFront + result.totals[1].copiesBehind
      #expect(copies == UInt64(points.packets.count))
    }
  }

  @Test("One file twice is one place")
  func same() throws {
    let points = try TwoPoints(bulk)
    let result = PointAnalysis.compare(points.log(0), points.log(0))
    #expect(result.samePlace == 1 && result.clientNearFirst == 0 && result.clock.difference == 0)
    #expect(result.totals.allSatisfy { $0.lost == 0 && $0.hops == 0 })
  }

  @Test("What was sent before or after the other capture is not counted")
  func overlap() throws {
    let points = try TwoPoints("handshake\nrepeat 50 every 100ms {\nA P. next:+100\n+20ms B .\n}")
    let late = points.frames(1).filter { $0.time > 1_700_000_002_000_000_000 }
    let result = PointAnalysis.compare(points.log(0), TwoPoints.log(late))
    #expect(result.totals.allSatisfy { $0.lost == 0 && $0.missed == 0 })
    #expect(result.totals[0].outside > 15)
  }

  @Test("Different traffic is told from the same")
  func different() throws {
    let one = try TwoPoints("conn main A:40000 B:80 isn=1,2\n" + bulk)
    let other = try TwoPoints("conn main A:40000 B:80 isn=900000,5555555\nhandshake\n+10ms B data 30x1448 acks=2")
    #expect(!PointAnalysis.compare(one.log(0), other.log(1)).isSameTraffic)
    #expect(!PointAnalysis.compare(one.log(0), TwoPoints.log([])).isSameTraffic)
    #expect(!PointAnalysis.compare(TwoPoints.log([]), TwoPoints.log([])).isSameTraffic)
  }

  @Test(
    "Losses and holes that come back in pieces cost no more than others", .timeLimit(.minutes(1)),
    arguments: [false, true])
  func pieces(isHole: Bool) throws {
    var points = try TwoPoints("handshake\n+10ms A P. next:+1\n+1ms A P. next:+60000")
    let large = try #require(points.packets.last)
    points.packets.removeLast()
    let way = large.time
    func part(_ offset: Int, _ count: Int) -> Packet {
      var packet = large
      packet.sequence &+= UInt32(offset)
      packet.payload = [UInt8](repeating: 1, count: count)
      packet.identification = UInt16(truncatingIfNeeded: offset &+ 60_000)
      packet.time = way + Int64(offset) * 1_000 + 1_000
      return packet
    }
    points.packets.append(isHole ? part(60_000, 1) : large)
    points.packets[points.packets.count - 1].time = way
    let first = points.packets.count - 1
    points.packets += stride(from: 1, to: 59_999, by: 2).map { part($0, 1) }
    points.change = { index, packet in index == first && !isHole ? [] : [packet] }
    let total = points.comparison().totals[0]
    #expect(total.sent >= 30_000 && (isHole ? total.lost == 0 : total.lost > 0))
  }
}
