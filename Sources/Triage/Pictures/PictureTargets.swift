import Detection
import Dissection
import Tracking

/// The connections of a report that are worth a picture.
struct PictureTargets {
  /// Findings that get one.
  static let most = 12
  /// Of each rule at first, so that one that fires often does not take the place of all others.
  static let mostPerRule = 3
  /// Segments of one connection that are looked at: more would be mush, and cost as much as the analysis did.
  static let mostSegments: UInt64 = 100_000
  /// Frames before a finding on a long connection from which on it is followed.
  private static let runUp: UInt64 = 20_000

  /// One connection.
  struct Target {
    var client: Endpoint
    var server: Endpoint
    var scales: (client: UInt8?, server: UInt8?)
    /// Frames between which its segments are looked at.
    var frames: ClosedRange<UInt64>
    /// The connection has more packets than are looked at.
    var isPart: Bool
    var findings: [Int]

    func overlaps(_ other: Target) -> Bool {
      frames.overlaps(other.frames)
        && (client == other.client && server == other.server || client == other.server && server == other.client)
    }
  }

  private(set) var targets: [Target] = []

  init(_ report: Report) {
    let known = Dictionary(report.connections.map { ($0.id, $0) }) { first, _ in first }
    for index in Self.chosen(report.findings).sorted() { add(index, report.findings[index], known) }
  }

  /// The worst findings, few of each rule at first.
  private static func chosen(_ findings: [Finding]) -> [Int] {
    let worthy = findings.indices.filter { !findings[$0].rule.pictures.isEmpty && !findings[$0].evidence.isEmpty }
    var count: [String: Int] = [:]
    let first = worthy.filter { index in
      count[findings[index].rule.id, default: 0] += 1
      return count[findings[index].rule.id, default: 0] <= mostPerRule
    }.prefix(most)
    let taken = Set(first)
    return Array(first) + worthy.filter { !taken.contains($0) }.prefix(most - first.count)
  }

  private mutating func add(_ index: Int, _ finding: Finding, _ known: [ConnectionID: ConnectionSummary]) {
    guard let segment = finding.evidence.first?.segment else { return }
    let ends = [segment.sender, segment.receiver]
    let summary = finding.connections.lazy.compactMap { known[$0] }.first {
      ends.contains($0.client) && ends.contains($0.server)
    }
    let target = Self.target(index, finding, segment, summary)
    guard let same = targets.firstIndex(where: { $0.overlaps(target) }) else { return targets.append(target) }
    let (a, b) = (targets[same].frames, target.frames)
    targets[same].frames = min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    targets[same].findings.append(index)
  }

  private static func target(
    _ index: Int, _ finding: Finding, _ segment: Segment, _ summary: ConnectionSummary?
  ) -> Target {
    let evidence = finding.evidence.map(\.segment.frame)
    let first = min(finding.firstFrame, evidence.min() ?? .max)
    let last = max(finding.lastFrame, evidence.max() ?? 0)
    guard let summary else {
      let senderIsClient = segment.sourcePort >= segment.destinationPort
      return Target(
        client: senderIsClient ? segment.sender : segment.receiver,
        server: senderIsClient ? segment.receiver : segment.sender, scales: (nil, nil),
        frames: 0...max(last, first), isPart: false, findings: [index])
    }
    let packets = summary.fromClient.packets &+ summary.fromServer.packets
    let isLong = packets > mostSegments
    let begin = isLong ? max(summary.firstFrame, first > runUp ? first - runUp : 0) : min(summary.firstFrame, first)
    let end = isLong ? min(summary.lastFrame, last &+ runUp) : max(summary.lastFrame, last)
    return Target(
      client: summary.client, server: summary.server,
      scales: (summary.fromClient.windowScale, summary.fromServer.windowScale),
      frames: begin...max(begin, end), isPart: isLong, findings: [index])
  }
}
