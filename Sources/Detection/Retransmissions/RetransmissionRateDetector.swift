import Dissection
import Tracking

/// The share of data that was sent again, per connection.
///
/// The rule: retransmitted bytes over payload bytes of the worse direction, with at least 100 data segments. Traps:
/// probes, keep-alives and copies are no retransmissions (tracking). Source: tcp-pathologies §3d.
struct RetransmissionRateDetector: EndDetector {
  static let rules = [RetransmissionRules.rate]

  static let leastDataSegments: UInt64 = 100
  /// Percent of payload bytes.
  static let notice = 0.1
  static let warning = 1.0
  static let critical = 5.0

  static let thresholds = [
    Threshold(
      "retransmission-rate", "notice / warning / critical", "0.1 / 1 / 5 %",
      because: "healthy paths stay below a tenth of a percent"),
    Threshold(
      "retransmission-rate", "least data segments", "\(leastDataSegments)",
      because: "one loss in a short transfer is no rate"),
  ]

  struct Rated: Sendable {
    var tally: RetransmissionTally
    var connection: ConnectionID
    var fromClient: Bool
    var percent: Double
    var dataSegments: UInt64
    var payload: UInt64
  }

  private var running = TroubleTable<DirectionKey, RetransmissionTally>()
  private(set) var rated: [Rated] = []

  init(_ settings: DetectionSettings) {}

  var topics: Topics { Topics(kinds: [.retransmission]) }

  mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].kind == .retransmission {
      // What PAWS rejects is sent again in vain: that finding tells it.
      guard observations[index].segment.payloadLength > 0, observations[index].rejection != .paws else { continue }
      let key = DirectionKey(observations[index])
      if observations[index].amends == 0 {
        running.update(key, fresh: RetransmissionTally()) { $0.take(observations[index]) }
      } else if running.contains(key), observations[index].anomalies.contains(.needless) {
        running.update(key, fresh: RetransmissionTally()) { $0.needless += 1 }
      }
    }
  }

  mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    guard connection.troubled else { return }
    let directions = [
      rate(connection.id, connection.fromClient, fromClient: true),
      rate(connection.id, connection.fromServer, fromClient: false),
    ]
    guard let worse = directions.compactMap({ $0 }).max(by: { $0.percent < $1.percent }), rated.count < 20_000 else {
      return
    }
    rated.append(worse)
  }

  private mutating func rate(_ connection: ConnectionID, _ end: DirectionEnd, fromClient: Bool) -> Rated? {
    let key = DirectionKey(connection: connection, fromClient: fromClient)
    var percent = 0.0
    running.keep(key) { tally in
      guard end.dataPackets >= Self.leastDataSegments, end.payloadBytes > 0 else { return false }
      percent = 100 * Double(tally.bytes) / Double(end.payloadBytes)
      return percent >= Self.notice
    }
    guard let tally = running.remove(key) else { return nil }
    return Rated(
      tally: tally, connection: connection, fromClient: fromClient, percent: percent, dataSegments: end.dataPackets,
      payload: end.payloadBytes)
  }

  var mayName: [ConnectionID] { running.keys.map(\.connection) + rated.map(\.connection) }

  func findings() -> [Finding] { findings(rated) }

  /// Findings of some of them: a mild share is told of all connections together.
  func findings(_ rated: [Rated]) -> [Finding] {
    let mild = rated.filter { $0.percent < Self.warning }
    return rated.filter { $0.percent >= Self.warning }.map(single) + (mild.isEmpty ? [] : [together(mild)])
  }

  /// A rate with the burst that is a part of it.
  func finding(_ rated: Rated, with burst: RetransmissionBurstDetector.Track) -> Finding {
    var finding = single(rated)
    guard let worst = burst.worst else { return finding }
    let span = worst.tally.evidence.lastTime &- worst.tally.evidence.firstTime
    let which = burst.bursts > 1 ? "; the worst burst had " : "; a burst had "
    finding.summary.removeLast()
    finding.summary += which + "\(Words.grouped(worst.tally.segments)) of them within \(Words.duration(span))."
    finding.measures += [
      Measure("bursts", Double(burst.bursts)),
      Measure("worst-burst", Double(worst.tally.segments), "segments"),
      Measure("worst-burst-duration", Words.seconds(span), "s"),
    ]
    return finding
  }

  private func single(_ rated: Rated) -> Finding {
    let tally = rated.tally
    let (from, to) = (Words.name(tally.sender), Words.name(tally.receiver))
    var finding = Finding(
      RetransmissionRules.rate,
      rated.percent >= Self.critical ? .critical : rated.percent >= Self.warning ? .warning : .notice,
      .certain, proof: .proven,
      summary: "\(from) sent \(Words.rounded(rated.percent)) % of its bytes to \(to) more than once "
        + "(\(Words.count(tally.segments, "segment")) of \(Words.grouped(rated.dataSegments)))"
        + (tally.needless > 0 ? ", \(Words.grouped(tally.needless)) of them needlessly." : "."))
    finding.cause = tally.mainCause
    finding.connections = [rated.connection]
    finding.attach(tally.evidence)
    finding.measures =
      [
        Measure("rate", rated.percent, "percent"), Measure("segments", Double(tally.segments), "segments"),
        Measure("bytes", Double(tally.bytes), "bytes"), Measure("payload", Double(rated.payload), "bytes"),
      ] + tally.measures
    finding.cost.time = tally.stalled
    finding.cost.packets = tally.segments
    finding.cost.bytes = tally.bytes
    return finding
  }

  private func together(_ mild: [Rated]) -> Finding {
    let ordered = mild.sorted { ($1.percent, $0.connection) < ($0.percent, $1.connection) }
    guard ordered.count > 1, let worst = ordered.first else { return single(mild[0]) }
    var finding = single(worst)
    finding.summary =
      "\(Words.count(ordered.count, "connection")) sent between 0.1 and 1 % of their data more than once, "
      + "at worst \(Words.rounded(worst.percent)) %."
    finding.connections = ordered.prefix(20).map(\.connection).sorted()
    finding.measures.append(Measure("connections", Double(ordered.count)))
    return finding
  }
}
