/// Follows a host's counters from snapshot to snapshot: rates, what is usual, and what runs away.
///
/// Memory is bounded: ``RateHistory/mostRates`` rates for each counter of ``CounterMeaning/all``, and the snapshots of
/// the last ``window``.
package struct CounterHistory: Sendable {
  /// Over this time a counter and a finding are compared, in nanoseconds.
  package static let window: Int64 = 10_000_000_000

  private var rates: [String: RateHistory] = [:]
  /// Snapshots of the last ``window``, the oldest first.
  private var recent: [(time: Int64, snapshot: CounterSnapshot)] = []
  private let isComplete: Bool

  /// - Parameter everything: also follow counters that ``CounterMeaning`` does not know; they never run away.
  package init(everything: Bool = false) { isComplete = everything }

  /// Takes the next snapshot, made at `time` (nanoseconds, of any clock that does not go back).
  ///
  /// The first gives no readings, nor does one of the same moment. - Complexity: O(counters).
  ///
  /// - Returns: one reading for each counter that both snapshots know, in the order of ``CounterMeaning/all``, then
  ///   those that it does not know in the order of the snapshot.
  package mutating func take(_ snapshot: CounterSnapshot, at time: Int64) -> [CounterReading] {
    guard let last = recent.last else {
      recent = [(time, snapshot)]
      return []
    }
    let (length, overflow) = time.subtractingReportingOverflow(last.time)
    guard !overflow, length > 0 else { return [] }
    recent.append((time, snapshot))
    while recent.count > 2, recent[1].time <= time &- Self.window { recent.removeFirst() }
    var readings = CounterMeaning.all.compactMap {
      read($0.name, last.snapshot, snapshot, length, $0.sentence, isLoad: $0.isLoad)
    }
    if isComplete {
      readings += snapshot.counters.lazy.filter { CounterMeaning.of($0.name) == nil }.compactMap {
        read($0.name, last.snapshot, snapshot, length, "", isLoad: true)
      }
    }
    return readings
  }

  private mutating func read(
    _ name: String, _ before: CounterSnapshot, _ after: CounterSnapshot, _ length: Int64, _ meaning: String,
    isLoad: Bool
  ) -> CounterReading? {
    guard let value = after[name], let change = before.change(of: name, until: after) else { return nil }
    let rate = Double(change) * 1e9 / Double(length)
    var reading = CounterReading(name: name, value: value, rate: rate, meaning: meaning)
    var history = rates[name] ?? RateHistory()
    history.take(rate, length: length)
    rates[name] = history
    reading.usual = history.usual
    reading.runsAway = history.runsAway && !isLoad
    return reading
  }

  /// From the oldest to the newest snapshot of the last ``window``; nil before there are two.
  package var span: ClosedRange<Int64>? {
    guard let first = recent.first, let last = recent.last, last.time > first.time else { return nil }
    return first.time...last.time
  }

  /// Change per second over the last ``window``, nil when the kernel has no such counter or it began anew.
  package func rate(of name: String) -> Double? {
    guard let first = recent.first, let last = recent.last, last.time > first.time,
      let change = first.snapshot.change(of: name, until: last.snapshot)
    else { return nil }
    return Double(change) * 1e9 / Double(last.time - first.time)
  }
}

/// The rates of one counter: the last of them in their order and by size.
///
/// A counter runs away when its rate has been, for two readings, 10/s and four times above the 95th percentile of what
/// was seen before. Two, because one second is easily a burst; 10/s, because from 0 to 1 is four times and no trouble;
/// four times, because load doubles in an ordinary day. It has come back when the rate has been for three readings below
/// half of that. What was seen meanwhile does not become usual.
struct RateHistory: Sendable {
  /// Ten minutes of seconds.
  static let mostRates = 600
  /// Before this nothing is called usual, in nanoseconds.
  static let leastTime: Int64 = 10_000_000_000
  /// Least number of rates for the same: percentiles of fewer say nothing.
  static let leastRates = 5
  static let leastExcess = 10.0
  static let factor = 4.0
  static let readingsToRun = 2
  static let readingsToRest = 3

  private var rates: [Float] = []
  private var next = 0
  private var sorted: [Float] = []
  private var known: Int64 = 0
  /// Rates that may be the beginning of a run or a burst.
  private var waiting: [Double] = []
  private var calm = 0
  private(set) var runsAway = false

  /// From the 5th to the 95th percentile; nil before ``leastTime``.
  var usual: ClosedRange<Double>? {
    guard known >= Self.leastTime, sorted.count >= Self.leastRates else { return nil }
    let last = Double(sorted.count - 1)
    return Double(sorted[Int((0.05 * last).rounded(.down))])...Double(sorted[Int((0.95 * last).rounded(.up))])
  }

  mutating func take(_ rate: Double, length: Int64) {
    guard let top = usual?.upperBound else { return keep(rate, length) }
    if runsAway {
      calm = rate <= limit(top) / 2 ? calm + 1 : 0
      if calm >= Self.readingsToRest { runsAway = false }
    } else if rate >= limit(top) {
      waiting.append(rate)
      if waiting.count >= Self.readingsToRun {
        runsAway = true
        (calm, waiting) = (0, [])
      }
    } else {
      for burst in waiting { keep(burst, length) }
      waiting = []
      keep(rate, length)
    }
  }

  private func limit(_ top: Double) -> Double { max(top + Self.leastExcess, top * Self.factor) }

  private mutating func keep(_ rate: Double, _ length: Int64) {
    known = min(known &+ length, Self.leastTime)
    let rate = Float(rate)
    if rates.count < Self.mostRates {
      rates.append(rate)
    } else {
      sorted.remove(at: place(of: rates[next]))
      rates[next] = rate
      next = (next + 1) % Self.mostRates
    }
    sorted.insert(rate, at: place(of: rate))
  }

  /// Where in ``sorted`` the first rate stands that is not smaller.
  private func place(of rate: Float) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < rate { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
