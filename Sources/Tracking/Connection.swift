import Dissection
import Frames

/// Where a connection stands, seen from the middle.
///
/// Source: tcp-pathologies §C.
enum Phase: UInt8, Sendable {
  case synSent, synCrossed, synReceived, established, finOne, finBoth, closed, reset

  var isOver: Bool { self == .closed || self == .reset }
}

/// State of one end.
///
/// Source: RFC 9293 §3.3.2.
package enum EndState: UInt8, Sendable, BitwiseCopyable {
  case unknown, listen, synSent, synReceived, established, finWait1, finWait2, closeWait, closing, lastACK, timeWait,
    closed

  var name: String {
    switch self {
    case .unknown: "unknown"
    case .listen: "LISTEN"
    case .synSent: "SYN-SENT"
    case .synReceived: "SYN-RECEIVED"
    case .established: "ESTABLISHED"
    case .finWait1: "FIN-WAIT-1"
    case .finWait2: "FIN-WAIT-2"
    case .closeWait: "CLOSE-WAIT"
    case .closing: "CLOSING"
    case .lastACK: "LAST-ACK"
    case .timeWait: "TIME-WAIT"
    case .closed: "CLOSED"
    }
  }
}

/// One connection (one incarnation of a 4-tuple): the flat record of the flow table.
struct Connection: Sendable {
  var shared: SharedState
  var low = Direction()
  var high = Direction()

  var key: FlowKey { shared.key }

  /// Newest packet time of either end.
  var lastTime: Int64 { max(low.lastTime, high.lastTime) }
}

/// What belongs to both directions of a connection.
struct SharedState: Sendable {
  // What every segment touches, or every observation tells, comes first: one cache line.

  let key: FlowKey
  /// State of the low and the high end.
  var lowState = EndState.unknown
  var highState = EndState.unknown
  var resets: UInt16 = 0
  var id: ConnectionID
  /// See ``Observation/progress``.
  var progress: UInt32 = 0
  /// Index of the cold record plus one; 0 = none.
  var cold: UInt32 = 0
  /// Index of the SMC machine plus one; 0 = none.
  var smc: UInt32 = 0
  var flags = SharedFlags()
  var phase = Phase.established
  var lowIsClient: Bool

  var time = TimeAccount()
  /// Idle ACKs since anything moved, the ``progress`` at which they came, and when the last one did.
  var idleRun: UInt32 = 0
  var idleProgress: UInt32 = 0
  var idleTime: Int64 = 0
  var firstFrame: UInt64
  var firstTime: Int64
  var lowStateSince: Int64 = 0
  var highStateSince: Int64 = 0
  var synTime: Int64 = 0
  var synACKTime: Int64 = 0
  /// Time from SYN to third segment; 0 = not seen whole.
  var handshake: Int64 = 0
  /// A SYN inside a synchronized connection, waiting for the answer that tells whether a new connection begins.
  var provisionalSYN = SequenceNumber(0)
  var provisionalTSval: UInt32 = 0
  var provisionalTime: Int64 = 0
  var provisionalFrame: UInt64 = 0
  /// Without it the directions would straddle cache lines, which costs a fifth of the speed.
  private let padding: UInt64 = 0

  /// More than the flat record is kept for the connection.
  var hasDetails: Bool { cold != 0 || smc != 0 }

  /// Without an idle ACK for this long a run of them is over.
  private static let idleQuiet = 10 * PacketTime.second

  /// Counts an idle ACK of either end; after progress or a pause a new run begins.
  mutating func countIdle(at time: Int64) {
    if idleProgress != progress || time &- idleTime > Self.idleQuiet { idleRun = 0 }
    idleProgress = progress
    idleTime = time
    idleRun &+= 1
  }

  init(_ key: FlowKey, id: ConnectionID, _ segment: Segment, lowIsClient: Bool) {
    self.key = key
    self.id = id
    firstFrame = segment.frame
    firstTime = segment.time
    self.lowIsClient = lowIsClient
  }
}

/// Yes-or-no facts about a connection.
struct SharedFlags: OptionSet, Sendable {
  var rawValue: UInt16

  static let midStream = SharedFlags(rawValue: 1 << 0)
  static let rolesGuessed = SharedFlags(rawValue: 1 << 1)
  static let synCaptured = SharedFlags(rawValue: 1 << 2)
  static let synACKCaptured = SharedFlags(rawValue: 1 << 3)
  /// Both SYNs carried the timestamps option.
  static let timestampsAgreed = SharedFlags(rawValue: 1 << 4)
  /// Both SYNs were seen and at least one had no timestamps option.
  static let timestampsRefused = SharedFlags(rawValue: 1 << 5)
  static let sackAgreed = SharedFlags(rawValue: 1 << 6)
  static let provisional = SharedFlags(rawValue: 1 << 7)
  static let provisionalFromLow = SharedFlags(rawValue: 1 << 8)
  static let resetByLow = SharedFlags(rawValue: 1 << 9)
  /// Something about the connection became an observation.
  static let troubled = SharedFlags(rawValue: 1 << 12)
  /// Bytes of the low (high) end are missing, or were for a while: copies have to be told from second tries.
  static let lowGaps = SharedFlags(rawValue: 1 << 13)
  static let highGaps = SharedFlags(rawValue: 1 << 14)
  /// Both ends sent a SYN before either was answered.
  static let crossed = SharedFlags(rawValue: 1 << 10)
  /// There is something for an acknowledgment of the low (high) end's data to settle in the cold record.
  static let lowUnsettled = SharedFlags(rawValue: 1 << 15)
  static let highUnsettled = SharedFlags(rawValue: 1 << 11)
}
