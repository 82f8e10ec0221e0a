import CaptureFiles
import Frames

/// Inputs for the engine's fuzzer, made of captures.
package enum Seed {
  /// Payload beyond this is left out; the frame is marked as cut instead.
  private static let keptBytes = 120

  /// The frames `range` of the capture at `path`, in the notation of ``EngineInput``; empty when there are none.
  package static func engineInput(_ path: String, _ range: Range<UInt64>) -> [UInt8] {
    var seed: [UInt8] = []
    var last: Int64?
    do throws(CaptureFileError) {
      var reader = try CaptureReader.open(paths: [path])
      while reader.nextBatch({ batch in
        for index in batch.records.indices where range.contains(batch.records[index].number) {
          let record = batch.records[index]
          let length = min(Int(record.capturedLength), keptBytes)
          seed += EngineInput.head(
            length: length, isCut: record.originalLength > length, linkType: record.linkType,
            step: record.time - (last ?? record.time))
          last = record.time
          let start = Int(record.offset)
          seed += (start..<start + length).map { batch.bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
      }) {}
    } catch { return [] }
    return seed
  }
}
