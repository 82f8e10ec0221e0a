import Detection
import Dissection
import Frames
import Tracking

/// Everything that a renderer needs: what was read, what was found, and on which connections.
public struct Report: Sendable {
  /// What was read.
  public var capture: CaptureSummary
  /// Findings by harm: capture quality first, then severity, then cost, then first frame; of each rule the worst 50.
  public var findings: [Finding]
  /// Connections with findings and the largest others, by ``ConnectionSummary/id``.
  public var connections: [ConnectionSummary]
  /// Sums over all connections, listed or not.
  public var totals: ConnectionTotals
  /// How many findings each rule has, listed or not: rules that fired, in the order of the list of rules.
  public var rules: [RuleTally] = []
  /// Hosts, networks, listeners and what connections agreed on.
  public var traffic = TrafficSummary()
  /// Who offered, answered and declined SMC; empty when nobody did.
  public var smcLedger: [SMCLedgerEntry]
  /// What each host's kernel counters should have moved by; nil when nobody asked.
  public var counters: CounterPrediction?
  /// Two snapshots of a host's counters beside what the packets show; nil without any.
  package var counterComparison: CounterComparison?
  /// Thresholds in force, in the order of the rules.
  public var thresholds: [ThresholdInForce]
  /// How the report was made.
  public var method: Method
  /// What there is to draw; nil when nobody looked a second time.
  package var pictures: ReportPictures?
}

extension Report {
  /// Lists more connections, those that are not listed yet.
  mutating func add(_ ends: [ConnectionEnd]) {
    let known = Set(connections.map(\.id))
    connections += ends.filter { !known.contains($0.id) }.map(ConnectionSummary.init)
    connections.sort { $0.id < $1.id }
  }
}

/// How the report was made.
public struct Method: Sendable {
  /// Program version.
  public var version: String
  /// Command line as typed, shell-quoted; empty for a library user.
  public var commandLine: String
  /// pcap filter expression in force; empty for none.
  public var filter: String

  /// Joins the parts.
  public init(version: String, commandLine: String = "", filter: String = "") {
    self.version = version
    self.commandLine = commandLine
    self.filter = filter
  }
}

/// What was read and how far it can be trusted.
public struct CaptureSummary: Sendable {
  /// Files, interfaces and what went wrong while reading.
  public var source: CaptureDescription
  /// Frames read.
  public var frames: UInt64 = 0
  /// Frames that were analyzed: TCP segments.
  public var segments: UInt64 = 0
  /// Bytes captured, without file headers.
  public var capturedBytes: UInt64 = 0
  /// Bytes that were on the wire.
  public var wireBytes: UInt64 = 0
  /// Earliest packet time, nanoseconds since 1970 UTC; 0 when there was no frame.
  public var firstTime: Int64 = 0
  /// Latest packet time.
  public var lastTime: Int64 = 0
  /// Frames by link type, in order of the link type's number.
  public var linkTypes: [(linkType: LinkType, frames: UInt64)] = []
  /// Frames that were not analyzed, by reason, only those that occurred.
  public var notAnalyzed: [(reason: NotAnalyzed, frames: UInt64)] = []
  /// Quality checks in fixed order; every check is listed, also the ones that passed.
  public var quality: [QualityMark] = []

  /// A summary of nothing read yet.
  public init(source: CaptureDescription) { self.source = source }
}

/// How often a rule fired.
public struct RuleTally: Sendable {
  /// The rule.
  public var rule: Rule
  private var counts = [Int](repeating: 0, count: Severity.allCases.count)

  /// Nothing counted yet.
  init(_ rule: Rule) { self.rule = rule }

  /// Counts a finding.
  mutating func add(_ severity: Severity) { counts[severity.rawValue] += 1 }

  /// Findings of a severity, listed or not.
  public func findings(of severity: Severity) -> Int { counts[severity.rawValue] }

  /// Findings of a severity or worse, listed or not.
  public func findings(atLeast severity: Severity = .info) -> Int { counts[severity.rawValue...].reduce(0, +) }
}

/// Outcome of one capture-quality check, for the row of marks at the top of a report.
public struct QualityMark: Sendable {
  /// The rule that the check belongs to.
  public var rule: Rule
  /// Severity of its finding, nil when the check passed.
  public var severity: Severity?
  /// A few words: `none`, `23 copies (50 %)`.
  public var words: String
}

/// Sums over all connections.
public struct ConnectionTotals: Sendable {
  /// Connections seen, unanswered SYNs included.
  public var connections: UInt64 = 0
  /// Connections whose SYN nobody answered.
  public var unanswered: UInt64 = 0
  /// Connections that were dropped from memory before their end because of the memory limit.
  public var evicted: UInt64 = 0
  /// Segments of all connections.
  public var packets: UInt64 = 0
  /// Payload bytes of all connections.
  public var payloadBytes: UInt64 = 0
  /// Retransmitted segments of all connections.
  public var retransmissions: UInt64 = 0

  /// Nothing seen.
  public init() {}
}

/// One threshold as it was applied.
public struct ThresholdInForce: Sendable {
  /// The rule or family it belongs to.
  public var rule: String
  /// Its name in words.
  public var name: String
  /// Its value with unit.
  public var value: String
  /// Why it has this value.
  public var reason: String
}
