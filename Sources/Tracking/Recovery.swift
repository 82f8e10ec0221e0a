import Dissection
import Frames

/// What is remembered of a direction's losses: only for directions that have any.
///
/// "X" is the sender of the data, "Y" its peer. Every list is bounded; when one is full, the oldest entry goes.
struct Recovery: Sendable {
  enum Epoch: Sendable { case open, fast, rto }

  /// Ranges that Y has selectively acknowledged: disjoint, ascending, above the cumulative acknowledgment.
  var sacked: [SACKBlock] = []
  /// Ranges of X that the capture has not seen, below ``Direction/next``: ascending.
  var gaps: [Gap] = []
  /// Retransmissions of which it is not yet known whether they were needed, oldest first.
  var open: [Retransmission] = []
  /// Segments that Y should have thrown away, oldest first, until its acknowledgment tells.
  var rejected: [Segment] = []
  /// Segments that look like copies made by the capture, until a DSACK shows that Y got both.
  var copies: [Retransmission] = []
  /// Marks of the latest data segments, to tell a copy from a second try; a ring.
  var seen: [Mark] = []
  var oldestSeen = 0
  var epoch = Epoch.open
  /// X's ``Direction/next`` when the epoch began: acknowledging it ends the epoch (`high_seq` of the kernel).
  var epochEnd = SequenceNumber(0)
  var lastTime: Int64 = 0
  /// Whether X has sent a tail-loss probe since Y last acknowledged something new.
  var probed = false

  /// Bytes that the lists hold.
  var weight: Int {
    sacked.count * MemoryLayout<SACKBlock>.stride + gaps.count * MemoryLayout<Gap>.stride
      + (open.count + copies.count) * MemoryLayout<Retransmission>.stride
      + rejected.count * MemoryLayout<Segment>.stride + seen.count * MemoryLayout<Mark>.stride
  }

  static let mostRanges = 64
  static let mostSeen = 128
  static let mostOpen = 256
}

/// Bytes of X that came out of order or were lost before the capture point.
struct Gap: Sendable {
  var start: SequenceNumber
  var end: SequenceNumber
  /// When the segment behind the gap came, and its marks: what filled the gap is compared with them.
  var opened: Int64
  var openerTSval: UInt32
  var openerIdentification: UInt16
  var hasTimestamps: Bool
  var frame: UInt64
  /// When Y acknowledged it; 0 = not yet.
  var passed: Int64 = 0

  /// Capture programs with several queues exchange frames that come within this time.
  static let disorder = PacketTime.millisecond
}

/// What a copy has in common with its original and a retransmission has not.
struct Mark: Sendable {
  var sequence: SequenceNumber
  var timestamp: UInt32
  var identification: UInt16
  /// See ``Direction/moment(_:)``.
  var moment: UInt32

  init(_ s: Segment) {
    moment = Direction.moment(s.time)
    sequence = s.sequence
    timestamp = s.hasTimestamps ? s.timestampValue : 0
    identification = s.ipIdentification
  }
}

/// One segment sent again, as long as a later word on it may come.
struct Retransmission: Sendable {
  var segment: Segment
  var cause: RetransmissionCause
  /// How long the sender had been stuck, ns.
  var stall: Int64 = 0
  /// When Y was first seen to have the bytes, by acknowledgment or SACK; 0 = not yet.
  var covered: Int64 = 0

  /// An original and a fast retransmission that arrive this close together crossed: the path had reordered them, and
  /// the sender could hardly know.
  ///
  /// Less than one tick of the coarsest timers, and what the kernels' own account calls spurious begins there.
  static let crossing = 20 * PacketTime.millisecond
}

/// The cold halves of a connection's record.
struct ColdRecord: Sendable {
  /// Until then no acknowledgment of the low (high) end's data can settle anything: what is left waits for a DSACK.
  var lowIsQuietUntil: Int64 = .min
  var highIsQuietUntil: Int64 = .min
  var low = Recovery()
  var high = Recovery()

  /// Bytes that the lists hold.
  var weight: Int { low.weight + high.weight }
}

extension Recovery {
  /// Adds a range to the scoreboard; true when it covers anything new.
  ///
  /// - Complexity: O(ranges), at most ``mostRanges``.
  mutating func addSACK(_ block: SACKBlock) -> Bool {
    if sacked.contains(where: { $0.left <= block.left && block.right <= $0.right }) { return false }
    var merged = block
    sacked.removeAll { old in
      guard old.left <= merged.right, merged.left <= old.right else { return false }
      merged.left = old.left < merged.left ? old.left : merged.left
      merged.right = old.right > merged.right ? old.right : merged.right
      return true
    }
    let place = sacked.firstIndex { merged.left < $0.left } ?? sacked.count
    sacked.insert(merged, at: place)
    if sacked.count > Self.mostRanges { sacked.removeFirst() }
    return true
  }

  /// Drops what a cumulative acknowledgment has overtaken.
  mutating func trim(to ack: SequenceNumber, at time: Int64) {
    if !gaps.isEmpty { pass(ack, at: time) }
    if !sacked.isEmpty { sacked.removeAll { $0.right <= ack } }
    if !rejected.isEmpty { rejected.removeAll { $0.end <= ack } }
    if epoch != .open, ack >= epochEnd { epoch = .open }
    probed = false
  }

