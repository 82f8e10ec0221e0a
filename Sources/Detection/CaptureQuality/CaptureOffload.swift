import Dissection
import Tracking

/// Records larger than a segment on the wire: segmentation offload at the sender, coalescing at the receiver.
///
/// Nothing is wrong; counts are made in units of the MSS. Source: tcp-pathologies §0.4.
package struct CaptureOffload: Detector {
  package static let rule = Rule(
    id: "capture-offload", family: .captureQuality, title: "Records hold several segments (offload)",
    meaning: "The capture was made on a host whose network card splits or merges segments: "
      + "one record holds up to 64 kB. Packet counts are counts of records; rules count in units of the MSS.",
    fires: "Payload larger than the MSS that the peer announced.",
    falseAlarms: "None.",
    remedy: "None needed. To see segments as they are on the wire, capture on a mirror port, "
      + "or turn offloads off for the capture.",
    nextSteps: [
      NextStep(
        "ethtool -k INTERFACE | grep -E 'segmentation|receive-offload'",
        tells: "which offloads are on")
    ],
    source: "Linux dev_queue_xmit_nit and GRO: the tap sees packets before the NIC splits and after it merges")
  package static let rules = [rule]

  private var connections: Set<ConnectionID> = []
  private var evidence = Evidence(first: 4, last: 0)
  private var count: UInt64 = 0

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics(.superPacket) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].anomalies.contains(.superPacket) {
      count += 1
      if connections.count < 20 { connections.insert(observations[index].connection) }
      evidence.add(observations[index]) { ("\($0.segment.payloadLength) bytes of payload in one record", ["len"]) }
    }
  }

  package var mayName: [ConnectionID] { Array(connections) }

  package func findings() -> [Finding] {
    guard count > 0 else { return [] }
    var finding = Finding(
      Self.rule, .info, .certain, proof: .proven,
      summary: "Records larger than a segment in \(Words.count(count, "direction")): offload on a capturing host; "
        + "counts are in units of the MSS.")
    finding.attach(evidence)
    finding.connections = connections.sorted()
    finding.measures = [Measure("directions", Double(count))]
    return [finding]
  }
}
