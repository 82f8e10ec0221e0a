import Dissection
import TestSupport
import Testing
import Tracking

@testable import Detection

/// Tables that are full make room, so that no flood blinds detection for good.
struct RoomTests {
  @Test("A full table lets those go that were quiet longest, at most an eighth and one")
  func quietest() {
    var table = TroubleTable<Int, Int64>(most: 16)
    for key in 0..<16 { table.update(key, fresh: Int64((key + 5) % 16)) { _ in } }
    #expect(table.update(99, fresh: 0) { _ in } == nil)
    #expect(table.makeRoom { $0 }.map(\.key) == [11, 12, 13])
    #expect(table.makeRoom { $0 }.isEmpty)
    table.update(99, fresh: 7) { _ in }
    #expect(table[99] == 7 && table[11] == nil && table[14] == 3 && table.count == 14)
  }

  @Test("All equally quiet: only an eighth and one goes")
  func ties() {
    var table = TroubleTable<Int, Int64>(most: 16)
    for key in 0..<16 { table.update(key, fresh: 0) { _ in } }
    #expect(table.makeRoom { $0 }.map(\.key) == [0, 1, 2])
  }

  private static func repeated(_ number: Int, _ host: UInt32, _ port: UInt16, at time: Int64) -> Observation {
    var segment = Segment.made(0, frame: UInt64(number + 1), time: time, flags: .syn)
    (segment.destination, segment.destinationPort) = (IPAddress(v4: host), port)
    var observation = Observation(segment, connection: ConnectionID(rawValue: UInt64(number + 1)), fromClient: true)
    observation.kind = .retransmission
    observation.anomalies = .synUnanswered
    observation.stall = 1_000_000_000
    return observation
  }

  private static func findings(_ detector: ListenerDetector) -> [Finding] {
    var (detector, facts) = (detector, CaptureFacts())
    facts.lastTime = .max
    detector.captureSurveyed(facts)
    return detector.findings()
  }

  @Test("As many open waits as there is room for are all counted, and another dead listener is told")
  func afterMany() {
    var detector = ListenerDetector(DetectionSettings())
    for number in 0..<19_999 {
      detector.observe([Self.repeated(number, 0x0A00_0001, 80, at: 1_000_000_000 * Int64(number + 1))])
      // Asking changes nothing.
      if number == 15_000 { #expect(Self.findings(detector).count == 1) }
    }
    detector.observe([Self.repeated(19_999, 0x0A00_0002, 443, at: 20_000_000_000_000)])
    let found = Self.findings(detector).sorted { $0.firstFrame < $1.firstFrame }
    #expect(found.map { $0.measures.first?.value } == [19_999, 1])
    #expect(found.map(\.cost.packets) == [19_999, 1])
    #expect(found.map(\.cost.time) == [19_999_000_000_000, 1_000_000_000])
    #expect(found.first?.connections.map(\.rawValue) == Array(1...20))
    #expect(Set(detector.mayName).isSuperset(of: found.flatMap(\.connections)))
    #expect(detector.attempts.count <= 20_000)
  }

  @Test("Listeners that clients of the past missed leave room for that of today")
  func manyListeners() {
    var detector = ListenerDetector(DetectionSettings())
    for number in 0..<6000 {
      // A client that looks every hour is no flood.
      let time = Int64(number + 1) * 20_000_000_000
      detector.observe([Self.repeated(number, 0x0A00_0000 + UInt32(number), 80, at: time)])
    }
    #expect(detector.tracks.count <= ListenerDetector.mostListeners)
    #expect(detector.tracks.contains(ListenerKey(Endpoint(address: IPAddress(v4: 0x0A00_0000 + 5999), port: 80))))
  }
}
