import Dissection

/// Number of a connection: 1 for the first one that appears in the capture, and so on.
public struct ConnectionID: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number; 0 means "none".
  public var rawValue: UInt64

  /// Wraps the number.
  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Connections are numbered by us, one after the other: no input can make them collide, so one multiplication does.
  // swift-format-ignore: NoLeadingUnderscores, AllPublicDeclarationsHaveDocumentation
  @inlinable
  public func _rawHashValue(seed: Int) -> Int {
    Int(truncatingIfNeeded: (rawValue ^ UInt64(bitPattern: Int64(seed))) &* 0x9E37_79B9_7F4A_7C15 >> 20)
  }

  /// Orders by first appearance.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What became of a connection, one record for reports.
public struct ConnectionSummary: Sendable {
  /// Number of the connection.
  public var id: ConnectionID
  /// The end that opened it, or the likelier one where ``rolesGuessed``.
  public var client: Endpoint
  /// The other end.
  public var server: Endpoint
  /// Whether client and server were told by ports or order because no SYN was captured.
  public var rolesGuessed: Bool
  /// First and last frame.
  public var firstFrame: UInt64
  /// Last frame.
  public var lastFrame: UInt64
  /// Time of the first frame, nanoseconds since 1970 UTC.
  public var firstTime: Int64
  /// Time of the last frame.
  public var lastTime: Int64
  /// What the client sent.
  public var fromClient: DirectionSummary
  /// What the server sent.
  public var fromServer: DirectionSummary
  /// State of the connection as a whole at its end, in words: `established`, `closed`, `reset`, `SYN unanswered`, ...
  public var state: String
  /// RFC 9293 state of the client's end, from `LISTEN` to `TIME-WAIT`.
  public var clientState: String
  /// RFC 9293 state of the server's end.
  public var serverState: String
  /// Time of the packet that brought the client's end into its state, nanoseconds since 1970 UTC; nil when unknown.
  public var clientStateSince: Int64?
  /// The same of the server's end.
  public var serverStateSince: Int64?
  /// How it ended: `FIN`, `RST from client`, `RST from server`, `capture end`, `idle`, `evicted`, ...
  public var ending: String
  /// Whether the capture started after the connection did.
  public var midStream: Bool
  /// Time from SYN to the third segment of the handshake in nanoseconds; nil when it was not seen whole.
  public var handshake: Int64?
  /// Least round-trip time that the capture allows to see, nanoseconds; nil without a sample.
  public var leastRoundTrip: Int64?
  /// Where the capture was made, seen from this connection: `client`, `server`, `middle`, `loopback`, `unknown`.
  public var vantage: String
  /// Where the time between first and last segment went; the parts add up to it, in steps of 65,536 ns.
  package var time = TimeAccount()
  /// SMC in one word: `` (nothing), `offered`, `answered`, ...
  public var smc: String
}

/// What one end of a connection sent.
public struct DirectionSummary: Sendable {
  /// Segments.
  public var packets: UInt64 = 0
  /// Payload bytes, retransmissions included.
  public var payloadBytes: UInt64 = 0
  /// Segments with payload.
  public var dataPackets: UInt64 = 0
  /// Retransmitted segments, by cause name.
  public var retransmissions: UInt64 = 0
  /// Retransmitted payload bytes.
  public var retransmittedBytes: UInt64 = 0
  /// MSS that this end announced; 0 when its SYN was not captured.
  public var mss: UInt16 = 0
  /// Window scale that this end announced; nil when unknown or not used.
  public var windowScale: UInt8?
  /// Hop limit (TTL) of its last packet.
  public var hopLimit: UInt8 = 0

  /// Nothing sent.
  public init() {}
}
