import Dissection
import Tracking

/// One end of a connection goes from one state into another (RFC 9293 figure 5), or is still in it at the end.
package struct StateChange: Sendable {
  package var connection: ConnectionID
  /// The end whose state it is, and the other.
  package var owner: Endpoint
  package var peer: Endpoint
  package var ownerIsClient: Bool
  package var old: EndState
  /// nil = nothing more came: it is still in the old one.
  package var new: EndState?
  /// When, ns since 1970 UTC.
  package var time: Int64
  /// How long the old state had lasted, ns; nil when it began before the capture, or the connection with it.
  package var duration: Int64?
  /// The segment that shows it; of `new == nil` the last one of the connection.
  package var frame: UInt64 = 0
  package var flags = TCPFlags(rawValue: 0)
  /// Whether the owner sent that segment.
  package var byOwner = false

  init(
    _ connection: ConnectionID, _ watched: Watched, ofClient: Bool, _ old: EndState, _ time: Int64, _ duration: Int64?
  ) {
    self.connection = connection
    owner = ofClient ? watched.client : watched.server
    peer = ofClient ? watched.server : watched.client
    ownerIsClient = ofClient
    self.old = old
    self.time = time
    self.duration = duration
  }

  /// The connection as the local host sees it.
  func sides(_ local: LocalHosts) -> Sides {
    ownerIsClient ? local.sides(client: owner, server: peer) : local.sides(client: peer, server: owner)
  }
}

/// Rows of `show states`: every change of state of both ends.
package struct StateRows: TableRows {
  package struct Row: Sendable {
    package var change: StateChange
    package var sides: Sides
    /// Whose state it is.
    package var isLocal: Bool { change.owner == sides.local }
  }

  private var watch = ConnectionWatch()

  package init() {}

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {
    watch.take(observation) { Self.pass($0, local, emit) }
  }

  package mutating func take(_ end: ConnectionEnd, _ local: LocalHosts, _ emit: (Row) -> Void) {
    watch.take(end) { Self.pass($0, local, emit) }
  }

  private static func pass(_ event: ConnectionWatch.Event, _ local: LocalHosts, _ emit: (Row) -> Void) {
    guard case .changed(let change) = event else { return }
    emit(Row(change: change, sides: change.sides(local)))
  }
}
