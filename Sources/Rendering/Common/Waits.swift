import Tracking

extension ConnectionSummary {
  /// What it spent its time on, the largest share first: `recovery 71 %, network 20 %`.
  ///
  /// Shares below 1 % are left out; empty when no time passed.
  var waits: String {
    let total = time.total
    guard total > 0 else { return "" }
    let shares = TimeUse.allCases.map {
      (use: $0, percent: Int((100 * Double(time[$0]) / Double(total)).rounded(.down)))
    }
    return shares.filter { $0.percent >= 1 }
      .sorted { ($1.percent, $0.use.rawValue) < ($0.percent, $1.use.rawValue) }
      .map { "\($0.use.words) \($0.percent) %" }
      .joined(separator: ", ")
  }
}

extension TimeUse {
  /// For people.
  var words: String { self == .receiverWindow ? "receiver window" : name }
}
