import Dissection

/// Matches two logs and judges what became of the segments between them.
package struct PointAnalysis {
  private var matcher: SegmentMatcher
  private var pairs: [PairedFlow] = []
  private var clock = ClockComparison()
  private var result = PointComparison()
  private var alterations = AlterationCensus()
  private var delays: [[Double]] = [[], []]

  /// - Complexity: O(segments).
  package static func compare(_ first: consuming SightingLog, _ second: consuming SightingLog) -> PointComparison {
    var analysis = PointAnalysis(first, second)
    analysis.match()
    analysis.measureClocks()
    analysis.judge()
    analysis.countLonely()
    return analysis.finished()
  }

  private init(_ first: SightingLog, _ second: SightingLog) {
    matcher = SegmentMatcher(first, second)
    result.segments = [UInt64(first.records.count), UInt64(second.records.count)]
  }

  private mutating func match() {
    let pairing = FlowPairing(matcher.first, matcher.second)
    let orders = [matcher.first.byFlow(), matcher.second.byFlow()]
    for pair in pairing.pairs {
      let flow = PairedFlow(pair, orders, matcher)
      matcher.match(flow.lanes)
      let matched = flow.lanes.reduce(0) { sum, lane in
        sum + lane.first.count { matcher.first.records[Int($0)].isMatched }
      }
      guard matched > 0 else { continue }
      result.matched &+= UInt64(matched)
      pairs.append(flow)
      pairs[pairs.count - 1].orient(matcher)
    }
  }

  /// Segments of which is certain when both points saw them, as samples of the clocks.
  private mutating func measureClocks() {
    var samples: [[ClockComparison.Sample]] = [[], []]
    let base = matcher.first.records.lazy.filter(\.isMatched).first.map(\.time) ?? 0
    var coarse: Int64?
    for pair in pairs {
      for direction in 0..<2 {
        let travel = pair.travel(direction)
        for index in pair.lanes[direction].first {
          let record = matcher.first.records[Int(index)]
          guard record.isMatched, !record.mark.contains(.ambiguous) else { continue }
          let other = matcher.second.records[Int(record.partner)]
          // What was recognized in spite of a difference may be another segment, and one such would set the clock.
          guard record.agrees(other) else { continue }
          let ahead = other.time &- record.time
          if coarse == nil { coarse = ahead }
          samples[travel.rawValue].append(
            ClockComparison.Sample(time: Double(record.time &- base), ahead: Double(ahead &- (coarse ?? 0))))
        }
      }
    }
    clock = ClockComparison(base: base, coarse: coarse ?? 0, forth: samples[0], back: samples[1])
    for travel in Travel.allCases {
      delays[travel.rawValue] = samples[travel.rawValue].map { sample in
        let ahead = sample.ahead - clock.ahead(at: sample.time)
        return travel == .forth ? ahead : -ahead
      }
    }
    result.clock = clock
    result.delays = delays.map(DelaySpread.init)
  }

  private mutating func judge() {
    let spans = [
      span(matcher.first.firstTime, matcher.first.lastTime),
      span(onFirst(matcher.second.firstTime), onFirst(matcher.second.lastTime)),
    ]
    let overlapEnd = min(spans[0].upperBound, spans[1].upperBound)
    let overlapStart = max(spans[0].lowerBound, spans[1].lowerBound)
    result.overlap = overlapEnd.subtractingReportingOverflow(overlapStart).partialValue
    for pair in pairs {
      var counts: [TravelCount] = []
      for direction in 0..<2 {
        let travel = pair.travel(direction)
        var judge = LaneJudge(
          matcher, pair, direction, clock: clock, spans: spans, delay: result.delays[travel.rawValue]?.high ?? 0)
        let count = judge.judge()
        counts.append(count)
        result.totals[travel.rawValue] += count
        alterations.take(pair, direction, travel, matcher)
      }
      add(pair, counts)
    }
    for travel in Travel.allCases { result.totals[travel.rawValue].hops = alterations.hops[travel.rawValue].value }
  }

  private func span(_ start: Int64, _ end: Int64) -> ClosedRange<Int64> { start...max(start, end) }

  private func onFirst(_ time: Int64) -> Int64 { clock.isKnown ? clock.onFirst(time) : time }

  private mutating func add(_ pair: PairedFlow, _ counts: [TravelCount]) {
    let flow = matcher.first.flows[pair.first]
    let client = flow.clientDirection
    var connection = PointConnection(
      client: flow.sender(client), server: flow.sender(1 - client), translated: nil,
      clientTravel: pair.travel(client), fromClient: counts[client], fromServer: counts[1 - client])
    if pair.isTranslated {
      let other = matcher.second.flows[pair.second]
      let direction = pair.isFlipped ? 1 - client : client
      connection.translated = (other.sender(direction), other.sender(1 - direction))
      result.translatedConnections += 1
    }
    result.connectionCount += 1
    if connection.lost > 0 { result.lossyConnections += 1 }
    switch pair.orientation {
    case 0: result.samePlace += 1
    case _ where connection.clientTravel == .forth: result.clientNearFirst += 1
    default: result.clientNearSecond += 1
    }
    result.connections.append(connection)
    if result.connections.count >= 2 * PointComparison.mostListed { keepWorst() }
  }

  /// Those with most losses stay, among equals the earlier.
  private mutating func keepWorst() {
    let ordered = result.connections.enumerated().sorted {
      ($1.element.lost, $0.offset) < ($0.element.lost, $1.offset)
    }
    result.connections = ordered.prefix(PointComparison.mostListed).map(\.element)
  }

  private mutating func countLonely() {
    let paired = [Set(pairs.map(\.first)), Set(pairs.map(\.second))]
    for (point, log) in [matcher.first, matcher.second].enumerated() {
      for (index, flow) in log.flows.enumerated() where !paired[point].contains(index) {
        result.lonelyConnections[point] += 1
        result.lonelySegments[point] &+= UInt64(flow.counts[0] + flow.counts[1])
        if flow.counts[0] == 0 || flow.counts[1] == 0 { result.unanswered[point] += 1 }
      }
    }
  }

  private consuming func finished() -> PointComparison {
    keepWorst()
    result.alterations = alterations.ordered
    if matcher.first.isFull || matcher.second.isFull {
      result.limits.append("Only the beginning was compared: --max-memory holds no more segments.")
    }
    let unheld = matcher.first.unheld &+ matcher.second.unheld
    if unheld > 0 {
      result.limits.append("\(unheld) segments belong to connections beyond the number that --max-memory holds.")
    }
    if matcher.gaveUp {
      result.limits.append("Too many segments overlap each other; some were not matched by their bytes.")
    }
    return result
  }
}

