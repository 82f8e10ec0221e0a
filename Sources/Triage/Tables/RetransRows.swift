import Dissection
import Tracking

/// A retransmission, with later words on it worked in.
package struct RetransRow: Sendable {
  package var observation: Observation
  package var sides: Sides

  package var isLocal: Bool { observation.sender == sides.local }
  /// Needless, and not because its original was merely late.
  package var isSpurious: Bool {
    observation.anomalies.contains(.needless) && !observation.anomalies.contains(.crossedOriginal)
  }
  /// State of the sender; a SYN that nobody answered is sent in no other.
  package var state: EndState {
    observation.senderState == .unknown && observation.cause == .syn ? .synSent : observation.senderState
  }
}

/// Rows of `show retrans`.
///
/// Rows wait for a DSACK or a timestamp echo that may show that a retransmission was needless (``SegmentRows``); live
/// there is no time for that.
package struct RetransRows: TableRows {
  private var waiting: SegmentRows
  private let done: Done
  private let isLive: Bool

  package init(isLive: Bool = false) {
    self.isLive = isLive
    let done = Done()
    self.done = done
    waiting = SegmentRows { done.rows.append($0) }
  }

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (RetransRow) -> Void) {
    guard observation.kind == .retransmission || observation.amends != 0 && !isLive else { return }
    waiting.take([observation])
    if isLive { waiting.finish() }
    pass(local, emit)
  }

  package mutating func finish(_ local: LocalHosts, _ emit: (RetransRow) -> Void) {
    waiting.finish()
    pass(local, emit)
  }

  private func pass(_ local: LocalHosts, _ emit: (RetransRow) -> Void) {
    for observation in done.rows where observation.kind == .retransmission {
      emit(RetransRow(observation: observation, sides: local.sides(observation)))
    }
    done.rows.removeAll(keepingCapacity: true)
  }

  /// Where the rows go that are done; a closure must reach it.
  private final class Done {
    var rows: [Observation] = []
  }
}

/// Rows of `show retrans --count`: one per connection and direction, the most retransmissions first.
package struct RetransCountRows: TableRows {
  package struct Row: Sendable {
    /// nil = all the others together.
    package var sides: Sides?
    package var isLocal: Bool
    package var tally: Tally
  }

  package struct Tally: Sendable {
    package var retransmits: UInt64 = 0
    package var spurious: UInt64 = 0
    package var bytes: UInt64 = 0
    /// By ``RetransmissionCause``.
    package var causes = [UInt64](repeating: 0, count: RetransmissionCause.allCases.count)
  }

  private struct Key: Hashable, Comparable {
    var local: Endpoint
    var remote: Endpoint
    var isLocal: Bool
    var localIsClient: Bool

    static func < (a: Self, b: Self) -> Bool {
      (a.local, a.remote, a.isLocal ? 0 : 1) < (b.local, b.remote, b.isLocal ? 0 : 1)
    }
  }

  private var rows = RetransRows()
  private var tallies = BoundedTally<Key, Tally>()

  package init() {}

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {
    var done: [RetransRow] = []
    rows.take(observation, local) { done.append($0) }
    count(done)
  }

  package mutating func finish(_ local: LocalHosts, _ emit: (Row) -> Void) {
    var done: [RetransRow] = []
    rows.finish(local) { done.append($0) }
    count(done)
    let (listed, other) = tallies.take()
    for (key, tally) in listed {
      let sides = Sides(local: key.local, remote: key.remote, localIsClient: key.localIsClient)
      emit(Row(sides: sides, isLocal: key.isLocal, tally: tally))
    }
    if let other { emit(Row(sides: nil, isLocal: false, tally: other)) }
  }

  private mutating func count(_ done: [RetransRow]) {
    for row in done {
      let key = Key(
        local: row.sides.local, remote: row.sides.remote, isLocal: row.isLocal, localIsClient: row.sides.localIsClient)
      tallies.change(key) {
        $0.retransmits &+= 1
        $0.spurious &+= row.isSpurious ? 1 : 0
        $0.bytes &+= UInt64(row.observation.segment.payloadLength)
        $0.causes[Int(row.observation.cause.rawValue)] &+= 1
      }
    }
  }
}

extension RetransCountRows.Tally: Tallied {
  package var weight: UInt64 { retransmits }

  package mutating func add(_ other: Self) {
    retransmits &+= other.retransmits
    spurious &+= other.spurious
    bytes &+= other.bytes
    for index in causes.indices { causes[index] &+= other.causes[index] }
  }
}
