import Detection
import Dissection
import Tracking

/// Recognizes the findings of one report in the next: the same rule at the same place since the same frame.
struct FollowedFindings {
  /// Findings at rest that are shown of each rule, the worst.
  private static let mostAtRest = 50

  private struct Key: Hashable {
    var rule: String
    var place: String
    var firstFrame: UInt64
    /// Tells findings apart that are alike in all of this.
    var ordinal = 0

    init(_ finding: Finding) {
      rule = finding.rule.id
      if let listener = finding.listener {
        // Which connections it names, and since when, changes as they come and go.
        (place, firstFrame) = ("\(listener)", 0)
      } else {
        place = finding.hosts.isEmpty ? "\(finding.connections.first?.rawValue ?? 0)" : "\(finding.hosts)"
        firstFrame = finding.firstFrame
      }
    }

    /// The keys of `findings`, in their order.
    static func all(_ findings: [Finding]) -> [Key] {
      var seen: [Key: Int] = [:]
      return findings.map { finding in
        var key = Key(finding)
        let count = seen[key, default: 0]
        seen[key] = count + 1
        key.ordinal = count
        return key
      }
    }
  }

  private var known: [Key: LiveFinding] = [:]
  private var order: [Key] = []
  private var count = 0
  /// How many were said, for each rule and severity.
  private(set) var openings: [LiveOpening] = []

  /// Those that grow first, and by severity: what is odd about the capture itself does not come first here.
  var findings: [LiveFinding] {
    let all = order.compactMap { known[$0] }
    let bySeverity = Severity.allCases.reversed().flatMap { severity in
      all.filter { $0.finding.severity == severity }
    }
    var resting: [String: Int] = [:]
    return bySeverity.filter(\.isOpen)
      + bySeverity.filter { live in
        guard !live.isOpen else { return false }
        resting[live.finding.rule.id, default: 0] += 1
        return resting[live.finding.rule.id, default: 0] <= Self.mostAtRest
      }
  }

  /// Takes the findings of a new report, by harm; `length` is the time since the last one, ns.
  mutating func update(_ findings: [Finding], at time: Int64, after length: Int64) -> [LiveEvent] {
    var events: [LiveEvent] = []
    // That frames were cut at the length asked for, or that the first ones are not TCP, is no news while it happens.
    let findings = findings.filter {
      $0.rule.family != .captureQuality || $0.severity > .info && $0.rule.id != "capture-not-analyzed"
    }
    let keys = Key.all(findings)
    let present = Set(keys)
    for key in order where !present.contains(key) {
      if let gone = known.removeValue(forKey: key) { events.append(.withdrawn(gone)) }
    }
    for (key, finding) in zip(keys, findings) {
      if var followed = known[key] {
        events += followed.update(finding, at: time, after: length)
        known[key] = followed
      } else {
        count += 1
        let followed = LiveFinding(number: count, finding: finding, opened: time, lastGrew: time)
        known[key] = followed
        tally(finding)
        events.append(.opened(followed))
      }
    }
    order = keys
    return events
  }

  private mutating func tally(_ finding: Finding) {
    let place = openings.firstIndex { $0.rule == finding.rule.id && $0.severity == finding.severity }
    if let place {
      openings[place].count += 1
    } else {
      openings.append(LiveOpening(rule: finding.rule.id, severity: finding.severity, count: 1))
    }
  }
}

extension LiveFinding {
  /// Takes what is said of it now.
  fileprivate mutating func update(_ now: Finding, at time: Int64, after length: Int64) -> [LiveEvent] {
    let before = finding
    finding = now
    rate = Self.growth(before, now).map { $0 * 1e9 / Double(max(1, length)) }
    var events: [LiveEvent] = []
    if now.lastFrame != before.lastFrame || now.measures.first != before.measures.first { lastGrew = time }
    if now.severity > before.severity { events.append(.worse(self, from: before.severity)) }
    let grows = time &- lastGrew < LiveBoard.rest
    if grows != isOpen {
      isOpen = grows
      events.append(grows ? .reopened(self) : .rested(self))
    }
    return events
  }

  /// By how much the first of its measures that count something grew.
  private static func growth(_ before: Finding, _ now: Finding) -> Double? {
    guard let new = now.measures.first(where: { countUnits.contains($0.unit) }),
      let old = before.measures.first(where: { $0.name == new.name })
    else { return nil }
    return max(0, new.value - old.value)
  }

  private static let countUnits: Set = ["", "packets", "segments", "bytes"]
}

extension Finding {
  /// The address and port that a finding about handshakes is about; nil for a scan, and for other rules.
  fileprivate var listener: Endpoint? {
    guard rule.family == .handshake, hosts.isEmpty, let segment = evidence.first?.segment else { return nil }
    return segment.flags.contains(.syn) && !segment.flags.contains(.ack) ? segment.receiver : segment.sender
  }
}
