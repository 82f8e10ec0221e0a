import Dissection

/// Says what became of the segments that one end of a connection sent past two points.
///
/// Goes once through what the point in front saw, in its order: segments of this direction may be lost, fill holes or
/// come again; acknowledgments of the other direction show what arrived all the same.
struct LaneJudge {
  private let front: [Sighting]
  private let behind: [Sighting]
  private let frontOrder: [Int32]
  private let frontPoint: Int
  private let behindLane: [Int32]
  private let behindOrder: [Int32]
  private let pair: PairedFlow
  private let direction: Int
  private let clock: ClockComparison
  /// Time that the captures in front and behind cover, by the first clock.
  private let spans: (front: ClosedRange<Int64>, behind: ClosedRange<Int64>)
  private let delay: Int64
  private let segmentSize: UInt32

  private var count = TravelCount()
  /// Lost segments that nothing has repaired and nobody has acknowledged yet.
  private var open: [Loss] = []
  private var holes: [Hole] = []
  private var next: SequenceNumber?
  /// First sequence numbers of data that the point in front did not see.
  private var onlyBehind: Set<UInt32> = []

  private struct Loss {
    var start: SequenceNumber
    var end: SequenceNumber
    var segments: UInt64
    var bytes: UInt64
  }

  private struct Hole {
    var start: SequenceNumber
    var end: SequenceNumber
    /// The segment that came over the hole.
    var opener: Sighting
  }

  private static let mostOpen = 256
  private static let mostHoles = 64
  /// A hole that is filled sooner was no loss but a change of order, where nothing tells better.
  private static let reordering: Int64 = 3_000_000

  init(
    _ matcher: SegmentMatcher, _ pair: PairedFlow, _ direction: Int, clock: ClockComparison,
    spans: [ClosedRange<Int64>], delay: Double
  ) {
    let isForth = pair.travel(direction) == .forth
    frontPoint = isForth ? 0 : 1
    front = isForth ? matcher.first.records : matcher.second.records
    behind = isForth ? matcher.second.records : matcher.first.records
    frontOrder = pair.order(of: frontPoint)
    behindOrder = pair.order(of: 1 - frontPoint)
    behindLane = pair.lane(direction, of: 1 - frontPoint)
    self.pair = pair
    self.direction = direction
    self.clock = clock
    self.spans = isForth ? (spans[0], spans[1]) : (spans[1], spans[0])
    self.delay = Int64(clampedTo: delay)
    segmentSize = Self.segmentSize(pair, direction, frontPoint, front, behind)
  }

  /// Payload of a full segment on the wire; offloading shows larger ones.
  private static func segmentSize(
    _ pair: PairedFlow, _ direction: Int, _ frontPoint: Int, _ front: [Sighting], _ behind: [Sighting]
  ) -> UInt32 {
    let answers = pair.lane(1 - direction, of: frontPoint).lazy.map { front[Int($0)] }
    if let syn = answers.first(where: { $0.isSYN }), syn.mss > 100 {
      let data = pair.lane(direction, of: frontPoint).lazy.map { front[Int($0)] }.first { $0.length > 0 }
      let stamps: UInt32 = data?.hasTimestamps ?? false ? 12 : 0
      return UInt32(syn.mss) - stamps
    }
    let longest = [
      pair.lane(direction, of: frontPoint).reduce(0) { max($0, front[Int($1)].length) },
      pair.lane(direction, of: 1 - frontPoint).reduce(0) { max($0, behind[Int($1)].length) },
    ]
    return max(1, min(longest[0], longest[1]))
  }

  mutating func judge() -> TravelCount {
    judgeBehind()
    let needless = answeredBefore()
    for index in frontOrder {
      let record = front[Int(index)]
      if pair.direction(record, of: frontPoint) != direction {
        if record.flags.contains(.ack) { acknowledge(SequenceNumber(record.acknowledgment)) }
      } else if record.isCopy {
        count.copiesInFront &+= 1
      } else {
        take(record, isNeedless: record.isMatched && needless.contains(record.partner))
      }
    }
    return count
  }

  private func wireSegments(_ bytes: UInt32) -> UInt64 {
    bytes <= segmentSize ? 1 : (UInt64(bytes) + UInt64(segmentSize) - 1) / UInt64(segmentSize)
  }

  private mutating func take(_ record: Sighting, isNeedless: Bool) {
    let segments = wireSegments(record.length)
    let missing = record.length - min(record.length, record.matchedBytes)
    let isWhole = record.isMatched && missing == 0
    let isCounted = isWhole || isCovered(record)
    if isCounted { count.sent &+= segments } else { count.outside &+= segments }
    let isRepair = record.sequenceLength > 0 && repair(record)
    if !isWhole, isCounted {
      let loss = Loss(
        start: record.start, end: record.end, segments: min(segments, wireSegments(missing)), bytes: UInt64(missing))
      count.lost &+= loss.segments
      count.lostBytes &+= loss.bytes
      if record.sequenceLength > 0, !onlyBehind.contains(record.sequence) { leaveOpen(loss) }
    }
    if record.sequenceLength > 0 { place(record, isRepair: isRepair, isNeedless: isNeedless) }
  }

