import Archive
import CaptureFiles
import Detection
import Frames
import Glibc
import LiveCapture
import Rendering
import Tracking
import Triage

/// Reads what is to be compared, and compares it.
struct ComparisonRun {
  var paths: [String]
  var maxMemory: Int
  var filter: String?
  var quiet: Bool

  enum Mode { case either, points, beforeAfter }

  enum Outcome {
    case points(PointComparison, names: [String])
    case change(ReportComparison, names: [String], remark: String?)

    func bytes(_ format: ComparisonFormat, _ options: RenderingOptions) -> [UInt8] {
      switch self {
      case .points(let comparison, let names):
        ComparisonReport.bytes(comparison, names: names, format: format, options)
      case .change(let comparison, let names, let remark):
        ComparisonReport.bytes(comparison, names: names, remark: remark, format: format, options)
      }
    }

    /// Whether something of this severity is new or worse; two points are no before and after.
    func isWorse(_ severity: Severity) -> Bool {
      switch self {
      case .points: false
      case .change(let comparison, _, _): comparison.isWorse(severity)
      }
    }
  }

  func outcome(mode: Mode) throws(Stop) -> Outcome {
    let packetFilter = try InputOptions.compiled(filter)
    let texts = try [ReportText(paths[0]), ReportText(paths[1])]
    let isReport = texts.map { $0.bytes != nil }
    if mode == .points, isReport.contains(true) {
      throw Stop(.usage, "--points compares captures; a JSON report has no segments to match.")
    }
    if mode == .beforeAfter || isReport.contains(true) { return try change(texts, packetFilter, remark: nil) }
    if paths.contains("-"), mode == .either {
      throw Stop(.usage, "Standard input can be read only once: say --points or --before-after.")
    }
    let comparison = try comparePoints(packetFilter)
    if mode == .points || comparison.isSameTraffic || Interrupt.isPending {
      return .points(comparison, names: paths)
    }
    let remark =
      "The captures hold different traffic (\(Quantity.count(comparison.matched)) segments in common), so what was found "
      + "in them is compared; --points compares them as two points all the same."
    return try change(texts, packetFilter, remark: remark)
  }
}

/// The same traffic at two points.
extension ComparisonRun {
  /// Reads both captures side by side, the one that is behind in time first, until both end or memory does.
  private func comparePoints(_ packetFilter: PacketFilter?) throws(Stop) -> PointComparison {
    var first = try CaptureRun.open([paths[0]])
    var second = try CaptureRun.open([paths[1]])
    var (a, b) = (SightingLog(maxMemory: maxMemory / 2), SightingLog(maxMemory: maxMemory / 2))
    var (hasFirst, hasSecond) = (true, true)
    var progress = Progress(quiet: quiet)
    if let size = first.bytesTotal, let other = second.bytesTotal {
      progress.begin(total: size &+ other)
    } else {
      progress.begin(total: nil)
    }
    while hasFirst || hasSecond, !Interrupt.isPending, !a.isFull, !b.isFull {
      if hasFirst, !hasSecond || a.lastTime <= b.lastTime {
        hasFirst = first.nextBatch { a.take($0, filter: packetFilter) }
      } else {
        hasSecond = second.nextBatch { b.take($0, filter: packetFilter) }
      }
      progress.update(bytes: first.bytesRead &+ second.bytesRead, frames: a.frames &+ b.frames)
    }
    progress.end()
    CaptureRun.complain(first.description.problems + second.description.problems)
    return PointAnalysis.compare(a, b)
  }
}

/// Before and after.
extension ComparisonRun {
  private func change(
    _ texts: [ReportText], _ packetFilter: PacketFilter?, remark: String?
  ) throws(Stop) -> Outcome {
    let before = try figures(texts[0], packetFilter, isReread: remark != nil)
    let after = try figures(texts[1], packetFilter, isReread: remark != nil)
    return .change(ReportComparison(before, after), names: paths, remark: remark)
  }

  private func figures(
    _ text: ReportText, _ packetFilter: PacketFilter?, isReread: Bool
  ) throws(Stop) -> ReportFigures {
    if let bytes = text.bytes {
      do throws(ReportReaderError) { return try ReportReader.figures(bytes) } catch {
        throw Stop(.input, "\(text.path): \(error.description)")
      }
    }
    var settings = TriageSettings()
    settings.tracking.maxMemory = maxMemory
    let report = try CaptureRun(paths: [text.path], settings: settings, filter: packetFilter, quiet: quiet).report()
    if !isReread { CaptureRun.complain(about: report, packetFilter) }
    return ReportFigures(report)
  }
}

/// The bytes of a JSON report, if that is what lies at a path.
struct ReportText {
  let path: String
  /// Nil for anything but a regular file that begins like JSON.
  let bytes: [UInt8]?

  init(_ path: String) throws(Stop) {
    self.path = path
    guard path != "-", let file = FileIdentity(path), file.isRegular else {
      bytes = nil
      return
    }
    // `open` only reads the terminated path.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      bytes = nil
      return
    }
    defer { close(descriptor) }
    let head = Self.read(descriptor, 512)
    guard ReportReader.looksLikeJSON(head) else {
      bytes = nil
      return
    }
    guard file.bytes <= ReportReader.mostBytes else {
      throw Stop(
        .input, "\(path): It is longer than a report that can be compared (32 MB); leave out --all-connections.")
    }
    bytes = head + Self.read(descriptor, ReportReader.mostBytes)
  }

  /// Up to `limit` bytes from where the descriptor is.
  static func read(_ descriptor: Int32, _ limit: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < limit {
      let wanted = min(chunk.count, limit - bytes.count)
      // The buffer lives through the call and is at least as long as what is asked for.
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, wanted) }
      if count > 0 {
        bytes += chunk[..<count]
      } else if count == 0 || errno != EINTR {
        break
      }
    }
    return bytes
  }
}
