import Detection
import Dissection
import Tracking

/// One segment of a connection as a picture needs it.
package struct TracePoint: Sendable {
  /// Packet time, nanoseconds since 1970 UTC.
  package var time: Int64
  package var frame: UInt64
  /// First sequence number, and how many it takes (payload, SYN and FIN).
  package var sequence: SequenceNumber
  package var length: UInt32
  package var payload: UInt32
  package var acknowledgment: SequenceNumber
  /// Window that the segment offers in bytes; ``unknownWindow`` while the scale is not known.
  package var window: UInt32
  package var timestampValue: UInt32
  package var timestampEcho: UInt32
  /// What the receiver held as TS.Recent before the segment; 0 when unknown.
  package var recentTimestamp: UInt32
  /// Bytes of this direction that were under way before the segment.
  package var flight: UInt32
  /// Nanoseconds from the newest segment that this one acknowledges, at the capture point; 0 without a sample.
  package var roundTrip: Int64 = 0
  package var sack: InlineArray<4, SACKBlock>
  package var sackCount: UInt8
  /// The first SACK block reports bytes that came twice.
  package var reportsDuplicate: Bool
  package var flags: TCPFlags
  package var options: TCPOptions
  package var mss: UInt16
  package var windowScale: UInt8
  package var kind: SegmentKind
  package var cause: RetransmissionCause
  package var rejection: Rejection
  package var anomalies: Anomalies
  package var fromClient: Bool
  /// Type of the SMC handshake message that its payload begins with; 0 for none.
  package var clc: UInt8 = 0
  /// Which of several connections with the same addresses and ports it belongs to.
  package var incarnation: ConnectionID
  /// It is kept however many packets there are.
  var isPinned = false

  package static let unknownWindow = UInt32.max

  /// Sequence number after the segment.
  package var end: SequenceNumber { sequence + length }
  package var hasTimestamps: Bool { options.contains(.timestamps) }
  package var hasACK: Bool { flags.contains(.ack) && !flags.contains(.rst) }
  /// Sequence number after the last byte that the window allows; nil while the scale is not known.
  package var rightEdge: SequenceNumber? { hasACK && window != Self.unknownWindow ? acknowledgment + window : nil }

  /// How badly a picture needs it: the least is thinned out first.
  package var weight: Weight {
    if kind == .retransmission || rejection != .none { return .telling }
    switch kind {
    case .newData, .pureACK: return anomalies.rawValue == 0 ? .ordinary : .telling
    case .duplicateACK, .idleACK, .oldACK, .windowUpdate, .keepAliveACK, .captureDuplicate: return .repeated
    default: return .telling
    }
  }

  package enum Weight: Int, Sendable, CaseIterable { case ordinary, repeated, telling }

  init(_ observation: borrowing Observation, fromClient: Bool, window: UInt32) {
    let segment = observation.segment
    time = segment.time
    frame = segment.frame
    sequence = segment.sequence
    length = segment.sequenceLength
    payload = segment.payloadLength
    acknowledgment = segment.acknowledgment
    self.window = window
    timestampValue = segment.timestampValue
    timestampEcho = segment.timestampEcho
    recentTimestamp = observation.peerRecentTimestamp
    flight = observation.flight
    sack = segment.sack
    // Slot 0 of a SYN holds something else.
    sackCount = segment.flags.contains(.syn) ? 0 : min(4, segment.sackCount)
    reportsDuplicate = sackCount > 0 && segment.duplicateSACK != nil
    flags = segment.flags
    options = segment.options
    mss = segment.mss ?? 0
    windowScale = segment.windowScale
    kind = observation.kind
    cause = observation.cause
    rejection = observation.rejection
    anomalies = observation.anomalies
    self.fromClient = fromClient
    incarnation = observation.connection
  }

  /// Works in what a later frame says about this one.
  mutating func amend(_ later: borrowing Observation) {
    if later.kind != .pureACK { kind = later.kind }
    if later.cause != .none { cause = later.cause }
    if later.rejection != .none { rejection = later.rejection }
    if later.anomalies.contains(.rejectionRefuted) { rejection = .none }
    anomalies.formUnion(later.anomalies)
  }
}

/// The packets of one connection, as many as pictures need, in frame order.
package struct ConnectionTrace: Sendable {
  package var client: Endpoint
  package var server: Endpoint
  package var points: [TracePoint] = []
  /// Segments of the connection that were looked at.
  package var segments: UInt64 = 0
  /// The connection has more packets before or after what was looked at.
  package var isPart = false

  /// Segments that were looked at and left out because there were too many.
  package var leftOut: UInt64 { segments > UInt64(points.count) ? segments - UInt64(points.count) : 0 }

  /// The points of the connection that `frame` belongs to, where its addresses and ports were used several times.
  package func points(with frame: UInt64) -> [TracePoint] {
    guard let known = points.first(where: { $0.frame == frame }) else { return points }
    return points.filter { $0.incarnation == known.incarnation }
  }
}

/// Everything to draw for a report.
package struct ReportPictures: Sendable {
  /// Frames and bytes from moment to moment.
  package var timeline = Timeline()
  package var traces: [ConnectionTrace] = []
  /// Which trace shows which finding, in the order of `Report.findings`.
  package var shown: [(finding: Int, trace: Int)] = []
  /// The input could be read only once and was long: the earliest packets are missing.
  package var isFromMemory = false
}
