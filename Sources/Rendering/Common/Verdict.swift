import Detection
import Dissection
import Frames
import Triage

/// The one sentence that a reader in a hurry takes away.
extension Digest {
  /// Most kinds of trouble that the sentence names; the rest is counted.
  private static let namedKinds = 3

  /// The verdict, one or two sentences of plain text without line ends.
  var verdict: String {
    let capture = report.capture
    if capture.frames == 0 { return "There is nothing to analyze: the input holds no frames." }
    if capture.notAnalyzed.contains(where: { $0.reason == .filtered && $0.frames == capture.frames }) {
      return "The filter lets none of the \(Words.count(capture.frames, "frame")) pass."
    }
    if capture.segments == 0 { return "Nothing in this capture could be analyzed: \(notAnalyzed)." }
    return problems.isEmpty ? soundVerdict : troubledVerdict
  }

  /// `12 frames carry something else than TCP, 3 are not IP`.
  var notAnalyzed: String {
    let reasons = report.capture.notAnalyzed.filter { $0.frames > 0 }
    guard !reasons.isEmpty else { return "none of its \(Words.count(report.capture.frames, "frame")) holds TCP" }
    return Words.list(
      reasons.enumerated().map { index, entry in
        let one = entry.frames == 1
        return (index == 0 ? Words.count(entry.frames, "frame") : Words.count(entry.frames)) + " "
          + reason(entry.reason, one)
      })
  }

  private func reason(_ reason: NotAnalyzed, _ one: Bool) -> String {
    let be = one ? "is" : "are"
    switch reason {
    case .linkType:
      let types = report.capture.linkTypes.map(\.linkType.name).prefix(4).joined(separator: ", ")
      return "\(one ? "has" : "have") a link type that is not read here (\(types))"
    case .notIP: return "\(be) not IP"
    case .notTCP: return "\(one ? "carries" : "carry") something else than TCP"
    case .fragment: return "\(be) \(one ? "an IP fragment" : "IP fragments") without a TCP header"
    case .cut: return "\(be) cut before the end of the TCP header (capture again with tcpdump -s 128)"
    case .malformed: return "\(one ? "has a header" : "have headers") that cannot be right"
    case .filtered: return "\(be) left out by the filter"
    }
  }

  private var troubledVerdict: String {
    let groups = kinds(problems)
    var named = groups.prefix(Self.namedKinds).map { entries in
      let worst = entries[0].finding
      let title = Words.inSentence(Visible.text(worst.rule.title, limit: 80))
      let place = entries.count == 1 ? place(worst) : "at \(Words.count(entries.count)) places"
      return "\(title)\(place.isEmpty ? "" : " " + place) (\(worst.severity.name))"
    }
    let others = groups.dropFirst(Self.namedKinds).reduce(0) { $0 + $1.count }
    if others > 0 { named.append("\(Words.count(others)) more") }
    let mind = marks(.warning)
    let quality = mind.isEmpty ? "" : " Mind the capture quality: \(mind)."
    return "\(Words.count(problems.count, "problem")): \(Words.list(named)).\(quality)"
  }

  private var soundVerdict: String {
    let mind = marks(.notice)
    let place = "in \(Words.count(report.totals.connections, "connection"))"
    let scope = mind.isEmpty ? "" : ", as far as this capture can tell; \(mind)"
    let notes = findings.isEmpty ? "" : " \(Words.count(findings.count, "thing")) worth knowing."
    let open = " Not judged: handshakes, windows, resets, delays."
    if !marks(.warning).isEmpty {
      return "This capture tells little: \(mind). No problems found \(place).\(notes)\(open)"
    }
    return "No problems found \(place)\(scope).\(notes)\(open)"
  }

  /// The capture's own defects from `severity` up: `loss: 3 %; cut frames: 12`.
  private func marks(_ severity: Severity) -> String {
    report.capture.quality.filter { ($0.severity ?? .info) >= severity }
      .map { "\(Self.words($0)): \(Visible.text($0.words, limit: 80))" }.joined(separator: "; ")
  }

  /// Findings of one rule together, in order of the worst of each.
  private func kinds(_ entries: [Entry]) -> [[Entry]] {
    var order: [String] = []
    var groups: [String: [Entry]] = [:]
    for entry in entries {
      if groups[entry.finding.rule.id] == nil { order.append(entry.finding.rule.id) }
      groups[entry.finding.rule.id, default: []].append(entry)
    }
    return order.compactMap { groups[$0] }
  }
}
