/// When work is due again that may take no more than a tenth of the time.
struct Pace {
  private static let share = 10

  private var last: (begin: ContinuousClock.Instant, end: ContinuousClock.Instant)?

  /// Whether the last work was `interval` ago, and nine times as long as it took.
  func isDue(at now: ContinuousClock.Instant, interval: Duration = .zero) -> Bool {
    guard let last else { return true }
    let rest = last.begin.duration(to: last.end) * (Self.share - 1)
    return now >= last.end.advanced(by: max(interval, rest))
  }

  mutating func worked(from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant) { last = (begin, end) }
}
