import Dissection
import Tracking

/// Connections that were under way when the capture began.
///
/// Nothing is wrong with them, but their options are not known: window scale, MSS, SMC. Source: tcp-pathologies §14.
package struct CaptureMidStream: EndDetector {
  package static let rule = Rule(
    id: "capture-mid-stream", family: .captureQuality, title: "Connections older than the capture",
    meaning: "The capture began after these connections did. Their handshake options are unknown, "
      + "so windows are not computed and nothing is said about options.",
    fires: "Connections without a captured SYN.",
    falseAlarms: "None.",
    remedy: "To see the handshake, start the capture before the connection.",
    source: "RFC 9293 §3.2, RFC 7323 §2.2: options of the SYN hold for the whole connection")
  package static let rules = [rule]

  private var count: UInt64 = 0
  private var all: UInt64 = 0
  private var connections: [ConnectionID] = []
  private var extent = Extent()
  private var evicted: UInt64 = 0

  package init(_ settings: DetectionSettings) {}

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    all += 1
    guard connection.midStream else { return }
    count += 1
    if connections.count < 20 { connections.append(connection.id) }
    extent.include(connection)
  }

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { evicted = facts.evicted }

  package var mayName: [ConnectionID] { connections }

  package func findings() -> [Finding] {
    guard count > 0 || evicted > 0 else { return [] }
    var finding = Finding(
      Self.rule, .info, .certain, proof: .proven,
      summary: "\(Words.count(count, "connection")) of \(Words.grouped(all)) began before the capture did.")
    if evicted > 0 {
      finding.severity = .notice
      finding.summary +=
        " \(Words.count(evicted, "connection")) were dropped from memory before their end and may have come back."
      finding.remedy = "Give more memory: --max-memory 4G."
      finding.measures.append(Measure("evicted", Double(evicted)))
    }
    finding.connections = connections.sorted()
    finding.place(extent)
    finding.measures = [Measure("connections", Double(count)), Measure("of", Double(all))] + finding.measures
    return [finding]
  }
}
