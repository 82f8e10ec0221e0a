import Dissection
import Tracking

/// RST (or SYN) into a synchronized connection, answered by challenge ACKs, over and over.
///
/// The rule: five exchanges of RST or SYN from one side and bare ACK from the other, without the connection ending.
/// Traps: one inexact RST followed by the exact one is the legal second try; a SYN that a new connection follows; the
/// answers of TIME-WAIT to a SYN (tw-paws-syn). Source: RFC 5961, tcp-pathologies §1.
package struct ResetLoopDetector: EndDetector {
  package static let rules = [ACKLoopRules.resetLoop]
  static let leastExchanges: UInt64 = 5
  package static let thresholds = [
    Threshold("rst-ack-loop", "exchanges", "\(leastExchanges)", because: "one inexact RST and its second try are legal")
  ]

  private struct Track: Sendable {
    var exchanges: UInt64 = 0
    var progress: UInt32 = 0
    var fromClient = true
    var isSYN = false
    var waiting = false
    var bytes: UInt64 = 0
    var challenger: Endpoint?
    var challenged: Endpoint?
    var evidence = Evidence(first: 8, last: 4)
  }

  private var tracks = TroubleTable<ConnectionID, Track>()

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { tracks.isEmpty ? Topics([.inexactReset, .synInside]) : .everything }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].amends == 0 { take(observations[index]) }
  }

  private mutating func take(_ observation: Observation) {
    let isSYN = observation.anomalies.contains(.synInside)
    // A RST that ends the connection begins nothing.
    if observation.anomalies.contains(.inexactReset) || isSYN {
      tracks.update(observation.connection, fresh: Track()) { track in
        let same = track.fromClient == observation.fromClient && track.isSYN == isSYN
        if !same || track.progress != observation.progress && track.exchanges < Self.leastExchanges { track = Track() }
        track.fromClient = observation.fromClient
        track.isSYN = isSYN
        track.progress = observation.progress
        track.waiting = true
        track.challenger = observation.sender
        track.challenged = observation.receiver
        track.bytes += observation.wireBytes
        track.evidence.add(observation) {
          ($0.kind == .reset ? "RST that does not end the connection" : "SYN inside the connection", ["seq", "flags"])
        }
      }
    } else if observation.segment.isBareACK, tracks.contains(observation.connection) {
      tracks.update(observation.connection, fresh: Track()) { track in
        guard track.waiting, track.fromClient != observation.fromClient else { return }
        track.waiting = false
        track.exchanges += 1
        track.bytes += observation.wireBytes
        track.evidence.add(observation) { _ in ("challenge ACK", ["ack"]) }
      }
    }
  }

  package var awaitsEnds: Bool { !tracks.isEmpty }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    tracks.keep(connection.id) { $0.exchanges >= Self.leastExchanges }
  }

  package var mayName: [ConnectionID] { tracks.keys }

  package func findings() -> [Finding] {
    tracks.dictionary.compactMap { connection, track in
      track.exchanges >= Self.leastExchanges ? finding(connection, track) : nil
    }
  }

  private func finding(_ connection: ConnectionID, _ track: Track) -> Finding {
    let word = track.isSYN ? "SYN" : "RST"
    let (from, to) = (Words.name(track.challenger), Words.name(track.challenged))
    var finding = Finding(
      ACKLoopRules.resetLoop, .warning, .certain, proof: .proven,
      summary: "\(from) sent \(word) \(Words.grouped(track.exchanges)) times into the connection and \(to) answered "
        + "each with a challenge ACK: the connection neither ends nor goes on.")
    finding.cause = track.isSYN ? "syn-challenge" : "rst-challenge"
    finding.connections = [connection]
    finding.attach(track.evidence)
    let span = track.evidence.lastTime &- track.evidence.firstTime
    finding.measures = [
      Measure("exchanges", Double(track.exchanges)), Measure("duration", Words.seconds(span), "s"),
    ]
    finding.cost.packets = 2 * track.exchanges
    finding.cost.bytes = track.bytes
    return finding
  }
}
