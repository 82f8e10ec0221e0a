import Detection

/// What must and must not be found in a capture: one `expected.yaml`.
package struct Expectation: Sendable {
  /// Findings that must be there.
  package struct Entry: Sendable {
    package var rule: String
    package var severity: Severity?
    package var confidence: ConfidenceBound?
    package var cause: String?
    /// How many findings must match.
    package var count = 1
    /// Measures that must be there, with the range that they must lie in.
    package var measures: [(name: String, range: ClosedRange<Double>)] = []
  }

  /// `likely` is exactly that; `likely+` is that or more.
  package struct ConfidenceBound: Sendable {
    package var confidence: Confidence
    package var orMore: Bool

    package func admits(_ other: Confidence) -> Bool { orMore ? other >= confidence : other == confidence }
  }

  /// How the capture is to be analyzed.
  package struct Options: Sendable {
    package var expectSMC = false
    package var filter = ""
  }

  package var findings: [Entry] = []
  /// Rules that must not fire.
  package var absent: [String] = []
  /// No finding of severity notice or higher besides those in ``findings``.
  package var only = false
  package var options = Options()

  package init() {}
}

/// What is wrong with an expectation file, and where.
package struct ExpectationError: Error, Sendable, CustomStringConvertible {
  package var file: String
  /// 1-based; 0 when it is about the whole file.
  package var line: Int
  package var sentence: String

  package var description: String { line > 0 ? "\(file):\(line): \(sentence)" : "\(file): \(sentence)" }
}
