import Dissection
import Tracking

/// A SYN that an old connection in TIME-WAIT answers, because the SYN's timestamp is older than its last one.
///
/// The rule: SYN, then a bare ACK from the server that does not acknowledge it and echoes a newer timestamp; the
/// client's
/// RST makes it certain. Trap: a half-open server answers alike, but its echo is not newer. Source: tcp-pathologies §2.
package struct TimeWaitSYNDetector: Detector {
  package static let rules = [TimestampRules.timeWaitSYN]

  private struct Track: Sendable {
    var answers: UInt64 = 0
    var resets: UInt64 = 0
    var lag: Int32 = 0
    var client: Endpoint?
    var server: Endpoint?
    var evidence = Evidence(first: 12, last: 4)
  }

  private var tracks = TroubleTable<ConnectionID, Track>()

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { tracks.isEmpty ? Topics(.oldConnectionAnswers) : .everything }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].amends == 0 {
      if observations[index].anomalies.contains(.oldConnectionAnswers) {
        answer(observations[index])
      } else if tracks.contains(observations[index].connection) {
        follow(observations[index])
      }
    }
  }

  private mutating func answer(_ observation: Observation) {
    guard observation.timestampLag > 0, observation.segment.isBareACK else { return }
    tracks.update(observation.connection, fresh: Track()) { track in
      track.answers += 1
      track.lag = max(track.lag, observation.timestampLag)
      track.client = observation.receiver
      track.server = observation.sender
      track.evidence.add(observation) {
        (
          "ACK of an old connection; its TSecr is \($0.timestampLag) ticks newer than the SYN's TSval",
          ["ack", "tsecr"]
        )
      }
    }
  }

  private mutating func follow(_ observation: Observation) {
    tracks.update(observation.connection, fresh: Track()) { track in
      if observation.kind == .reset, observation.fromClient {
        track.resets += 1
        track.evidence.add(observation) { _ in ("the client resets the old connection", ["flags", "seq"]) }
      } else if observation.cause == .syn {
        track.evidence.add(observation) { _ in ("and sends its SYN again", ["flags", "tsval"]) }
      } else if observation.anomalies.contains(.synAnswered) {
        track.evidence.add(observation) { _ in ("now the SYN is answered", ["flags"]) }
      }
    }
  }

  package var mayName: [ConnectionID] { tracks.keys }

  package func findings() -> [Finding] {
    tracks.dictionary.map { connection, track in
      let (client, server) = (Words.name(track.client), Words.name(track.server))
      var finding = Finding(
        TimestampRules.timeWaitSYN, .warning, track.resets > 0 ? .certain : .likely,
        proof: track.resets > 0 ? .proven : .inferred,
        summary: "\(server) answered \(client)'s SYN with an old connection's ACK: "
          + "the SYN's timestamp is \(Words.count(track.lag, "tick")) older than that connection's last one "
          + "(TIME-WAIT).")
      finding.cause = "time-wait"
      finding.connections = [connection]
      finding.attach(track.evidence)
      let span = track.evidence.lastTime &- track.evidence.firstTime
      finding.measures = [
        Measure("answers", Double(track.answers)), Measure("resets", Double(track.resets)),
        Measure("lag", Double(track.lag), "ticks"), Measure("delay", Words.seconds(span), "s"),
      ]
      finding.cost.time = span
      return finding
    }
  }
}
