import Detection

/// One way in which a capture is not as expected.
package struct CaseFailure: Sendable {
  /// What was expected, in one sentence.
  package var sentence: String
  /// What there was instead, one line each.
  package var found: [String] = []

  package init(_ sentence: String, found: [String] = []) {
    self.sentence = sentence
    self.found = found
  }
}

extension Expectation {
  /// Compares what was found with what is expected; empty when all is well.
  package func failures(in found: [Finding]) -> [CaseFailure] {
    var failures: [CaseFailure] = []
    for entry in findings {
      let count = found.count { entry.matches($0) }
      guard count != entry.count else { continue }
      let near = found.filter { $0.rule.id == entry.rule }
      failures.append(
        CaseFailure("Expected \(entry.words), found \(count).", found: (near.isEmpty ? found : near).map(\.line)))
    }
    for rule in absent {
      let fired = found.filter { $0.rule.id == rule }
      guard !fired.isEmpty else { continue }
      failures.append(CaseFailure("The rule \(rule) must not fire here, but it did.", found: fired.map(\.line)))
    }
    if only {
      let more = found.filter { finding in
        finding.severity >= .notice && !findings.contains { $0.matches(finding) }
      }
      if !more.isEmpty {
        failures.append(CaseFailure("Nothing else may be found here, but it was.", found: more.map(\.line)))
      }
    }
    return failures
  }
}

extension Expectation.Entry {
  /// Whether a finding is one of those that the entry describes.
  func matches(_ finding: Finding) -> Bool {
    guard finding.rule.id == rule else { return false }
    if let severity, finding.severity != severity { return false }
    if let confidence, !confidence.admits(finding.confidence) { return false }
    if let cause, finding.cause != cause { return false }
    return measures.allSatisfy { name, range in
      finding.measures.contains { $0.name == name && range.contains($0.value) }
    }
  }

  /// `1 × ack-storm (critical, certain, cause paws, rate 3000.0 to 5000.0)`.
  var words: String {
    var parts: [String] = []
    if let severity { parts.append(severity.name) }
    if let confidence { parts.append(confidence.confidence.name + (confidence.orMore ? " or more" : "")) }
    if let cause { parts.append("cause \(cause)") }
    parts += measures.map { "\($0.name) \(Self.number($0.range.lowerBound)) to \(Self.number($0.range.upperBound))" }
    return "\(count) × \(rule)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }

  static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
  }
}

extension Finding {
  /// Everything that an expectation can ask for, on one line.
  var line: String {
    var parts = [severity.name, confidence.name]
    if !cause.isEmpty { parts.append("cause \(cause)") }
    parts += measures.map { "\($0.name) \(Expectation.Entry.number($0.value))" }
    return "\(rule.id) (\(parts.joined(separator: ", "))), frames \(firstFrame) to \(lastFrame)"
  }
}
