import Dissection
import Frames

extension Analysis {
  /// A direction that was picked up in mid-stream gets this long before its low numbers count as sent again.
  private static let grace: Int64 = 100 * PacketTime.millisecond

  /// Classes a segment that takes sequence numbers: new, sent again, or filling a hole.
  @inline(__always)
  mutating func sequence(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    if verdict.kind == .pureACK { verdict.kind = s.flags.contains(.fin) && s.payloadLength == 0 ? .fin : .newData }
    x.unitsSinceAdvance &+= x.units(s.payloadLength)
    if s.payloadLength == 1, s.sequence == x.next, y.flags.contains(.zeroWindow) {
      // A byte against a closed window asks for the window; whether it was taken, the answer tells.
      verdict.kind = .windowProbe
      x.flags.insert(.probedWithByte)
      return
    }
    if verdict.rejection == .beyondWindow {
      verdict.kind = .outOfWindow
      return
    }
    if s.sequence == x.next, verdict.rejection == .none {
      extend(s, &x, &y, &verdict)
    } else if s.sequence >= x.next {
      ahead(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    } else {
      below(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    }
    if s.payloadLength > 0, shared.flags.contains(fromLow ? .lowGaps : .highGaps) {
      withRecovery(&shared, ofLow: fromLow) { $0.rememberSeen(s) }
    }
  }

  /// New data, in order.
  @inline(__always)
  private func extend(_ s: Segment, _ x: inout Direction, _ y: inout Direction, _ verdict: inout Verdict) {
    if x.sampleTime == 0, s.payloadLength > 0 || s.flags.contains(.fin) {
      x.sampleEnd = s.end
      x.sampleTime = s.time
    }
    x.next = s.end
    x.lastDataTime = s.time
    if s.sequence <= y.highestACK, s.flags.contains(.ack) || s.flags.contains(.syn) { x.acceptTimestamp(s) }
    noteSuperPacket(s, &x, &verdict)
  }

  /// More payload than the peer's MSS: offload.
  ///
  /// Told once per direction: a host with offloads would make an observation of every segment.
  @inline(__always)
  private func noteSuperPacket(_ s: Segment, _ x: inout Direction, _ verdict: inout Verdict) {
    guard s.payloadLength > UInt32(x.peerMSS), x.peerMSS > 0, !x.flags.contains(.superPackets) else { return }
    x.flags.insert(.superPackets)
    verdict.anomalies.insert(.superPacket)
  }

  /// New data behind a hole, or data that the receiver will reject.
  @inline(never)
  private mutating func ahead(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    let distance = UInt32(bitPattern: Int32(truncatingIfNeeded: s.sequence - x.next))
    if verdict.rejection == .oldSequence, !y.flags.contains(.acknowledgesUnsent),
      abs(s.time &- y.lastACKTime) <= Gap.disorder
    {
      verdict.rejection = .none
    }
    if distance > 0 {
      let start = x.next
      if y.flags.contains(.hasAcknowledged), s.sequence <= y.highestACK {
        // The peer has acknowledged the hole already: only the capture missed it.
        verdict.missedBytes = distance
      } else {
        verdict.anomalies.insert(.opensGap)
        y.flags.insert(.repairing)
        let gap = Gap(
          start: start, end: s.sequence, opened: s.time, openerTSval: s.timestampValue,
          openerIdentification: s.ipIdentification, hasTimestamps: s.hasTimestamps, frame: s.frame)
        withRecovery(&shared, ofLow: fromLow) { $0.openGap(gap) }
        shared.flags.insert(fromLow ? .lowGaps : .highGaps)
      }
    }
    if verdict.rejection == .paws {
      withRecovery(&shared, ofLow: fromLow) { $0.rememberRejected(s) }
      shared.flags.insert(fromLow ? .lowGaps : .highGaps)
    }
    x.next = s.end
    x.lastDataTime = s.time
    noteSuperPacket(s, &x, &verdict)
  }

  /// Bytes below the highest: probe, keep-alive, hole filled, copy, or sent again.
  @inline(never)
  private mutating func below(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    // The second SYN of a simultaneous open repeats its number by rule; the first one may be recorded late.
    if s.flags.contains(.syn), verdict.anomalies.contains(.synAnswered) || x.synCount == 1 && !s.flags.contains(.ack) {
      return
    }
    if isProbeShaped(s, &x) {
      verdict.kind = y.flags.contains(.zeroWindow) ? .windowProbe : .keepAlive
      verdict.origin = y.flags.contains(.zeroWindow) ? .closedWindow : .openWindow
      if y.flags.contains(.zeroWindow) || verdict.flight == 0 { return }
    }
    if s.end <= x.initial, shared.flags.contains(.midStream), s.time &- shared.firstTime < Self.grace {
      verdict.kind = .reordered
      verdict.certainty = .possible
      verdict.origin = .beforeStart
      return
    }
    if let gap = withRecovery(&shared, ofLow: fromLow, { $0.gap(covering: s) }) {
      verdict.anomalies.insert(.fillsGap)
      if gap.passed != 0 { recordedLate(s, &verdict) }
      fill(s, &x, &y, &shared, gap, fromLow: fromLow, &verdict)
    } else {
      repeated(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    }
    withRecovery(&shared, ofLow: fromLow) { $0.fill(s.sequence, s.end) }
    if s.end > x.next {
      verdict.anomalies.insert(.partlyNew)
      x.next = s.end
    }
    if verdict.rejection == .none, s.sequence <= y.highestACK { x.acceptTimestamp(s) }
  }

  /// Bytes that were seen before: a copy, an original that its second try overtook, or a second try.
  private mutating func repeated(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    let earlier = withRecovery(&shared, ofLow: fromLow) { $0.earlier(s) }
    if earlier == .newer {
      verdict.kind = .reordered
      verdict.origin = .overtaken
      verdict.certainty = .likely
    } else if earlier == .same || earlier == nil && isLateCopy(s, &x) {
      verdict.kind = .networkDuplicate
      verdict.origin = .staleMarks
      verdict.certainty = s.ipIdentification != 0 ? .certain : .likely
    } else {
      verdict.origin = .seenBefore
      retransmission(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    }
  }

  /// One byte (or none) just below the next number, nothing else in it.
  private func isProbeShaped(_ s: Segment, _ x: inout Direction) -> Bool {
    s.payloadLength <= 1 && s.flags.rawValue & 0x03 == 0 && s.sequence == x.next - 1
  }

  /// Bytes that were acknowledged a moment before they appear: the capture has the two in the wrong order.
  private mutating func recordedLate(_ s: Segment, _ verdict: inout Verdict) {
    missedBytes &-= min(missedBytes, UInt64(s.payloadLength))
    if verdict.rejection == .oldSequence { verdict.rejection = .none }
  }

  /// Settles whether a segment that never came before, in a hole, was late or is the second try.
  private mutating func fill(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ shared: inout SharedState, _ gap: Gap, fromLow: Bool,
    _ verdict: inout Verdict
  ) {
    if let late = isLate(s, &x, &y, gap, &verdict) {
      if late {
        verdict.kind = .reordered
        return
      }
    }
    retransmission(s, &x, &y, &shared, fromLow: fromLow, &verdict)
    verdict.anomalies.subtract([.needless, .alreadyAcknowledged])
  }

  /// Whether what fills a hole was sent before what opened it: by timestamp, then IP ID, then time.
  private func isLate(
    _ s: Segment, _ x: inout Direction, _ y: inout Direction, _ gap: Gap, _ verdict: inout Verdict
  ) -> Bool? {
    if s.hasTimestamps, gap.hasTimestamps {
      let newer = Int32(bitPattern: s.timestampValue &- gap.openerTSval)
      verdict.origin = newer < 0 ? .olderTimestamp : .newerTimestamp
      if newer != 0 { return newer < 0 }
    }
    if s.ipIdentification != 0, gap.openerIdentification != 0 {
      let newer = Int16(bitPattern: s.ipIdentification &- gap.openerIdentification)
      verdict.origin = newer < 0 ? .olderIdentification : .newerIdentification
      if newer != 0, abs(Int(newer)) < 8192 { return newer < 0 }
    }
    verdict.certainty = .likely
    let age = s.time &- gap.opened
    let roundTrip = x.answering.least + y.answering.least
    if roundTrip == 0 { verdict.certainty = .possible }
    let isSoon = age < (roundTrip > 0 ? roundTrip / 2 : 3 * PacketTime.millisecond)
    verdict.origin = isSoon ? .soonAfter : .longAfter
    return isSoon
  }

  /// A second segment with the old marks: true retransmissions carry a fresh IP ID and a timestamp that is not older.
  private func isLateCopy(_ s: Segment, _ x: inout Direction) -> Bool {
    if s.hasTimestamps, Int32(bitPattern: s.timestampValue &- x.highestTSval) < 0,
      Int32(bitPattern: s.timestampValue &- x.highestTSval) > -60_000
    {
      return s.ipIdentification == 0 || x.isOlder(s.ipIdentification) || s.ipIdentification == x.identification
    }
    guard s.ipIdentification != 0, x.isOlder(s.ipIdentification) || s.ipIdentification == x.identification else {
      return false
    }
    return !(s.hasTimestamps && s.timestampValue != x.highestTSval)
  }
}
