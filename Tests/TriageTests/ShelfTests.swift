import Dissection
import TestSupport
import Testing

@testable import Detection
@testable import Tracking
@testable import Triage

/// Which connections a report lists, and that the sums hold all of them.
struct ShelfTests {
  private func end(_ number: UInt64, bytes: UInt64, troubled: Bool = false, unanswered: Bool = false) -> ConnectionEnd {
    let client = Endpoint(address: IPAddress(v4: UInt32(truncatingIfNeeded: number)), port: 40_000)
    var end = ConnectionEnd(
      id: ConnectionID(rawValue: number), client: client, server: Endpoint(address: IPAddress(v4: 1), port: 80),
      rolesGuessed: false, midStream: false, sawSYNAndSYNACK: true, firstFrame: number, lastFrame: number, firstTime: 0,
      lastTime: 0, smc: nil, fromClient: DirectionEnd(), fromServer: DirectionEnd(), ending: .captureEnd)
    end.fromClient.payloadBytes = bytes / 2
    end.fromServer.payloadBytes = bytes - bytes / 2
    end.fromClient.packets = 3
    end.fromServer.packets = 2
    end.fromServer.retransmissions = troubled ? 1 : 0
    end.troubled = troubled
    end.unanswered = unanswered
    return end
  }

  @Test("The thousand largest are kept, whatever the order in which they come", arguments: [1, 2, 3] as [UInt64])
  func largest(seed: UInt64) {
    var chance = Chance(seed: seed)
    let sizes = (1...12_000 as ClosedRange<UInt64>).shuffled(using: &chance)
    var shelf = ConnectionShelf()
    for (index, size) in sizes.enumerated() { shelf.take(end(UInt64(index) + 1, bytes: size)) }
    let kept = shelf.select([])
    #expect(Set(kept.map(\.payloadBytes)) == Set(11_001...12_000))
    #expect(kept.map(\.id) == kept.map(\.id).sorted())
  }

  @Test("Among equals the earlier connections are kept")
  func equals() {
    var shelf = ConnectionShelf()
    for number in 1...9000 as ClosedRange<UInt64> { shelf.take(end(number, bytes: 7)) }
    #expect(shelf.select([]).map(\.id.rawValue) == Array(1...1000))
  }

  @Test("A troubled connection is listed when a finding names it, however small")
  func troubled() {
    var shelf = ConnectionShelf()
    for number in 1...9000 as ClosedRange<UInt64> {
      shelf.take(end(number, bytes: number == 4242 ? 0 : 1000, troubled: number == 4242))
    }
    #expect(shelf.select([ConnectionID(rawValue: 4242)]).contains { $0.id.rawValue == 4242 })
    #expect(!shelf.select([]).contains { $0.id.rawValue == 4242 })
  }

  @Test("However often it is sifted, those that may be named and the largest of the others stay", arguments: [1, 2])
  func sifted(seed: UInt64) {
    var chance = Chance(seed: seed)
    let sizes = (1...60_000 as ClosedRange<UInt64>).shuffled(using: &chance)
    let named = Set(stride(from: 7, through: 60_000, by: 11).map { ConnectionID(rawValue: $0) })
    // A detector may forget a connection again: then it counts among the others.
    let wanted = named.filter { $0.rawValue % 2 == 0 }
    var (shelf, whole, sifts) = (ConnectionShelf(leastWaiting: 8192), ConnectionShelf(), 0)
    for (index, size) in sizes.enumerated() {
      shelf.take(end(UInt64(index) + 1, bytes: size))
      whole.take(end(UInt64(index) + 1, bytes: size))
      guard shelf.isFull else { continue }
      shelf.sift(index < 40_000 ? named : wanted)
      sifts += 1
    }
    #expect(sifts > 3 && shelf.count < 20_000 && whole.count == 60_000)
    let kept = shelf.select(wanted).map(\.id)
    #expect(wanted.isSubset(of: kept) && kept == whole.select(wanted).map(\.id))
  }

  @Test("The sums hold every connection, listed or not")
  func totals() {
    var shelf = ConnectionShelf()
    for number in 1...5000 as ClosedRange<UInt64> {
      shelf.take(end(number, bytes: 11, troubled: number % 10 == 0, unanswered: number % 4 == 0))
    }
    var gone = end(5001, bytes: 9)
    gone.ending = .evicted
    shelf.take(gone)
    let totals = shelf.totals
    #expect(totals.connections == 5001 && totals.packets == 25_005 && totals.payloadBytes == 55_009)
    #expect(totals.retransmissions == 500 && totals.unanswered == 1250 && totals.evicted == 1)
  }
}
