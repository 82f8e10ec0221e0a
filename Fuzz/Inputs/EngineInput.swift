import CaptureFiles
import Detection
import Dissection
import Frames
import Rendering
import Tracking
import Triage

/// Frames in a notation so short that a fuzzer can build connections from it, through the whole engine.
///
/// One record: two bytes with the captured length (low ten bits, little endian; the highest bit says that 1400 more bytes
/// were on the wire), one byte that chooses the link type (low four bits) and the interface, one byte for the time since
/// the frame before, then the frame.
package enum EngineInput {
  /// Bytes before each frame.
  package static let headLength = 4
  /// Greatest captured length that the notation can say.
  package static let longestFrame = 0x3ff
  /// Bytes on the wire beyond the captured ones, where the highest bit is set.
  private static let cutBytes: UInt32 = 1400
  private static let linkTypes = LinkType.analyzed + [.rawBSD, LinkType(rawValue: 105)]
  /// Room for a dozen connections and three unanswered SYNs: small inputs reach the limits.
  private static let memory = 16_384
  /// Frames per batch: more than one tracker's batch, so that its borders are crossed.
  private static let batchSize = 100

  /// Analyzes the frames that `bytes` stand for and renders the report, in the slow formats only for some lengths.
  ///
  /// - Returns: the bytes of the formats, kept by the caller so that no work can be optimized away.
  package static func run(_ bytes: RawSpan) -> [UInt8] {
    var settings = TriageSettings()
    settings.tracking.maxMemory = memory
    settings.tracking.observeEverything = bytes.byteCount % 2 == 0
    settings.detection.expectSMC = bytes.byteCount % 3 == 0
    settings.anonymity = bytes.byteCount % 5 == 0 ? AnonymityKey("fuzz") : nil
    var engine = Engine(settings)
    let records = records(bytes)
    var start = 0
    while start < records.count {
      let end = min(start + batchSize, records.count)
      engine.take(FrameBatch(bytes: bytes, records: records.span.extracting(start..<end)))
      start = end
    }
    let report = engine.finish(CaptureDescription(), method: Method(version: "fuzz"))
    check(report, frames: records.count)
    if settings.anonymity != nil { anonymize(records, bytes) }
    let formats: [any Renderer.Type] = bytes.byteCount % 8 == 0 ? allRenderers : [JSONReport.self, MarkdownReport.self]
    return formats.reduce(into: []) { $0 += $1.init(RenderingOptions()).bytes(report) }
  }

  /// What must be true of any report.
  private static func check(_ report: Report, frames: Int) {
    for finding in report.findings {
      precondition(finding.firstFrame <= finding.lastFrame, "A finding's frames are in order.")
      precondition(finding.lastFrame <= UInt64(frames), "A finding's frames are in the capture.")
      precondition(finding.measures.allSatisfy { $0.value.isFinite }, "A measure is a number.")
    }
  }

  /// Frames without names are never longer than they were.
  private static func anonymize(_ records: [FrameRecord], _ bytes: RawSpan) {
    var anonymizer = FrameAnonymizer(AnonymityKey("fuzz"))
    for record in records {
      let start = Int(record.offset)
      let frame = bytes.extracting(start..<start + Int(record.capturedLength))
      let left = anonymizer.anonymized(frame, record.linkType)
      precondition(left.count <= frame.byteCount, "Nothing is added to a frame.")
    }
  }

  private static func records(_ bytes: RawSpan) -> [FrameRecord] {
    var records: [FrameRecord] = []
    var time: Int64 = 1_767_225_600 * PacketTime.second
    var offset = 0
    while offset + headLength <= bytes.byteCount {
      let head = (0..<headLength).map { bytes.unsafeLoad(fromByteOffset: offset + $0, as: UInt8.self) }
      offset += headLength
      let length = min(Int(head[0]) | Int(head[1] & 3) << 8, bytes.byteCount - offset)
      time += step(head[3])
      records.append(
        FrameRecord(
          number: UInt64(records.count + 1), time: time, offset: UInt32(offset), capturedLength: UInt32(length),
          originalLength: UInt32(length) + (head[1] & 0x80 == 0 ? 0 : cutBytes), interface: UInt16(head[2] >> 4),
          linkType: linkTypes[Int(head[2] & 15) % linkTypes.count]))
      offset += length
    }
    return records
  }

  /// Nanoseconds for the time byte: 256 ns to 2 hours; bytes from 240 on go back in time.
  package static func step(_ byte: UInt8) -> Int64 {
    let mantissa = Int64(byte & 15)
    return byte < 240 ? mantissa << (8 + 2 * Int64(byte >> 4)) : -(mantissa << 20)
  }

  /// The time byte whose step comes nearest to `time` nanoseconds from below.
  package static func byte(forStep time: Int64) -> UInt8 {
    if time < 0 { return 240 | UInt8(min(15, -time >> 20)) }
    return (0..<240).reversed().first { step($0) <= time && step($0) > 0 } ?? 0
  }

  /// The head of a record for a frame of which `length` bytes are kept.
  package static func head(length: Int, isCut: Bool, linkType: LinkType, step: Int64) -> [UInt8] {
    let link = linkTypes.firstIndex(of: linkType) ?? linkTypes.count - 1
    return [
      UInt8(length & 0xff), UInt8(length >> 8 & 3) | (isCut ? 0x80 : 0), UInt8(link), byte(forStep: step),
    ]
  }
}
