import Detection
import Tracking

/// The connections that a report lists: those that findings name, and the largest others.
///
/// The rest only count. Ends come by the million, so they wait a while and are then sifted: those stay that a detector
/// may name, now or later, and the largest of the rest. What the report lists does not depend on when that was done.
struct ConnectionShelf {
  /// How many of the largest are kept.
  static let largest = 1000
  /// How many ends wait at least until they are sifted: enough to pay for asking the detectors.
  private static let leastWaiting = 32_768

  private(set) var totals = ConnectionTotals()
  /// Nil when nobody asked.
  private(set) var traffic: TrafficTally?
  private var kept: [Entry] = []
  /// How many of `kept` were sifted before.
  private var sifted = 0
  /// The least of the largest that were kept; what is less need not be compared with them.
  private var least: (bytes: UInt64, id: ConnectionID)?
  /// Connections that are still open and of which the capture missed bytes.
  private var openWithLoss: Set<ConnectionID> = []

  init(summarizesTraffic: Bool = true) { traffic = summarizesTraffic ? TrafficTally() : nil }

  private struct Entry {
    var end: ConnectionEnd
    /// Bytes were acknowledged that the capture does not hold.
    var missedBytes: Bool
  }

  /// Notes connections of which the capture missed bytes; they come before the connections' ends.
  mutating func note(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].missedBytes > 0 {
      openWithLoss.insert(observations[index].connection)
    }
  }

  /// Takes a connection that all detectors have seen to its end.
  mutating func take(_ end: ConnectionEnd) {
    totals.connections += 1
    totals.unanswered += end.unanswered ? 1 : 0
    totals.evicted += end.ending == .evicted ? 1 : 0
    totals.packets += end.fromClient.packets + end.fromServer.packets
    totals.payloadBytes += end.payloadBytes
    totals.retransmissions += UInt64(end.fromClient.retransmissions) + UInt64(end.fromServer.retransmissions)
    traffic?.take(end)
    let missedBytes = !openWithLoss.isEmpty && openWithLoss.remove(end.id) != nil
    kept.append(Entry(end: end, missedBytes: missedBytes))
  }

  /// Connections kept at this moment.
  var count: Int { kept.count }

  /// Whether as many ends wait as were kept before: sifting costs O(1) per connection that way.
  var isFull: Bool { kept.count - sifted >= max(Self.leastWaiting, sifted) }

  /// Lets go of all but those in `named` and the largest of the rest.
  mutating func sift(_ named: Set<ConnectionID>) {
    let (chosen, largest) = selection(named)
    if let last = largest.last.map({ kept[$0].end }), largest.count == Self.largest {
      least = (last.payloadBytes, last.id)
    }
    kept = (chosen + largest).map { kept[$0] }
    sifted = kept.count
  }

  /// Those in `wanted` and the largest of the rest, by number.
  func select(_ wanted: Set<ConnectionID>) -> [ConnectionEnd] {
    let (chosen, largest) = selection(wanted)
    return (chosen + largest).map { kept[$0].end }.sorted { $0.id < $1.id }
  }

  /// What the capture itself lacks of the connections that a finding may name.
  func defects() -> ConnectionDefects {
    var defects = ConnectionDefects()
    for index in kept.indices {
      let id = kept[index].end.id
      if kept[index].missedBytes { defects.missingBytes.insert(id) }
      if CaptureOneSided.isOneSided(kept[index].end) { defects.oneSided.insert(id) }
    }
    return defects
  }

  /// Indices of those in `wanted`, and of the largest of the rest, among equals of the earlier ones.
  ///
  /// Only numbers are sorted: the records themselves are too big to be moved about.
  private func selection(_ wanted: Set<ConnectionID>) -> (chosen: [Int], largest: [Int]) {
    var chosen: [Int] = []
    var rest: [(bytes: UInt64, id: ConnectionID, index: Int)] = []
    for index in kept.indices {
      let (bytes, id) = (kept[index].end.payloadBytes, kept[index].end.id)
      if !wanted.isEmpty, wanted.contains(id) {
        chosen.append(index)
      } else if let least, (bytes, least.id) < (least.bytes, id) {
        continue
      } else {
        rest.append((bytes, id, index))
      }
    }
    let largest = rest.sorted { ($1.bytes, $0.id) < ($0.bytes, $1.id) }.prefix(Self.largest)
    return (chosen, largest.map(\.index))
  }
}

/// Connections of which the capture lacks something, as far as findings may name them.
struct ConnectionDefects {
  /// Bytes were acknowledged that were never captured.
  var missingBytes: Set<ConnectionID> = []
  /// Only one direction was captured.
  var oneSided: Set<ConnectionID> = []
}

extension ConnectionEnd {
  var payloadBytes: UInt64 { fromClient.payloadBytes + fromServer.payloadBytes }
}
