import Dissection
import Frames
import Tracking
import Triage

/// The tables that sum up: retransmissions, top, subnet.
package enum VolumeTables {
  /// `show retrans`, as tcpretrans: R is a retransmission, L a tail-loss probe; the arrow points to the receiver.
  package static let retrans = RowTable<RetransRow>([
    Field("ip", isNumber: true, rank: 6) { .family($0.sides.local) },
    Field("laddr_lport", short: "laddr:lport") { .endpoint($0.sides.local) },
    Field("t") { .text(arrow($0)) },
    Field("raddr_rport", short: "raddr:rport") { .endpoint($0.sides.remote) },
    Field("state", rank: 3) { .text($0.state.kernelName) },
    Field("seq", isNumber: true, rank: 5) { .unsigned(UInt64($0.observation.segment.sequence.rawValue)) },
    Field("length", isNumber: true, short: "len", rank: 4) { .unsigned(UInt64($0.observation.segment.payloadLength)) },
    Field("cause") { .text($0.observation.cause.name) },
    Field("spurious", short: "spur", rank: 1) { .flag($0.isSpurious) },
    Field("stall_ms", isNumber: true, rank: 7) { .millis($0.observation.stall) },
    Field("frame", isNumber: true, rank: 2) { .unsigned($0.observation.segment.frame) },
    Field("connection", isNumber: true, short: "conn", rank: 8) { .unsigned($0.observation.connection.rawValue) },
  ])

  /// `show retrans --count`: one connection and direction.
  package static let retransCounts = RowTable<RetransCountRows.Row>(
    [
      Field("laddr_lport", short: "laddr:lport") { $0.sides.map { .endpoint($0.local) } ?? .text("other") },
      Field("t") { row in .text(row.sides == nil ? "" : row.isLocal ? "->" : "<-") },
      Field("raddr_rport", short: "raddr:rport") { $0.sides.map { .endpoint($0.remote) } ?? .none },
      Field("retransmits", isNumber: true) { .unsigned($0.tally.retransmits) },
      Field("spurious", isNumber: true, short: "spur", rank: 1) { .unsigned($0.tally.spurious) },
      Field("bytes", isNumber: true, rank: 3) { .unsigned($0.tally.bytes) },
    ]
      + RetransmissionCause.allCases.filter { $0 != .none }.map { cause in
        Field(cause.name.split(separator: "-").joined(separator: "_"), isNumber: true, rank: 2) {
          .unsigned($0.tally.causes[Int(cause.rawValue)])
        }
      })

  /// `show top`, as tcptop: bytes of one connection in one slice of time.
  package static let top = RowTable<TopRows.Row>([
    Field("time") { .slice($0.time) },
    Field("laddr") { $0.pair.map { .endpoint($0.local) } ?? .text("other") },
    Field("raddr") { $0.pair.map { .endpoint($0.remote) } ?? .none },
    Field("rx_kb", isNumber: true) { .kilobytes($0.volume.received) },
    Field("tx_kb", isNumber: true) { .kilobytes($0.volume.sent) },
    Field("retrans", isNumber: true, rank: 1) { .unsigned($0.volume.retransmissions) },
    Field("segments", isNumber: true, rank: 2) { .unsigned($0.volume.segments) },
    Field("rx_bytes", isNumber: true, rank: 3) { .unsigned($0.volume.received) },
    Field("tx_bytes", isNumber: true, rank: 3) { .unsigned($0.volume.sent) },
  ])

  /// `show subnet`, as tcpsubnet: `bytes` were sent to the subnet, `rx_bytes` came from it.
  package static let subnet = RowTable<SubnetRows.Row>([
    Field("time") { .slice($0.time) },
    Field("subnet") { .text($0.subnet.map { "\($0)" } ?? "other") },
    Field("bytes", isNumber: true) { .unsigned($0.volume.sent) },
    Field("rx_bytes", isNumber: true) { .unsigned($0.volume.received) },
    Field("segments", isNumber: true, rank: 2) { .unsigned($0.volume.segments) },
    Field("retrans", isNumber: true, rank: 1) { .unsigned($0.volume.retransmissions) },
  ])

  /// `R>` and `L>` as tcpretrans prints them; `<R` and `<L` for what the remote end sent again.
  private static func arrow(_ row: RetransRow) -> String {
    let letter = row.observation.cause == .tailLossProbe ? "L" : "R"
    return row.isLocal ? letter + ">" : "<" + letter
  }
}
