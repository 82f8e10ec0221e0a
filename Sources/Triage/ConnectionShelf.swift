import Tracking

/// The connections that a report lists: those with trouble, and the largest others. The rest only count.
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
    large.sort { ($1.payloadBytes, $0.id) < ($0.payloadBytes, $1.id) }
    large.removeLast(max(0, large.count - Self.largest))
    threshold = large.last?.payloadBytes ?? 0
  }

  /// Those in `wanted` and the largest of the rest, by number.
  func select(_ wanted: Set<ConnectionID>) -> [ConnectionEnd] {
    var rest = (troubled + large).filter { !wanted.contains($0.id) }
    rest.sort { ($1.payloadBytes, $0.id) < ($0.payloadBytes, $1.id) }
    let chosen = troubled.filter { wanted.contains($0.id) } + large.filter { wanted.contains($0.id) }
    return (chosen + rest.prefix(Self.largest)).sorted { $0.id < $1.id }
  }
}

extension ConnectionEnd {
  var payloadBytes: UInt64 { fromClient.payloadBytes + fromServer.payloadBytes }
}
