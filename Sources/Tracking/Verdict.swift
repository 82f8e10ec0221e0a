import Dissection

/// Which segments become observations.
enum ObservationScope: UInt8, Comparable {
  /// What detectors judge.
  case judged
  /// What is anything but ordinary.
  case unusual
  case all

  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What is found out about one segment on its way through the steps, before it is worth an ``Observation``.
struct Verdict {
  var kind = SegmentKind.pureACK
  var cause = RetransmissionCause.none
  var rejection = Rejection.none
  var certainty = Certainty.certain
  var anomalies = Anomalies()
  /// The rules that decided the kind and the cause.
  var origin = Reason.none
  var reason = Reason.none
  var desync: Int32 = 0
  var timestampLag: Int32 = 0
  var timestampJump: Int32 = 0
  var flight: UInt32 = 0
  var missedBytes: UInt32 = 0
  var stall: Int64 = 0
  var repeatedBytes: UInt32 = 0
  /// The peer's TS.Recent for this direction before the segment, and whether it is known.
  var peerRecent: UInt32 = 0
  var progressed = false
  /// The time before the segment is counted already, see ``TimeAccount``.
  var isAccounted = false
  /// States of both ends before a RST.
  var senderBefore = EndState.unknown
  var receiverBefore = EndState.unknown

  /// Whether anyone needs to be told; a wider scope also tells of what no detector asks for.
  @inline(__always)
  func isRemarkable(_ scope: ObservationScope) -> Bool {
    if rejection != .none || anomalies.rawValue != 0 || missedBytes != 0 { return true }
    return kind.isJudged || scope != .judged && (scope == .all || !kind.isOrdinary)
  }
}
