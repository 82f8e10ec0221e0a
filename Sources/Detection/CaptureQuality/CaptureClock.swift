import Dissection
import Frames

/// Frame times that run backwards.
///
/// Multi-queue capture, merged files or a stepped clock; order and delays are then not reliable. Source:
/// tcp-pathologies §14.
package struct CaptureClock: Detector {
  package static let rule = Rule(
    id: "capture-time-backwards", family: .captureQuality, title: "Frame times run backwards",
    meaning: "Frames carry times before those of the frames that precede them: "
      + "buffers of several processors were written out of order, or the clock was set back during the capture.",
    fires: "Any frame more than a microsecond before its predecessors: warning when by more than 1 ms or for more than "
      + "0.1 % of the frames.",
    falseAlarms: "None.",
    remedy: "Sort the file (reordercap IN OUT) when only the order of records is wrong; "
      + "capture again when the clock stepped.",
    nextSteps: [NextStep("reordercap IN OUT", tells: "how many records stand out of order")],
    source: "V. Paxson, Automated Packet Trace Analysis of TCP Implementations, 1997")
  package static let rules = [rule]

  static let worstHarmless = PacketTime.millisecond

  package static let thresholds = [
    Threshold("capture-time-backwards", "warning", "1 ms or 0.1 % of frames", because: "below it no delay is misjudged")
  ]

  private var facts = CaptureFacts()

  package init(_ settings: DetectionSettings) {}

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { self.facts = copy facts }

  package func findings() -> [Finding] {
    guard facts.backwardSteps > 0, facts.worstBackwardStep > PacketTime.microsecond else { return [] }
    let isBad = facts.worstBackwardStep > Self.worstHarmless || facts.backwardSteps &* 1000 > facts.frames
    var finding = Finding(
      Self.rule, isBad ? .warning : .notice, .certain, proof: .proven,
      summary: "\(Words.count(facts.backwardSteps, "frame")) stand before their time, "
        + "by up to \(Words.duration(facts.worstBackwardStep)).")
    finding.firstFrame = facts.firstBackwardFrame
    finding.lastFrame = facts.firstBackwardFrame
    finding.measures = [
      Measure("frames", Double(facts.backwardSteps), "frames"),
      Measure("worst", Words.seconds(facts.worstBackwardStep), "s"),
    ]
    return [finding]
  }
}