  private mutating func leaveOpen(_ loss: Loss) {
    if open.count >= Self.mostOpen { open.removeFirst() }
    open.append(loss)
  }

  /// Whether the other capture was on when the segment should have come there.
  private func isCovered(_ record: Sighting) -> Bool {
    guard clock.isKnown else { return true }
    return spans.behind.contains(onFirst(record.time) &+ delay)
  }

  /// A time of the clock in front, by the first clock.
  private func onFirst(_ time: Int64) -> Int64 { frontPoint == 0 ? time : clock.onFirst(time) }

  /// Ends losses that the record sends again: they stay losses, and what it leaves of them is still to be repaired.
  private mutating func repair(_ record: Sighting) -> Bool {
    let overlaps: (Loss) -> Bool = { $0.start < record.end && record.start < $0.end }
    guard open.contains(where: overlaps) else { return false }
    var left: [Loss] = []
    for loss in open {
      guard overlaps(loss) else {
        left.append(loss)
        continue
      }
      if loss.start < record.start { left.append(Loss(start: loss.start, end: record.start, segments: 0, bytes: 0)) }
      if record.end < loss.end { left.append(Loss(start: record.end, end: loss.end, segments: 0, bytes: 0)) }
    }
    // Made-up resends of single bytes cut a loss into ever more pieces.
    open = Array(left.suffix(Self.mostOpen))
    return true
  }

  /// What is acknowledged without having been sent again did arrive: the other capture did not see it.
  private mutating func acknowledge(_ number: SequenceNumber) {
    guard !open.isEmpty else { return }
    for loss in open where loss.end <= number {
      count.lost &-= loss.segments
      count.lostBytes &-= loss.bytes
      count.missed &+= loss.segments
    }
    open.removeAll { $0.end <= number }
  }
}

/// Holes that the point in front saw, and segments that came again.
extension LaneJudge {
  private mutating func place(_ record: Sighting, isRepair: Bool, isNeedless: Bool) {
    guard let expected = next, !(record.isSYN && record.start > expected) else {
      next = record.end
      holes.removeAll()
      return
    }
    if record.start > expected {
      if holes.count >= Self.mostHoles { holes.removeFirst() }
      holes.append(Hole(start: expected, end: record.start, opener: record))
      next = record.end
    } else if record.end > expected {
      next = record.end
    } else if let index = holes.firstIndex(where: { $0.start < record.end && record.start < $0.end }) {
      if !isLate(record, holes[index].opener) { count.lostBefore &+= wireSegments(record.length) }
      fill(index, record)
    } else if !isRepair, !isProbe(record, expected) {
      count.sentAgain &+= wireSegments(record.length)
      if isNeedless { count.needless &+= wireSegments(record.length) }
    }
  }

  private mutating func fill(_ index: Int, _ record: Sighting) {
    let hole = holes.remove(at: index)
    if record.end < hole.end { holes.append(Hole(start: record.end, end: hole.end, opener: hole.opener)) }
    if record.start > hole.start { holes.append(Hole(start: hole.start, end: record.start, opener: hole.opener)) }
    if holes.count > Self.mostHoles { holes.removeFirst() }
  }

  /// Keep-alives and window probes repeat the last byte on purpose.
  private func isProbe(_ record: Sighting, _ expected: SequenceNumber) -> Bool {
    record.length <= 1 && record.sequenceLength == record.length && record.end == expected
  }

  /// Whether a segment that fills a hole was sent before the one that came over it.
  private func isLate(_ record: Sighting, _ opener: Sighting) -> Bool {
    if record.identification != 0, opener.identification != 0 {
      return Int16(bitPattern: record.identification &- opener.identification) < 0
    }
    if record.hasTimestamps, opener.hasTimestamps, record.timestampValue != opener.timestampValue {
      return Int32(bitPattern: record.timestampValue &- opener.timestampValue) < 0
    }
    return record.time &- opener.time < Self.reordering
  }
}

/// What only the point behind can tell.
extension LaneJudge {
  private mutating func judgeBehind() {
    for index in behindLane {
      let record = behind[Int(index)]
      if record.isCopy {
        count.copiesBehind &+= 1
      } else if !record.isMatched {
        let time = frontPoint == 0 ? clock.onFirst(record.time) : record.time
        if !clock.isKnown || spans.front.contains(time &- delay) {
          count.onlyBehind &+= 1
          if record.sequenceLength > 0 { onlyBehind.insert(record.sequence) }
        } else {
          count.outside &+= 1
        }
      }
    }
  }

  /// Records that came to the point behind after their acknowledgment had passed it.
  private func answeredBefore() -> Set<Int32> {
    var answered: Set<Int32> = []
    var highest: SequenceNumber?
    for index in behindOrder {
      let record = behind[Int(index)]
      if pair.direction(record, of: 1 - frontPoint) == direction {
        if record.sequenceLength > 0, let highest, record.end <= highest { answered.insert(index) }
      } else if record.flags.contains(.ack) {
        let number = SequenceNumber(record.acknowledgment)
        if highest.map({ number > $0 }) ?? true { highest = number }
      }
    }
    return answered
  }
}
