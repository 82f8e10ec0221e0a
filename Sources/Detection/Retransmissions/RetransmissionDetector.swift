import Dissection
import Tracking

/// Retransmissions of single connections: what never came through, what a silence or a lost tail cost, what was needless,
/// what came in bursts, and how much in all.
///
/// They look at the same segments, so they speak with one voice: a stall, a blackout or needless retransmissions speak
/// for a burst or a rate that is theirs by half; a burst or lost tails speak for a mild rate; a rate of 1 % and more
/// names the burst as a part of it.
package struct RetransmissionDetector: EndDetector {
  package static let rules =
    RetransmissionStallDetector.rules + RetransmissionBurstDetector.rules + RetransmissionRateDetector.rules
    + SpuriousDetector.rules + TailLossDetector.rules
  package static let thresholds =
    RetransmissionStallDetector.thresholds + RetransmissionBurstDetector.thresholds
    + RetransmissionRateDetector.thresholds + SpuriousDetector.thresholds + TailLossDetector.thresholds

  private var stalls: RetransmissionStallDetector
  private var bursts: RetransmissionBurstDetector
  private var rates: RetransmissionRateDetector
  private var spurious: SpuriousDetector
  private var tails: TailLossDetector
  private let disabled: Set<String>

  package init(_ settings: DetectionSettings) {
    stalls = RetransmissionStallDetector(settings)
    bursts = RetransmissionBurstDetector(settings)
    rates = RetransmissionRateDetector(settings)
    spurious = SpuriousDetector(settings)
    tails = TailLossDetector(settings)
    disabled = settings.disabledRules
  }

  package var topics: Topics { stalls.topics }

  package mutating func observe(_ observations: borrowing [Observation]) {
    stalls.observe(observations)
    bursts.observe(observations)
    rates.observe(observations)
    spurious.observe(observations)
    tails.observe(observations)
  }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    // Most connections resend nothing: none of these knows them.
    guard connection.fromClient.retransmissions > 0 || connection.fromServer.retransmissions > 0 else { return }
    stalls.connectionEnded(connection)
    bursts.connectionEnded(connection)
    rates.connectionEnded(connection)
    spurious.connectionEnded(connection)
    tails.connectionEnded(connection)
  }

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { stalls.captureSurveyed(facts) }

  package var mayName: [ConnectionID] {
    stalls.mayName + bursts.mayName + rates.mayName + spurious.spurious.keys + tails.losses.keys
  }

  package func findings() -> [Finding] {
    var spoken = Spoken(
      stalls: isOn(RetransmissionRules.stall) ? stalls.certain : [:],
      blackouts: isOn(LossEpisodeRules.blackout) ? stalls.blackouts : [:],
      spurious: isOn(LossEpisodeRules.spurious) ? spurious.spurious : [:])
    if isOn(RetransmissionRules.rate) { rates.rated.forEach { spoken.yield(to: $0) } }
    var single = isOn(RetransmissionRules.burst) ? bursts.worst : [:]
    let pairs = isOn(RetransmissionRules.burst) ? bursts.worstOfPairs(without: Set(single.keys)) : []
    single = single.filter { !spoken.explains($0.value.packets, on: $0.key) }
    var lost = isOn(LossEpisodeRules.tailLoss) ? tails.losses : [:]
    for id in lost.keys where single[id] != nil || spoken.tells(of: id) { lost[id] = nil }
    var told: [Finding] = []
    let rest = rates.rated.filter { rate in
      if spoken.explains(rate.tally.segments, on: rate.connection) { return false }
      if pairs.contains(where: { $0.explains(rate) }) { return false }
      if rate.percent >= RetransmissionRateDetector.warning, isOn(RetransmissionRules.rate) {
        lost[rate.connection] = nil
      } else if lost[rate.connection]?.explains(rate.tally.segments) == true {
        return false
      }
      guard let burst = single[rate.connection], burst.fromClient == rate.fromClient else { return true }
      guard isOn(RetransmissionRules.rate), rate.percent >= RetransmissionRateDetector.warning else { return false }
      told.append(rates.finding(rate, with: burst))
      single[rate.connection] = nil
      return false
    }
    told += spoken.findings + lost.values.map(\.finding) + pairs.map(\.finding)
    return told + single.compactMap { bursts.finding($0.key, $0.value) } + rates.findings(rest)
  }

  private func isOn(_ rule: Rule) -> Bool { !disabled.contains(rule.id) }
}

/// What says why a connection's data was sent again, and so speaks for how much and how quickly.
private struct Spoken {
  let stalls: [ConnectionID: Stall]
  private(set) var blackouts: [ConnectionID: Blackout]
  private(set) var spurious: [ConnectionID: Spurious]

  /// A silence is told alone: it misleads the sender, too.
  init(stalls: [ConnectionID: Stall], blackouts: [ConnectionID: Blackout], spurious: [ConnectionID: Spurious]) {
    self.stalls = stalls
    self.blackouts = blackouts
    self.spurious = spurious.filter { blackouts[$0.key] == nil || $0.value.explains($0.value.track.total) }
  }

  /// Where much else is lost, single mishaps are a part of that.
  mutating func yield(to rate: RetransmissionRateDetector.Rated) {
    let (id, segments) = (rate.connection, rate.tally.segments)
    let isHigh = rate.percent >= RetransmissionRateDetector.warning
    if isHigh, spurious[id]?.explains(segments) == false { spurious[id] = nil }
    if rate.percent >= RetransmissionRateDetector.critical, blackouts[id]?.explains(segments) == false {
      blackouts[id] = nil
    }
  }

  func explains(_ segments: UInt64, on id: ConnectionID) -> Bool {
    stalls[id]?.explains(segments) == true || blackouts[id]?.explains(segments) == true
      || spurious[id]?.explains(segments) == true
  }

  func tells(of id: ConnectionID) -> Bool { stalls[id] != nil || blackouts[id] != nil || spurious[id] != nil }

  var findings: [Finding] {
    stalls.values.map { StallFinding(stall: $0).finding } + blackouts.values.map(\.finding)
      + spurious.values.map(\.finding)
  }
}

extension Stall {
  /// Whether at least half of a connection's retransmissions are those of the stall.
  func explains(_ segments: UInt64) -> Bool { segments <= 2 * track.tries }
}

extension PairBurst {
  /// Whether at least half of a connection's retransmissions lie in the burst.
  func explains(_ rate: RetransmissionRateDetector.Rated) -> Bool {
    rate.tally.segments <= 2 * (run.connections[rate.connection] ?? 0)
  }
}
