import Dissection
import Frames
import Tracking

/// The last segments of a flight are lost: nothing behind them makes the peer report it, so a timer must.
///
/// The rule: 3 tails of a direction repaired by a probe or timeout, or 2 that cost half a second, while other losses do
/// not outnumber them. Traps: timers within other recoveries, needless timers, whole windows, and silences
/// (``Blackout``). Source: RFC 8985 §7, tcp-pathologies §3b.
struct TailLossDetector: EndDetector {
  static let rules = [LossEpisodeRules.tailLoss]

  static let least: UInt64 = 3
  static let leastCostly: UInt64 = 2
  static let costly = 500 * PacketTime.millisecond
  /// A timer that comes sooner after another repair belongs to that.
  static let quiet = PacketTime.second
  /// Linux's initial window: a flight that lost more than this lost more than its tail.
  static let longestTail: UInt64 = 10

  static let thresholds = [
    Threshold("tail-loss", "tails of a connection", "3, or 2 that cost 0.5 s", because: "one lost tail is chance")
  ]

  /// One tail, from the first timer on.
  private struct Tail: Sendable {
    let head: SequenceNumber
    let firstFrame: UInt64
    var lastFrame: UInt64
    let firstTry: Int64
    var lastTry: Int64
    var timeouts: UInt64 = 0
    var segments: UInt64 = 0
    var bytes: UInt64 = 0
    /// Its bytes had arrived, or the peer answered without taking them.
    var isRefuted = false

    var wait: Int64 { max(0, lastTry &- firstTry) }
    var counts: Bool {
      !isRefuted && segments <= longestTail && !(timeouts >= Blackout.leastTimeouts && wait >= Blackout.least)
    }
  }

  struct Track: Sendable {
    private var tail: Tail?
    private var lastOther: Int64?
    private(set) var byProbe: UInt64 = 0
    private(set) var byTimeout: UInt64 = 0
    private(set) var others: UInt64 = 0
    private(set) var segments: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private(set) var waited: Int64 = 0
    private(set) var evidence = Evidence(first: 12, last: 4)

    var tails: UInt64 { byProbe + byTimeout }
    var isEnough: Bool {
      others <= tails && (tails >= least || tails >= leastCostly && waited >= costly)
    }

    mutating func take(_ observation: Observation) {
      let time = observation.segment.time
      if observation.amends != 0 {
        let isOfTail = tail.map { observation.amends >= $0.firstFrame } ?? false
        if isOfTail, observation.anomalies.contains(.needless) { tail?.isRefuted = true }
      } else if observation.isTimer, time &- observation.stall > tail?.lastTry ?? .min {
        begin(observation)
      } else if let tail, observation.isTimer || time &- tail.lastTry < quiet {
        extend(observation)
      } else {
        lastOther = time
        others += 1
      }
    }

    /// A timer ran out that no earlier one started.
    private mutating func begin(_ observation: Observation) {
      let segment = observation.segment
      // The same bytes again: the peer spoke in between, but did not take them.
      if let tail, segment.sequence <= tail.head { self.tail?.isRefuted = true }
      close()
      if let lastOther, segment.time &- lastOther < quiet {
        others += 1
        return
      }
      tail = Tail(
        head: segment.sequence, firstFrame: segment.frame, lastFrame: segment.frame,
        firstTry: segment.time &- observation.stall, lastTry: segment.time)
      extend(observation)
    }

    private mutating func extend(_ observation: Observation) {
      tail?.segments += 1
      tail?.bytes += UInt64(observation.repeatedBytes)
      tail?.lastFrame = observation.segment.frame
      if observation.anomalies.contains(.needless) { tail?.isRefuted = true }
      guard observation.isTimer else { return }
      tail?.lastTry = observation.segment.time
      if observation.cause == .rto { tail?.timeouts += 1 }
      evidence.add(observation) { ("sent again (\($0.cause.name)) after \(Words.duration($0.stall))", ["seq", "len"]) }
    }

    /// The tail is over; whatever is not a plain one counts as another loss.
    private mutating func close() {
      guard let tail else { return }
      self.tail = nil
      guard tail.counts else {
        others += tail.isRefuted ? 1 : tail.segments
        return
      }
      if tail.timeouts > 0 { byTimeout += 1 } else { byProbe += 1 }
      segments += tail.segments
      bytes += tail.bytes
      waited &+= tail.wait
    }

    /// The connection ended; a tail of which nothing more was seen may never have come through.
    mutating func end(lastFrame: UInt64) {
      if let tail, tail.lastFrame < lastFrame { close() }
    }
  }

  private var tracks = TroubleTable<DirectionKey, Track>()
  private(set) var losses: [ConnectionID: TailLoss] = [:]

  init(_ settings: DetectionSettings) {}

  var topics: Topics { Topics(kinds: [.retransmission]) }

  mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].kind == .retransmission {
      guard observations[index].segment.payloadLength > 0, observations[index].rejection != .paws else { continue }
      tracks.update(DirectionKey(observations[index]), fresh: Track()) { $0.take(observations[index]) }
    }
  }

  mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    for fromClient in [true, false] {
      let key = DirectionKey(connection: connection.id, fromClient: fromClient)
      let lastFrame = connection.lastFrame
      tracks.keep(key) { track in
        track.end(lastFrame: lastFrame)
        return track.isEnough
      }
      guard let track = tracks.remove(key), losses.count < 20_000 else { continue }
      guard track.waited > losses[connection.id]?.track.waited ?? -1 else { continue }
      losses[connection.id] = TailLoss(track: track, connection: connection.id)
    }
  }

  func findings() -> [Finding] { losses.values.map(\.finding) }
}

/// The lost tails of one direction, put into words.
struct TailLoss: Sendable {
  let track: TailLossDetector.Track
  let connection: ConnectionID

  /// Whether at least half of some retransmissions of the connection are these.
  func explains(_ segments: UInt64) -> Bool { segments <= 2 * track.segments }

  var finding: Finding {
    let ends = track.evidence.frames.first.map { ($0.segment.sender, $0.segment.receiver) }
    var finding = Finding(
      LossEpisodeRules.tailLoss, track.waited >= TailLossDetector.costly ? .notice : .info, .likely, proof: .inferred,
      summary: "\(Words.name(ends?.0)) lost the last segments of \(Words.count(track.tails, "flight")) to "
        + "\(Words.name(ends?.1)) and waited \(Words.duration(track.waited)) for its timers: a probe repaired "
        + "\(Words.grouped(track.byProbe)), \(Words.grouped(track.byTimeout)) needed a timeout.")
    finding.connections = [connection]
    finding.attach(track.evidence)
    finding.measures = [
      Measure("tails", Double(track.tails)), Measure("by-probe", Double(track.byProbe)),
      Measure("by-timeout", Double(track.byTimeout)), Measure("waited", Words.seconds(track.waited), "s"),
      Measure("segments", Double(track.segments), "segments"),
    ]
    finding.cost.time = track.waited
    finding.cost.packets = track.segments
    finding.cost.bytes = track.bytes
    return finding
  }
}
