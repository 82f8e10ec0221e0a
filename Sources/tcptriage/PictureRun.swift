import CaptureFiles
import Frames
import Glibc
import Triage

/// The second look at captures, for the pictures of a report.
extension CaptureRun {
  /// The report with what there is to draw: from a second reading, or from memory where that is not possible.
  func illustratedReport() throws(Stop) -> Report {
    canReadAgain ? lookAgain(try report()) : try reportFromMemory()
  }

  private func lookAgain(_ first: Report) -> Report {
    // What was there a moment ago may be gone: then there are no pictures, and everything else stands.
    guard !Interrupt.isPending, first.capture.segments > 0, var reader = try? open() else { return first }
    var report = first
    var collector = PictureCollector(first, anonymity: settings.anonymity)
    var progress = Progress(quiet: quiet)
    var frames: UInt64 = 0
    progress.begin(total: reader.bytesTotal)
    // A capture that is still being written may have grown.
    while frames < first.capture.frames,
      reader.nextBatch({ batch in
        collector.take(batch, filter: filter)
        frames &+= UInt64(batch.records.count)
      })
    {
      progress.update(bytes: reader.bytesRead, frames: frames)
      if Interrupt.isPending { break }
    }
    progress.end()
    let pictures = collector.finish()
    report.pictures = Interrupt.isPending ? nil : pictures
    return report
  }

  private func reportFromMemory() throws(Stop) -> Report {
    let ring = SegmentRing()
    var run = self
    var listener = listener ?? Engine.Listener()
    listener.segments = { ring.take($0) }
    (run.ring, run.listener) = (ring, listener)
    var report = try run.report()
    var collector = PictureCollector(report)
    collector.take(ring)
    report.pictures = collector.finish()
    return report
  }

  /// Whether all inputs are files that give the same bytes a second time.
  private var canReadAgain: Bool {
    InputPaths(paths).entries.allSatisfy { $0.path != "-" && FileIdentity($0.path)?.isRegular == true }
  }
}
