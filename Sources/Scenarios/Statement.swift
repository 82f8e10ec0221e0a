/// One line of the story: when, and what.
struct Step: Sendable {
  var line: Int
  var time: StepTime
  var statement: Statement
}

/// When a step happens.
enum StepTime: Sendable, Equatable {
  /// Nanoseconds after (or, negative, before) the step above it.
  case after(Int64)
  /// Nanoseconds after the start of the capture.
  case at(Int64)
}

/// What a step does.
enum Statement: Sendable {
  /// Only time passes.
  case pause
  /// One TCP segment.
  case segment(SegmentLine)
  /// Many full segments of one side, acknowledged by the other.
  case bulk(BulkLine)
  /// SYN, SYN-ACK, ACK, half a round-trip time apart.
  case handshake(ConnectionReference)
  /// FIN, FIN, ACK, begun by the named host.
  case close(ConnectionReference, host: Substring)
  /// The host's timestamp clock shows `value` from now on.
  case clock(host: String, value: Expression, hertz: Int64?)
  /// The same steps again and again.
  case loop(LoopLine)
  /// A frame given byte by byte from the link layer on.
  case rawFrame([UInt8])
}

/// A connection by name, with an index when it was declared as a row: `f[i]`.
struct ConnectionReference: Sendable {
  var name: String
  var index: Expression?
}

/// What becomes of a segment between its sender, the capture and its receiver.
enum Fate: String, Sendable {
  /// Captured and received.
  case normal
  /// Dropped before the capture point: the sender's state advances, nothing else.
  case unseen
  /// Captured, then dropped.
  case lost
  /// Received, but the capture missed it.
  case missed
}

/// One TCP segment as it is written.
struct SegmentLine: Sendable {
  var fate: Fate
  var connection: ConnectionReference
  var sender: Substring
  var flags: UInt8
  var sequence: Expression?
  var end: SequenceEnd?
  var acknowledgment: Expression?
  var window: Expression?
  var overrides = Overrides()
  var payload: [UInt8]?
  var tag = ""
}

/// The right edge of a sequence range: `1001:2449` or `1001:+1448`.
enum SequenceEnd: Sendable {
  case sequence(Expression)
  case length(Expression)
}

/// Fields that a line sets against the defaults.
struct Overrides: Sendable {
  var timestampValue: Expression?
  var timestampEcho: Expression?
  var noTimestamps = false
  var maximumSegmentSize: Expression?
  var noMaximumSegmentSize = false
  var windowScale: Expression?
  var noWindowScale = false
  var noSelective = false
  var blocks: [SackBlock]?
  var addedOptions: [UInt8] = []
  var onlyOptions: [UInt8]?
  var identification: Expression?
  var timeToLive: Expression?
  var flowLabel: Expression?
  var congestionBits: Expression?
  var checksum = ChecksumKind.good
}

/// One SACK block as it is written: `6449-7897`.
struct SackBlock: Sendable {
  var left: Expression
  var right: Expression
}

/// `B data 100x1448 burst=10 gap=0.1ms acks=2`.
struct BulkLine: Sendable {
  var connection: ConnectionReference
  var sender: Substring
  var count: Int64
  var size: Int64
  /// Segments per round trip.
  var burst: Int64 = 10
  /// Nanoseconds between the segments of a burst.
  var gap: Int64 = 100_000
  /// Segments per ACK; 0 = none.
  var acks: Int64 = 2
}

/// `repeat 12 every 600ms as k { ... }`.
struct LoopLine: Sendable {
  var count: Expression
  /// Nanoseconds between the starts of two rounds; nil = each round follows the one before.
  var every: Int64?
  var counter: String
  var body: [Step]
}
