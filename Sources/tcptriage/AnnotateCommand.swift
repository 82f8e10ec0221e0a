import ArgumentParser
import Frames
import Rendering
import Triage

/// `tcptriage annotate IN ... OUT.pcapng`: the same packets, with what was found as comments.
struct AnnotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotate", abstract: "Copy captures to a pcapng file with the findings as packet comments.",
    usage: "tcptriage annotate FILE ... OUT.pcapng [<options>]",
    discussion: """
      The last name is the file to write. It holds every packet as it was captured, several inputs as one timeline; \
      the frames that a finding lists as its proof (at most 20) have a comment for it, and the verdict is the comment on \
      the capture. Comments \
      that the input had are not copied: a display filter then lists just the evidence. With --filter less is \
      analyzed, but all is copied.

      EXAMPLES:
        tcptriage annotate trace.pcap annotated.pcapng
        tshark -r annotated.pcapng -Y frame.comment
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var rules: RuleOptions

  func validate() throws {
    guard input.files.count > 1 else {
      throw ValidationError("Name the captures, then the .pcapng file to write.")
    }
    guard CaptureExtension(input.files.last ?? "") == .pcapng else {
      throw ValidationError("Only pcapng files hold comments: the last name must end in .pcapng.")
    }
  }

  func run() throws {
    let copy = try CaptureCopy(input)
    let filter = try input.makeFilter()
    var settings = input.settings
    rules.apply(to: &settings.detection)
    let report = try CaptureRun(paths: copy.paths, settings: settings, filter: filter, quiet: input.quiet).report()
    CaptureRun.complain(about: report, filter)
    if Interrupt.isPending { throw Stop(.interrupted) }
    let annotations = Annotations(report)
    let capture = report.capture
    let written = try copy.write(capture.source, frames: capture.frames, comment: annotations.verdict) { batch, index in
      annotations.comments(on: batch.records[index].number)
    }
    if !input.quiet {
      try Console.output("\(Quantity.count(written, "frame")), \(Quantity.count(annotations.frames)) with comments.\n")
    }
    let status = CaptureRun.status(of: report, strict: false)
    if status != .success { throw Stop(status) }
  }
}
