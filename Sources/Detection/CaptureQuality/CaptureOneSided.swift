import Dissection
import Tracking

/// Connections of which only one direction was captured.
///
/// Without the peer's answers most verdicts are guesses. Trap: a SYN that nobody answered is not one-sided, it is
/// unanswered. Source: tcp-pathologies §14.
package struct CaptureOneSided: EndDetector {
  package static let rule = Rule(
    id: "capture-one-sided", family: .captureQuality, title: "Only one direction captured",
    meaning: "The packets of one direction are missing: the path is asymmetric, "
      + "or the capture filter or mirror port takes one direction only. What the other side answered is not known.",
    fires: "Connections with at least 20 packets one way and none the other: warning when they hold 20 % of all "
      + "packets.",
    falseAlarms: "A host that answers nothing at all (a flood into a black hole).",
    remedy: "Capture on a host itself, or mirror both directions of the port.",
    nextSteps: [
      NextStep("tcpdump -ni any -s 128 host ADDRESS", tells: "whether the other direction passes another interface"),
      NextStep("ip route get ADDRESS", tells: "which way the answers go"),
    ], source: "V. Paxson, Automated Packet Trace Analysis of TCP Implementations, 1997")
  package static let rules = [rule]

  static let leastPackets: UInt64 = 20
  static let leastShare = 0.2

  package static let thresholds = [
    Threshold(
      "capture-one-sided", "packets", "\(leastPackets) one way, none back",
      because: "short ones may be unanswered")
  ]

  private var connections: [ConnectionID] = []
  private var count: UInt64 = 0
  private var packets: UInt64 = 0
  private var all: UInt64 = 0
  private var extent = Extent()

  package init(_ settings: DetectionSettings) {}

  /// Whether only one direction of the connection was captured.
  package static func isOneSided(_ connection: borrowing ConnectionEnd) -> Bool {
    let (out, back) = (connection.fromClient.packets, connection.fromServer.packets)
    return min(out, back) == 0 && max(out, back) >= leastPackets && !connection.unanswered
  }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    let (out, back) = (connection.fromClient.packets, connection.fromServer.packets)
    all &+= out &+ back
    guard Self.isOneSided(connection) else { return }
    count += 1
    packets &+= out &+ back
    if connections.count < 200 { connections.append(connection.id) }
    extent.include(connection)
  }

  package var mayName: [ConnectionID] { connections }

  package func findings() -> [Finding] {
    guard count > 0 else { return [] }
    let share = Double(packets) / Double(max(1, all))
    var finding = Finding(
      Self.rule, share >= Self.leastShare ? .warning : .info, .certain, proof: .proven,
      summary: "Of \(Words.count(count, "connection")) only one direction was captured "
        + "(\(Words.percent(packets, of: all)) of the packets).")
    finding.connections = connections.sorted()
    finding.place(extent)
    finding.measures = [
      Measure("connections", Double(count)), Measure("packets", Double(packets), "packets"),
      Measure("share", 100 * share, "percent"),
    ]
    return [finding]
  }
}
