import Frames
import Tracking

/// The columns of `show connections`.
package enum ConnectionTable {
  package static let columns: [Column] = [
    Column("id", isNumber: true), Column("client"), Column("server"), Column("start"),
    Column("duration", isNumber: true), Column("packets_client", isNumber: true),
    Column("packets_server", isNumber: true), Column("bytes_client", isNumber: true),
    Column("bytes_server", isNumber: true), Column("retransmissions_client", isNumber: true),
    Column("retransmissions_server", isNumber: true), Column("state"), Column("client_state"),
    Column("server_state"), Column("ending"), Column("handshake_ms", isNumber: true),
    Column("rtt_ms", isNumber: true), Column("vantage"), Column("smc"), Column("first_frame", isNumber: true),
    Column("last_frame", isNumber: true),
  ]

  /// One connection; `start` is RFC 3339 in UTC, `duration` seconds, the rest as its name says.
  package static func row(_ connection: ConnectionSummary) -> [Cell] {
    [
      .unsigned(connection.id.rawValue), .text("\(connection.client)"), .text("\(connection.server)"),
      .text(Moment.exact(connection.firstTime)),
      .seconds(Moment.elapsed(from: connection.firstTime, to: connection.lastTime)),
      .unsigned(connection.fromClient.packets), .unsigned(connection.fromServer.packets),
      .unsigned(connection.fromClient.payloadBytes), .unsigned(connection.fromServer.payloadBytes),
      .unsigned(connection.fromClient.retransmissions), .unsigned(connection.fromServer.retransmissions),
      .text(connection.state), .text(connection.clientState), .text(connection.serverState),
      .text(connection.ending), milliseconds(connection.handshake), milliseconds(connection.leastRoundTrip),
      .text(connection.vantage), .text(connection.smc), .unsigned(connection.firstFrame),
      .unsigned(connection.lastFrame),
    ]
  }

  private static func milliseconds(_ time: Int64?) -> Cell {
    time.map { .number(Double($0) / Double(PacketTime.millisecond)) } ?? .none
  }
}
