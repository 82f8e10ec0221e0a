import Dissection
import Tracking

/// A client host and a listener: the place that SMC findings are about.
struct SMCPlace: Hashable, Comparable {
  var client: IPAddress
  var server: Endpoint

  static func < (a: Self, b: Self) -> Bool { a.client == b.client ? a.server < b.server : a.client < b.client }
}

/// What went wrong (or well) with a connection's SMC; connections of one place with one pathology are one finding.
enum SMCPathology: Hashable {
  enum Silence: Hashable { case plain, blanked, ignoredForm, synRetriedWithout, synUnanswered }
  enum Replay: Hashable { case reply, spokeFirst, reset }
  enum Wait: Hashable { case accept, confirm, proposal, acceptQueue }

  case notAnswered(Silence)
  case answeredNotOffered
  case declined(code: UInt32, fromClient: Bool, SMCInference?)
  case rdmaPathBroken(code: UInt32, fromClient: Bool)
  case optionReplayed(Replay)
  case clcSkipped
  case clcTimeout(Wait)
  case clcMalformed(String)
  case established(isD: Bool)

  /// The pathology of a finished connection, nil when there is none or the capture does not hold enough to tell.
  init?(_ account: SMCAccount) {
    switch account.verdict {
    case .notAnswered: self = .notAnswered(.plain)
    case .optionStripped: self = .notAnswered(.blanked)
    case .synDropped:
      self = .notAnswered(account.facts.contains(.retriedWithout) ? .synRetriedWithout : .synUnanswered)
    case .neverOffered where account.facts.contains(.offerIgnored): self = .notAnswered(.ignoredForm)
    case .answeredNotOffered: self = .answeredNotOffered
    case .clientDeclined(let code): self = .declined(code: code, fromClient: true, account.inference)
    case .serverDeclined(let code): self = .declined(code: code, fromClient: false, account.inference)
    case .linkGroupOutOfSync:
      guard let decline = account.decline, let code = decline.message.decline?.code else { return nil }
      self = .declined(code: code, fromClient: decline.fromClient, nil)
    case .rdmaPathBroken(let code):
      self = .rdmaPathBroken(code: code, fromClient: account.decline?.fromClient ?? true)
    case .optionReplayed: self = .optionReplayed(Self.replay(account))
    case .clcSkipped: self = .clcSkipped
    case .clcTimeout: self = .clcTimeout(account.accept == nil ? .accept : .confirm)
    case .proposalMissing: self = .clcTimeout(.proposal)
    case .acceptQueueFull: self = .clcTimeout(.acceptQueue)
    case .clcMalformed: self = .clcMalformed(account.fault?.fault.key ?? "length")
    case .modeViolation: self = .clcMalformed(account.violation?.key ?? "mode-violation")
    case .establishedR: self = .established(isD: false)
    case .establishedD: self = .established(isD: true)
    case .neverOffered, .negotiated, .unknownTruncated: return nil
    }
  }

  private static func replay(_ account: SMCAccount) -> Replay {
    guard account.facts.contains(.serverForeign) else { return .reset }
    return account.proposal == nil ? .spokeFirst : .reply
  }
}

extension SMCViolation {
  /// Key for programs.
  var key: String {
    switch self {
    case .mode: "mode-violation"
    case .identifier: "ueid-not-offered"
    }
  }
}

/// Connections of one place that share a pathology.
struct SMCGroup {
  static let mostConnections = 20
  static let mostEvidence = 20

  var count: UInt64 = 0
  var connections: [ConnectionID] = []
  var firstFrame: UInt64 = .max
  var lastFrame: UInt64 = 0
  var firstTime: Int64 = .max
  var lastTime: Int64 = .min
  var evidence: [EvidenceFrame] = []
  /// Time that all connections together waited for nothing, nanoseconds.
  var waited: Int64 = 0
  /// Facts that hold for every connection of the group.
  var common: SMCAccount.Facts = []
  /// Account of the first connection, nil where there is none.
  var sample: SMCAccount?

  /// Counts a connection.
  mutating func add(_ end: borrowing ConnectionEnd) {
    count += 1
    if connections.count < Self.mostConnections { connections.append(end.id) }
    firstFrame = min(firstFrame, end.firstFrame)
    lastFrame = max(lastFrame, end.lastFrame)
    firstTime = min(firstTime, end.firstTime)
    lastTime = max(lastTime, end.lastTime)
  }

  /// Counts a connection with its account and what its wait cost.
  mutating func add(_ end: borrowing ConnectionEnd, _ account: SMCAccount, waited wait: Int64) {
    add(end)
    waited = waited.addingReportingOverflow(max(0, wait)).partialValue
    common = sample == nil ? account.facts : common.intersection(account.facts)
    if sample == nil { sample = account }
    let frames = account.evidence
    if evidence.count + frames.count <= Self.mostEvidence { evidence += frames }
  }
}

/// What is known of one place.
struct SMCPair {
  var offered: UInt64 = 0
  var answered: UInt64 = 0
  var established: UInt64 = 0
  var declines: [DeclineKey: UInt64] = [:]
  var groups: [SMCPathology: SMCGroup] = [:]
  /// Connections without an offer.
  var plain = SMCGroup()

  struct DeclineKey: Hashable, Comparable {
    var code: UInt32
    var fromClient: Bool

    static func < (a: Self, b: Self) -> Bool { a.code == b.code ? a.fromClient && !b.fromClient : a.code < b.code }
  }

  /// Whether any SYN with the option got an answer, with or without the option.
  var passesOffers: Bool {
    answered > 0 || groups[.notAnswered(.plain)] != nil || groups[.notAnswered(.blanked)] != nil
  }

  var hasSign: Bool { offered > 0 || answered > 0 || !groups.isEmpty }
}
