import Frames
import Rendering
import Tracking
import Triage

/// `show segments --why FRAME`: the facts and the rule behind the verdict on one frame.
struct FrameQuestion {
  let frame: UInt64
  let input: InputOptions

  func answer() throws(Stop) {
    guard frame > 0 else { throw Stop(.usage, "Frames are numbered from 1.") }
    let filter = try input.makeFilter()
    var settings = input.settings
    settings.detectors = []
    settings.tracking.askedFrame = frame
    let notes = Notes()
    let asked = frame
    var listener = Engine.Listener(observations: { observations in
      notes.later += observations.filter { $0.amends == asked }.prefix(20)
    })
    listener.facts = { notes.facts = $0 }
    let run = CaptureRun(paths: input.files, settings: settings, filter: filter, quiet: input.quiet, listener: listener)
    let report = try run.report()
    guard let facts = notes.facts else { throw Stop(.usage, Self.nothing(frame, report)) }
    var sink = DescriptorSink(1)
    let text = WhyText.lines(facts, later: notes.later).joined(separator: "\n") + "\n"
    sink.write(Array(text.utf8))
    try Console.check(sink.failure)
  }

  private static func nothing(_ frame: UInt64, _ report: Report) -> String {
    if frame > report.capture.frames {
      return "There is no frame \(frame): the input holds \(Quantity.count(report.capture.frames, "frame"))."
    }
    return "Frame \(frame) has nothing to explain: it holds no TCP segment, or a SYN that nobody had answered yet."
  }

  /// What comes in while the capture is read.
  private final class Notes {
    var facts: SegmentFacts?
    var later: [Observation] = []
  }
}
