import Detection
import Frames
import Triage

/// What happens in live mode as lines of a log: findings as they open, grow and rest, what is not captured, and the rates
/// now and then.
package struct LiveLog: Sendable {
  /// Longer lines are cut; what follows is in the report.
  private static let longestText = 600

  /// Between two lines of rates, and between the end of drops and the next line that says that they began: nanoseconds.
  private let interval: Int64
  private var lastSummary: Int64?
  private var lastDrop: Int64?
  private var dropped: UInt64 = 0

  package init(interval: Int64 = 10 * PacketTime.second) { self.interval = interval }

  /// The lines for `events`, which led to `snapshot`, each with its time and without its end.
  package mutating func lines(_ events: [LiveEvent], _ snapshot: LiveSnapshot) -> [String] {
    var texts = drops(snapshot)
    lazy var digest = Digest(snapshot.report)
    for event in events {
      if let text = text(event, snapshot, digest) { texts.append(text) }
    }
    let stamp = Self.stamp(snapshot.time)
    return texts.map { "\(stamp) \(Visible.text($0, limit: Self.longestText))" }
  }

  /// `2026-11-21T10:56:10.123Z`: RFC 3339 in UTC with milliseconds.
  static func stamp(_ time: Int64) -> String { Moment.exact(time).dropLast(7) + "Z" }

  private mutating func text(
    _ event: LiveEvent, _ snapshot: LiveSnapshot, _ digest: @autoclosure () -> Digest
  ) -> String? {
    switch event {
    case .opened(let live): return "\(Self.name(live)) opened\(Self.place(live, digest())): \(live.finding.summary)"
    case .worse(let live, let before):
      return "\(Self.name(live)) is worse than before (\(before.name)): \(live.finding.summary)"
    case .rested(let live):
      let length = LiveWords.age(Moment.elapsed(from: live.opened, to: live.lastGrew))
      return "\(Self.name(live)) is at rest after \(length): \(live.finding.summary)"
    case .reopened(let live): return "\(Self.name(live)) goes on: \(live.finding.summary)"
    case .withdrawn(let live): return "\(Self.name(live)) is withdrawn: later packets explain it"
    case .remark(let sentence): return sentence
    case .summary: return summary(snapshot)
    }
  }

  /// `finding 1, CRITICAL (certain) ack-storm`.
  private static func name(_ live: LiveFinding) -> String {
    let finding = live.finding
    let severity = "\(finding.severity.name.uppercased()) (\(finding.confidence.name))"
    return "finding \(live.number), \(severity) \(finding.rule.id)"
  }

  /// Where it is, whose it is, and what the host's counters say.
  private static func place(_ live: LiveFinding, _ digest: Digest) -> String {
    let place = digest.place(live.finding)
    let owners = LiveWords.owners(live.owners)
    let reason = LiveWords.reason(live.counters)
    let verdict = LiveWords.verdict(live.counters) + (reason.isEmpty ? "" : " (\(reason))")
    return (place.isEmpty ? "" : " " + place) + (owners.isEmpty ? "" : ", process \(owners)")
      + (verdict.isEmpty ? "" : ", \(verdict)")
  }

  private mutating func summary(_ snapshot: LiveSnapshot) -> String? {
    if let last = lastSummary, Moment.elapsed(from: last, to: snapshot.time) < interval { return nil }
    lastSummary = snapshot.time
    let second = snapshot.lastSecond
    let open = snapshot.findings.count(where: \.isOpen)
    let parts = [
      "\(LiveWords.number(second.perSecond(second.frames))) frames/s",
      LiveWords.bits(bytesPerSecond: second.perSecond(second.bytes)),
      "\(Quantity.count(second.retransmissions, "retransmission")) in the last second",
      "\(Quantity.count(snapshot.openConnections, "connection")) in memory",
      "\(Quantity.count(open, "open finding"))", snapshot.dropWords,
    ]
    return parts.joined(separator: ", ")
  }

  /// Says that drops began; how many there are is in the lines of rates.
  private mutating func drops(_ snapshot: LiveSnapshot) -> [String] {
    guard snapshot.dropped > dropped else { return [] }
    defer { (dropped, lastDrop) = (snapshot.dropped, snapshot.time) }
    if let lastDrop, Moment.elapsed(from: lastDrop, to: snapshot.time) < interval { return [] }
    return ["frames are being dropped, findings are less sure: \(snapshot.dropWords)"]
  }
}
