import Dissection
import Testing

@testable import Tracking
@testable import Triage

/// Hosts, networks, listeners and options: sums over ended connections.
struct TrafficTests {
  private func address(_ text: UInt32) -> IPAddress { IPAddress(v4: text) }

  private func end(
    _ client: UInt32, _ server: UInt32 = 0x0A00_0001, port: UInt16 = 80,
    change: (inout ConnectionEnd) -> Void = { _ in }
  ) -> ConnectionEnd {
    var end = ConnectionEnd(
      id: ConnectionID(rawValue: UInt64(client)), client: Endpoint(address: address(client), port: 40_000),
      server: Endpoint(address: address(server), port: port), rolesGuessed: false, midStream: false,
      sawSYNAndSYNACK: true, firstFrame: 1, lastFrame: 9, firstTime: 0, lastTime: 0, smc: nil,
      fromClient: DirectionEnd(), fromServer: DirectionEnd(), ending: .captureEnd)
    end.fromClient.packets = 3
    end.fromServer.packets = 2
    end.fromClient.payloadBytes = 100
    end.fromServer.payloadBytes = 1_000
    change(&end)
    return end
  }

  private func summary(_ ends: [ConnectionEnd]) -> TrafficSummary {
    var tally = TrafficTally()
    for end in ends { tally.take(end) }
    return tally.summary
  }

  @Test("A host counts what it sent and got, as client and as server")
  func hosts() throws {
    let traffic = summary([
      end(0x0A00_0002), end(0x0A00_0001, 0x0A00_0003) { $0.fromClient.retransmissions = 4 },
    ])
    #expect(traffic.hosts.map { "\($0.address)" } == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    let busiest = try #require(traffic.hosts.first?.activity)
    #expect((busiest.opened, busiest.taken, busiest.retransmissions) == (1, 1, 4))
    #expect((busiest.packetsSent, busiest.packetsReceived) == (5, 5))
    #expect((busiest.bytesSent, busiest.bytesReceived) == (1_100, 1_100))
  }

  @Test("Networks join the hosts of a /24 of IPv4 and of a /64 of IPv6")
  func subnets() {
    var far = end(0x0A00_0102)
    far.client.address = IPAddress(high: 0x2001_0DB8_0000_0001, low: 7)
    let traffic = summary([end(0x0A00_0002), end(0x0A00_0003), end(0x0A00_0104), far])
    #expect(
      traffic.subnets.map { "\($0.network)/\($0.prefixLength) \($0.hosts)" } == [
        "10.0.0.0/24 3", "10.0.1.0/24 1", "2001:db8:0:1::/64 1",
      ])
    #expect(traffic.versions.map(\.connections) == [3, 1])
  }

  @Test("A listener knows who got an answer, a refusal, or nothing")
  func listeners() throws {
    let traffic = summary([
      end(1), end(2) { $0.handshake = 7 }, end(3) { $0.handshake = 5 },
      end(4) { ($0.sawSYNAndSYNACK, $0.unanswered) = (false, true) },
      end(5) { ($0.sawSYNAndSYNACK, $0.phase, $0.ending) = (false, .reset, .resetByServer) },
      end(6) { ($0.sawSYNAndSYNACK, $0.midStream) = (false, true) },
      end(7) { ($0.phase, $0.ending) = (.reset, .resetByServer) },
    ])
    let listener = try #require(traffic.listeners.first)
    #expect(traffic.listeners.count == 1)
    #expect((listener.tried, listener.answered, listener.refused) == (6, 4, 1))
    #expect((listener.unanswered, listener.older, listener.connections) == (1, 1, 7))
    #expect((listener.bytesIn, listener.bytesOut, listener.slowestHandshake) == (700, 7_000, 7))
  }

  @Test("Listeners that refuse or are silent come before busy ones")
  func worstListeners() {
    let silent = end(9, port: 443) { ($0.sawSYNAndSYNACK, $0.unanswered) = (false, true) }
    #expect(summary([end(1), end(2), silent]).listeners.map(\.endpoint.port) == [443, 80])
  }

  @Test("Options are told of handshakes that were captured whole, endings and segment sizes of all")
  func options() {
    let traffic = summary([
      end(1) { ($0.fromClient.windowScale, $0.fromServer.windowScale) = (7, 8) },
      end(2) { ($0.fromClient.windowScale, $0.fromClient.mss) = (7, 1_460) },
      end(3) { ($0.fromClient.mss, $0.fromServer.mss, $0.phase) = (1_460, 536, .closed) },
      end(4) { $0.sawSYNAndSYNACK = false },
      end(5) { ($0.sawSYNAndSYNACK, $0.unanswered) = (false, true) },
    ])
    #expect(traffic.windowScaling.map(\.count) == [1, 1, 1])
    #expect(traffic.segmentSizes == [Occurrence("1460", 2), Occurrence("536", 1)])
    #expect(
      traffic.endings == [Occurrence("capture end", 3), Occurrence("FIN", 1), Occurrence("SYN unanswered", 1)])
    #expect(traffic.vantages == [Occurrence("unknown", 5)])
  }

  @Test("Time is added up by what it was spent on, and never overflows")
  func time() {
    let long = end(1) {
      for _ in 0..<3 { $0.time.add(.idle, .max) }
      $0.time.add(.network, 2)
    }
    let traffic = summary([long, end(2) { $0.time.add(.network, 3) }])
    #expect(traffic.time.map(\.use) == [.network, .idle])
    #expect(traffic.time.first?.nanoseconds == 5 << 16)
  }

  @Test("Of very many hosts the busiest stay, and the others are counted")
  func bounded() {
    var tally = TrafficTally()
    let count = BusiestTable<IPAddress, Activity>().most * 2
    for number in 1...count {
      tally.take(end(UInt32(number)) { $0.fromClient.packets = number <= 5 ? 1_000 : 1 })
    }
    let traffic = tally.summary
    #expect(traffic.hosts.count == TrafficTally.mostListed)
    #expect(traffic.hosts.prefix(6).dropFirst().allSatisfy { $0.activity.packetsSent == 1_000 })
    // The server is one of them.
    #expect(UInt64(traffic.hosts.count) + traffic.hostsLeftOut == UInt64(count + 1))
    #expect(traffic.listeners.first?.tried == UInt64(count))
  }

  @Test("Nothing seen makes empty lists")
  func nothing() {
    let traffic = summary([])
    #expect(traffic.hosts.isEmpty && traffic.listeners.isEmpty && traffic.versions.isEmpty && traffic.endings.isEmpty)
  }
}
