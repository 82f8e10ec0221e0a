import Detection
import Dissection

/// Sets the kernel's counters beside the findings that should move them, over the same ten seconds.
///
/// Findings are told apart by their numbers; memory is bounded by the findings of the last call.
package struct CounterPairer: Sendable {
  package private(set) var history: CounterHistory
  private var paces: [Key: Pace] = [:]
  private var last: [Int: [CounterPairing]] = [:]

  /// One measure of one finding.
  private struct Key: Hashable {
    var number: Int
    var measure: String
  }

  package init() { history = CounterHistory() }

  /// Takes the counters of `time`, nanoseconds since 1970; see ``CounterHistory/take(_:at:)``.
  package mutating func take(_ snapshot: CounterSnapshot, at time: Int64) -> [CounterReading] {
    history.take(snapshot, at: time)
  }

  /// Fills in ``LiveFinding/counters``; those of a finding that has come to rest stay as they were.
  ///
  /// - Parameters:
  ///   - findings: all that stand now, as of the last snapshot that was taken.
  ///   - isLocal: whether an address is this host's.
  /// - Complexity: O(findings).
  package mutating func pair(_ findings: inout [LiveFinding], isLocal: (IPAddress) -> Bool) {
    guard let span = history.span else { return }
    let wanted = findings.map { expectations($0, span, isLocal) }
    var inAll: [String: Double] = [:]
    for one in wanted.joined() where one.isHere { inAll[one.name, default: 0] += one.perSecond }
    for index in findings.indices {
      let pairings = wanted[index].filter { $0.perSecond > 0 }.map { $0.pairing(history, inAll[$0.name] ?? 0) }
      let number = findings[index].number
      findings[index].counters = pairings.isEmpty ? last[number] ?? [] : pairings
    }
    last = Dictionary(findings.map { ($0.number, $0.counters) }) { first, _ in first }
    let numbers = Set(last.keys)
    paces = paces.filter { numbers.contains($0.key.number) }
  }

  private mutating func expectations(
    _ live: LiveFinding, _ span: ClosedRange<Int64>, _ isLocal: (IPAddress) -> Bool
  ) -> [Expected] {
    CounterExpectation.of(live.finding).compactMap { expectation in
      guard let count = expectation.count(in: live.finding) else { return nil }
      let key = Key(number: live.number, measure: expectation.measure)
      var pace = paces[key] ?? Pace(began: live.finding.firstTime)
      let perSecond = pace.take(count, over: span)
      paces[key] = pace
      let hosts = expectation.hosts(live.finding)
      return Expected(
        counters: expectation.counters, perSecond: perSecond, isHere: hosts.isEmpty || hosts.contains(where: isLocal))
    }
  }

  private struct Expected {
    var counters: [String]
    var perSecond: Double
    var isHere: Bool

    var name: String { counters.joined(separator: " + ") }

    func pairing(_ history: CounterHistory, _ inAll: Double) -> CounterPairing {
      guard isHere else {
        return CounterPairing(
          counters: counters, rate: nil, expected: perSecond, verdict: .unavailable, reason: CounterJudgement.elsewhere)
      }
      let rates = counters.compactMap { history.rate(of: $0) }
      let rate = rates.isEmpty ? nil : rates.reduce(0, +)
      let (verdict, reason) = CounterJudgement.verdict(
        counters, counted: rate, expected: perSecond, inAll: inAll, slack: CounterJudgement.slack / 10)
      return CounterPairing(counters: counters, rate: rate, expected: perSecond, verdict: verdict, reason: reason)
    }
  }
}

/// How a count grew over the last seconds.
private struct Pace: Sendable {
  /// Counts at moments, the oldest first; from the first on it grew evenly to the second, and so on.
  private var points: [(time: Int64, count: Double)]

  /// Nothing was counted before `began`.
  init(began: Int64) { points = [(began, 0)] }

  /// Takes the count at the end of `span`; growth per second over it.
  mutating func take(_ count: Double, over span: ClosedRange<Int64>) -> Double {
    if let last = points.last, span.upperBound > last.time {
      points.append((span.upperBound, count))
    } else {
      // The packets' clock may run a little ahead.
      points[points.count - 1].count = max(count, points[points.count - 1].count)
    }
    while points.count > 2, points[1].time <= span.lowerBound { points.removeFirst() }
    let length = Double(span.upperBound - span.lowerBound) / 1e9
    return length > 0 ? max(0, count - self.count(at: span.lowerBound)) / length : 0
  }

  private func count(at time: Int64) -> Double {
    guard let first = points.first, time >= first.time else { return 0 }
    guard points.count > 1 else { return first.count }
    let (from, to) = (points[0], points[1])
    guard time < to.time else { return to.count }
    let part = (Double(time) - Double(from.time)) / (Double(to.time) - Double(from.time))
    return from.count + (to.count - from.count) * part
  }
}
