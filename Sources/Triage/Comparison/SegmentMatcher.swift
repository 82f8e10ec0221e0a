import Dissection

/// Finds the same segments in two logs, one direction of one connection at a time.
///
/// A direction is two lists of indices, each in the order of its file. Each pass takes what the passes before have left.
/// - Complexity: O(segments) for each of a fixed number of passes.
struct SegmentMatcher {
  var first: SightingLog
  var second: SightingLog
  /// Steps that matching by bytes may still take: made-up overlaps must not make it quadratic.
  private var work = 0
  /// Whether there was more to match by bytes than was looked at.
  private(set) var gaveUp = false

  /// Most shifts that are looked for in one direction: a SYN has no acknowledgment, and connections follow each other.
  private static let mostShifts = 8
  /// Leftover segments that vote on a shift.
  private static let voters = 2_000

  init(_ first: SightingLog, _ second: SightingLog) {
    self.first = first
    self.second = second
    work = 64 * (first.records.count + second.records.count) + 10_000
  }

  /// One direction of a connection in both logs.
  struct Lane {
    var first: [Int32]
    var second: [Int32]
  }

  /// Matches both directions of a connection; afterwards `partner`, `matchedBytes` and `mark` of the records say what was
  /// found.
  mutating func match(_ lanes: [Lane]) {
    for lane in lanes {
      match(lane, by: .everything, .zero, .init())
      matchShifted(lane)
      let known = experience(lane)
      for key in SegmentKey.allCases.dropFirst() { match(lane, by: key, .zero, known) }
      Self.markCopies(lane.first, in: &first)
      Self.markCopies(lane.second, in: &second)
      matchPieces(lane)
    }
  }

  /// Tries what the numbers of the second capture lie above those of the first, while that finds anything.
  private mutating func matchShifted(_ lane: Lane) {
    var tried: Set<NumberShift> = [.zero]
    for _ in 0..<Self.mostShifts {
      guard let shift = shift(of: lane), tried.insert(shift).inserted else { return }
      match(lane, by: .everything, shift, .init())
      let known = experience(lane)
      for key in [SegmentKey.withoutTimestamps, .withoutIdentification] { match(lane, by: key, shift, known) }
    }
  }

  /// What the matches so far say about the fields that may have been rewritten.
  private func experience(_ lane: Lane) -> SegmentKey.Experience {
    let matched = lane.first.filter { first.records[Int($0)].isMatched }
    let least = min(lane.first.count, lane.second.count)
    let identified = matched.count { first.records[Int($0)].identification != 0 }
    let stamped = matched.count { first.records[Int($0)].hasTimestamps }
    return SegmentKey.Experience(
      identificationHolds: identified > 0 && identified * 2 >= least,
      timestampsHold: stamped > 0 && stamped * 2 >= least)
  }

  /// The segments of one log with the same key, first come, first matched.
  private struct Queue {
    var head: Int
    var tail: Int
    var lastPair: Int32 = -1
  }

  private mutating func match(
    _ lane: Lane, by key: SegmentKey, _ shift: NumberShift, _ known: SegmentKey.Experience
  ) {
    let waiting = lane.second.filter {
      !second.records[Int($0)].isMatched && key.applies(to: second.records[Int($0)], known)
    }
    guard !waiting.isEmpty else { return }
    var queues: [UInt64: Queue] = [:]
    var next = [Int](repeating: -1, count: waiting.count)
    for (place, index) in waiting.enumerated() {
      let hash = key.hash(second.records[Int(index)], shift)
      if let queue = queues[hash] {
        next[queue.tail] = place
        queues[hash]?.tail = place
      } else {
        queues[hash] = Queue(head: place, tail: place)
      }
    }
    for index in lane.first {
      let record = first.records[Int(index)]
      guard !record.isMatched, key.applies(to: record, known) else { continue }
      let hash = key.hash(record)
      guard var queue = queues[hash] else { continue }
      if queue.lastPair >= 0 { markAmbiguous(queue.lastPair) }
      guard queue.head >= 0 else { continue }
      pair(index, waiting[queue.head])
      if queue.lastPair >= 0 || next[queue.head] >= 0 { markAmbiguous(index) }
      queue.lastPair = index
      queue.head = next[queue.head]
      queues[hash] = queue
    }
  }

  private mutating func pair(_ a: Int32, _ b: Int32) {
    first.records[Int(a)].partner = b
    first.records[Int(a)].matchedBytes = first.records[Int(a)].length
    second.records[Int(b)].partner = a
    second.records[Int(b)].matchedBytes = second.records[Int(b)].length
  }

  private mutating func markAmbiguous(_ index: Int32) { first.records[Int(index)].mark.insert(.ambiguous) }

  /// The distance of the numbers of what is left over on both sides, by the vote of segments that agree in all
  /// else; nil when nothing does.
  private func shift(of lane: Lane) -> NumberShift? {
    let left = leftovers(lane.second, second).prefix(Self.voters)
    guard !left.isEmpty else { return nil }
    var candidates: [UInt64: Int32] = [:]
    for index in left {
      let hash = SegmentKey.unshifted(second.records[Int(index)])
      // What looks the same twice has no vote.
      candidates[hash] = candidates[hash] == nil ? index : -1
    }
    var votes: [NumberShift: Int] = [:]
    for index in leftovers(lane.first, first).prefix(Self.voters) {
      let record = first.records[Int(index)]
      guard let other = candidates[SegmentKey.unshifted(record)], other >= 0 else { continue }
      // A SYN with timestamps is one of its kind.
      votes[NumberShift(from: record, to: second.records[Int(other)]), default: 0] += record.isSYN ? 2 : 1
    }
    let best = votes.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let best, best.value >= 2, best.key != .zero else { return nil }
    return best.key
  }

