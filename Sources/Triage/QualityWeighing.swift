import Detection
import Tracking

/// Lowers the confidence of findings that the capture's own defects touch, and says so.
///
/// Copies are taken out before anything is judged, so they lower nothing.
struct QualityWeighing {
  let findings: [Finding]

  /// Weighs `raw`; findings about defects name but the first connections that have them, `connections` knows all.
  init(_ raw: [Finding], _ connections: ConnectionDefects) {
    let quality = raw.filter { $0.rule.family == .captureQuality }.map { defect in
      (defect, Self.touched(by: defect, connections))
    }
    findings = raw.map { finding in
      guard finding.rule.family != .captureQuality else { return finding }
      var weighed = finding
      for (defect, touched) in quality {
        let shared = touched.map { finding.connections.contains(where: $0.contains) } ?? true
        guard let sentence = Self.touches(defect, finding, shared) else { continue }
        weighed.confidence = weighed.confidence.lowered
        weighed.caveats.append(sentence)
      }
      return weighed
    }
  }

  /// The connections that have a defect; nil when the whole capture has it.
  private static func touched(by defect: Finding, _ connections: ConnectionDefects) -> Set<ConnectionID>? {
    if defect.connections.isEmpty { return nil }
    switch defect.rule.id {
    case CaptureLoss.rule.id: return connections.missingBytes
    case CaptureOneSided.rule.id: return connections.oneSided
    default: return Set(defect.connections)
    }
  }

  /// Why `defect` weakens `finding`, nil when it does not; `shared` when it is about the same connections.
  private static func touches(_ defect: Finding, _ finding: Finding, _ shared: Bool) -> String? {
    switch (defect.rule.id, finding.rule.family) {
    case ("capture-loss", .retransmission) where defect.severity >= .notice && shared:
      return "The capture itself lost frames: some of what looks lost on the network may only be missing here."
    case ("capture-duplicates", .retransmission) where defect.cause == "two-points",
      ("capture-duplicates", .ackLoop) where defect.cause == "two-points",
      ("capture-duplicates", .timestamps) where defect.cause == "two-points":
      return "Captures of two points are mixed: order and answers are not those that either host saw. Use compare."
    case ("capture-one-sided", .retransmission), ("capture-one-sided", .ackLoop), ("capture-one-sided", .timestamps):
      return shared ? "One direction was not captured: the peer's answers cannot be checked." : nil
    case ("capture-loss", .ackLoop) where finding.rule.id == "dupack-flood" && shared,
      ("capture-loss", .timestamps) where finding.rule.id == "paws-predicted" && shared:
      return "The capture itself lost frames: what was answered here may only be missing."
    case ("capture-time-backwards", .retransmission) where defect.severity >= .warning,
      ("capture-time-backwards", .timestamps) where defect.severity >= .warning,
      ("capture-time-backwards", .ackLoop) where defect.severity >= .warning:
      return "Frame times run backwards: order and delays in this capture are not reliable."
    case ("capture-cut-frames", .timestamps) where defect.severity >= .warning,
      ("capture-cut-frames", .smc) where defect.severity >= .warning:
      return "TCP options were cut off by the snap length: what they said is not known for all segments."
    default: return nil
    }
  }
}
