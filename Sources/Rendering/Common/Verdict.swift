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
      return "The filter lets none of the \(Quantity.count(capture.frames, "frame")) pass."
    }
    if capture.segments == 0 { return "Nothing in this capture could be analyzed: \(notAnalyzed)." }
    return problems.isEmpty ? soundVerdict : troubledVerdict
  }

  /// `12 frames carry something else than TCP, 3 are not IP`.
  var notAnalyzed: String {
    let reasons = report.capture.notAnalyzed.filter { $0.frames > 0 }
    guard !reasons.isEmpty else { return "none of its \(Quantity.count(report.capture.frames, "frame")) holds TCP" }
    return Quantity.list(
      reasons.enumerated().map { index, entry in
        let one = entry.frames == 1
        return (index == 0 ? Quantity.count(entry.frames, "frame") : Quantity.count(entry.frames)) + " "
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
    var named = groups.prefix(Self.namedKinds).enumerated().map { index, entries in
      // Only of the worst kind is said where it is: the others have their own headings below.
      index == 0 ? worst(entries) : title(entries)
    }
    let others = groups.dropFirst(Self.namedKinds).reduce(0) { $0 + count($1, atLeast: .warning) }
    if others > 0 { named.append("and \(Quantity.count(others)) more") }
    let mind = defects(.warning)
    let number = Quantity.count(count(problems, atLeast: .warning), "problem")
    let trouble = "\(number): \(named.joined(separator: "; "))."
    if mind.isEmpty { return trouble }
    // What is missing may matter more than what was found.
    if worstDefect == .critical { return "This capture is incomplete: \(mind). What it holds shows \(trouble)" }
    return "\(trouble) Mind the capture quality: \(mind)."
  }

  /// `ACK loop between A and B (critical)`, `SMC declined (3 times, warning)`.
  private func worst(_ entries: [Entry]) -> String {
    let worst = entries[0].finding
    let severity = worst.severity.name
    if let times = times(entries) { return "\(title(worst)) (\(times), \(severity))" }
    let place = place(worst)
    // Titles may speak of connections themselves: their number does not fit behind all of them.
    if place.hasPrefix("on ") { return "\(title(worst)) (\(place.dropFirst(3)), \(severity))" }
    return "\(title(worst))\(place.isEmpty ? "" : " " + place) (\(severity))"
  }

  private func title(_ finding: Finding) -> String { Words.inSentence(Visible.text(finding.rule.title, limit: 80)) }

  /// `SMC declined`, `SMC declined (3 times)`.
  private func title(_ entries: [Entry]) -> String {
    let title = title(entries[0].finding)
    return times(entries).map { "\(title) (\($0))" } ?? title
  }

  /// `3 times`; nil for once.
  private func times(_ entries: [Entry]) -> String? {
    let times = count(entries, atLeast: .warning)
    return times > 1 ? "\(Quantity.count(times)) times" : nil
  }

  private var soundVerdict: String {
    let mind = defects(.notice)
    let place = "in \(Quantity.count(report.totals.connections, "connection"))"
    let scope = mind.isEmpty ? "" : ", as far as this capture can tell: \(mind)"
    let notes = findings.isEmpty ? "" : " \(Quantity.count(count(findings), "thing")) worth knowing."
    let open = " Not judged: resets, delays."
    if !defects(.warning).isEmpty {
      let connections = Quantity.count(report.totals.connections, "connection")
      let rest = "What it holds of \(connections) shows no other problem."
      return "This capture tells little: \(mind). \(rest)\(notes)\(open)"
    }
    return "No problems found \(place)\(scope).\(notes)\(open)"
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
