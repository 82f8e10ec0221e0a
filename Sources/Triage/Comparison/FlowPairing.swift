import Dissection

/// Which connection of one capture is which of the other.
struct FlowPairing {
  struct Pair {
    var first: Int
    var second: Int
    /// Direction 0 of the first is direction 1 of the second: the ends' order changed with their addresses.
    var isFlipped = false
    var isTranslated = false
  }

  private(set) var pairs: [Pair] = []

  /// Segments of a connection that are looked at to recognize it behind an address translation.
  private static let samples = 16

  /// - Complexity: O(connections).
  init(_ first: SightingLog, _ second: SightingLog) {
    var isTaken = [Bool](repeating: false, count: second.flows.count)
    var strangers: [Int] = []
    for (index, flow) in first.flows.enumerated() {
      if let other = second.index[SightingLog.Key(low: flow.low, high: flow.high)] {
        pairs.append(Pair(first: index, second: other))
        isTaken[other] = true
      } else {
        strangers.append(index)
      }
    }
    guard !strangers.isEmpty, isTaken.contains(false) else { return }
    pairTranslated(strangers, first, second, &isTaken)
  }

  private struct Place {
    var flow: Int
    var direction: Int
  }

  /// Finds connections with other addresses by what translation leaves alone: sequence numbers and timestamps.
  private mutating func pairTranslated(
    _ strangers: [Int], _ first: SightingLog, _ second: SightingLog, _ isTaken: inout [Bool]
  ) {
    var places: [UInt64: Place?] = [:]
    let others = Self.signatures(second) { !isTaken[$0] }
    for (flow, hash, direction) in others {
      if let known = places[hash] {
        // What two connections have in common tells neither.
        if known?.flow != flow { places[hash] = .some(nil) }
      } else {
        places[hash] = Place(flow: flow, direction: direction)
      }
    }
    var isStranger = [Bool](repeating: false, count: first.flows.count)
    for flow in strangers { isStranger[flow] = true }
    var votes: [Int: (second: Int, isFlipped: Bool, count: Int)] = [:]
    for (flow, hash, direction) in Self.signatures(first, where: { isStranger[$0] }) {
      guard let known = places[hash], let place = known else { continue }
      let vote = votes[flow] ?? (place.flow, place.direction != direction, 0)
      if vote.second == place.flow { votes[flow] = (vote.second, vote.isFlipped, vote.count + 1) }
    }
    for flow in strangers {
      guard let vote = votes[flow], vote.count >= 2, !isTaken[vote.second] else { continue }
      isTaken[vote.second] = true
      pairs.append(Pair(first: flow, second: vote.second, isFlipped: vote.isFlipped, isTranslated: true))
    }
  }

  /// What the first segments of the connections that are asked for look like, without their addresses.
  private static func signatures(
    _ log: SightingLog, where isWanted: (Int) -> Bool
  ) -> [(flow: Int, hash: UInt64, direction: Int)] {
    var seen = [UInt8](repeating: 0, count: log.flows.count)
    var result: [(flow: Int, hash: UInt64, direction: Int)] = []
    for record in log.records {
      let flow = Int(record.flow >> 1)
      guard isWanted(flow), seen[flow] < samples else { continue }
      seen[flow] += 1
      result.append((flow, SegmentKey.withoutIdentification.hash(record), record.direction))
    }
    return result
  }
}
