import CaptureFiles
import Frames

/// Bytes of a capture file through the readers, all frames touched.
package enum ReadersInput {
  /// What came out of one run; kept by the caller so that no work can be optimized away.
  package struct Outcome: Equatable {
    package var frames = 0
    package var problems = 0
    package var checksum: UInt64 = 0
    package var isCapture = false

    package init() {}
  }

  /// Reads what `file` holds; every second length twice at once, so that the merging of files runs too.
  package static func run(_ file: MemoryFile, count: Int) -> Outcome {
    read(Array(repeating: file.path, count: 1 + count % 2))
  }

  /// Reads captures by their paths.
  package static func read(_ paths: [String]) -> Outcome {
    var outcome = Outcome()
    do throws(CaptureFileError) {
      var reader = try CaptureReader.open(paths: paths)
      outcome.isCapture = true
      while reader.nextBatch({ touch($0, &outcome) }) {}
      outcome.problems = reader.description.problems.count
      for problem in reader.description.problems { outcome.checksum &+= UInt64(problem.sentence.utf8.count) }
    } catch {
      outcome.checksum = UInt64(error.description.utf8.count)
    }
    return outcome
  }

  /// Reads the first and last byte of each frame; a record that points outside of its block traps here.
  private static func touch(_ batch: borrowing FrameBatch, _ outcome: inout Outcome) {
    for index in batch.records.indices {
      let record = batch.records[index]
      outcome.frames += 1
      precondition(record.number == 1 || outcome.frames > 1, "The first frame's number is 1.")
      precondition(Int(record.number) == outcome.frames, "Frames are numbered without gaps.")
      let start = Int(record.offset)
      let end = start + Int(record.capturedLength)
      precondition(end <= batch.bytes.byteCount, "A frame lies in its block.")
      guard start < end else { continue }
      for offset in [start, end - 1] {
        let byte = batch.bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        outcome.checksum = outcome.checksum &* 31 &+ UInt64(byte)
      }
    }
  }
}
