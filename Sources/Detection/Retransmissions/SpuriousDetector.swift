import Dissection
import Frames
import Tracking

/// Data sent again although it was not lost: the sender was misled by reordering, late acknowledgments or its timers.
///
/// The rule: at least 3 needless retransmissions of a direction and a tenth of its retransmissions, or needless timeouts
/// that cost a second. Traps: what PAWS rejects has not arrived; a needless one among many that were needed says
/// nothing. Source: RFC 2883, RFC 3522, tcp-pathologies §3b.
struct SpuriousDetector: EndDetector {
  static let rules = [LossEpisodeRules.spurious]

  static let least: UInt64 = 3
  static let leastShare = 0.1
  static let costly = PacketTime.second

  static let thresholds = [
    Threshold(
      "spurious-retransmissions", "needless segments", "3 and 10 % of the retransmissions, or timeouts of 1 s",
      because: "one or two misjudgments are the price of a quick repair")
  ]

  struct Track: Sendable {
    /// All retransmissions of the direction; known at the connection's end.
    fileprivate(set) var total: UInt64 = 0
    private(set) var needless: UInt64 = 0
    private(set) var crossed: UInt64 = 0
    private(set) var acknowledged: UInt64 = 0
    private(set) var causes: InlineArray<8, UInt64> = .init(repeating: 0)
    private(set) var bytes: UInt64 = 0
    private(set) var stalled: Int64 = 0
    private(set) var evidence = Evidence(first: 10, last: 4)

    mutating func take(_ observation: Observation) {
      needless += 1
      causes[Int(observation.cause.rawValue)] += 1
      bytes += UInt64(observation.segment.payloadLength)
      if observation.cause == .rto { stalled &+= observation.stall }
      if observation.anomalies.contains(.crossedOriginal) { crossed += 1 }
      if observation.anomalies.contains(.alreadyAcknowledged) { acknowledged += 1 }
      evidence.add(observation) { (Self.note($0), ["seq", "len"]) }
    }

    private static func note(_ observation: Observation) -> String {
      let start = "sent again (\(observation.cause.name)), needlessly"
      if observation.anomalies.contains(.crossedOriginal) { return start + ": its original was on the way" }
      if observation.anomalies.contains(.alreadyAcknowledged) { return start + ": acknowledged before" }
      return observation.amendedBy > 0 ? start + ": frame \(observation.amendedBy) shows it" : start
    }

    var isEnough: Bool {
      needless >= least && Double(needless) >= leastShare * Double(total) || stalled >= costly
    }
  }

  private var tracks = TroubleTable<DirectionKey, Track>()
  private(set) var spurious: [ConnectionID: Spurious] = [:]

  init(_ settings: DetectionSettings) {}

  var topics: Topics { Topics(.needless) }

  mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].anomalies.contains(.needless) {
      guard observations[index].kind == .retransmission, observations[index].segment.payloadLength > 0,
        observations[index].rejection != .paws
      else { continue }
      tracks.update(DirectionKey(observations[index]), fresh: Track()) { $0.take(observations[index]) }
    }
  }

  mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    for fromClient in [true, false] {
      let key = DirectionKey(connection: connection.id, fromClient: fromClient)
      let sent = fromClient ? connection.fromClient : connection.fromServer
      tracks.keep(key) { track in
        track.total = UInt64(sent.retransmissions)
        return track.isEnough
      }
      guard let track = tracks.remove(key), spurious.count < 20_000 else { continue }
      // Both directions are one pathology: the worse one speaks.
      if let other = spurious[connection.id], other.track.needless >= track.needless { continue }
      spurious[connection.id] = Spurious(track: track, connection: connection.id, payload: sent.payloadBytes)
    }
  }

  func findings() -> [Finding] { spurious.values.map(\.finding) }
}

/// Needless retransmissions of one direction, judged and put into words.
struct Spurious: Sendable {
  let track: SpuriousDetector.Track
  let connection: ConnectionID
  let payload: UInt64

  /// Whether at least half of some retransmissions of the connection are these.
  func explains(_ segments: UInt64) -> Bool { segments <= 2 * track.needless }

  /// What misled the sender, if one thing accounts for more than half.
  enum Cause: String, Sendable {
    case reordering, mixed
    case acknowledgments = "ack-loss-or-delay"
    case probe = "early-timer"
    case late = "late-original"
  }

  private func count(_ causes: RetransmissionCause...) -> UInt64 {
    causes.reduce(0) { $0 + track.causes[Int($1.rawValue)] }
  }

  var cause: Cause {
    let isMost: (UInt64) -> Bool = { 2 * $0 > track.needless }
    if isMost(track.crossed) { return .reordering }
    if track.stalled >= SpuriousDetector.costly || isMost(count(.rto, .rtoRecovery)) { return .acknowledgments }
    if isMost(count(.tailLossProbe)) { return .probe }
    return isMost(count(.fast)) ? .late : .mixed
  }

  private var conclusion: String {
    switch cause {
    case .reordering: "most of them crossed their originals, which the path had delivered out of order"
    case .acknowledgments: "its timeout ran out because acknowledgments were lost or late"
    case .probe: "its probe for a lost tail was sooner than the acknowledgment"
    case .late: "its peer reported holes that late originals then filled"
    case .mixed: "no single cause accounts for most of them"
    }
  }

  var finding: Finding {
    let frames = track.evidence.frames
    let ends = frames.first.map { ($0.segment.sender, $0.segment.receiver) }
    let isHarmful =
      track.stalled >= SpuriousDetector.costly
      || Double(track.bytes) >= RetransmissionRateDetector.warning / 100 * Double(payload)
        && track.total >= RetransmissionRateDetector.leastDataSegments / 5
    var finding = Finding(
      LossEpisodeRules.spurious, isHarmful ? .warning : .notice, .certain, proof: .proven,
      summary: "\(Words.name(ends?.0)) sent \(Words.count(track.needless, "segment")) to \(Words.name(ends?.1)) "
        + "again that \(track.needless == 1 ? "was" : "were") not lost, of \(Words.count(track.total, "retransmission")): \(conclusion)."
    )
    finding.cause = cause.rawValue
    if cause != .reordering { finding.proof = .inferred }
    finding.connections = [connection]
    finding.attach(track.evidence)
    if let first = frames.first?.segment { (finding.firstFrame, finding.firstTime) = (first.frame, first.time) }
    finding.measures = [
      Measure("needless", Double(track.needless), "segments"), Measure("segments", Double(track.total), "segments"),
      Measure("crossed", Double(track.crossed), "segments"),
      Measure("acknowledged-before", Double(track.acknowledged), "segments"),
      Measure("stalled", Words.seconds(track.stalled), "s"),
    ]
    for cause in RetransmissionCause.allCases where count(cause) > 0 {
      finding.measures.append(Measure("needless-\(cause.name)", Double(count(cause)), "segments"))
    }
    finding.cost.time = track.stalled
    finding.cost.packets = track.needless
    finding.cost.bytes = track.bytes
    return finding
  }
}
