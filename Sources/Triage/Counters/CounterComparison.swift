import Detection
import Dissection

/// Two snapshots of a host's counters beside what a capture shows of the host.
package struct CounterComparison: Sendable {
  /// The host whose counters these are taken to be.
  package var host: String
  /// How it was chosen, in one sentence.
  package var choice: String
  /// Nanoseconds between the snapshots, where both tell their times.
  package var length: Int64?
  /// The host's kernel, where a snapshot tells.
  package var kernel: String?
  /// Counters that moved or should have moved: those that packets predict, then the others that matter.
  package var rows: [Row] = []
  /// Findings that move counters or that a setting explains, in the order of the report.
  package var checks: [Check] = []
  /// What makes the whole comparison doubtful, one sentence each.
  package var remarks: [String] = []

  /// One counter of the host.
  package struct Row: Sendable {
    package var name: String
    /// By how much it moved; nil when that is not known.
    package var moved: UInt64?
    /// What the packets let expect; nil for counters that they do not tell of.
    package var predicted: PredictedCounter?
    /// Whether the two go together; nil where the packets predict nothing, or too little to tell.
    package var verdict: CounterPairing.Verdict?
    /// Why they do not; empty otherwise.
    package var reason = ""
  }

  /// What the counters and settings say about one finding.
  package struct Check: Sendable {
    /// Its place in ``Report/findings``.
    package var finding: Int
    package var matches: [Match] = []
    /// Sentences that quote settings of the host.
    package var settings: [String] = []
    /// Processes of the host whose sockets the finding is about; known of live captures only.
    package var processes: [ProcessName] = []
  }

  /// A counter, or several that share the events, beside a finding.
  package struct Match: Sendable {
    /// As `nstat` calls them, joined by ` + `.
    package var name: String
    package var moved: UInt64?
    package var expected: Double
    package var verdict: CounterPairing.Verdict
    /// Why it is no match; empty for a match.
    package var reason: String
  }
}

extension CounterComparison {
  /// Notes the processes of a finding, by its place in ``Report/findings``.
  package mutating func note(_ processes: [ProcessName], ofFinding finding: Int) {
    guard !processes.isEmpty else { return }
    if let index = checks.firstIndex(where: { $0.finding == finding }) {
      checks[index].processes = processes
    } else {
      checks.append(Check(finding: finding, processes: processes))
      checks.sort { $0.finding < $1.finding }
    }
  }

  /// Sets snapshots beside a report.
  ///
  /// - Parameters:
  ///   - report: its predictions must be there.
  ///   - host: one of the predicted hosts, and how it was chosen.
  ///   - before: taken before the capture, or at its start.
  ///   - after: taken after it.
  ///   - settings: of the same host.
  package init(
    _ report: Report, host: (address: IPAddress, choice: String), before: CounterSnapshot, after: CounterSnapshot,
    settings: KernelSettings
  ) {
    self.host = "\(host.address)"
    choice = host.choice
    kernel = after.kernel ?? before.kernel
    if let start = before.time, let end = after.time, end > start { length = end - start }
    let predictions = report.counters?.hosts.first { $0.host == "\(host.address)" }?.counters ?? []
    rows = Self.rows(predictions, before, after)
    checks = Self.checks(report.findings, host.address, predictions, before, after, settings)
    remarks = Self.doubts(report.capture, before, after)
  }

  private static func rows(
    _ predictions: [PredictedCounter], _ before: CounterSnapshot, _ after: CounterSnapshot
  ) -> [Row] {
    let told = predictions.compactMap { counter -> Row? in
      let moved = before.change(of: counter.nstatName, until: after)
      guard counter.value > 0 || moved ?? 0 > 0 else { return nil }
      var row = Row(name: counter.nstatName, moved: moved, predicted: counter)
      guard counter.value > 0 else { return row }
      // What counts at least so much may count any more.
      let inAll = counter.certainty == .atLeast ? .infinity : Double(counter.value)
      let (verdict, reason) = CounterJudgement.verdict(
        [row.name], counted: moved.map { Double($0) }, expected: Double(counter.value), inAll: inAll,
        slack: CounterJudgement.slack)
      guard verdict != .unavailable || moved == nil else { return row }
      let isGuess = verdict == .mismatch && counter.certainty == .estimate
      (row.verdict, row.reason) = (verdict, isGuess ? "Only estimated from the packets: \(counter.reason)." : reason)
      return row
    }
    let names = Set(predictions.map(\.nstatName))
    let others = CounterMeaning.all.filter { !names.contains($0.name) }.compactMap { meaning -> Row? in
      let moved = before.change(of: meaning.name, until: after) ?? 0
      return moved > 0 ? Row(name: meaning.name, moved: moved) : nil
    }
    return told + others
  }

