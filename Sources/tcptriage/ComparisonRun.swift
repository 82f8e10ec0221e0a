import CaptureFiles
import Detection
import Frames
import LiveCapture
import Rendering
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

    var remark: String? { nil }

    func bytes(_ format: ComparisonFormat, _ options: RenderingOptions) -> [UInt8] {
      switch self {
      case .points(let comparison, let names):
        ComparisonReport.bytes(comparison, names: names, format: format, options)
      }
    }

    func isWorse(than severity: Severity) -> Bool { false }
  }

  func outcome(mode: Mode) throws(Stop) -> Outcome {
    let comparison = try comparePoints()
    return .points(comparison, names: paths)
  }

  /// Reads both captures side by side, the one that is behind in time first, until both end or memory does.
  private func comparePoints() throws(Stop) -> PointComparison {
    let packetFilter = try makeFilter()
    var first = try open(paths[0])
    var second = try open(paths[1])
    var logs = [SightingLog(maxMemory: maxMemory / 2), SightingLog(maxMemory: maxMemory / 2)]
    var isOpen = [true, true]
    var progress = Progress(quiet: quiet)
    if let sizes = [first.bytesTotal, second.bytesTotal] as? [UInt64] { progress.begin(total: sizes.reduce(0, &+)) }
    while isOpen.contains(true), !Interrupt.isPending, !logs[0].isFull, !logs[1].isFull {
      let isFirst = isOpen[0] && (!isOpen[1] || logs[0].lastTime <= logs[1].lastTime)
      if isFirst {
        isOpen[0] = first.nextBatch { logs[0].take($0, filter: packetFilter) }
      } else {
        isOpen[1] = second.nextBatch { logs[1].take($0, filter: packetFilter) }
      }
      progress.update(bytes: first.bytesRead &+ second.bytesRead, frames: logs[0].frames &+ logs[1].frames)
    }
    progress.end()
    for problem in first.description.problems + second.description.problems {
      Console.complain("\(problem.file): \(problem.sentence)")
    }
    let (a, b) = (logs[0], logs[1])
    logs = []
    return PointAnalysis.compare(a, b)
  }

  private func makeFilter() throws(Stop) -> PacketFilter? {
    guard let filter else { return nil }
    do throws(PacketFilterError) { return try PacketFilter(filter) } catch { throw Stop(.usage, error.description) }
  }

  private func open(_ path: String) throws(Stop) -> CaptureReader {
    do throws(CaptureFileError) { return try CaptureReader.open(paths: [path]) } catch {
      throw Stop(.input, error.description)
    }
  }
}
