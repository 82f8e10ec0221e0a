import Dissection
import Tracking

/// The timestamps option where it should not be, missing where it should be, or echoing what nobody sent.
///
/// The rules: three segments of one direction. Traps: RSTs go without; cut headers; SYN cookies round down (all in
/// tracking). Source: RFC 7323 §3.2, tcp-pathologies §2.
package struct TimestampOptionDetector: EndDetector {
  package static let rules = [TimestampRules.missing, TimestampRules.appears, TimestampRules.echoInvalid]

  static let least: UInt64 = 3

  package static let thresholds = [
    Threshold(
      "ts-missing, ts-appears, tsecr-invalid", "segments", "\(least) in one direction",
      because: "one may be damage")
  ]

  private struct Track: Sendable {
    var count: UInt64 = 0
    var sender: Endpoint?
    var receiver: Endpoint?
    var evidence = Evidence(first: 6, last: 2)
  }

  private struct Key: Hashable, Sendable {
    var direction: DirectionKey
    var rule: Int
  }

  private static let notes = [
    "no timestamps option", "timestamps option without agreement", "TSecr that the peer never sent",
  ]
  private static let telling = ["options", "options", "tsecr"]

  private var tracks = TroubleTable<Key, Track>()

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics([.timestampMissing, .timestampAppears, .echoInvalid]) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    let kinds: [Anomalies] = [.timestampMissing, .timestampAppears, .echoInvalid]
    for index in observations.indices where observations[index].amends == 0 {
      let anomalies = observations[index].anomalies
      for (rule, kind) in kinds.enumerated() where anomalies.contains(kind) { take(observations[index], rule) }
    }
  }

  private mutating func take(_ observation: Observation, _ rule: Int) {
    tracks.update(Key(direction: DirectionKey(observation), rule: rule), fresh: Track()) { track in
      track.count += 1
      track.sender = observation.sender
      track.receiver = observation.receiver
      track.evidence.add(observation) { _ in (Self.notes[rule], [Self.telling[rule]]) }
    }
  }

  package var awaitsEnds: Bool { !tracks.isEmpty }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    for (fromClient, rule) in [(true, 0), (true, 1), (true, 2), (false, 0), (false, 1), (false, 2)] {
      let key = Key(direction: DirectionKey(connection: connection.id, fromClient: fromClient), rule: rule)
      tracks.keep(key) { $0.count >= Self.least }
    }
  }

  package var mayName: [ConnectionID] { tracks.keys.map(\.direction.connection) }

  package func findings() -> [Finding] {
    tracks.dictionary.compactMap { key, track in
      track.count >= Self.least ? finding(key, track) : nil
    }
  }

  private func finding(_ key: Key, _ track: Track) -> Finding {
    let (from, to) = (Words.name(track.sender), Words.name(track.receiver))
    let count = Words.count(track.count, "segment")
    let texts = [
      "\(from) sent \(count) to \(to) without the timestamps option that both SYNs had agreed on.",
      "\(from) sent \(count) to \(to) with a timestamps option that the SYNs had not agreed on.",
      "\(from) echoed timestamps that \(to) never sent, in \(count).",
    ]
    let severity: Severity = key.rule == 2 ? .warning : .notice
    var finding = Finding(Self.rules[key.rule], severity, .certain, proof: .proven, summary: texts[key.rule])
    finding.cause = ["option-removed", "option-added", "echo-rewritten"][key.rule]
    finding.connections = [key.direction.connection]
    finding.attach(track.evidence)
    finding.measures = [Measure("segments", Double(track.count), "segments")]
    return finding
  }
}
