import Dissection
import Frames
import Tracking

/// Retransmissions of all connections between two hosts: a burst that no connection shows alone.
///
/// The rule: 20 segments within 100 ms on at least 3 connections, a tenth of what these sent meanwhile and a quarter of
/// what the hosts sent again until they were quiet for a second. Traps: many connections that each lose steadily (no
/// moment stands out); a burst of one connection and stray losses of others. Source: tcp-pathologies §3d.
struct PairBursts: Sendable {
  static let leastInBucket: UInt64 = 20
  static let leastConnections = 3
  /// Steady loss would spread the run's retransmissions evenly over more than four buckets.
  static let leastOfRun = 0.25

  fileprivate typealias Recent = (time: Int64, units: UInt64, sent: UInt32, connection: ConnectionID)

  struct Run: Sendable {
    var tally = RetransmissionTally()
    var connections: [ConnectionID: UInt64] = [:]
    /// Of the densest tenth of a second: segments, and connections that they were of.
    var densest: UInt64 = 0
    var densestConnections = 0
    var units: UInt64 = 0
    var lastTime: Int64 = 0
    fileprivate var recent: [Recent] = []

    /// Whether half of it or more was on connections that have a burst of their own.
    func isMostly(of single: Set<ConnectionID>) -> Bool {
      let own = connections.reduce(0) { $0 + (single.contains($1.key) ? $1.value : 0) }
      return own * 2 >= connections.values.reduce(0, +)
    }

    var named: ArraySlice<ConnectionID> { connections.keys.sorted().prefix(PathEventDetector.mostNamed) }

    var isBurst: Bool {
      densest >= PairBursts.leastInBucket && Double(densest) >= PairBursts.leastOfRun * Double(units)
    }
  }

  private struct Pair: Sendable {
    var run: Run?
    var worst: Run?
    var bursts = 0
  }

  private var pairs = TroubleTable<HostPair, Pair>(most: 4096)

  /// Connections that findings may name.
  var mayName: [ConnectionID] {
    // One connection alone never makes a burst of a pair; most pairs have no other.
    pairs.values.flatMap { pair in
      [pair.run, pair.worst].flatMap { run in run.map { $0.connections.count > 1 ? $0.named : [] } ?? [] }
    }
  }

  mutating func take(_ observation: Observation) {
    pairs.update(HostPair(observation), fresh: Pair()) { pair in
      let time = observation.segment.time
      if let last = pair.run?.lastTime, time &- last > RetransmissionBurstDetector.quiet { Self.close(&pair) }
      var run = pair.run.take() ?? Run()
      Self.take(observation, &run)
      pair.run = run
    }
  }

  private static func take(_ observation: Observation, _ run: inout Run) {
    let time = observation.segment.time
    run.tally.take(observation)
    run.lastTime = time
    run.units += UInt64(observation.units)
    if run.connections.count < 1000 { run.connections[observation.connection, default: 0] += 1 }
    run.recent.append((time, UInt64(observation.units), observation.sentLately, observation.connection))
    run.recent.removeAll { time &- $0.time > RetransmissionBurstDetector.bucket }
    if run.recent.count > 512 { run.recent.removeFirst(256) }
    // One busy connection is no matter of the pair, and need not be added up each time.
    guard run.connections.count >= leastConnections else { return }
    let inBucket = run.recent.reduce(0) { $0 + $1.units }
    guard inBucket >= max(leastInBucket, run.densest + 1) else { return }
    let sent = Dictionary(run.recent.map { ($0.connection, UInt64($0.sent)) }, uniquingKeysWith: max)
    let all = max(1, sent.values.reduce(0, +))
    guard sent.count >= leastConnections,
      Double(run.recent.count) >= RetransmissionBurstDetector.leastShare * Double(all)
    else { return }
    run.densest = inBucket
    run.densestConnections = sent.count
  }

  private static func close(_ pair: inout Pair) {
    guard let run = pair.run.take(), run.isBurst else { return }
    pair.bursts += 1
    if run.densest > pair.worst?.densest ?? 0 { pair.worst = run }
  }

  /// The worst burst of each pair of hosts, unless it is mostly of connections that have bursts of their own.
  func worst(without single: Set<ConnectionID>) -> [PairBurst] {
    pairs.dictionary.compactMap { hosts, value in
      var pair = value
      Self.close(&pair)
      guard let worst = pair.worst, !worst.isMostly(of: single) else { return nil }
      return PairBurst(hosts: hosts, run: worst, bursts: pair.bursts)
    }
  }
}

/// A burst over the connections between two hosts, put into words.
struct PairBurst {
  let hosts: HostPair
  let run: PairBursts.Run
  let bursts: Int

  var finding: Finding {
    let more = bursts > 1 ? " (the worst of \(Words.count(bursts, "burst")))" : ""
    var finding = Finding(
      RetransmissionRules.burst, .warning, .certain, proof: .proven,
      summary: "\(hosts.low) and \(hosts.high) sent \(Words.count(run.densest, "segment")) again within 100 ms, "
        + "on \(Words.count(run.densestConnections, "connection"))\(more), mostly \(run.tally.mainCause).")
    finding.cause = run.tally.mainCause
    finding.hosts = hosts.names
    finding.connections = Array(run.named)
    finding.attach(run.tally.evidence)
    finding.measures =
      [
        Measure("segments", Double(run.tally.segments), "segments"),
        Measure("densest", Double(run.densest), "segments"),
        Measure("connections", Double(run.connections.count)), Measure("bursts", Double(bursts)),
        Measure("bytes", Double(run.tally.bytes), "bytes"),
      ] + run.tally.measures
    finding.cost.packets = run.tally.segments
    finding.cost.bytes = run.tally.bytes
    finding.cost.time = run.tally.stalled
    return finding
  }
}
