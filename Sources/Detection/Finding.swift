import Dissection
import Tracking

/// How bad it is.
///
/// Source of the scale: tcp-pathologies §0.3.
public enum Severity: Int, Sendable, Comparable, CaseIterable {
  /// Normal protocol behaviour worth showing.
  case info
  /// Unusual, no measurable damage.
  case notice
  /// Measurable damage on a connection.
  case warning
  /// Outage, or damage to others.
  case critical

  /// Orders from harmless to harmful.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The word used in every output.
  public var name: String { ["info", "notice", "warning", "critical"][rawValue] }
}

/// How sure the finding is.
public enum Confidence: Int, Sendable, Comparable, CaseIterable {
  /// One sign, or a known trap applies.
  case possible
  /// At least two independent signs.
  case likely
  /// The packets prove it.
  case certain

  /// Orders from weak to strong.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The word used in every output.
  public var name: String { ["possible", "likely", "certain"][rawValue] }

  /// One step weaker; `possible` stays.
  package var lowered: Confidence { Confidence(rawValue: rawValue - 1) ?? .possible }
}

/// Whether packets can prove it at all.
public enum Proof: String, Sendable, CaseIterable {
  /// The packets show it.
  case proven
  /// The packets make it the best explanation.
  case inferred
  /// Only the host can tell; the next steps say how to ask it.
  case needsHost = "needs-host"
}

/// One number that a finding rests on.
public struct Measure: Sendable, Hashable {
  /// Name in kebab-case, stable: programs read it.
  public var name: String
  /// The value, in ``unit``.
  public var value: Double
  /// Unit in words: `packets`, `packets/s`, `bytes`, `s`, `ticks`, `percent`; empty for a plain count.
  public var unit: String

  /// Joins the parts.
  public init(_ name: String, _ value: Double, _ unit: String = "") {
    self.name = name
    self.value = value
    self.unit = unit
  }
}

/// A command to run next, and what its output would tell.
public struct NextStep: Sendable, Hashable {
  /// The command as it can be pasted.
  public var command: String
  /// One clause: what its output tells.
  public var tells: String

  /// Joins the parts.
  public init(_ command: String, tells: String) {
    self.command = command
    self.tells = tells
  }
}

/// What the trouble cost, as far as it can be computed.
public struct Cost: Sendable, Hashable {
  /// Time that connections lost, in nanoseconds.
  public var time: Int64 = 0
  /// Packets that carried nothing new.
  public var packets: UInt64 = 0
  /// Bytes on the wire that carried nothing new.
  public var bytes: UInt64 = 0

  /// No cost known.
  public init() {}
}

/// One frame that proves a finding, with enough of it to print a line like tcpdump's.
public struct EvidenceFrame: Sendable {
  /// The segment; its offsets are no longer valid.
  public var segment: Segment
  /// What this frame shows, a clause of our own words; may be empty.
  public var note: String
  /// Names of the fields that tell: `seq`, `ack`, `tsval`, `tsecr`, `win`, `sack`, `flags`, `len`, `options`.
  public var telling: [String]

  /// Joins the parts.
  public init(_ segment: Segment, note: String = "", telling: [String] = []) {
    self.segment = segment
    self.note = note
    self.telling = telling
  }
}

/// One thing wrong (or odd) in the capture, with what a reader needs to check it.
public struct Finding: Sendable {
  /// The rule that fired; its texts are in ``Rule``.
  public var rule: Rule
  /// How bad it is.
  public var severity: Severity
  /// How sure it is, capture quality already weighed in.
  public var confidence: Confidence
  /// Whether packets can prove it.
  public var proof: Proof
  /// One plain sentence.
  public var summary: String
  /// Cause label in kebab-case, empty when there is only one.
  public var cause = ""
  /// The connections that it happened on, by ``ConnectionSummary/id``; empty for findings about the capture or a host.
  public var connections: [ConnectionID] = []
  /// All connections that it hit, where ``connections`` names only some of them.
  package var affected: [ConnectionID] = []
  /// Hosts or listeners that it is about, as text, when it is not about connections.
  public var hosts: [String] = []
  /// First frame that belongs to it; 0 when it is about the whole capture.
  public var firstFrame: UInt64 = 0
  /// Last frame that belongs to it.
  public var lastFrame: UInt64 = 0
  /// Time of the first frame, nanoseconds since 1970 UTC.
  public var firstTime: Int64 = 0
  /// Time of the last frame.
  public var lastTime: Int64 = 0
  /// Up to 20 frames that prove it, in frame order.
  public var evidence: [EvidenceFrame] = []
  /// The numbers that it rests on, the most telling first.
  public var measures: [Measure] = []
  /// What it cost.
  public var cost = Cost()
  /// What could make it a false alarm in this capture; one sentence each.
  public var caveats: [String] = []
  /// Commands to run next, for this finding; those of the rule are added when it has none of its own.
  public var nextSteps: [NextStep]
  /// What repairs it.
  public var remedy: String

  /// A finding of `rule` with the rule's own next steps and remedy.
  public init(_ rule: Rule, _ severity: Severity, _ confidence: Confidence, proof: Proof, summary: String) {
    self.rule = rule
    self.severity = severity
    self.confidence = confidence
    self.proof = proof
    self.summary = summary
    nextSteps = rule.nextSteps
    remedy = rule.remedy
  }
}
