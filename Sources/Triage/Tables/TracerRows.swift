import Dissection
import Tracking

/// Rows of `show tracer`: connections opened, accepted and closed by the local hosts.
package struct TracerRows: TableRows {
  package struct Row: Sendable {
    package var kind: Kind
    package var sides: Sides
    package var time: Int64
    package var frame: UInt64
    /// What closed it; empty unless it is a close.
    package var closing = ""
  }

  /// Event, by the letter that tcptracer prints.
  package enum Kind: String, Sendable {
    case connect = "C"
    case accept = "A"
    case close = "X"
  }

  private var watch = ConnectionWatch()

  package init() {}

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {
    let frame = observation.segment.frame
    watch.take(observation) { event in
      switch event {
      case .opened(let opened): Self.pass(opened, frame, local, emit)
      case .changed(let change): Self.pass(change, local, emit)
      }
    }
  }

  package mutating func take(_ end: ConnectionEnd, _ local: LocalHosts, _ emit: (Row) -> Void) {
    watch.take(end) { _ in }
  }

  private static func pass(_ opened: OpeningRow, _ frame: UInt64, _ local: LocalHosts, _ emit: (Row) -> Void) {
    guard opened.outcome == .established, let time = opened.settled else { return }
    let sides = local.sides(client: opened.client, server: opened.server)
    emit(Row(kind: sides.localIsClient ? .connect : .accept, sides: sides, time: time, frame: frame))
  }

  /// The local end closes when it sends its FIN, or when a RST ends it before.
  private static func pass(_ change: StateChange, _ local: LocalHosts, _ emit: (Row) -> Void) {
    guard let new = change.new, change.old == .established || change.old == .closeWait else { return }
    guard new == .finWait1 || new == .lastACK || new == .closed else { return }
    let sides = change.sides(local)
    guard change.owner == sides.local else { return }
    let closing = "\(change.flags.contains(.rst) ? "RST" : "FIN") \(change.byOwner ? "sent" : "received")"
    emit(Row(kind: .close, sides: sides, time: change.time, frame: change.frame, closing: closing))
  }
}
