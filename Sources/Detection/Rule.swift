/// What a rule means, proves and advises: the one text behind `explain`, the report's legend and the README's table.
public struct Rule: Sendable {
  /// Groups rules in lists, in order of importance to this project.
  public enum Family: String, Sendable, CaseIterable {
    /// How far the capture itself can be trusted.
    case captureQuality = "capture quality"
    /// Hosts answering each other's acknowledgments.
    case ackLoop = "ACK loops"
    /// Timestamps option and PAWS.
    case timestamps = "timestamps"
    /// Data sent again.
    case retransmission = "retransmissions"
    /// Shared Memory Communications.
    case smc = "SMC"
    /// Connections that do not come about.
    case handshake = "handshakes"
    /// Receivers that do not let their senders send.
    case window = "windows"
  }

  /// Stable identifier in kebab-case.
  public var id: String
  /// The family it is listed under.
  public var family: Family
  /// A few words, as a heading.
  public var title: String
  /// What is going on, for someone who meets it for the first time.
  public var meaning: String
  /// When the rule fires, with its thresholds.
  public var fires: String
  /// What can look the same and be harmless.
  public var falseAlarms: String
  /// What repairs it.
  public var remedy: String
  /// Commands to run next.
  public var nextSteps: [NextStep]
  /// Kernel counters (nstat names) that move with it.
  public var counters: [String]
  /// Kernel drop reasons that go with it.
  public var dropReasons: [String]
  /// RFC section, kernel function.
  public var source: String

  /// Joins the parts.
  public init(
    id: String, family: Family, title: String, meaning: String, fires: String, falseAlarms: String, remedy: String,
    nextSteps: [NextStep] = [], counters: [String] = [], dropReasons: [String] = [], source: String
  ) {
    self.id = id
    self.family = family
    self.title = title
    self.meaning = meaning
    self.fires = fires
    self.falseAlarms = falseAlarms
    self.remedy = remedy
    self.nextSteps = nextSteps
    self.counters = counters
    self.dropReasons = dropReasons
    self.source = source
  }
}
