import Dissection
import Tracking

/// Frames that the capture missed although the hosts had them.
///
/// The rule: acknowledged bytes that were never captured and never sent again, and drops that the capture program
/// reports. Source: tcp-pathologies §14.
package struct CaptureLoss: Detector {
  package static let rule = Rule(
    id: "capture-loss", family: .captureQuality, title: "The capture itself lost frames",
    meaning: "Receivers acknowledge data that the capture does not show: the capturing host could not keep up, "
      + "not the network. What looks like loss may only be missing here.",
    fires: "Acknowledged but uncaptured bytes: notice from 0.1 % of the payload, warning from 1 %, critical from 5 %; "
      + "or drops reported in the file.",
    falseAlarms: "An asymmetric path, of which the capture saw one part.",
    remedy: "Capture with a larger buffer and a short snap length, to a fast disk, with a filter.",
    nextSteps: [
      NextStep(
        "tcpdump -ni INTERFACE -s 128 -B 65536 -w FILE",
        tells: "`packets dropped by kernel` at its end should be 0")
    ],
    source: "V. Paxson, Automated Packet Trace Analysis of TCP Implementations, 1997")
  package static let rules = [rule]

  package static let thresholds = [
    Threshold(
      "capture-loss", "notice / warning / critical", "0.1 / 1 / 5 % of payload",
      because: "above 5 % loss statistics mean little")
  ]

  private var evidence = Evidence(first: 10, last: 4)
  private var connections: Set<ConnectionID> = []
  private var missed: UInt64 = 0
  private var payload: UInt64 = 0
  private var drops: UInt64 = 0
  private var frames: UInt64 = 0

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics(missedBytes: true) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].missedBytes > 0 {
      evidence.add(observations[index]) {
        (
          "\($0.missedBytes) bytes were acknowledged but not captured", ["seq", "ack"]
        )
      }
      if connections.count < 200 { connections.insert(observations[index].connection) }
    }
  }

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) {
    missed = facts.missedBytes
    payload = facts.payloadBytes
    drops = facts.reportedDrops ?? 0
    frames = facts.frames
  }

  package var mayName: [ConnectionID] { Array(connections) }

  package func findings() -> [Finding] {
    let share = missed == 0 ? 0 : 100 * Double(missed) / Double(missed &+ payload)
    guard share >= 0.1 || drops > 0 else { return [] }
    let dropShare = 100 * Double(drops) / Double(max(1, drops &+ frames))
    let worst = max(share, dropShare)
    let told = drops > 0 ? " The capture program reports \(Words.count(drops, "dropped frame"))." : ""
    let seen =
      missed > 0
      ? "\(Words.count(missed, "byte")) were acknowledged but never captured (\(Words.rounded(share)) % of the "
        + "payload)."
      : "Frames are missing from the capture."
    var finding = Finding(
      Self.rule, worst >= 5 ? .critical : worst >= 1 ? .warning : .notice, .certain, proof: .proven,
      summary: seen + told)
    finding.attach(evidence)
    finding.connections = connections.sorted()
    finding.measures = [
      Measure("missed", Double(missed), "bytes"), Measure("share", share, "percent"),
      Measure("reported-drops", Double(drops), "frames"),
    ]
    return [finding]
  }
}