  private static func checks(
    _ findings: [Finding], _ host: IPAddress, _ predictions: [PredictedCounter], _ before: CounterSnapshot,
    _ after: CounterSnapshot, _ settings: KernelSettings
  ) -> [Check] {
    var inAll = Dictionary(predictions.map { ($0.nstatName, Double($0.value)) }) { first, _ in first }
    var sums: [String: Double] = [:]
    for finding in findings {
      for expectation in CounterExpectation.of(finding) where expectation.concerns(host, finding) {
        for name in expectation.counters { sums[name, default: 0] += expectation.count(in: finding) ?? 0 }
      }
    }
    inAll.merge(sums) { max($0, $1) }
    return findings.enumerated().compactMap { index, finding in
      var check = Check(finding: index, settings: settings.remarks(for: finding.rule.id))
      check.matches = CounterExpectation.of(finding).compactMap { $0.match(finding, host, before, after, inAll) }
      return check.matches.isEmpty && check.settings.isEmpty ? nil : check
    }
  }

  /// Signs that the snapshots are not what they are taken for.
  private static func doubts(
    _ capture: CaptureSummary, _ before: CounterSnapshot, _ after: CounterSnapshot
  ) -> [String] {
    var doubts: [String] = []
    let both = after.counters.filter { before[$0.name] != nil }
    let back = both.filter { before.change(of: $0.name, until: after) == nil }.count
    let on = both.filter { (before[$0.name] ?? 0) < $0.value }.count
    if back > on {
      doubts.append("The later snapshot counts less than the earlier: they are swapped, or the host began anew.")
    } else if on == 0 {
      doubts.append("No counter moved between the snapshots: they are the same, or of a network namespace at rest.")
    }
    if let one = before.kernel, let other = after.kernel, one != other {
      doubts.append("The snapshots are of different kernels (\(one), \(other)): two hosts, or one that began anew.")
    }
    guard let start = before.time, let end = after.time, capture.frames > 0 else { return doubts }
    if start > capture.firstTime &+ margin || end < capture.lastTime &- margin {
      doubts.append("The snapshots do not span the capture: what happened outside of them was not counted.")
    }
    return doubts
  }

  /// Clocks of two hosts, or of a shell and a capture, may differ so much, in nanoseconds.
  private static let margin: Int64 = 2_000_000_000
}

extension CounterExpectation {
  /// Whether the kernel of `host` counts what the finding shows, as far as the evidence tells.
  fileprivate func concerns(_ host: IPAddress, _ finding: Finding) -> Bool {
    let hosts = hosts(finding)
    return hosts.isEmpty || hosts.contains(host)
  }

  fileprivate func match(
    _ finding: Finding, _ host: IPAddress, _ before: CounterSnapshot, _ after: CounterSnapshot,
    _ inAll: [String: Double]
  ) -> CounterComparison.Match? {
    guard let expected = count(in: finding), expected > 0 else { return nil }
    let name = counters.joined(separator: " + ")
    guard concerns(host, finding) else {
      return .init(
        name: name, moved: nil, expected: expected, verdict: .unavailable, reason: CounterJudgement.elsewhere)
    }
    let changes = counters.compactMap { before.change(of: $0, until: after) }
    let moved = changes.isEmpty ? nil : changes.reduce(0) { $0 &+ $1 }
    let all = counters.map { inAll[$0] ?? 0 }.max() ?? 0
    let (verdict, reason) = CounterJudgement.verdict(
      counters, counted: moved.map { Double($0) }, expected: expected, inAll: all, slack: CounterJudgement.slack)
    return .init(name: name, moved: moved, expected: expected, verdict: verdict, reason: reason)
  }
}
