package import CaptureFiles
package import Frames

/// Frames that lie in memory, handed out as a capture file would.
package struct MemorySource: FrameSource {
  private let bytes: [UInt8]
  private let records: [FrameRecord]
  private let batchSize: Int
  private var at = 0

  /// All frames behind each other in one block; no file, no header.
  package init(
    _ frames: [WritableFrame], linkType: LinkType = .ethernet, snapLength: UInt32 = .max, batchSize: Int = 100
  ) {
    var bytes: [UInt8] = []
    var records: [FrameRecord] = []
    for frame in frames {
      let kept = frame.bytes.prefix(Int(snapLength))
      records.append(
        FrameRecord(
          number: UInt64(records.count + 1), time: frame.time, offset: UInt32(bytes.count),
          capturedLength: UInt32(kept.count), originalLength: frame.originalLength, interface: 0, linkType: linkType))
      bytes += kept
    }
    self.bytes = bytes
    self.records = records
    self.batchSize = batchSize
  }

  package mutating func nextBatch(_ body: (borrowing FrameBatch) -> Void) -> Bool {
    guard at < records.count else { return false }
    let next = Array(records[at..<min(at + batchSize, records.count)])
    at += next.count
    body(FrameBatch(bytes: bytes.span.bytes, records: next.span))
    return true
  }

  package var description: CaptureDescription { CaptureDescription() }
}