/// One connection in both logs.
struct PairedFlow {
  let first: Int
  let second: Int
  let isFlipped: Bool
  let isTranslated: Bool
  /// By direction of the first log.
  private(set) var lanes: [SegmentMatcher.Lane]
  /// All of the connection's records in the order of each log.
  private let orders: [[Int32]]
  /// 1 when the sender of direction 0 is nearer to the first point, -1 when nearer to the second, 0 when neither.
  private(set) var orientation = 0

  init(_ pair: FlowPairing.Pair, _ logs: [(order: [Int32], starts: [Int])], _ matcher: borrowing SegmentMatcher) {
    first = pair.first
    second = pair.second
    isFlipped = pair.isFlipped
    isTranslated = pair.isTranslated
    let a = Array(logs[0].order[logs[0].starts[first]..<logs[0].starts[first + 1]])
    let b = Array(logs[1].order[logs[1].starts[second]..<logs[1].starts[second + 1]])
    orders = [a, b]
    lanes = (0..<2).map { direction in
      SegmentMatcher.Lane(
        first: a.filter { matcher.first.records[Int($0)].direction == direction },
        second: b.filter { (matcher.second.records[Int($0)].direction == direction) != pair.isFlipped })
    }
  }

  func order(of point: Int) -> [Int32] { orders[point] }

  func lane(_ direction: Int, of point: Int) -> [Int32] {
    point == 0 ? lanes[direction].first : lanes[direction].second
  }

  /// The direction that a record of the log of `point` has in the first log.
  func direction(_ record: Sighting, of point: Int) -> Int {
    point == 1 && isFlipped ? 1 - record.direction : record.direction
  }

  func travel(_ direction: Int) -> Travel { (direction == 0) == (orientation >= 0) ? .forth : .back }

  /// Which end is nearer to which point.
  ///
  /// Segments that pass in opposite directions one after the other tell by their times, whatever the clocks show; else
  /// the time to live does.
  mutating func orient(_ matcher: borrowing SegmentMatcher) {
    var latest: [Int64?] = [nil, nil]
    var previous = -1
    var (times, hops, votes) = (0, 0, 0)
    for index in orders[0] {
      let record = matcher.first.records[Int(index)]
      guard record.isMatched, !record.mark.contains(.ambiguous) else { continue }
      let other = matcher.second.records[Int(record.partner)]
      let direction = record.direction
      latest[direction] = other.time &- record.time
      hops += (Int(record.hopLimit) - Int(other.hopLimit)).signum() * (direction == 0 ? 1 : -1)
      if previous == 1 - direction, let there = latest[0], let back = latest[1] {
        times += Int((there &- back).signum())
        votes += 1
      }
      previous = direction
    }
    let isClear = votes >= 4 && abs(times) * 10 >= votes * 8
    orientation = isClear || hops == 0 ? times.signum() : hops.signum()
  }
}

extension Sighting {
  /// Whether nothing that tells segments apart was rewritten on the way.
  fileprivate func agrees(_ other: Sighting) -> Bool {
    guard identification == other.identification, hasTimestamps, other.hasTimestamps else {
      return identification == other.identification
    }
    return timestampValue == other.timestampValue && timestampEcho == other.timestampEcho
  }
}
