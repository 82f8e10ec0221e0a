import Detection
import Frames
import Tracking
import Triage

/// Stable names of findings: a digest of rule, place and first frame, the same for the same input on any machine.
enum FindingID {
  /// One name per finding, in the order of `report.findings`; a second finding with the same digest gets `-2` and so
  /// on.
  static func all(_ report: Report) -> [String] { Ordinals.numbered(report.findings.map(digest)) }

  /// The name of one finding; in a report the second with the same name is told apart by its number.
  ///
  /// No addresses go into it: an anonymous report gives the same names.
  static func digest(_ finding: Finding) -> String {
    var hash = FNV1a()
    hash.add(finding.rule.id)
    hash.add(finding.cause)
    for id in finding.connections.prefix(64) { hash.add("\(id.rawValue)") }
    hash.add("\(finding.firstFrame)")
    return hash.hexadecimal
  }
}

/// Names that may be equal, told apart.
enum Ordinals {
  /// The same names, with `-2` behind the second of those that are equal, and so on.
  static func numbered(_ names: [String]) -> [String] {
    var seen: [String: Int] = [:]
    return names.map { name in
      let count = (seen[name] ?? 0) + 1
      seen[name] = count
      return count == 1 ? name : "\(name)-\(count)"
    }
  }
}
