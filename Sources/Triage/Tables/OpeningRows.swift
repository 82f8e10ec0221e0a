import Dissection
import Tracking

/// How a handshake went: the row of `show connect`, `show accept` and `show connlat`.
package struct OpeningRow: Sendable {
  package var connection: ConnectionID
  package var client: Endpoint
  package var server: Endpoint
  package var opening: Opening
  package var outcome: Outcome
  /// When the client had acknowledged the SYN-ACK or a RST had come; nil when neither did.
  package var settled: Int64?

  /// What became of it.
  package enum Outcome: String, Sendable {
    case established
    /// The server sent a RST.
    case refused
    /// The client sent a RST.
    case aborted
    /// Nobody answered the SYN.
    case unanswered = "no answer"
    /// A SYN-ACK came, its acknowledgment did not.
    case unfinished
  }

  /// When the handshake began, as far as it was seen.
  package var time: Int64 { opening.firstSYN ?? opening.firstSYNACK ?? settled ?? 0 }

  /// Which end the capture was made near to, told by where the round trip passes.
  package enum Place: String, Sendable {
    case client, server, middle
  }

  /// nil when not all three packets were seen.
  package var place: Place? {
    guard let (toServer, toClient) = halves else { return nil }
    return toClient * 4 < toServer ? .client : toServer * 4 < toClient ? .server : .middle
  }

  /// What the client waited for, as `connect()` sees it: first SYN to SYN-ACK where the capture is near the client, else
  /// to the packet that shows that the SYN-ACK arrived; ns.
  ///
  /// Timers of repeated SYNs are part of it.
  package var latency: Int64? {
    guard let first = opening.firstSYN else { return nil }
    let end = outcome == .established && place == .client ? opening.firstSYNACK : settled
    return end.map { max(0, $0 &- first) }
  }

  /// Round trip of the handshake without timers, wherever the capture was made: SYN to SYN-ACK to ACK; ns.
  package var roundTrip: Int64? {
    guard outcome == .established else { return outcome == .refused ? refusal : nil }
    return halves.map { $0.toServer &+ $0.toClient }
  }

  private var refusal: Int64? {
    guard let settled, let syn = opening.answeredSYN else { return nil }
    return max(0, settled &- syn)
  }

  /// SYN to SYN-ACK, and SYN-ACK to its acknowledgment.
  private var halves: (toServer: Int64, toClient: Int64)? {
    guard outcome == .established, let settled, let syn = opening.answeredSYN, let first = opening.firstSYNACK,
      let last = opening.lastSYNACK
    else { return nil }
    return (min(max(0, first &- syn), .max / 8), min(max(0, settled &- last), .max / 8))
  }

  /// Options that both ends named: `ws sack ts`.
  package var options: String {
    guard let answered = opening.answered else { return "" }
    let agreed = opening.offered.map { $0.intersection(answered) } ?? answered
    let names: [(TCPOptions, String)] = [
      (.windowScale, "ws"), (.sackPermitted, "sack"), (.timestamps, "ts"), (.fastOpen, "tfo"), (.multipath, "mptcp"),
      (.smc, "smc"), (.accurateECN, "accecn"),
    ]
    return names.filter { agreed.contains($0.0) }.map(\.1).joined(separator: " ")
  }
}

/// Rows about handshakes: those that a table asks for.
package struct OpeningRows: TableRows {
  /// Which handshakes a table lists.
  package enum Choice: Sendable {
    /// Opened by a local host, however they went (tcpconnect).
    case active
    /// Taken by a local host and completed (tcpaccept).
    case passive
    /// Answered, with a latency of at least so many ns (tcpconnlat).
    case answered(atLeast: Int64)
  }

  private let choice: Choice
  private var watch = ConnectionWatch()

  package init(_ choice: Choice) { self.choice = choice }

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (OpeningRow) -> Void) {
    let choice = choice
    watch.take(observation) { Self.pass($0, choice, local, emit) }
  }

  package mutating func take(_ end: ConnectionEnd, _ local: LocalHosts, _ emit: (OpeningRow) -> Void) {
    let choice = choice
    watch.take(end) { Self.pass($0, choice, local, emit) }
  }

  private static func pass(
    _ event: ConnectionWatch.Event, _ choice: Choice, _ local: LocalHosts, _ emit: (OpeningRow) -> Void
  ) {
    guard case .opened(let row) = event else { return }
    switch choice {
    case .active: if local.contains(row.client.address) { emit(row) }
    case .passive: if local.contains(row.server.address), row.outcome == .established { emit(row) }
    case .answered(let least): if let latency = row.latency, latency >= least { emit(row) }
    }
  }
}

/// Rows of `show connect --count`: connection attempts of each client address to each server.
package struct ConnectCountRows: TableRows {
  package struct Row: Sendable, Hashable {
    package var client: String
    package var server: String
    package var port: UInt16?
    package var tally = Tally()
  }

  package struct Tally: Sendable, Hashable {
    package var connects: UInt64 = 0
    package var failed: UInt64 = 0
  }

  private struct Key: Hashable, Comparable {
    var client: IPAddress
    var server: Endpoint

    static func < (a: Self, b: Self) -> Bool { (a.client, a.server) < (b.client, b.server) }
  }

  private var openings = OpeningRows(.active)
  private var tallies = BoundedTally<Key, Tally>()

  package init() {}

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {
    var rows: [OpeningRow] = []
    openings.take(observation, local) { rows.append($0) }
    for row in rows { count(row) }
  }

  package mutating func take(_ end: ConnectionEnd, _ local: LocalHosts, _ emit: (Row) -> Void) {
    var rows: [OpeningRow] = []
    openings.take(end, local) { rows.append($0) }
    for row in rows { count(row) }
  }

  private mutating func count(_ row: OpeningRow) {
    tallies.change(Key(client: row.client.address, server: row.server)) {
      $0.connects &+= 1
      if row.outcome != .established { $0.failed &+= 1 }
    }
  }

  package mutating func finish(_ local: LocalHosts, _ emit: (Row) -> Void) {
    let (listed, other) = tallies.take()
    for (key, tally) in listed {
      emit(Row(client: "\(key.client)", server: "\(key.server.address)", port: key.server.port, tally: tally))
    }
    if let other { emit(Row(client: "other", server: "", port: nil, tally: other)) }
  }
}

extension ConnectCountRows.Tally: Tallied {
  package var weight: UInt64 { connects }

  package mutating func add(_ other: Self) {
    connects &+= other.connects
    failed &+= other.failed
  }
}
