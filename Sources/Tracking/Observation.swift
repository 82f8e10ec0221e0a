import Dissection

/// A segment that is not ordinary, with the facts that make it so; or a later word on an earlier one (``amends``).
package struct Observation: Sendable {
  /// The segment; its offsets are no longer valid.
  package var segment: Segment
  package var connection: ConnectionID
  package var fromClient: Bool
  package var kind = SegmentKind.pureACK
  package var cause = RetransmissionCause.none
  package var rejection = Rejection.none
  package var certainty = Certainty.certain
  package var anomalies = Anomalies()
  /// Number of the earlier frame that this is a later word on; 0 for a word on the segment itself.
  package var amends: UInt64 = 0
  /// Number of the frame that showed it, of a later word.
  package var amendedBy: UInt64 = 0
  /// Counts the events that moved the connection on; unchanged between two observations = nothing happened between.
  ///
  /// Data alone moves nothing: in a loop one side may go on sending what the other never takes.
  package var progress: UInt32 = 0
  /// Of an idle ACK: how many came from either end since anything moved, this one included.
  package var idleRun: UInt32 = 0
  /// Peer's last acknowledgment minus this sequence number: 0 on a healthy idle connection, constant when
  /// desynchronized.
  package var desync: Int32 = 0
  /// How far TSval lies behind what the peer last accepted, in ticks; positive = older.
  package var timestampLag: Int32 = 0
  /// The peer's TS.Recent for this direction, as far as the capture tells.
  package var peerRecentTimestamp: UInt32 = 0
  /// Ticks that the timestamp clock jumped against packet time; only with ``Anomalies/timestampJump``.
  package var timestampJump: Int32 = 0
  /// Bytes in flight in this direction before the segment.
  package var flight: UInt32 = 0
  /// Scaled window that the peer offers; `UInt32.max` when its scale is unknown.
  package var peerWindow: UInt32 = .max
  /// Data segments of this direction per tenth of a second lately, this one included; of a retransmission.
  package var sentLately: UInt32 = 0
  /// Payload bytes of it that had been sent before; the rest is new.
  package var repeatedBytes: UInt32 = 0
  /// Segments on the wire that the record stands for, in units of the MSS.
  package var units: UInt32 = 1
  /// States of both ends after the segment; of a RST: before it.
  package var senderState = EndState.unknown
  package var receiverState = EndState.unknown
  /// Bytes that only the capture missed, detected with this segment.
  package var missedBytes: UInt32 = 0
  /// Time since this end last sent data or the peer's acknowledgments stopped, ns: how long the sender was stuck.
  package var stall: Int64 = 0

  @inline(__always)
  package init(_ segment: Segment, connection: ConnectionID, fromClient: Bool) {
    self.segment = segment
    self.connection = connection
    self.fromClient = fromClient
  }

  /// Whether detectors are told of it.
  package var isJudged: Bool {
    amends != 0 || rejection != .none || anomalies.rawValue != 0 || missedBytes != 0 || kind.isJudged
  }

  /// A SYN-ACK that came again after its receiver had finished the handshake.
  package var isAnsweredAgain: Bool {
    kind == .retransmission && cause == .synACK && receiverState != .synSent && receiverState != .unknown
  }

  /// Sender and receiver.
  package var sender: Endpoint { segment.sender }
  package var receiver: Endpoint { segment.receiver }
}

/// Oddities of one segment besides its kind.
public struct Anomalies: OptionSet, Sendable {
  /// One bit for each.
  public var rawValue: UInt32

  /// Wraps the bits.
  @inlinable @inline(__always)
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The protocol's own way goes through four calls in other rooms; every detector asks this of every observation.
  @inlinable @inline(__always)
  public func contains(_ others: Anomalies) -> Bool { rawValue & others.rawValue == others.rawValue }

  /// A retransmission whose bytes had all arrived: by DSACK, timestamp echo, or because they were acknowledged.
  @inlinable public static var needless: Self { Self(rawValue: 1 << 0) }
  /// The receiver took the segment although it was expected to throw it away.
  @inlinable public static var rejectionRefuted: Self { Self(rawValue: 1 << 1) }
  /// No timestamps option although both SYNs carried it.
  @inlinable public static var timestampMissing: Self { Self(rawValue: 1 << 2) }
  /// A timestamps option although the SYN exchange had none.
  @inlinable public static var timestampAppears: Self { Self(rawValue: 1 << 3) }
  /// TSecr that the peer cannot have sent.
  @inlinable public static var echoInvalid: Self { Self(rawValue: 1 << 4) }
  /// The timestamp clock jumped against packet time; see ``Observation/timestampJump``.
  @inlinable public static var timestampJump: Self { Self(rawValue: 1 << 5) }
  /// The answer of an old connection (TIME-WAIT) to a SYN: a bare ACK that does not acknowledge it.
  @inlinable public static var oldConnectionAnswers: Self { Self(rawValue: 1 << 6) }
  /// A SYN that a SYN-ACK answered: seen on the SYN-ACK, `timestampEcho` is the SYN's TSval.
  @inlinable public static var synAnswered: Self { Self(rawValue: 1 << 7) }
  /// A SYN (without ACK) inside a synchronized connection.
  @inlinable public static var synInside: Self { Self(rawValue: 1 << 8) }
  /// A RST that the peer will not take at its word: in the window but not exact.
  @inlinable public static var inexactReset: Self { Self(rawValue: 1 << 9) }
  /// More payload than the peer's MSS: segmentation offload on this host, or coalescing on receipt.
  @inlinable public static var superPacket: Self { Self(rawValue: 1 << 10) }
  /// Fills a hole that the capture had seen.
  @inlinable public static var fillsGap: Self { Self(rawValue: 1 << 11) }
  /// Sender's window is closed.
  @inlinable public static var zeroWindow: Self { Self(rawValue: 1 << 12) }
  /// Opens a hole: bytes before it were not seen.
  @inlinable public static var opensGap: Self { Self(rawValue: 1 << 13) }
  /// First word on a new loss episode of this direction: the sender had not been recovering before.
  @inlinable public static var opensEpisode: Self { Self(rawValue: 1 << 14) }
  /// The bytes had been acknowledged before the segment was sent again.
  @inlinable public static var alreadyAcknowledged: Self { Self(rawValue: 1 << 15) }
  /// Needless, but the original was late: both arrived within ``Retransmission/crossing``.
  @inlinable public static var crossedOriginal: Self { Self(rawValue: 1 << 18) }
  /// A SYN sent again that nobody had answered yet.
  @inlinable public static var synUnanswered: Self { Self(rawValue: 1 << 17) }
  /// Only part of the range is old; the rest is new data.
  @inlinable public static var partlyNew: Self { Self(rawValue: 1 << 16) }
  /// Sender's window was open before.
  @inlinable public static var windowCloses: Self { Self(rawValue: 1 << 20) }
  /// Sender's window was closed before.
  @inlinable public static var windowOpens: Self { Self(rawValue: 1 << 21) }
}
