package import Dissection
package import Frames

/// One frame sent through dissection.
package struct Dissected {
  /// The segment, nil when there is none.
  package var segment: Segment?
  /// Why there is none.
  package var reason: NotAnalyzed?
  /// Offset of the frame in its block.
  package static let offset = 7

  /// Dissects `frame`, of which the capture kept `kept` bytes (nil = all) of `onWire` (nil = as many as there are).
  package init(_ frame: [UInt8], _ linkType: LinkType = .ethernet, kept: Int? = nil, onWire: Int? = nil) {
    // The block ends with the kept bytes, so that a read past them traps; it does not start with them either.
    let count = kept ?? frame.count
    let block = [UInt8](repeating: 0xEE, count: Self.offset) + frame.prefix(count)
    let record = FrameRecord(
      number: 1, time: 42, offset: UInt32(Self.offset), capturedLength: UInt32(count),
      originalLength: UInt32(onWire ?? frame.count), interface: 0, linkType: linkType)
    var dissector = Dissector()
    var segments: [Segment] = []
    let records = [record]
    dissector.dissect(FrameBatch(bytes: block.span.bytes, records: records.span), 0..<1, into: &segments)
    segment = segments.first
    reason = NotAnalyzed.allCases.first { dissector.notAnalyzed[$0.rawValue] > 0 }
  }
}
