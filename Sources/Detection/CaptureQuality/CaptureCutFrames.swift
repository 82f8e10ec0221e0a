import Dissection
import Frames

/// Frames of which the capture kept too few bytes.
///
/// Cut payload harms nobody: lengths come from the IP header. Cut headers and options blind the rules that read them.
/// Source: tcp-pathologies §14.
package struct CaptureCutFrames: Detector {
  package static let rule = Rule(
    id: "capture-cut-frames", family: .captureQuality, title: "Frames cut by the snap length",
    meaning: "The capture kept only the first bytes of each frame. Where that cuts into the TCP header, timestamps, "
      + "SACK blocks and handshake options are unknown, and rules that need them stay silent.",
    fires: "At least 1 % of the frames are cut: warning when headers or options are, else info.",
    falseAlarms: "None.",
    remedy: "Capture again with a snap length of at least 128 bytes.",
    nextSteps: [NextStep("tcpdump -ni INTERFACE -s 128 -w FILE", tells: "whole headers, hardly any payload")],
    source: "pcap and pcapng: captured and original length of a record")
  package static let rules = [rule]

  private var facts = CaptureFacts()

  package init(_ settings: DetectionSettings) {}

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { self.facts = copy facts }

  package func findings() -> [Finding] {
    let headers = facts.notAnalyzed.first { $0.reason == .cut }?.frames ?? 0
    let blind = headers &+ facts.cutOptions
    guard facts.cutFrames > 0, facts.cutFrames &* 100 >= facts.frames else { return [] }
    let isBlind = blind &* 100 >= facts.frames
    let what =
      isBlind
      ? "\(Words.grouped(blind)) of them inside the TCP header or its options"
      : "only payload is missing"
    var finding = Finding(
      Self.rule, isBlind ? .warning : .info, .certain, proof: .proven,
      summary: "\(Words.count(facts.cutFrames, "frame")) of \(Words.grouped(facts.frames)) "
        + "\(facts.frames == 1 ? "was" : "were") kept only up to \(Words.count(facts.snapLength, "byte")): \(what).")
    finding.measures = [
      Measure("cut", Double(facts.cutFrames), "frames"), Measure("cut-headers", Double(headers), "frames"),
      Measure("cut-options", Double(facts.cutOptions), "frames"), Measure("kept", Double(facts.snapLength), "bytes"),
    ]
    return [finding]
  }
}
