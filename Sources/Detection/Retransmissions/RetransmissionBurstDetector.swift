import Dissection
import Frames
import Tracking

/// Many retransmissions of one connection within a moment.
///
/// The rule: 5 segments within 100 ms or 3 timeouts within a second, and a tenth of what the direction sent meanwhile;
/// over after a second of quiet. What no connection shows alone, all connections between two hosts may: see
/// ``PairBursts``. Traps: merged records (counted in MSS units), probes and copies. Source: tcp-pathologies §3d.
struct RetransmissionBurstDetector: EndDetector {
  static let rules = [RetransmissionRules.burst]

  static let bucket = 100 * PacketTime.millisecond
  static let leastInBucket: UInt64 = 5
  static let leastTimeouts = 3
  static let timeoutSpan = PacketTime.second
  static let leastShare = 0.1
  static let quiet = PacketTime.second

  static let thresholds = [
    Threshold(
      "retransmission-burst", "segments", "5 in 100 ms, or 3 timeouts in 1 s", because: "fewer are single losses"),
    Threshold(
      "retransmission-burst", "share", "10 % of the direction's segments",
      because: "a fast transfer repairs a window in one go"),
    Threshold(
      "retransmission-burst", "segments between two hosts", "20 in 100 ms on 3 connections, a quarter of the run",
      because: "steady loss on many connections has no moment that stands out"),
  ]

  struct Run: Sendable {
    var tally = RetransmissionTally()
    var isBurst = false
    var recent: [(time: Int64, units: UInt64)] = []
    var timeouts: [Int64] = []
    var lastTime: Int64 = 0
  }

  struct Track: Sendable {
    var run: Run?
    var worst: Run?
    var fromClient = true
    var bursts: UInt64 = 0
    var stalled: Int64 = 0
    var bytes: UInt64 = 0
    var packets: UInt64 = 0
  }

  private var tracks = TroubleTable<DirectionKey, Track>()
  private var pairs = PairBursts()

  init(_ settings: DetectionSettings) {}

  var topics: Topics { Topics(kinds: [.retransmission]) }

  mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].kind == .retransmission {
      let observation = observations[index]
      // What PAWS rejects is sent again in vain: that finding tells it.
      guard observation.amends == 0, observation.segment.payloadLength > 0, observation.cause != .syn,
        observation.cause != .synACK, observation.rejection != .paws
      else { continue }
      pairs.take(observation)
      tracks.update(DirectionKey(observation), fresh: Track()) { Self.take(observation, &$0) }
    }
  }

  private static func take(_ observation: Observation, _ track: inout Track) {
    let time = observation.segment.time
    if let last = track.run?.lastTime, time &- last > quiet { close(&track) }
    // Taken out, not copied: a run holds lists.
    var run = track.run.take() ?? Run()
    run.tally.take(observation)
    run.lastTime = time
    let units = UInt64(observation.units)
    run.recent.append((time, units))
    run.recent.removeAll { time &- $0.time > bucket }
    if observation.cause == .rto { run.timeouts.append(time) }
    run.timeouts.removeAll { time &- $0 > timeoutSpan }
    if run.timeouts.count > leastTimeouts { run.timeouts.removeFirst() }
    let inBucket = run.recent.reduce(0) { $0 + $1.units }
    let sent = max(1, observation.sentLately)
    let dense = inBucket >= leastInBucket && Double(run.recent.count) >= leastShare * Double(sent)
    if dense || run.timeouts.count >= leastTimeouts { run.isBurst = true }
    if run.recent.count > 512 { run.recent.removeFirst(256) }
    track.run = run
  }

  private static func close(_ track: inout Track) {
    guard let run = track.run.take(), run.isBurst else { return }
    track.bursts += 1
    track.stalled &+= run.tally.stalled
    track.bytes += run.tally.bytes
    track.packets += run.tally.segments
    if run.tally.segments > track.worst?.tally.segments ?? 0 { track.worst = run }
  }

  mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    for fromClient in [true, false] {
      tracks.keep(DirectionKey(connection: connection.id, fromClient: fromClient)) { track in
        Self.close(&track)
        return track.bursts > 0
      }
    }
  }

  var mayName: [ConnectionID] { tracks.keys.map(\.connection) + pairs.mayName }

  func findings() -> [Finding] {
    worst.compactMap { finding($0.key, $0.value) } + worstOfPairs(without: Set(worst.keys)).map(\.finding)
  }

  /// Bursts over the connections between two hosts, where no connection has its own.
  func worstOfPairs(without single: Set<ConnectionID>) -> [PairBurst] { pairs.worst(without: single) }

  /// Of each connection with a burst its worse direction: both are one pathology.
  var worst: [ConnectionID: Track] {
    var directions: [ConnectionID: Track] = [:]
    for (key, value) in tracks.dictionary {
      var track = value
      track.fromClient = key.fromClient
      Self.close(&track)
      guard track.bursts > 0 else { continue }
      let other = directions[key.connection]
      let worse =
        track.packets > other?.packets ?? 0
        || track.packets == other?.packets
          && (track.worst?.tally.evidence.firstFrame ?? 0) < (other?.worst?.tally.evidence.firstFrame ?? 0)
      if worse { directions[key.connection] = track }
    }
    return directions
  }

  func finding(_ connection: ConnectionID, _ track: Track) -> Finding? {
    guard let worst = track.worst else { return nil }
    let tally = worst.tally
    let (from, to) = (Words.name(tally.sender), Words.name(tally.receiver))
    let span = tally.evidence.lastTime &- tally.evidence.firstTime
    let more = track.bursts > 1 ? " (the worst of \(Words.count(track.bursts, "burst")))" : ""
    var finding = Finding(
      RetransmissionRules.burst, .warning, .certain, proof: .proven,
      summary: "\(from) sent \(Words.count(tally.segments, "segment")) to \(to) again within "
        + "\(Words.duration(span))\(more), mostly \(tally.mainCause).")
    finding.cause = tally.mainCause
    finding.connections = [connection]
    finding.attach(tally.evidence)
    finding.measures =
      [
        Measure("segments", Double(tally.segments), "segments"), Measure("duration", Words.seconds(span), "s"),
        Measure("bursts", Double(track.bursts)), Measure("bytes", Double(track.bytes), "bytes"),
      ] + tally.measures
    finding.cost.time = track.stalled
    finding.cost.packets = track.packets
    finding.cost.bytes = track.bytes
    return finding
  }
}