  /// Gaps that were acknowledged stay for a moment: the capture may only have the frames in the wrong order.
  private mutating func pass(_ ack: SequenceNumber, at time: Int64) {
    gaps.removeAll { $0.passed != 0 && time &- $0.passed > Gap.disorder }
    for index in gaps.indices where gaps[index].end <= ack && gaps[index].passed == 0 { gaps[index].passed = time }
  }

  func isSACKed(_ start: SequenceNumber, _ end: SequenceNumber) -> Bool {
    sacked.contains { $0.left <= start && end <= $0.right }
  }

  func wasRejected(_ start: SequenceNumber, _ end: SequenceNumber) -> Bool {
    rejected.contains { start < $0.end && $0.sequence < end }
  }

  mutating func remember(_ retransmission: Retransmission) {
    if open.count == Self.mostOpen { open.removeFirst(Self.mostOpen / 4) }
    open.append(retransmission)
  }

  /// Notes which retransmitted bytes Y is now seen to have.
  mutating func noteCovered(by ack: SequenceNumber, _ time: Int64) {
    for index in open.indices where open[index].covered == 0 {
      let segment = open[index].segment
      if segment.end <= ack || isSACKed(segment.sequence, segment.end) { open[index].covered = time }
    }
  }

  /// How long before `time` the bytes from `start` on last passed, ns, as far as that is remembered.
  func sinceSeen(_ start: SequenceNumber, at time: Int64) -> Int64? {
    var least: Int64?
    for mark in seen where mark.sequence == start {
      let age = Direction.age(time, since: mark.moment)
      least = min(least ?? age, age)
    }
    return least
  }

  mutating func rememberCopy(_ segment: Segment) {
    if copies.count == 32 { copies.removeFirst(16) }
    copies.append(Retransmission(segment: segment, cause: .none))
  }

  mutating func rememberRejected(_ segment: Segment) {
    if rejected.count == Self.mostRanges { rejected.removeFirst() }
    rejected.append(segment)
  }

  /// Bytes in gaps that `ack` passes: the peer had them, the capture never did.
  func missed(by ack: SequenceNumber) -> Int {
    gaps.reduce(0) { $0 + ($1.end <= ack && $1.passed == 0 ? $1.end - $1.start : 0) }
  }

  /// Segments that Y was expected to throw away although no other copy of them can have been what `ack` acknowledges.
  func refuted(by ack: SequenceNumber) -> [Segment] {
    rejected.filter { segment in
      guard segment.end <= ack else { return false }
      let laterCopy: (Segment) -> Bool = {
        $0.frame != segment.frame && $0.sequence < segment.end && segment.sequence < $0.end && $0.frame > segment.frame
      }
      return !rejected.contains(where: laterCopy) && !open.contains { laterCopy($0.segment) }
    }
  }

  /// Remembers the marks of a data segment.
  mutating func rememberSeen(_ s: Segment) {
    if seen.isEmpty { seen.reserveCapacity(16) }
    if seen.count < Self.mostSeen {
      seen.append(Mark(s))
    } else {
      seen[oldestSeen] = Mark(s)
      oldestSeen = (oldestSeen + 1) % Self.mostSeen
    }
  }

  /// What an earlier segment with the same bytes says of a later one.
  enum Earlier { case same, newer, older }

  /// Compares with the segments that the same bytes came in: the same marks are those of a copy, newer ones those of a
  /// second try that overtook this original; nil when the bytes are not remembered.
  func earlier(_ s: Segment) -> Earlier? {
    let mark = Mark(s)
    // Without timestamp and IP ID a second try looks like a copy.
    guard mark.timestamp != 0 || mark.identification != 0 else { return nil }
    var found: Earlier?
    for known in seen where known.sequence == mark.sequence {
      if known.timestamp == mark.timestamp && known.identification == mark.identification { return .same }
      let isNewer = mark.timestamp != 0 && Int32(bitPattern: known.timestamp &- mark.timestamp) > 0
      found = isNewer && found != .older ? .newer : .older
    }
    return found
  }

  /// Opens a gap; when there are too many, the lowest is forgotten.
  mutating func openGap(_ gap: Gap) {
    if gaps.count == Self.mostRanges { gaps.removeFirst() }
    gaps.append(gap)
  }

  /// The gap that a segment lies in whole, if there is one that can still be filled.
  func gap(covering s: Segment) -> Gap? {
    gaps.first { gap in
      gap.start <= s.sequence && s.end <= gap.end && (gap.passed == 0 || abs(s.time &- gap.passed) <= Gap.disorder)
    }
  }

  /// Takes `start ..< end` out of the gaps, splitting one when it lies in the middle.
  mutating func fill(_ start: SequenceNumber, _ end: SequenceNumber) {
    guard !gaps.isEmpty else { return }
    var rest: [Gap] = []
    for gap in gaps {
      guard start < gap.end, gap.start < end else {
        rest.append(gap)
        continue
      }
      if gap.start < start {
        var left = gap
        left.end = start
        rest.append(left)
      }
      if end < gap.end {
        var right = gap
        right.start = end
        rest.append(right)
      }
    }
    gaps = rest
  }
}
