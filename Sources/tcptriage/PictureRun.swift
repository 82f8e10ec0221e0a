import CaptureFiles
import Dissection
import Frames
import Glibc
import Triage

/// The second look at captures, for the pictures of a report.
extension CaptureRun {
  /// The report with what there is to draw: from a second reading, or from memory where that is not possible.
  func illustratedReport() throws(Stop) -> Report {
    canReadAgain ? try reportFromSecondReading() : try reportFromMemory()
  }

  private func reportFromSecondReading() throws(Stop) -> Report {
    let index = StretchIndex()
    var report = try noting(in: index).report()
    // What was there a moment ago may be gone: then there are no pictures, and everything else stands.
    guard !Interrupt.isPending, report.capture.segments > 0, var reader = try? open() else { return report }
    var collector = PictureCollector(report, anonymity: settings.anonymity, index: index)
    var progress = Progress(quiet: quiet)
    progress.begin(total: reader.bytesTotal)
    let isWhole = collector.read(&reader, filter: filter) { reader, frames in
      progress.update(bytes: reader.bytesRead, frames: frames)
      return !Interrupt.isPending
    }
    progress.end()
    let pictures = collector.finish()
    report.pictures = isWhole ? pictures : nil
    return report
  }

  /// The same run, which tells `index` of all frames.
  private func noting(in index: StretchIndex) -> CaptureRun {
    var run = self
    run.index = index
    run.listener = listener(segments: index.take)
    return run
  }

  private func reportFromMemory() throws(Stop) -> Report {
    let ring = SegmentRing()
    var run = self
    (run.ring, run.listener) = (ring, listener(segments: ring.take))
    var report = try run.report()
    var collector = PictureCollector(report)
    collector.take(ring)
    report.pictures = collector.finish()
    return report
  }

  /// The listener of this run, and one for segments.
  private func listener(segments: @escaping ([Segment]) -> Void) -> Engine.Listener {
    var listener = listener ?? Engine.Listener()
    listener.segments = segments
    return listener
  }

  /// Whether all inputs are files that give the same bytes a second time.
  private var canReadAgain: Bool {
    InputPaths(paths).entries.allSatisfy { $0.path != "-" && FileIdentity($0.path)?.isRegular == true }
  }
}
