import Frames
import Triage

/// How the comparison of a host's counters with a capture is put, the same in every report.
extension CounterComparison {
  /// A sentence above the table, as in `Between the two snapshots (12.3 s) the counters of 10.0.0.1 moved so much.`.
  var heading: String {
    let time = length.map { Quantity.duration($0) }
    let details = [time, kernel.map { "kernel \($0)" }].compactMap(\.self).joined(separator: ", ")
    return "Between the two snapshots\(details.isEmpty ? "" : " (\(details))") the counters of \(host) moved so much."
  }

  /// Why numbers differ, each reason once, with the counters that it holds for.
  var mismatches: [(names: [String], reason: String)] {
    var list: [(names: [String], reason: String)] = []
    for row in rows where row.verdict == .mismatch {
      if let place = list.firstIndex(where: { $0.reason == row.reason }) {
        list[place].names.append(row.name)
      } else {
        list.append(([row.name], row.reason))
      }
    }
    return list
  }

  /// What a reader must know before reading the numbers.
  var notes: [String] { [choice, Self.scope] + remarks }

  private static let scope = "The kernel counts all connections of the host, the packets tell of those captured."
}

extension CounterComparison.Row {
  /// `1,234`, or that it is not known.
  var movedWords: String { moved.map { Quantity.count($0) } ?? "not available" }

  /// `47, exact`; empty where packets do not tell.
  var predictedWords: String { predicted.map { "\(Quantity.count($0.value)), \($0.certainty.name)" } ?? "" }

  /// `✓ matches`, `✗ mismatch`, or nothing where there is no verdict.
  var verdictWords: String {
    switch verdict {
    case .matches, .mismatch: verdict.map { "\($0.sign) \($0.rawValue)" } ?? ""
    case .unavailable, nil: ""
    }
  }

  /// What a kernel counts there, or why the numbers differ.
  var explanation: String { reason.isEmpty ? CounterMeaning.of(name)?.sentence ?? predicted?.reason ?? "" : reason }
}

extension CounterComparison.Match {
  /// As in `TcpRetransSegs moved by 47, the packets show 45: matches.`.
  var words: String {
    let expected = Quantity.significant(expected)
    let numbers = moved.map { "moved by \(Quantity.count($0)), the packets show \(expected)" }
    let sentence = "\(name) \(numbers ?? "should have moved by \(expected)")"
    switch verdict {
    case .matches: return "\(sentence): matches."
    case .mismatch: return "\(sentence): mismatch. \(reason)"
    case .unavailable: return "\(sentence). \(reason)"
    }
  }
}

extension Digest {
  /// What the counters and settings of the host say about a finding.
  func check(_ entry: Entry) -> CounterComparison.Check? {
    report.counterComparison?.checks.first { id(of: $0.finding) == entry.id }
  }
}

extension CounterComparison {
  /// Without anything to hold the counters against, a list of them says little.
  var isWorthShowing: Bool { !remarks.isEmpty || rows.contains { $0.predicted != nil } }
}

extension CounterComparison.Check {
  /// `python3[123] (uid 0)`; nil without processes.
  var processWords: String? {
    let names = processes.prefix(8).map { "\(LiveWords.owner($0)) (uid \($0.uid))" }
    return names.isEmpty ? nil : Quantity.list(names)
  }
}

extension CounterPairing.Verdict {
  /// A shape beside the word: never colour alone.
  var sign: String {
    switch self {
    case .matches: "✓"
    case .mismatch: "✗"
    case .unavailable: "–"
    }
  }
}