  /// Segments without partner that say enough about themselves to be recognized under other numbers.
  private func leftovers(_ indices: [Int32], _ log: SightingLog) -> [Int32] {
    indices.filter { index in
      let record = log.records[Int(index)]
      return !record.isMatched && (record.digest != 0 || record.hasTimestamps || record.isSYN)
    }
  }

  /// Without IP identification, data that comes again so soon is a copy...
  private static let copyWindow: Int64 = 1_000_000
  /// ...and so are bare ACKs, which hosts may well repeat.
  private static let bareCopyWindow: Int64 = 20_000

  /// Whether a segment equal to one before it, field by field, is the same packet once more.
  private static func isCopy(_ record: Sighting, of earlier: Int64) -> Bool {
    if record.identification != 0 { return true }
    let distance = record.time.subtractingReportingOverflow(earlier)
    let window = record.sequenceLength > 0 ? copyWindow : bareCopyWindow
    return !distance.overflow && distance.partialValue.magnitude <= UInt64(window)
  }

  /// Marks copies among what is left over; static, for a method would copy the log that it changes.
  private static func markCopies(_ indices: [Int32], in log: inout SightingLog) {
    var left: Set<UInt64> = []
    for index in indices where !log.records[Int(index)].isMatched {
      left.insert(SegmentKey.everything.hash(log.records[Int(index)]))
    }
    guard !left.isEmpty else { return }
    var seen: [UInt64: Int64] = [:]
    for index in indices {
      let record = log.records[Int(index)]
      let hash = SegmentKey.everything.hash(record)
      guard left.contains(hash) else { continue }
      if !record.isMatched, let earlier = seen[hash], isCopy(record, of: earlier) {
        log.records[Int(index)].mark.insert(.copy)
      }
      seen[hash] = record.time
    }
  }
}

/// Segments that offloading cut or joined between the captures: matched by their bytes.
extension SegmentMatcher {
  private mutating func matchPieces(_ lane: Lane) {
    let whole = pieces(lane.first, first)
    var parts = pieces(lane.second, second)
    guard !whole.isEmpty, !parts.isEmpty, let origin = whole.first else { return }
    // Sorted on the circle around the first one: directions beyond 2 GB overlap themselves, timestamps tell them apart.
    let base = SequenceNumber(first.records[Int(origin)].sequence)
    func place(_ index: Int32) -> Int { second.records[Int(index)].start - base }
    parts.sort { (place($0), $0) < (place($1), $1) }
    let longest = parts.reduce(0) { max($0, Int(second.records[Int($1)].length)) }
    for index in whole {
      let record = first.records[Int(index)]
      let start = record.start - base
      var at = lowerBound(parts, start - longest, place)
      var reached = record.start
      while at < parts.count, place(parts[at]) < start + Int(record.length) {
        guard work > 0 else {
          gaveUp = true
          return
        }
        work -= 1
        take(parts[at], index, &reached)
        at += 1
      }
    }
  }

  private func lowerBound(_ parts: [Int32], _ least: Int, _ place: (Int32) -> Int) -> Int {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if place(parts[middle]) < least { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func pieces(_ indices: [Int32], _ log: SightingLog) -> [Int32] {
    indices.filter { index in
      let record = log.records[Int(index)]
      return !record.isMatched && !record.isCopy && record.length > 0
    }
  }

  /// Gives the bytes that both have and nobody else has taken to each other.
  private mutating func take(_ part: Int32, _ whole: Int32, _ reached: inout SequenceNumber) {
    let a = first.records[Int(whole)]
    let b = second.records[Int(part)]
    guard b.matchedBytes < b.length, agree(a, b) else { return }
    let from = max(reached, b.start)
    let aEnd = a.start + a.length
    let bEnd = b.start + b.length
    let to = min(aEnd, bEnd)
    let count = min(to.bytes(after: from), b.length - b.matchedBytes, a.length - min(a.length, a.matchedBytes))
    guard count > 0 else { return }
    first.records[Int(whole)].matchedBytes += count
    second.records[Int(part)].matchedBytes += count
    if a.partner < 0 { first.records[Int(whole)].partner = part }
    if b.partner < 0 { second.records[Int(part)].partner = whole }
    first.records[Int(whole)].mark.formUnion([.pieces, .ambiguous])
    second.records[Int(part)].mark.formUnion([.pieces, .ambiguous])
    reached = to
  }

  /// Pieces of one segment have its acknowledgment and its timestamps.
  private func agree(_ a: Sighting, _ b: Sighting) -> Bool {
    guard a.acknowledgment == b.acknowledgment else { return false }
    guard a.hasTimestamps, b.hasTimestamps else { return true }
    return a.timestampValue == b.timestampValue && a.timestampEcho == b.timestampEcho
  }
}
