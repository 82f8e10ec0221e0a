import Detection
import Triage

/// The comparison of two points for programs; numbers are raw, durations in nanoseconds.
extension PointPage {
  func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("schema_version", JSONReport.schemaVersion)
      json.member("comparison", "points")
      json.member("verdict", verdict)
      json.member("captures", names)
      json.member("segments", [0, 1]) { json, point in
        json.member("capture", names[point])
        json.member("segments", comparison.segments[point])
        json.member("connections_only_here", comparison.lonelyConnections[point])
        json.member("segments_of_these", comparison.lonelySegments[point])
      }
      json.member("matched", comparison.matched)
      json.member("overlap_ns", comparison.overlap)
      json.member("directions", Travel.allCases, inline: false) { writeDirection($1, to: &$0) }
      writeClock(to: &json)
      json.member("alterations", comparison.alterations) { write($1, to: &$0) }
      json.member("connections_at_both", comparison.connectionCount)
      json.member("connections", comparison.connections) { write($1, to: &$0) }
      json.member("limits", comparison.limits)
    }
    json.end()
    return json.bytes
  }

  private func key(_ travel: Travel) -> String { travel == .forth ? "forth" : "back" }

  private func write(_ alteration: Alteration, to json: inout JSONWriter) {
    json.member("kind", "\(alteration.kind)")
    json.member("direction", key(alteration.travel))
    json.member("detail", alteration.detail)
    json.member("segments", alteration.segments)
    json.member("first_frames", [alteration.firstFrame, alteration.secondFrame])
  }

  private func write(_ connection: PointConnection, to json: inout JSONWriter) {
    json.member("client", "\(connection.client)")
    json.member("server", "\(connection.server)")
    json.member("client_sends", key(connection.clientTravel))
    json.member("sent_by_client", connection.fromClient.sent)
    json.member("lost_from_client", connection.fromClient.lost)
    json.member("lost_bytes_from_client", connection.fromClient.lostBytes)
    json.member("sent_by_server", connection.fromServer.sent)
    json.member("lost_from_server", connection.fromServer.lost)
    json.member("lost_bytes_from_server", connection.fromServer.lostBytes)
  }

  private func writeDirection(_ travel: Travel, to json: inout JSONWriter) {
    let count = comparison.totals[travel.rawValue]
    json.member("direction", key(travel))
    json.member("from", names[travel == .forth ? 0 : 1])
    json.member("to", names[travel == .forth ? 1 : 0])
    json.member("sent", count.sent)
    json.member("lost", count.lost)
    json.member("lost_bytes", count.lostBytes)
    json.member("lost_before", count.lostBefore)
    json.member("sent_again", count.sentAgain)
    json.member("needless", count.needless)
    json.member("missed", count.missed)
    json.member("only_behind", count.onlyBehind)
    json.member("outside", count.outside)
    json.member("copies_in_front", count.copiesInFront)
    json.member("copies_behind", count.copiesBehind)
    json.key("hops")
    if let hops = count.hops { json.value(hops) } else { json.null() }
    json.key("delay_ns")
    guard let delay = comparison.delays[travel.rawValue] else { return json.null() }
    json.object(inline: true) { json in
      for (name, value) in [
        ("min", delay.least), ("median", delay.median), ("p95", delay.high), ("max", delay.most),
      ] {
        json.key(name)
        json.value(value.rounded())
      }
      json.member("segments", delay.count)
    }
  }

  private func writeClock(to json: inout JSONWriter) {
    let clock = comparison.clock
    json.key("clock")
    guard clock.isKnown else { return json.null() }
    json.object(inline: true) { json in
      json.key("offset_ns")
      json.value(clock.difference.rounded())
      json.key("uncertainty_ns")
      json.value(clock.uncertainty.rounded())
      json.key("drift_ppm")
      json.value((clock.drift * 1e9).rounded() / 1e3)
      json.member("two_way", clock.isTwoWay)
    }
  }
}
