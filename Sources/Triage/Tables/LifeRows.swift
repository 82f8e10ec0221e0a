import Dissection
import Tracking

/// Rows of `show life`: one per connection, when tracking is done with it; live, when packets have ended it.
package struct LifeRows: TableRows {
  package struct Row: Sendable {
    package var summary: ConnectionSummary
    package var sides: Sides
    /// How it ended, in words; of a handshake that failed: how that did.
    package var ending: String
    /// Payload bytes, each counted once.
    package var sent: UInt64
    package var received: UInt64
    /// SYNs and SYN-ACKs that were sent again.
    package var handshakeRetries: UInt64
    /// Round trip of the handshake, ns.
    package var roundTrip: Int64?
    /// Whether the capture shows the first and the last packet of its life.
    package var sawStart: Bool
    package var sawEnd: Bool

    package var local: DirectionSummary { sides.localIsClient ? summary.fromClient : summary.fromServer }
    package var remote: DirectionSummary { sides.localIsClient ? summary.fromServer : summary.fromClient }
  }

  private var watch = ConnectionWatch()
  private var openings: [ConnectionID: OpeningRow] = [:]
  private let isLive: Bool
  private var closed: [Segment] = []
  /// Connections that have their row and are still tracked.
  private var told: Set<ConnectionID> = []

  package init(isLive: Bool = false) { self.isLive = isLive }

  package mutating func takeClosed() -> [Segment] {
    defer { closed = [] }
    return closed
  }

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {
    if told.contains(observation.connection) { return }
    if isLive, observation.leavesBothOver { closed.append(observation.segment) }
    watch.take(observation) { if case .opened(let row) = $0 { openings[row.connection] = row } }
  }

  package mutating func take(_ end: ConnectionEnd, _ local: LocalHosts, _ emit: (Row) -> Void) {
    if told.remove(end.id) != nil { return }
    // An account before the end is one that was asked for.
    if isLive, end.ending == .captureEnd { told.insert(end.id) }
    let bytes = watch.take(end) { if case .opened(let row) = $0 { openings[row.connection] = row } }
    let opening = openings.removeValue(forKey: end.id)
    let sides = local.sides(client: end.client, server: end.server)
    let retries = opening.map { UInt64(max($0.opening.syns, 1)) + UInt64(max($0.opening.synACKs, 1)) - 2 } ?? 0
    emit(
      Row(
        summary: ConnectionSummary(end), sides: sides,
        ending: opening.flatMap { $0.outcome == .established ? nil : $0.outcome.rawValue } ?? end.endingName,
        sent: sides.localIsClient ? bytes.client : bytes.server,
        received: sides.localIsClient ? bytes.server : bytes.client, handshakeRetries: retries,
        roundTrip: opening?.roundTrip, sawStart: opening?.opening.firstSYN != nil, sawEnd: end.isOver))
  }
}
