import Tracking

/// The columns of `show connections`.
package enum ConnectionTable {
  package static let columns: [Column] = [
    Column("id", isNumber: true), Column("client"), Column("server"), Column("first_frame", isNumber: true),
    Column("last_frame", isNumber: true), Column("start", isNumber: true), Column("duration", isNumber: true),
    Column("state"), Column("ending"), Column("packets_client", isNumber: true),
    Column("packets_server", isNumber: true), Column("bytes_client", isNumber: true),
    Column("bytes_server", isNumber: true), Column("retransmissions_client", isNumber: true),
    Column("retransmissions_server", isNumber: true), Column("handshake", isNumber: true),
    Column("least_round_trip", isNumber: true), Column("vantage"), Column("smc"),
  ]

  /// One connection; `start` is seconds since 1970 UTC, durations are seconds.
  package static func row(_ connection: ConnectionSummary) -> [Cell] {
    [
      .unsigned(connection.id.rawValue), .text("\(connection.client)"), .text("\(connection.server)"),
      .unsigned(connection.firstFrame), .unsigned(connection.lastFrame), .seconds(connection.firstTime),
      .seconds(Moment.elapsed(from: connection.firstTime, to: connection.lastTime)), .text(connection.state),
      .text(connection.ending), .unsigned(connection.fromClient.packets), .unsigned(connection.fromServer.packets),
      .unsigned(connection.fromClient.payloadBytes), .unsigned(connection.fromServer.payloadBytes),
      .unsigned(connection.fromClient.retransmissions), .unsigned(connection.fromServer.retransmissions),
      connection.handshake.map { .seconds($0) } ?? .none, connection.leastRoundTrip.map { .seconds($0) } ?? .none,
      .text(connection.vantage), .text(connection.smc),
    ]
  }
}
