import Dissection
import Tracking

/// Retransmissions of single connections: what never came through, what came in bursts, and how much in all.
///
/// The three look at the same segments, so they speak with one voice: a stall or a burst that most of a connection's
/// retransmissions belong to speaks for a mild rate; a rate of 1 % and more names the burst as a part of it.
package struct RetransmissionDetector: EndDetector {
  package static let rules =
    RetransmissionStallDetector.rules + RetransmissionBurstDetector.rules + RetransmissionRateDetector.rules
  package static let thresholds =
    RetransmissionStallDetector.thresholds + RetransmissionBurstDetector.thresholds
    + RetransmissionRateDetector.thresholds

  private var stalls: RetransmissionStallDetector
  private var bursts: RetransmissionBurstDetector
  private var rates: RetransmissionRateDetector
  private let disabled: Set<String>

  package init(_ settings: DetectionSettings) {
    stalls = RetransmissionStallDetector(settings)
    bursts = RetransmissionBurstDetector(settings)
    rates = RetransmissionRateDetector(settings)
    disabled = settings.disabledRules
  }

  package var topics: Topics { stalls.topics }

  package mutating func observe(_ observations: borrowing [Observation]) {
    stalls.observe(observations)
    bursts.observe(observations)
    rates.observe(observations)
  }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    stalls.connectionEnded(connection)
    bursts.connectionEnded(connection)
    rates.connectionEnded(connection)
  }

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { stalls.captureSurveyed(facts) }

  package var mayName: [ConnectionID] { stalls.mayName + bursts.mayName + rates.mayName }

  package func findings() -> [Finding] {
    let stalled = isOn(RetransmissionRules.stall) ? stalls.certain : [:]
    var single = isOn(RetransmissionRules.burst) ? bursts.worst : [:]
    let pairs = isOn(RetransmissionRules.burst) ? bursts.worstOfPairs(without: Set(single.keys)) : []
    for (connection, stall) in stalled where stall.explains(single[connection]?.packets ?? .max) {
      single[connection] = nil
    }
    var told: [Finding] = []
    let rest = rates.rated.filter { rate in
      if stalled[rate.connection]?.explains(rate.tally.segments) == true { return false }
      if pairs.contains(where: { $0.explains(rate) }) { return false }
      guard let burst = single[rate.connection], burst.fromClient == rate.fromClient else { return true }
      guard isOn(RetransmissionRules.rate), rate.percent >= RetransmissionRateDetector.warning else { return false }
      told.append(rates.finding(rate, with: burst))
      single[rate.connection] = nil
      return false
    }
    told += stalled.values.map { StallFinding(stall: $0).finding } + pairs.map(\.finding)
    return told + single.compactMap { bursts.finding($0.key, $0.value) } + rates.findings(rest)
  }

  private func isOn(_ rule: Rule) -> Bool { !disabled.contains(rule.id) }
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
