import Dissection
import Frames
import Tracking

/// Two hosts answering each other's pure ACKs while neither makes progress.
///
/// The rule: bare ACKs that say nothing and that nobody asked for, from both sides, with no progress between them. TCP
/// never answers an acceptable bare ACK with a bare ACK, so ten such exchanges cannot be chance.
/// Traps: keep-alives, window probes and updates, MPTCP and ECN signals, copies (all told apart by tracking); runs of
/// 64 per side through receive batching (hence balance, not strict alternation); an early stray ACK (hence the busiest
/// second, not an average). Source: tcp-pathologies §1.
package struct ACKLoopDetector: EndDetector {
  package static let rules = Array(ACKLoopRules.all.prefix(4))

  /// Two exchanges may be ACKs that cross; ten cannot.
  static let leastEchoes: UInt64 = 10
  static let leastPerSide: UInt64 = 4
  static let leastBalance = 0.25
  /// Fifty times what a 500 ms limiter allows both sides.
  static let stormRate: UInt64 = 100
  static let stormTotal: UInt64 = 1000
  static let floodBalance = 0.05
  static let floodCount: UInt64 = 64 + 3
  static let limitedRepeats: UInt64 = 5
  static let limitedShare = 0.8
  /// A hundred connections at the rate of a storm.
  static let pairRate: UInt64 = 10_000
  static let pairConnections = 3

  package static let thresholds = [
    Threshold(
      "ack-loop", "least echoes", "\(leastEchoes), \(leastPerSide) per side",
      because: "two exchanges may be ACKs that cross"),
    Threshold(
      "ack-storm", "rate or total", "\(stormRate)/s or \(stormTotal)",
      because: "fifty times what a 500 ms limiter lets through"),
    Threshold(
      "ack-storm", "rate between two hosts", "\(pairRate)/s on \(pairConnections) connections or more",
      because: "a hundred times what makes a storm of one connection"),
    Threshold(
      "ack-loop-limited", "gaps", "80 % in 450-1,100 ms",
      because: "limiter of 500 ms, jiffy slack and the stimulus' period"),
    Threshold("dupack-flood", "idle ACKs", "more than \(floodCount)", because: "each segment allows one immediate ACK"),
  ]

  private var runs = IdleRuns()
  private var pairs = TroubleTable<HostPair, PairStorm>(most: 4096)
  private var done: [ConnectionID: [LoopTrack]] = [:]

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics(kinds: [.idleACK]) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].kind == .idleACK && observations[index].amends == 0 {
      if let track = runs.take(observations[index]) { keep(track, observations[index].connection) }
      // A few on each of many connections are no loop; those of a run count.
      guard observations[index].idleRun > IdleRuns.patience else { continue }
      pairs.update(HostPair(observations[index]), fresh: PairStorm()) { $0.take(observations[index]) }
    }
  }

  private mutating func keep(_ track: LoopTrack, _ connection: ConnectionID) {
    guard Self.verdict(track) != nil, done.count < 20_000 || done[connection] != nil else { return }
    // The worst run stands for the connection: ten times as long is still one finding.
    done[connection, default: []].append(track)
    if let count = done[connection]?.count, count > 1 {
      done[connection]?.sort { $0.total > $1.total }
      done[connection]?.removeLast(max(0, count - 4))
    }
  }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    if let track = runs.remove(connection.id) { keep(track, connection.id) }
  }

  package var mayName: [ConnectionID] {
    Array(done.keys) + runs.connections + pairs.values.flatMap(\.mayName)
  }

  package func findings() -> [Finding] {
    var tracks = done
    for (connection, track) in runs.tracks where Self.verdict(track) != nil {
      tracks[connection, default: []].append(track)
    }
    let storms = pairs.dictionary.filter { $0.value.isStorm }
    let worst = tracks.compactMap { connection, tracks -> LoopFinding? in
      let worst = tracks.max { ($0.total, $1.evidence.firstFrame) < ($1.total, $0.evidence.firstFrame) }
      return worst.map { LoopFinding($0, connection, episodes: tracks.count) }
    }
    // What two hosts do on all their connections is one storm.
    let parts = Dictionary(grouping: worst) { $0.track.hosts.flatMap { storms[$0] == nil ? nil : $0 } }
    let single = (parts[nil] ?? []).compactMap(\.finding)
    return single + storms.map { hosts, storm in storm.finding(hosts, parts[hosts] ?? []) }
  }

  /// Which rule a run breaks, if any.
  static func verdict(_ track: LoopTrack) -> Rule? {
    let fewest = min(track.client.count, track.server.count)
    if track.balance >= leastBalance, fewest >= leastPerSide, track.echoes >= leastEchoes {
      if isLimited(track) { return ACKLoopRules.limited }
      return track.busiest >= stormRate && spansSecond(track) || track.echoes >= stormTotal
        ? ACKLoopRules.storm : ACKLoopRules.loop
    }
    return track.balance < floodBalance && track.total > floodCount ? ACKLoopRules.flood : nil
  }

  /// A rate per second needs about a second to be a rate.
  private static func spansSecond(_ track: LoopTrack) -> Bool {
    track.lastTime &- track.evidence.firstTime >= PacketTime.second * 9 / 10
  }

  private static func isLimited(_ track: LoopTrack) -> Bool {
    [track.client, track.server].allSatisfy {
      $0.count >= limitedRepeats && Double($0.limitedGaps) >= limitedShare * Double($0.gaps)
    }
  }
}
