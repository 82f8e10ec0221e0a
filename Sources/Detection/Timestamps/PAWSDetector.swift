import Dissection
import Frames
import Tracking

/// Segments that the receiver rejects because their timestamp is older than the last one it took.
///
/// The rule: TSval more than one tick behind the peer's TS.Recent (tracking predicts it); proof is the peer's ACK that
/// stands still and echoes the newer timestamp. Traps: pure ACKs overtaken by later segments are rejected without harm,
/// so they count only when they lag by more than reordering explains or when nothing moves. Source: tcp-pathologies §2.
package struct PAWSDetector: Detector {
  package static let rules = [TimestampRules.reject, TimestampRules.predicted]

  static let warningFrom: UInt64 = 3
  static let criticalFrom: UInt64 = 100
  /// Data segments that were rejected, however soon they came through in the end.
  static let costlyFrom: UInt64 = 10
  /// A pure ACK that lags this little was overtaken on its way.
  static let reorderingTicks: Int32 = 1000

  package static let thresholds = [
    Threshold(
      "paws-reject", "warning / critical", "\(warningFrom) / \(criticalFrom)",
      because: "a single one may be reordering"),
    Threshold(
      "paws-reject", "data segments that came through at the next try", "\(costlyFrom)",
      because: "each one cost a retransmission"),
    Threshold(
      "paws-reject", "lag of a pure ACK", "\(reorderingTicks) ticks",
      because: "overtaken ACKs are rejected and harm nobody"),
  ]

  /// One direction's rejected segments.
  private struct Track: Sendable {
    var predicted: UInt64 = 0
    var confirmed: UInt64 = 0
    var data: UInt64 = 0
    var lag: Int32 = 0
    var bytes: UInt64 = 0
    var waiting = false
    var waitingFor: UInt32 = 0
    var longestStand: UInt64 = 0
    var stand: UInt64 = 0
    var progress: UInt32 = 0
    var sender: Endpoint?
    var receiver: Endpoint?
    var evidence = Evidence(first: 10, last: 6)
  }

  private var tracks = TroubleTable<DirectionKey, Track>()

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { tracks.isEmpty ? Topics(.rejectionRefuted, rejections: true) : .everything }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices {
      if observations[index].amends != 0 {
        if observations[index].anomalies.contains(.rejectionRefuted) { refute(observations[index]) }
        continue
      }
      if observations[index].rejection == .paws { reject(observations[index]) }
      let stands = observations[index].kind == .duplicateACK || observations[index].kind == .idleACK
      if stands { confirm(observations[index]) }
    }
  }

  private mutating func reject(_ observation: Observation) {
    let isData = observation.segment.sequenceLength > 0
    // A copy of the network's is old by nature and lost by nobody.
    guard observation.kind != .networkDuplicate, observation.kind != .reordered else { return }
    guard isData || observation.timestampLag > Self.reorderingTicks else { return }
    tracks.update(DirectionKey(observation), fresh: Track()) { track in
      track.predicted += 1
      track.data += isData ? 1 : 0
      track.lag = max(track.lag, observation.timestampLag)
      track.bytes += observation.wireBytes
      track.waiting = true
      track.waitingFor = observation.peerRecentTimestamp
      track.stand = track.progress == observation.progress ? track.stand + 1 : 1
      track.longestStand = max(track.longestStand, track.stand)
      track.progress = observation.progress
      track.sender = observation.sender
      track.receiver = observation.receiver
      track.evidence.add(observation) {
        ("TSval \($0.timestampLag) ticks behind what the receiver last took (\($0.peerRecentTimestamp))", ["tsval"])
      }
    }
  }

  /// The receiver took one of them after all.
  private mutating func refute(_ observation: Observation) {
    let key = DirectionKey(observation)
    guard tracks.contains(key) else { return }
    tracks.update(key, fresh: Track()) { track in
      guard track.predicted > 0 else { return }
      track.predicted -= 1
      track.data -= track.data > 0 ? 1 : 0
      track.stand = 0
      track.waiting = false
    }
  }

  /// The peer's ACK that stands still and echoes the newer timestamp.
  private mutating func confirm(_ observation: Observation) {
    let key = DirectionKey(connection: observation.connection, fromClient: !observation.fromClient)
    guard tracks[key]?.waiting == true, observation.segment.hasTimestamps else { return }
    tracks.update(key, fresh: Track()) { track in
      let echo = Int32(bitPattern: observation.segment.timestampEcho &- track.waitingFor)
      track.waiting = false
      guard echo >= 0 else { return }
      track.confirmed += 1
      track.evidence.add(observation) { _ in
        ("the answer repeats the old number and echoes the newer timestamp", ["ack", "tsecr"])
      }
    }
  }

  package var mayName: [ConnectionID] { tracks.keys.map(\.connection) }

  package func findings() -> [Finding] {
    let connections = Dictionary(grouping: tracks.dictionary) { $0.key.connection }
    return connections.compactMap { connection, directions in
      // Both directions of one connection are one pathology: the worse one speaks for both.
      let worst = directions.max {
        ($0.value.confirmed, $0.value.predicted, $1.value.evidence.firstFrame)
          < ($1.value.confirmed, $1.value.predicted, $0.value.evidence.firstFrame)
      }
      return worst.flatMap { finding(connection, $0.value, bothDirections: directions.count > 1) }
    }
  }

  private func finding(_ connection: ConnectionID, _ track: Track, bothDirections: Bool) -> Finding? {
    let (from, to) = (Words.name(track.sender), Words.name(track.receiver))
    let isProven = track.confirmed > 0
    guard track.predicted > 0, isProven || track.data > 0 || track.predicted >= Self.warningFrom else { return nil }
    let rule = isProven ? TimestampRules.reject : TimestampRules.predicted
    let count = Words.count(track.predicted, "segment")
    let lag = Words.count(track.lag, "tick")
    let timestamps = track.predicted == 1 ? "its timestamp is" : "their timestamps are up to"
    let summary =
      isProven
      ? "\(to) rejected \(count) from \(from): \(timestamps) \(lag) older than the last one it took (PAWS)."
      : "\(to) must reject \(count) from \(from) by PAWS: \(timestamps) \(lag) too old; its answer was not captured."
    var finding = Finding(
      rule, isProven ? severity(track) : .notice, isProven ? .certain : .possible,
      proof: isProven ? .proven : .inferred,
      summary: summary)
    finding.cause = bothDirections ? "both-directions" : "clock-behind"
    finding.connections = [connection]
    finding.attach(track.evidence)
    finding.measures = [
      Measure("segments", Double(track.predicted), "segments"),
      Measure("confirmed", Double(track.confirmed), "segments"),
      Measure("data-segments", Double(track.data), "segments"), Measure("lag", Double(track.lag), "ticks"),
    ]
    finding.cost.packets = track.predicted
    finding.cost.bytes = track.bytes
    if track.data == 0 { finding.caveats.append("Only pure ACKs were rejected; no data was held up by it.") }
    return finding
  }

  private func severity(_ track: Track) -> Severity {
    if track.predicted >= Self.criticalFrom, track.longestStand >= Self.warningFrom { return .critical }
    // Where each one came through at its next try, all of them together still cost that many retransmissions.
    let isCostly = track.confirmed >= Self.costlyFrom && track.data >= Self.costlyFrom
    return track.longestStand >= Self.warningFrom || isCostly ? .warning : .notice
  }
}
