import Frames

/// Turns frames into segments and counts those that hold none, by reason.
///
/// Stateless but for the counts. Lax: a header is used as far as it was captured and makes sense.
public struct Dissector: Sendable {
  /// Frames without a segment, indexed by the reason's raw value.
  public private(set) var notAnalyzed: InlineArray<7, UInt64> = .init(repeating: 0)
  /// Frames that the capture did not keep whole.
  public private(set) var cutFrames: UInt64 = 0

  /// A dissector that has counted nothing.
  public init() {}

  /// Appends to `segments` one segment per TCP frame of `range`, in frame order.
  ///
  /// - Parameters:
  ///   - batch: the frames; every record lies within the block.
  ///   - range: indices into the batch's records.
  ///   - segments: emptied by the caller; offsets in it point into the batch's block.
  /// - Complexity: O(frames); allocates only while `segments` grows.
  public mutating func dissect(_ batch: borrowing FrameBatch, _ range: Range<Int>, into segments: inout [Segment]) {
    for index in range {
      let record = batch.records[index]
      let start = Int(record.offset)
      let frame = batch.bytes.extracting(start..<start + Int(record.capturedLength))
      if record.capturedLength < record.originalLength { cutFrames += 1 }
      // Filled where it will stay: copying what was just written field by field would wait for every store.
      segments.append(Segment())
      if let reason = dissect(frame, record, &segments[segments.count - 1]) {
        segments.removeLast()
        notAnalyzed[reason.rawValue] += 1
      }
    }
  }

  /// Counts frames that something before dissection left out.
  public mutating func leaveOut(_ count: UInt64, _ reason: NotAnalyzed) {
    notAnalyzed[reason.rawValue] += count
  }

  @inline(__always)
  private func dissect(_ frame: RawSpan, _ record: FrameRecord, _ segment: inout Segment) -> NotAnalyzed? {
    let layer = record.linkType.networkLayer(of: frame)
    switch layer.content {
    case .ip: break
    case .notIP: return .notIP
    case .cut: return .cut
    case .unknown: return .linkType
    }
    let ip = IPHeader.read(frame, at: layer.offset, onWire: Int(record.originalLength))
    guard ip.stop == .none else { return reason(ip.stop) }
    guard ip.tcpLength >= TCPHeader.fixedLength else { return ip.isFirstFragment ? .fragment : .malformed }
    guard frame.byteCount >= ip.tcpOffset + TCPHeader.fixedLength else { return .cut }

    segment.time = record.time
    segment.frame = record.number
    segment.source = ip.source
    segment.destination = ip.destination
    segment.ipIdentification = ip.identification
    segment.hopLimit = ip.hopLimit
    segment.trafficClass = ip.trafficClass
    segment.place = layer.place &+ record.interface &* 4099
    guard TCPHeader.read(frame, at: ip.tcpOffset, length: ip.tcpLength, into: &segment) else { return .malformed }
    if ip.isFirstFragment { segment.options.insert(.firstFragment) }
    segment.payloadOffset &+= record.offset
    return nil
  }

  private func reason(_ stop: IPHeader.Stop) -> NotAnalyzed {
    switch stop {
    case .notTCP: .notTCP
    case .fragment: .fragment
    case .cut: .cut
    case .malformed, .none: .malformed
    }
  }
}
