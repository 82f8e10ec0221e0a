import ArgumentParser
import CaptureFiles
import Detection
import Frames
import Triage

/// What live mode writes besides its report.
struct LiveWritingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write what is captured to pcapng files in this folder; a hangup signal (SIGHUP) begins the next file.",
      valueName: "folder"),
    completion: .directory)
  var write: String?

  @Option(help: ArgumentHelp("Begin the next file when one is so large, as in 100MB.", valueName: "size"))
  var rotate = MemorySize(argument: "100MB") ?? .standard

  @Option(help: ArgumentHelp("Keep only so many files, the newest; 0 keeps all.", valueName: "files"))
  var keep = 10

  @Option(
    help: ArgumentHelp(
      "Write the packets around each new finding to a file of its own in this folder.", valueName: "folder"),
    completion: .directory)
  var keepEvidence: String?

  func validate() throws {
    if rotate.bytes < 1 << 16 { throw ValidationError("--rotate takes 64K or more.") }
    if keep < 0 { throw ValidationError("--keep takes a number of files, or 0 for all.") }
  }
}

/// The files that are written while live mode looks on.
final class LiveEvidence {
  private let writer: RollingWriter?
  private let keeper: EvidenceKeeper?
  private let directory: String?
  private var lastFailure: String?

  /// - Throws: when a folder cannot be used.
  init(_ options: LiveWritingOptions, interfaces: [CaptureInterface]) throws(Stop) {
    do throws(RollingError) {
      let plan = options.write.map {
        RollingPlan(directory: $0, rotate: UInt64(options.rotate.bytes), keep: options.keep > 0 ? options.keep : nil)
      }
      writer = if let plan { try RollingWriter(plan, interfaces: interfaces) } else { nil }
      keeper =
        if let folder = options.keepEvidence {
          try EvidenceKeeper(EvidencePlan(directory: folder), interfaces: interfaces)
        } else { nil }
      directory = options.write
    } catch {
      throw Stop(.input, error.description)
    }
  }

  /// Takes frames; neither waits nor allocates.
  func take(_ batch: borrowing FrameBatch) {
    writer?.take(batch)
    keeper?.take(batch)
  }

  /// Once a second: hands over what has gathered, with what was counted so far.
  ///
  /// - Returns: what the user must know: that writing fails, or works again.
  func tick(_ interfaces: [LiveInterface], _ events: [LiveEvent]) -> [String] {
    note(interfaces)
    if LiveSignals.takeHangup() { writer?.rotate() }
    // What is odd about the capture itself needs no packets to prove it.
    for case .opened(let followed) in events where followed.finding.rule.family != .captureQuality {
      _ = keeper?.save("\(followed.number)-\(followed.finding.rule.id)")
    }
    writer?.flush()
    keeper?.flush()
    let failure = writer?.status.failure ?? keeper?.status.failure
    defer { lastFailure = failure }
    guard failure != lastFailure else { return [] }
    return [failure ?? "Evidence can be written again."]
  }

  private func note(_ interfaces: [LiveInterface]) {
    for (index, interface) in interfaces.enumerated() {
      let counts = InterfaceCounts(
        received: interface.received, droppedByInterface: interface.droppedByInterface,
        droppedBySystem: interface.droppedByRing)
      writer?.note(counts, interface: index)
      keeper?.note(counts, interface: index)
    }
  }

  /// What is on disk; nil without `--write`.
  var writing: LiveWriting? {
    guard let status = writer?.status, let directory else { return nil }
    var writing = LiveWriting(directory: directory)
    writing.files = Int(clamping: status.files)
    writing.frames = status.frames
    writing.bytes = status.bytes
    writing.lostFrames = status.framesNotWritten
    writing.failure = status.failure ?? ""
    return writing
  }

  /// Waits until everything is on disk.
  ///
  /// - Returns: what was not written, a sentence each.
  func finish() -> [String] {
    [writer?.finish(), keeper?.finish()].compactMap { summary in
      guard let summary, summary.status.framesNotWritten > 0 else { return nil }
      let frames = Quantity.count(summary.status.framesNotWritten, "frame")
      return "\(frames) could not be written. \(summary.firstFailure ?? "The disk was too slow.")"
    }
  }
}
