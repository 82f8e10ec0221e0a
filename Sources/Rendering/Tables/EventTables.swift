import Dissection
import Frames
import Tracking
import Triage

/// The tables that operators know from the BCC tools: their columns first, then what only packets tell.
package enum EventTables {
  /// `show life`, as tcplife: one connection; times in ms, KB are 1,024 bytes.
  package static let life = RowTable<LifeRows.Row>([
    Field("ip", isNumber: true, rank: 12) { .family($0.sides.local) },
    Field("laddr") { .address($0.sides.local) },
    Field("lport", isNumber: true) { .port($0.sides.local) },
    Field("raddr") { .address($0.sides.remote) },
    Field("rport", isNumber: true) { .port($0.sides.remote) },
    Field("tx_kb", isNumber: true) { .kilobytes($0.sent) },
    Field("rx_kb", isNumber: true) { .kilobytes($0.received) },
    Field("ms", isNumber: true) { .millis(Moment.elapsed(from: $0.summary.firstTime, to: $0.summary.lastTime)) },
    Field("unseen", rank: 3) { .text(unseen($0)) },
    Field("ending", rank: 1) { .text($0.ending) },
    Field("tx_retrans", isNumber: true, short: "tx_re", rank: 2) { .count($0.local.retransmissions) },
    Field("rx_retrans", isNumber: true, short: "rx_re", rank: 2) { .count($0.remote.retransmissions) },
    Field("handshake_rtt_ms", isNumber: true, short: "hs_rtt", rank: 4) { .milliseconds($0.roundTrip) },
    Field("handshake_retries", isNumber: true, short: "hs_re", rank: 5) { .count($0.handshakeRetries) },
    Field("opener", rank: 6) { .text($0.summary.rolesGuessed ? "" : $0.sides.localIsClient ? "local" : "remote") },
    Field("connection", isNumber: true, short: "conn", rank: 7) { .unsigned($0.summary.id.rawValue) },
    Field("tx_bytes", isNumber: true, rank: 8) { .unsigned($0.sent) },
    Field("rx_bytes", isNumber: true, rank: 8) { .unsigned($0.received) },
    Field("first_frame", isNumber: true, short: "first", rank: 11) { .unsigned($0.summary.firstFrame) },
    Field("last_frame", isNumber: true, short: "last", rank: 11) { .unsigned($0.summary.lastFrame) },
  ])

  /// `show states`, as tcpstates: a change of state of one end.
  package static let states = RowTable<StateRows.Row>([
    Field("connection", isNumber: true, short: "conn", rank: 2) { .unsigned($0.change.connection.rawValue) },
    Field("ip", isNumber: true, rank: 5) { .family($0.sides.local) },
    Field("laddr") { .address($0.sides.local) },
    Field("lport", isNumber: true) { .port($0.sides.local) },
    Field("raddr") { .address($0.sides.remote) },
    Field("rport", isNumber: true) { .port($0.sides.remote) },
    Field("end") { .text($0.isLocal ? "local" : "remote") },
    Field("oldstate") { .text($0.change.old.kernelName) },
    Field("newstate") { .text($0.change.new?.kernelName ?? "(still)") },
    Field("ms", isNumber: true) { .milliseconds($0.change.duration) },
    Field("shown_by", rank: 3) { .text(shownBy($0.change)) },
    Field("frame", isNumber: true, rank: 4) { .unsigned($0.change.frame) },
  ])

  /// `show tracer`, as tcptracer: T is C (connect), A (accept) or X (close).
  package static let tracer = RowTable<TracerRows.Row>([
    Field("t") { .text($0.kind.rawValue) },
    Field("ip", isNumber: true) { .family($0.sides.local) },
    Field("saddr") { .address($0.sides.local) },
    Field("daddr") { .address($0.sides.remote) },
    Field("sport", isNumber: true) { .port($0.sides.local) },
    Field("dport", isNumber: true) { .port($0.sides.remote) },
    Field("closed_by", rank: 1) { .text($0.closing) },
    Field("frame", isNumber: true, rank: 2) { .unsigned($0.frame) },
  ])

  /// Which parts of a connection's life lie outside of the capture: then its time is a least.
  private static func unseen(_ row: LifeRows.Row) -> String {
    switch (row.sawStart, row.sawEnd) {
    case (true, true): ""
    case (true, false): "end"
    case (false, true): "start"
    case (false, false): "start and end"
    }
  }

  private static func shownBy(_ change: StateChange) -> String {
    change.new == nil ? "" : "\(change.flags.letters) \(change.byOwner ? "sent" : "received")"
  }
}
