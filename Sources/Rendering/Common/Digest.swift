import Detection
import Dissection
import Frames
import Tracking
import Triage

/// A report looked through once: what every text renderer says in the same words.
struct Digest {
  /// One finding with what the renderers need beside it.
  struct Entry {
    var id: String
    var finding: Finding
  }

  let report: Report
  /// The listed connections by number.
  let connections: [ConnectionID: ConnectionSummary]
  /// Findings about the capture itself, by harm.
  let quality: [Entry]
  /// All other findings, by harm.
  let findings: [Entry]
  /// Drawn pictures of findings, for who shows pictures.
  var gallery: Gallery?

  /// As much of a finding's name as tells it from the others: commands take the beginning of a name, too.
  func shortID(_ entry: Entry) -> Substring {
    let short = entry.id.prefix(8)
    return names.count { $0.hasPrefix(short) } == 1 ? short : entry.id[...]
  }

  init(_ report: Report) {
    self.report = report
    tallies = Dictionary(report.rules.map { ($0.rule.id, $0) }) { first, _ in first }
    let files = report.capture.source.files.map { Self.lastPart($0.name) }
    sharedNames = Set(Dictionary(grouping: files) { $0 }.filter { $1.count > 1 }.keys)
    let known = Dictionary(report.connections.map { ($0.id, $0) }) { first, _ in first }
    connections = known
    names = FindingID.all(report)
    let entries = zip(names, report.findings).map { Entry(id: $0, finding: $1.placed(known)) }
    quality = entries.filter { $0.finding.rule.family == .captureQuality }
    findings = entries.filter { $0.finding.rule.family != .captureQuality }
  }

  private let tallies: [String: RuleTally]
  private let names: [String]

  /// The stable name of a finding by its place in the report.
  func id(of finding: Int) -> String { names[finding] }

  /// How many findings of `severity` or worse `entries` stand for: all of their rules, not only those that are listed.
  func count(_ entries: [Entry], atLeast severity: Severity = .info) -> Int {
    var listed: [String: Int] = [:]
    for entry in entries { listed[entry.finding.rule.id, default: 0] += 1 }
    return listed.reduce(0) { $0 + max($1.value, tallies[$1.key]?.findings(atLeast: severity) ?? 0) }
  }

  /// Last parts of paths that several files have.
  private let sharedNames: Set<String>

  private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Packet time that everything is relative to.
  var start: Int64 { report.capture.firstTime }

  /// Findings that did measurable damage.
  var problems: [Entry] { findings.filter { $0.finding.severity >= .warning } }

  /// The listed connections, those with findings first, so that no cut loses them.
  var connectionsByInterest: [ConnectionSummary] {
    let touched = Set(findings.flatMap(\.finding.connections))
    let others = report.connections.filter { !touched.contains($0.id) }
    return report.connections.filter { touched.contains($0.id) } + others
  }

  /// `10.0.0.1:80 <-> 10.0.0.2:5000`, or the number when the connection is not listed.
  func name(_ id: ConnectionID) -> String {
    connections[id].map { "\($0.client) <-> \($0.server)" } ?? "connection \(id.rawValue)"
  }

  /// On how many connections it happened: a finding lists some of them, its measure counts them all.
  func connectionCount(_ finding: Finding) -> Int {
    let counted = finding.measures.first { $0.name == "connections" }
    return max(finding.connections.count, counted.map { Int(max(0, min($0.value, 1e15))) } ?? 0)
  }

  /// Where it happened, as the end of a sentence: `between A and B`, `on 3 connections`, `at 10.0.0.1:443`; may be
  /// empty.
  func place(_ finding: Finding) -> String {
    let count = connectionCount(finding)
    if count > 1, !finding.connections.isEmpty { return "on \(Quantity.count(count)) connections" }
    if let id = finding.connections.first {
      if let known = connections[id] { return "between \(known.client) and \(known.server)" }
      // Of very many connections not all are listed; the proving frames name their ends, too.
      let ends = finding.evidence.first.map { "between \($0.segment.sender) and \($0.segment.receiver)" }
      return ends ?? "on connection \(id.rawValue)"
    }
    guard let host = finding.hosts.first else { return "" }
    let others = finding.hosts.count - 1
    return "at \(Visible.text(host, limit: 80))" + (others > 0 ? " and \(Quantity.count(others, "other"))" : "")
  }

  /// `frame 7`, `frames 41-440`, `whole capture`; of several files also `frames 41-440 (b.pcap 1-400)`.
  func frames(_ finding: Finding) -> String {
    if finding.firstFrame == 0 { return "whole capture" }
    let (first, last) = (finding.firstFrame, finding.lastFrame)
    let words = first == last ? "frame \(first)" : "frames \(first)-\(last)"
    guard let a = origin(first), let b = origin(last) else { return words }
    if a.file != b.file { return "\(words) (\(a.file) \(a.frame) to \(b.file) \(b.frame))" }
    return "\(words) (\(a.file) \(a.frame)\(first == last ? "" : "-\(b.frame)"))"
  }

  /// Of several files: the short name of the one that a frame is in, and its number there.
  func origin(_ frame: UInt64) -> (file: String, frame: UInt64)? {
    report.capture.source.origin(of: frame).map { file, number in
      let last = Self.lastPart(file.name)
      let name = sharedNames.contains(last) ? file.name : last
      return (TerminalText.fitMiddle(Visible.text(name, limit: 200), 32), number)
    }
  }

  /// What it cost in one line; nil when nothing is known.
  static func cost(_ cost: Cost) -> String? {
    var parts: [String] = []
    if cost.time > 0 { parts.append("\(Quantity.duration(cost.time)) lost") }
    var waste: [String] = []
    if cost.packets > 0 { waste.append(Quantity.count(cost.packets, "packet")) }
    if cost.bytes > 0 { waste.append("\(Quantity.bytes(cost.bytes)) on the wire") }
    if !waste.isEmpty { parts.append(waste.joined(separator: " and ") + " that carried nothing new") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// What a proof mark means, as a sentence.
  static func words(_ proof: Proof) -> String {
    switch proof {
    case .proven: "The packets themselves show it."
    case .inferred: "Inferred: the best explanation of what the packets show."
    case .needsHost: "Only the host can tell for sure; the commands below ask it."
    }
  }

  /// The commands to ask a customer for: of findings that packets alone do not prove, each once, the worst first.
  var questions: [NextStep] {
    var seen: Set<String> = []
    return (findings + quality).filter { $0.finding.proof != .proven }.flatMap(\.finding.nextSteps)
      .filter { seen.insert($0.command).inserted }
  }
}
