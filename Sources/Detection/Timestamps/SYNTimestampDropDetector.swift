import Dissection
import Frames
import Tracking

/// SYNs that stay unanswered while newer timestamps from the same address get through (tcp_tw_recycle and its kind).
///
/// The rule: three tries of one connection, each with a TSval older than an answered SYN of the same two hosts in the
/// minute before. Traps: clocks differ per destination, so only the same pair of hosts is compared; ordinary loss hits
/// SYNs with newer timestamps just as well. Source: tcp-pathologies §2.
package struct SYNTimestampDropDetector: EndDetector {
  package static let rules = [TimestampRules.synDrop]

  static let leastSYNs: UInt64 = 3
  static let memory = 60 * PacketTime.second

  package static let thresholds = [
    Threshold("syn-ts-drop", "unanswered SYNs", "\(leastSYNs)", because: "one or two lost SYNs are ordinary")
  ]

  private struct Pair: Hashable, Sendable {
    var client: IPAddress
    var server: IPAddress

    /// As cheap as that of two hosts: every answered SYN asks for it.
    // swift-format-ignore: NoLeadingUnderscores
    func _rawHashValue(seed: Int) -> Int { HostPair(client, server)._rawHashValue(seed: seed) }
  }

  private struct Answered: Sendable {
    var time: Int64
    var timestamp: UInt32
    /// Two answered SYNs follow one clock of at most 1,000 ticks a second.
    var hasClock = false
    /// Two do not: each connection has an offset of its own (Linux since 4.10), and older means nothing.
    var isErratic = false

    mutating func compare(_ next: Answered) {
      let ticks = Int64(Int32(bitPattern: next.timestamp &- timestamp))
      let elapsed = (next.time &- time) / PacketTime.millisecond
      let follows = ticks > -1_000 && ticks < elapsed &+ elapsed / 8 &+ 1_000
      if follows { hasClock = true } else { isErratic = true }
    }
  }

  private struct Track: Sendable {
    var syns: UInt64 = 0
    var lag: Int32 = 0
    var answered = false
    var client: Endpoint?
    var server: Endpoint?
    var evidence = Evidence(first: 8, last: 4)
  }

  private var answered = TroubleTable<Pair, Answered>(most: 65_536)
  private var tracks = TroubleTable<ConnectionID, Track>()

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics([.synAnswered, .synUnanswered]) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].amends == 0 {
      if observations[index].anomalies.contains(.synAnswered) {
        answer(observations[index])
      } else if observations[index].anomalies.contains(.synUnanswered) {
        unanswered(observations[index])
      }
    }
  }

  private mutating func answer(_ observation: Observation) {
    let segment = observation.segment
    if tracks.contains(observation.connection) {
      tracks.update(observation.connection, fresh: Track()) { $0.answered = true }
    }
    guard segment.hasTimestamps, segment.timestampEcho != 0 else { return }
    let known = Answered(time: segment.time, timestamp: segment.timestampEcho)
    let pair = Pair(client: segment.destination, server: segment.source)
    answered.update(pair, fresh: known) { newest in
      if newest.time != known.time { newest.compare(known) }
      let (hasClock, isErratic) = (newest.hasClock, newest.isErratic)
      defer { (newest.hasClock, newest.isErratic) = (hasClock, isErratic) }
      let stale = segment.time &- newest.time > Self.memory
      if stale || Int32(bitPattern: known.timestamp &- newest.timestamp) > 0 { newest = known }
    }
  }

  private mutating func unanswered(_ observation: Observation) {
    let segment = observation.segment
    guard segment.hasTimestamps,
      let newest = answered[Pair(client: segment.source, server: segment.destination)],
      segment.time &- newest.time <= Self.memory
    else { return }
    let lag = Int32(bitPattern: newest.timestamp &- segment.timestampValue)
    guard lag > 1000 else { return }
    tracks.update(observation.connection, fresh: Track()) { track in
      track.syns += 1
      track.lag = max(track.lag, lag)
      track.client = observation.sender
      track.server = observation.receiver
      track.evidence.add(observation) { _ in
        ("SYN again, TSval \(lag) ticks behind an answered SYN of this host", ["tsval"])
      }
    }
  }

  package var awaitsEnds: Bool { !tracks.isEmpty }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    tracks.keep(connection.id) { !$0.answered && $0.syns + 1 >= Self.leastSYNs }
  }

  package var mayName: [ConnectionID] { tracks.keys }

  /// Whether the client's address showed one clock in what was answered: only then can a timestamp be old.
  private func hasOneClock(_ track: Track) -> Bool {
    guard let client = track.client, let server = track.server,
      let known = answered[Pair(client: client.address, server: server.address)]
    else { return false }
    return known.hasClock && !known.isErratic
  }

  package func findings() -> [Finding] {
    tracks.dictionary.compactMap { connection, track in
      guard track.syns + 1 >= Self.leastSYNs, !track.answered, hasOneClock(track) else { return nil }
      let (client, server) = (Words.name(track.client), Words.name(track.server))
      var finding = Finding(
        TimestampRules.synDrop, .warning, .possible, proof: .needsHost,
        summary: "\(server) left \(Words.count(track.syns + 1, "SYN")) from \(client) unanswered; "
          + "their timestamps are \(Words.count(track.lag, "tick")) older than that of a SYN from the same address "
          + "that it did answer.")
      finding.cause = "per-host-timestamp"
      finding.connections = [connection]
      finding.attach(track.evidence)
      finding.measures = [
        Measure("syns", Double(track.syns + 1), "packets"), Measure("lag", Double(track.lag), "ticks"),
      ]
      finding.cost.time = track.evidence.lastTime &- track.evidence.firstTime
      return finding
    }
  }
}
