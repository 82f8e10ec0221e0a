import Dissection
import Tracking
import Triage

/// The tables about handshakes: accept, connect, connlat.
package enum OpeningTables {
  /// `show accept`, as tcpaccept: a connection that a local host took.
  package static let accept = RowTable<OpeningRow>([
    Field("ip", isNumber: true) { .family($0.server) },
    Field("raddr") { .address($0.client) },
    Field("rport", isNumber: true) { .port($0.client) },
    Field("laddr") { .address($0.server) },
    Field("lport", isNumber: true) { .port($0.server) },
    roundTrip, syns, synACKs,
    Field("options", rank: 2) { .text($0.options) },
    connection, frame,
  ])

  /// `show connect`, as tcpconnect, with the outcome of the attempt.
  package static let connect = RowTable<OpeningRow>([
    Field("ip", isNumber: true) { .family($0.client) },
    Field("saddr") { .address($0.client) },
    Field("lport", isNumber: true, rank: 5) { .port($0.client) },
    Field("daddr") { .address($0.server) },
    Field("dport", isNumber: true) { .port($0.server) },
    Field("outcome") { .text($0.outcome.rawValue) },
    Field("lat_ms", isNumber: true, rank: 1) { .milliseconds($0.latency) },
    syns, synACKs, connection, frame,
  ])

  /// `show connlat`, as tcpconnlat: how long a connection took to be opened, or refused.
  package static let latency = RowTable<OpeningRow>([
    Field("ip", isNumber: true) { .family($0.client) },
    Field("saddr") { .address($0.client) },
    Field("lport", isNumber: true, rank: 5) { .port($0.client) },
    Field("daddr") { .address($0.server) },
    Field("dport", isNumber: true) { .port($0.server) },
    Field("lat_ms", isNumber: true) { .milliseconds($0.latency) },
    roundTrip,
    Field("captured_at", short: "at", rank: 1) { .text($0.place?.rawValue ?? "") },
    Field("outcome", rank: 2) { .text($0.outcome.rawValue) },
    syns, synACKs, connection, frame,
  ])

  /// `show connect --count`.
  package static let connectCounts = RowTable<ConnectCountRows.Row>([
    Field("laddr") { .text($0.client) },
    Field("raddr") { .text($0.server) },
    Field("rport", isNumber: true) { $0.port.map { .unsigned(UInt64($0)) } ?? .none },
    Field("connects", isNumber: true) { .unsigned($0.tally.connects) },
    Field("failed", isNumber: true) { .unsigned($0.tally.failed) },
  ])

  private static let roundTrip = Field<OpeningRow>("rtt_ms", isNumber: true, rank: 1) { .milliseconds($0.roundTrip) }
  private static let syns = Field<OpeningRow>("syns", isNumber: true, rank: 3) { .count($0.opening.syns) }
  private static let synACKs = Field<OpeningRow>("synacks", isNumber: true, rank: 3) { .count($0.opening.synACKs) }
  private static let connection = Field<OpeningRow>("connection", isNumber: true, short: "conn", rank: 6) {
    .unsigned($0.connection.rawValue)
  }
  private static let frame = Field<OpeningRow>("frame", isNumber: true, rank: 7) { .unsigned($0.opening.frame) }
}
