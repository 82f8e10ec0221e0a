import Dissection
import Tracking

/// One element of `connections`, on one line.
extension JSONReport {
  static func writeConnection(_ connection: ConnectionSummary, type: String? = nil, to json: inout JSONWriter) {
    json.object(inline: true) { json in
      if let type { json.member("type", type) }
      json.member("id", connection.id.rawValue)
      json.member("client", "\(connection.client)")
      json.member("server", "\(connection.server)")
      json.member("roles_guessed", connection.rolesGuessed)
      json.member("first_frame", connection.firstFrame)
      json.member("last_frame", connection.lastFrame)
      writeTime("first", connection.firstTime, to: &json)
      writeTime("last", connection.lastTime, to: &json)
      json.member("state", connection.state)
      json.member("client_state", connection.clientState)
      writeTime("client_state_since", connection.clientStateSince, to: &json)
      json.member("server_state", connection.serverState)
      writeTime("server_state_since", connection.serverStateSince, to: &json)
      json.member("ending", connection.ending)
      json.member("mid_stream", connection.midStream)
      write("handshake_ns", connection.handshake, to: &json)
      write("least_round_trip_ns", connection.leastRoundTrip, to: &json)
      json.member("vantage", connection.vantage)
      json.key("time_ns")
      json.object { json in
        for use in TimeUse.allCases { json.member(use.name, connection.time[use]) }
      }
      json.member("smc", connection.smc)
      write("from_client", connection.fromClient, to: &json)
      write("from_server", connection.fromServer, to: &json)
    }
  }

  private static func write(_ name: String, _ value: Int64?, to json: inout JSONWriter) {
    json.key(name)
    if let value { json.value(value) } else { json.null() }
  }

  private static func write(_ name: String, _ direction: DirectionSummary, to json: inout JSONWriter) {
    json.key(name)
    json.object { json in
      json.member("packets", direction.packets)
      json.member("payload_bytes", direction.payloadBytes)
      json.member("data_packets", direction.dataPackets)
      json.member("retransmissions", direction.retransmissions)
      json.member("retransmitted_bytes", direction.retransmittedBytes)
      json.member("mss", direction.mss)
      json.key("window_scale")
      if let scale = direction.windowScale { json.value(scale) } else { json.null() }
      json.member("hop_limit", direction.hopLimit)
    }
  }
}
