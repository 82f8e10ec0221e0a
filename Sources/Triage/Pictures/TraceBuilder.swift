import Dissection
import Frames
import Tracking

/// Gathers the points of one connection, never more than ``most``.
///
/// Beyond that ordinary segments are thinned out evenly, then repeated acknowledgments, and only then the rest.
struct TraceBuilder {
  /// Twenty times what a picture has columns.
  static let most = 20_000

  private(set) var trace: ConnectionTrace
  /// Window scales that client and server announced; nil while unknown.
  private var scales: (client: UInt8?, server: UInt8?)
  private var sent: (client: SentQueue, server: SentQueue) = (SentQueue(), SentQueue())
  /// Of each weight and direction: every how manieth is kept, and how many have come; of each weight, how many are kept.
  private var stride = [Int](repeating: 1, count: TracePoint.Weight.allCases.count)
  private var seen = [Int](repeating: 0, count: 2 * TracePoint.Weight.allCases.count)
  private var kept = [Int](repeating: 0, count: TracePoint.Weight.allCases.count)
  /// Frames that prove something, and frames from which on ``opening`` points are kept whatever they are.
  private let proof: Set<UInt64>
  private var beginnings: [UInt64]
  private var pinsLeft = TraceBuilder.opening

  /// Points that are never thinned out, at the start of a connection and of each finding: ladders show them one by one.
  private static let opening = 40

  init(_ target: PictureTargets.Target, proof: Set<UInt64>, beginnings: [UInt64]) {
    trace = ConnectionTrace(client: target.client, server: target.server)
    scales = target.scales
    self.proof = proof
    self.beginnings = beginnings.sorted(by: >)
  }

  mutating func take(_ observation: borrowing Observation, clc: UInt8) {
    guard observation.amends == 0 else { return amend(observation, observation.amends) }
    let segment = observation.segment
    if let last = trace.points.last, last.frame == segment.frame { return amend(observation, segment.frame) }
    let fromClient = segment.sender == trace.client
    if segment.flags.contains(.syn) { note(syn: segment, fromClient) }
    var point = TracePoint(observation, fromClient: fromClient, window: window(segment, fromClient))
    point.roundTrip = roundTrip(point)
    point.clc = clc
    point.isPinned = isPinned(point.frame)
    trace.segments &+= 1
    add(point)
  }

  private mutating func isPinned(_ frame: UInt64) -> Bool {
    while let next = beginnings.last, frame >= next {
      pinsLeft = Self.opening
      beginnings.removeLast()
    }
    pinsLeft -= pinsLeft > 0 ? 1 : 0
    return pinsLeft > 0 || proof.contains(frame)
  }

  private mutating func amend(_ observation: borrowing Observation, _ frame: UInt64) {
    var (low, high) = (0, trace.points.count)
    while low < high {
      let middle = (low + high) / 2
      if trace.points[middle].frame < frame { low = middle + 1 } else { high = middle }
    }
    guard low < trace.points.count, trace.points[low].frame == frame else { return }
    let before = trace.points[low].weight
    trace.points[low].amend(observation)
    kept[before.rawValue] -= 1
    kept[trace.points[low].weight.rawValue] += 1
  }

  private mutating func add(_ point: TracePoint) {
    let weight = point.weight.rawValue
    let place = 2 * weight + (point.fromClient ? 1 : 0)
    seen[place] += 1
    guard point.isPinned || (seen[place] - 1).isMultiple(of: stride[weight]) else { return }
    trace.points.append(point)
    kept[weight] += 1
    if trace.points.count > Self.most { thin() }
  }

  /// Leaves out every second point of the least weight that takes much room.
  ///
  /// Of each direction for itself: where packets alternate, every second one would be all of one end.
  private mutating func thin() {
    let weights = TracePoint.Weight.allCases
    let weight = weights.first { kept[$0.rawValue] > Self.most / 4 } ?? .ordinary
    stride[weight.rawValue] *= 2
    var (client, server) = (0, 0)
    let before = trace.points.count
    trace.points.removeAll { point in
      guard point.weight == weight, !point.isPinned else { return false }
      if point.fromClient { client += 1 } else { server += 1 }
      return (point.fromClient ? client : server).isMultiple(of: 2)
    }
    kept[weight.rawValue] -= before - trace.points.count
  }

  private mutating func note(syn: Segment, _ fromClient: Bool) {
    let scale = syn.options.contains(.windowScale) ? min(14, syn.windowScale) : nil
    if fromClient {
      scales.client = scale ?? 0
      if scale == nil { scales.server = 0 }
    } else {
      scales.server = scale ?? 0
      if scale == nil { scales.client = 0 }
    }
  }

  private func window(_ segment: Segment, _ fromClient: Bool) -> UInt32 {
    if segment.flags.contains(.syn) { return UInt32(segment.window) }
    guard let scale = fromClient ? scales.client : scales.server else { return TracePoint.unknownWindow }
    return UInt32(segment.window) << UInt32(scale)
  }

  private mutating func roundTrip(_ point: TracePoint) -> Int64 {
    if point.length > 0, !point.flags.contains(.rst) {
      let isNew = point.kind == .newData || point.kind == .handshake || point.kind == .fin
      if point.fromClient { sent.client.take(point, isNew: isNew) } else { sent.server.take(point, isNew: isNew) }
    }
    guard point.hasACK, point.rejection == .none else { return 0 }
    let begin =
      point.fromClient
      ? sent.server.acknowledged(point.acknowledgment) : sent.client.acknowledged(point.acknowledgment)
    guard let begin else { return 0 }
    let (elapsed, overflow) = point.time.subtractingReportingOverflow(begin)
    return overflow ? 0 : max(0, elapsed)
  }
}

/// Data of one direction that waits for its acknowledgment.
///
/// What was sent twice gives no sample (Karn's algorithm, RFC 6298 §3).
private struct SentQueue {
  private static let most = 8_192
  private var items: [(end: SequenceNumber, time: Int64)] = []
  private var head = 0

  mutating func take(_ point: TracePoint, isNew: Bool) {
    guard isNew else {
      while items.count > head, let last = items.last, last.end > point.sequence { items.removeLast() }
      return
    }
    if items.count - head >= Self.most { head = items.count }
    items.append((point.end, point.time))
  }

  /// When the newest segment that `number` covers was sent.
  mutating func acknowledged(_ number: SequenceNumber) -> Int64? {
    var time: Int64?
    while head < items.count, items[head].end <= number {
      time = items[head].time
      head += 1
    }
    if head > 1_024, 2 * head > items.count {
      items.removeFirst(head)
      head = 0
    }
    return time
  }
}
