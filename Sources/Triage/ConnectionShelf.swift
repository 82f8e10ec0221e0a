import Tracking

/// The connections that a report lists: those with trouble, and the largest others.
///
/// The rest only count.
struct ConnectionShelf {
  /// How many of the largest are kept.
  static let largest = 1000
  /// How many troubled ones are kept at most: enough for every finding's examples.
  static let mostTroubled = 20_000

  private(set) var totals = ConnectionTotals()
  private var troubled: [ConnectionEnd] = []
  private var large: [ConnectionEnd] = []
  /// Bytes that a connection must exceed to be among the largest.
  private var threshold: UInt64 = 0

  mutating func take(_ end: ConnectionEnd) {
    let bytes = end.payloadBytes
    totals.connections += 1
    totals.unanswered += end.unanswered ? 1 : 0
    totals.evicted += end.ending == .evicted ? 1 : 0
    totals.packets += end.fromClient.packets + end.fromServer.packets
    totals.payloadBytes += bytes
    totals.retransmissions += UInt64(end.fromClient.retransmissions) + UInt64(end.fromServer.retransmissions)
    if end.troubled, troubled.count < Self.mostTroubled {
      troubled.append(end)
    } else if large.count < Self.largest || bytes > threshold {
      large.append(end)
      if large.count >= 4 * Self.largest { shrink() }
    }
  }

  /// Keeps the largest; among equals the earlier one, so that the choice depends on the packets alone.
  private mutating func shrink() {
    large = Self.ordered(large, most: Self.largest)
    threshold = large.last?.payloadBytes ?? 0
  }

  /// Those in `wanted` and the largest of the rest, by number.
  func select(_ wanted: Set<ConnectionID>) -> [ConnectionEnd] {
    let all = troubled + large
    let chosen = all.filter { wanted.contains($0.id) }
    let rest = Self.ordered(all.filter { !wanted.contains($0.id) }, most: Self.largest)
    return (chosen + rest).sorted { $0.id < $1.id }
  }

  /// The largest, by their numbers: the records themselves are too big to be moved about by a sort.
  private static func ordered(_ ends: [ConnectionEnd], most: Int) -> [ConnectionEnd] {
    let keys = ends.indices.map { (bytes: ends[$0].payloadBytes, id: ends[$0].id, index: $0) }
    return keys.sorted { ($1.bytes, $0.id) < ($0.bytes, $1.id) }.prefix(most).map { ends[$0.index] }
  }
}

extension ConnectionEnd {
  var payloadBytes: UInt64 { fromClient.payloadBytes + fromServer.payloadBytes }
}
