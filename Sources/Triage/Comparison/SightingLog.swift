import Dissection
import Frames

/// Everything that a capture says about its segments, short enough to hold two captures beside each other.
///
/// Bounded: so many segments, so many connections; what is beyond is counted and told.
package struct SightingLog {
  /// One connection as this capture saw it: all segments between two ends, however often they connected.
  struct Flow {
    /// The lesser of the two ends; it sends in direction 0.
    var low: Endpoint
    var high: Endpoint
    /// Direction of the first SYN without ACK, nil when there was none.
    var client: Int?
    /// Segments in each direction.
    var counts = SIMD2<Int>(0, 0)
  }

  struct Key: Hashable {
    var low: Endpoint
    var high: Endpoint
  }

  /// Segments in the order of the file.
  var records: [Sighting] = []
  var flows: [Flow] = []
  var index: [Key: Int] = [:]
  /// Earliest and latest time of any frame, TCP or not.
  package private(set) var firstTime: Int64 = .max
  package private(set) var lastTime: Int64 = .min
  package private(set) var frames: UInt64 = 0
  /// Segments of connections for which there was no room.
  private(set) var unheld: UInt64 = 0
  /// Whether no further segment fits; what comes after is not compared.
  package var isFull: Bool { records.count >= mostRecords }

  private let mostRecords: Int
  private let mostFlows: Int
  private var dissector = Dissector()
  private var segments: [Segment] = []
  private var lastKey: Key?
  private var lastFlow = 0

  /// - Parameter maxMemory: bytes that this log and matching it may take, about.
  package init(maxMemory: Int) {
    // 64 bytes for the record, as many while the array grows, 32 for indices and tables of the matching.
    mostRecords = min(max(1_000, maxMemory / 160), Int(Int32.max) / 2)
    mostFlows = min(max(100, maxMemory / 1_000), 1 << 28)
  }

  package var segmentCount: Int { records.count }
  package var connectionCount: Int { flows.count }

  /// Notes the segments of a batch; frames that hold none only move the clock.
  package mutating func take<Filter: FrameFilter & ~Copyable>(
    _ batch: borrowing FrameBatch, filter: borrowing Filter?
  ) {
    segments.removeAll(keepingCapacity: true)
    for index in batch.records.indices {
      let record = batch.records[index]
      firstTime = min(firstTime, record.time)
      lastTime = max(lastTime, record.time)
      if filter?.accepts(record, batch.bytes) ?? true {
        dissector.dissect(batch, index..<index + 1, into: &segments)
      }
    }
    frames &+= UInt64(batch.records.count)
    for index in segments.indices where !isFull { note(segments[index], batch.bytes) }
  }

  private mutating func note(_ segment: borrowing Segment, _ bytes: RawSpan) {
    let isLow = segment.sender <= segment.receiver
    let key =
      isLow
      ? Key(low: segment.sender, high: segment.receiver) : Key(low: segment.receiver, high: segment.sender)
    guard let flow = flow(of: key) else {
      unheld &+= 1
      return
    }
    let direction = isLow ? 0 : 1
    flows[flow].counts[direction] += 1
    if flows[flow].client == nil, segment.flags.contains(.syn), !segment.flags.contains(.ack) {
      flows[flow].client = direction
    }
    records.append(Sighting(segment, flow: UInt32(flow << 1 | direction), bytes))
  }

  private mutating func flow(of key: Key) -> Int? {
    if key == lastKey { return lastFlow }
    var found = index[key]
    if found == nil, flows.count < mostFlows {
      found = flows.count
      index[key] = flows.count
      flows.append(Flow(low: key.low, high: key.high))
    }
    guard let found else { return nil }
    lastKey = key
    lastFlow = found
    return found
  }

  /// Indices of all records, those of a connection together and in the order of the file.
  ///
  /// - Returns: the order, and where each connection begins in it; one more element says where the last one ends.
  func byFlow() -> (order: [Int32], starts: [Int]) {
    var starts = [Int](repeating: 0, count: flows.count + 1)
    for record in records { starts[Int(record.flow >> 1) + 1] += 1 }
    for flow in flows.indices { starts[flow + 1] += starts[flow] }
    var next = starts
    var order = [Int32](repeating: 0, count: records.count)
    for (index, record) in records.enumerated() {
      let flow = Int(record.flow >> 1)
      order[next[flow]] = Int32(truncatingIfNeeded: index)
      next[flow] += 1
    }
    return (order, starts)
  }
}

extension SightingLog.Flow {
  /// The end that opened the connection, as far as the packets tell: else the one with the higher port.
  var clientDirection: Int { client ?? (low.port >= high.port ? 0 : 1) }

  func sender(_ direction: Int) -> Endpoint { direction == 0 ? low : high }
}
