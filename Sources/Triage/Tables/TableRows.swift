import Dissection
import Tracking

/// Makes the rows of one table from what tracking tells, as it comes; the same for files and live capture.
///
/// Needs a tracker that observes ordinary segments, too (``TrackingSettings/observeOrdinary``).
package protocol TableRows {
  associatedtype Row

  /// Takes what is told of a segment, or a later word on an earlier one.
  mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void)
  /// Takes the end of a connection.
  mutating func take(_ end: ConnectionEnd, _ local: LocalHosts, _ emit: (Row) -> Void)
  /// Segments of connections that packets have just ended, and whose account is wanted before tracking is done with them;
  /// only rows of a live capture are in such a hurry.
  mutating func takeClosed() -> [Segment]
  /// It is `time` (ns since 1970 UTC), and all segments of before have come; a live capture says so when nothing happens.
  mutating func pass(_ time: Int64, _ emit: (Row) -> Void)
  /// Hands out what waits for the end of the capture.
  mutating func finish(_ local: LocalHosts, _ emit: (Row) -> Void)
}

extension TableRows {
  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {}
  package mutating func take(_ end: ConnectionEnd, _ local: LocalHosts, _ emit: (Row) -> Void) {}
  package mutating func takeClosed() -> [Segment] { [] }
  package mutating func pass(_ time: Int64, _ emit: (Row) -> Void) {}
  package mutating func finish(_ local: LocalHosts, _ emit: (Row) -> Void) {}
}

/// Ports that a table is limited to; empty = all.
package struct PortChoice: Sendable {
  package var local: Set<UInt16> = []
  package var remote: Set<UInt16> = []

  package init() {}

  func wants(_ sides: Sides) -> Bool {
    (local.isEmpty || local.contains(sides.local.port)) && (remote.isEmpty || remote.contains(sides.remote.port))
  }
}

/// Feeds the maker of a table once it is known which host is local.
///
/// Holds back what comes before that: at most ``LocalFinder/sample`` segments.
package struct TableFeed<Rows: TableRows> {
  private var rows: Rows
  private let ports: PortChoice
  private var local: LocalHosts?
  private var finder = LocalFinder()
  private var held: [Event] = []
  private let emit: (Rows.Row) -> Void
  /// How the local hosts were found, in one sentence; nil while unknown, empty when they were given.
  package private(set) var reason: String?

  private enum Event {
    case observation(Observation)
    case end(ConnectionEnd)
  }

  /// - Parameters:
  ///   - rows: what makes the rows.
  ///   - local: ranges of the local hosts; empty = to be found out.
  ///   - ports: what the table is limited to.
  ///   - emit: takes the rows as they come.
  package init(_ rows: Rows, local: [AddressRange], ports: PortChoice, emit: @escaping (Rows.Row) -> Void) {
    self.rows = rows
    self.ports = ports
    self.emit = emit
    if !local.isEmpty {
      self.local = LocalHosts(local)
      reason = ""
    }
  }

  package mutating func take(_ observations: [Observation]) {
    for observation in observations { take(.observation(observation)) }
  }

  package mutating func take(_ ended: [ConnectionEnd]) {
    for end in ended { take(.end(end)) }
  }

  /// As ``TableRows/takeClosed()``.
  package mutating func takeClosed() -> [Segment] { rows.takeClosed() }

  /// As ``TableRows/pass(_:_:)``.
  package mutating func pass(_ time: Int64) { rows.pass(time, emit) }

  /// The capture is over.
  package mutating func finish() { rows.finish(settle(), emit) }

  private mutating func take(_ event: Event) {
    if let local { return pass(event, local) }
    held.append(event)
    if case .observation(let observation) = event { finder.take(observation) }
    if finder.isFull || held.count >= 4 * LocalFinder.sample { _ = settle() }
  }

  /// Decides who is local, and passes on what was held back.
  private mutating func settle() -> LocalHosts {
    if let local { return local }
    let (hosts, sentence) = finder.answer()
    local = hosts
    reason = sentence
    for event in held { pass(event, hosts) }
    held = []
    return hosts
  }

  private mutating func pass(_ event: Event, _ local: LocalHosts) {
    switch event {
    case .observation(let observation):
      if ports.wants(local.sides(observation)) { rows.take(observation, local, emit) }
    case .end(let end):
      if ports.wants(local.sides(client: end.client, server: end.server)) { rows.take(end, local, emit) }
    }
  }
}
