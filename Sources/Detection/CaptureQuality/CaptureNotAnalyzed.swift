import Dissection
import Frames

/// Frames that hold nothing to analyze, by reason.
///
/// UDP and ARP are no fault; an unknown link type, damaged or fragmented packets hide TCP that may matter.
package struct CaptureNotAnalyzed: Detector {
  package static let rule = Rule(
    id: "capture-not-analyzed", family: .captureQuality, title: "Frames that were not analyzed",
    meaning: "Part of the capture is not TCP over IPv4 or IPv6, or is wrapped in something that is not read here.",
    fires: "Any frame without a TCP segment: info for other protocols below a quarter of the frames; notice for more, "
      + "or for at least 1 % of unknown link types, fragments, damaged or cut headers; "
      + "warning when nothing could be analyzed.",
    falseAlarms: "Captures without a filter hold other protocols by nature.",
    remedy: "Capture with a filter for the connection in question; for tunnels, capture on the inner interface.",
    nextSteps: [NextStep("tcpdump -nr FILE -c 20 -e 'not tcp'", tells: "what these frames are")],
    source: "LINKTYPE registry of tcpdump.org; RFC 791, RFC 8200, RFC 9293")
  package static let rules = [rule]

  private var facts = CaptureFacts()

  package init(_ settings: DetectionSettings) {}

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { self.facts = copy facts }

  package func findings() -> [Finding] {
    let reasons = facts.notAnalyzed.filter { $0.reason != .filtered }
    let total = reasons.reduce(0) { $0 &+ $1.frames }
    guard total > 0 else { return [] }
    let list = reasons.sorted { ($1.frames, $0.reason.rawValue) < ($0.frames, $1.reason.rawValue) }
      .map { "\(Words.grouped($0.frames)) \($0.reason.words)" }.joined(separator: ", ")
    let hiding = reasons.filter { $0.reason != .notIP && $0.reason != .notTCP }.reduce(0) { $0 &+ $1.frames }
    let nothing = facts.segments == 0
    let known = nothing ? Self.hint(facts) : ""
    let isNotable = hiding &* 100 >= facts.frames || total &* 4 >= facts.frames
    let severity: Severity = nothing ? .warning : isNotable ? .notice : .info
    var finding = Finding(
      Self.rule, severity, .certain, proof: .proven,
      summary: "\(nothing ? "Nothing could be analyzed: " : "")no TCP segment could be read from "
        + "\(Words.grouped(total)) of \(Words.count(facts.frames, "frame")): \(list).\(known)")
    finding.cause = reasons.max { $0.frames < $1.frames }?.reason.key ?? ""
    finding.measures =
      [Measure("frames", Double(total), "frames")]
      + reasons.map { Measure($0.reason.key, Double($0.frames), "frames") }
    return [finding]
  }

  private static func hint(_ facts: CaptureFacts) -> String {
    let unknown = facts.linkTypes.filter { !LinkType.analyzed.contains($0.linkType) }.map(\.linkType.name)
    guard !unknown.isEmpty else { return "" }
    return " Link type \(unknown.joined(separator: ", ")) is not read; "
      + "\(LinkType.analyzed.map(\.name).joined(separator: ", ")) are."
  }
}
