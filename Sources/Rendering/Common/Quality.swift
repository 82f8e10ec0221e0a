import Detection
import Frames
import Triage

/// How far the capture can be trusted, in words that alarm only when it matters.
extension Digest {
  /// How much of a defect there is: `40 frames`, `15.9 kB`; `no` where the check passed.
  func extent(_ mark: QualityMark) -> String {
    guard mark.severity != nil else { return "no" }
    // The first number may be nothing where another one told: no bytes missing, but drops reported.
    let measures = quality.first { $0.finding.rule.id == mark.rule.id }?.finding.measures ?? []
    return (measures.first { $0.value > 0 } ?? measures.first).map(Words.extent) ?? mark.words
  }

  /// A defect as part of a sentence: `frames cut by the snap length (40 frames)`.
  func phrase(_ mark: QualityMark) -> String {
    "\(Words.inSentence(Visible.text(mark.rule.title, limit: 80))) (\(Visible.text(extent(mark), limit: 80)))"
  }

  /// The defects of `severity` or worse as one list, empty when there are none.
  func defects(_ severity: Severity) -> String {
    report.capture.quality.filter { ($0.severity ?? .info) >= severity && $0.severity != nil }
      .map(phrase).joined(separator: "; ")
  }

  /// Whether the capture's own defects are as bad as a problem in it.
  var isBlind: Bool { worstDefect.map { $0 >= .warning } ?? false }

  /// Whether a finding says what kept a file from being read.
  func tells(_ problem: CaptureProblem) -> Bool {
    quality.contains { $0.finding.summary.hasPrefix(problem.sentence) }
  }

  /// Findings and grave defects in the order of the summary: where there is no problem, the defects come first.
  var byWeight: [Entry] {
    let grave = quality.filter { $0.finding.severity >= .warning }
    return problems.isEmpty ? grave + findings : findings + grave
  }

  var hasChecks: Bool { !report.capture.quality.isEmpty }

  /// One check in the row of marks: `cut frames: 40 frames`, with the finding that says more.
  struct Mark {
    var severity: Severity?
    var words: String
    /// Name of the finding; nil when the check passed.
    var finding: String?
  }

  /// All checks in their order, in a few words each.
  var marks: [Mark] {
    report.capture.quality.prefix(60).map { mark in
      let id = mark.rule.id
      let label = (id.hasPrefix("capture-") ? id.dropFirst(8) : id[...]).split(separator: "-").joined(separator: " ")
      let extent = mark.severity == nil ? "none" : extent(mark)
      let finding = quality.first { $0.finding.rule.id == id }?.id
      return Mark(severity: mark.severity, words: "\(label): \(Visible.text(extent, limit: 80))", finding: finding)
    }
  }

  /// The worst defect of the capture, nil when every check passed.
  var worstDefect: Severity? { report.capture.quality.compactMap(\.severity).max() }

  /// One line on the capture: what is wrong with it, or that nothing is.
  ///
  /// Grave defects are only named, because they stand among the findings; of harmless ones this is all there is.
  var qualityWords: String {
    guard let worst = worstDefect else {
      return hasChecks ? "complete and clean" : "not checked"
    }
    guard worst >= .warning else {
      let sentences = quality.map { Visible.text($0.finding.summary, limit: 300) }
      return "\(worst == .notice ? "usable" : "good"). \(sentences.joined(separator: " "))"
    }
    let grave = report.capture.quality.filter { ($0.severity ?? .info) >= .warning }.count
    return "\(Quantity.count(grave, "problem")): \(defects(.warning))."
  }
}
