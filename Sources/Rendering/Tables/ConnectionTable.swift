import Frames
import Tracking

/// The columns of `show connections`.
package enum ConnectionTable {
  package static let columns: [Column] = [
    Column("id", isNumber: true), Column("client"), Column("server"), Column("start", rank: 8),
    Column("duration", isNumber: true, rank: 3), Column("packets_client", isNumber: true, short: "pkts_c", rank: 7),
    Column("packets_server", isNumber: true, short: "pkts_s", rank: 7),
    Column("bytes_client", isNumber: true, short: "bytes_c", rank: 5),
    Column("bytes_server", isNumber: true, short: "bytes_s", rank: 5),
    Column("retransmissions_client", isNumber: true, short: "resent_c", rank: 2),
    Column("retransmissions_server", isNumber: true, short: "resent_s", rank: 2), Column("state", rank: 1),
    Column("client_state", rank: 11), Column("server_state", rank: 11), Column("ending", rank: 4),
    Column("handshake_ms", isNumber: true, short: "hs_ms", rank: 10), Column("rtt_ms", isNumber: true, rank: 9),
    Column("vantage", rank: 14), Column("smc", rank: 6),
    Column("first_frame", isNumber: true, short: "first", rank: 13),
    Column("last_frame", isNumber: true, short: "last", rank: 13), Column("client_state_since", rank: 12),
    Column("server_state_since", rank: 12),
    Column("handshake_s", isNumber: true, rank: 15), Column("network_s", isNumber: true, rank: 15),
    Column("recovery_s", isNumber: true, rank: 15),
    Column("receiver_window_s", isNumber: true, short: "window_s", rank: 15),
    Column("idle_s", isNumber: true, rank: 15),
  ]

  /// One connection; `start` and `..._since` are RFC 3339 in UTC, `duration` seconds, the rest as its name says.
  package static func row(_ connection: ConnectionSummary) -> [Cell] {
    [
      .unsigned(connection.id.rawValue), .text("\(connection.client)"), .text("\(connection.server)"),
      .date(connection.firstTime),
      .seconds(Moment.elapsed(from: connection.firstTime, to: connection.lastTime)),
      .unsigned(connection.fromClient.packets), .unsigned(connection.fromServer.packets),
      .unsigned(connection.fromClient.payloadBytes), .unsigned(connection.fromServer.payloadBytes),
      .unsigned(connection.fromClient.retransmissions), .unsigned(connection.fromServer.retransmissions),
      .text(connection.state), .text(connection.clientState), .text(connection.serverState),
      .text(connection.ending), milliseconds(connection.handshake), milliseconds(connection.leastRoundTrip),
      .text(connection.vantage), .text(connection.smc), .unsigned(connection.firstFrame),
      .unsigned(connection.lastFrame), .date(connection.clientStateSince), .date(connection.serverStateSince),
    ] + TimeUse.allCases.map { .seconds(connection.time[$0]) }
  }

  private static func milliseconds(_ time: Int64?) -> Cell {
    time.map { .number(Double($0) / Double(PacketTime.millisecond)) } ?? .none
  }
}
