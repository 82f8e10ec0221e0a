import Detection
import Frames
import Tracking
import Triage

/// Small pictures made of text, for reports that have no others.
enum Sparkline {
  private static let width = 48
  private static let blocks: [Character] = [
    "\u{2581}", "\u{2582}", "\u{2583}", "\u{2584}", "\u{2585}", "\u{2586}", "\u{2587}", "\u{2588}",
  ]

  /// One character for each value, the greatest as a full block, nothing as a dot.
  static func line(_ values: [Double]) -> String {
    let most = values.max() ?? 0
    guard most > 0, most.isFinite else { return String(repeating: "\u{00B7}", count: values.count) }
    return String(
      values.map { value in
        value <= 0 ? "\u{00B7}" : blocks[min(blocks.count - 1, Int(value / most * Double(blocks.count)))]
      })
  }

  /// Throughput over the whole capture.
  static func timeline(_ digest: Digest) -> Markdown {
    guard let pictures = digest.report.pictures, pictures.timeline.steps.count > 1 else { return "" }
    let capture = digest.report.capture
    let length = Moment.elapsed(from: capture.firstTime, to: capture.lastTime)
    let all = pictures.timeline.steps.map { Double($0.bytes) }
    let columns = min(width, all.count)
    let values = (0..<columns).map { column -> Double in
      let part = all[column * all.count / columns..<(column + 1) * all.count / columns]
      return part.reduce(0, +) / Double(max(1, part.count))
    }
    let most = (values.max() ?? 0) * 8 / pictures.timeline.stepSeconds
    return """

      Throughput over \(Quantity.duration(length)), up to \(TimelinePicture.rate(most)):

      \(Markdown.fenced([line(values)], language: "text"))
      """
  }

  /// What the finding counts, over its own time.
  static func finding(_ entry: Digest.Entry, _ digest: Digest) -> Markdown {
    let index = digest.report.pictures?.shown.first { shown in
      digest.report.findings.indices.contains(shown.finding)
        && digest.id(of: shown.finding) == entry.id
    }
    guard let index, let trace = digest.report.pictures?.traces[index.trace] else { return "" }
    let hint: Markdown = "\nThe HTML report has a picture of it (`-o report.html`).\n"
    guard let (noun, counts) = subject(entry.finding) else { return hint }
    let context = PictureContext(entry, trace, start: digest.start)
    let moments = context.points.filter(counts).map { context.seconds($0) }
    guard moments.count > 2, context.range.upperBound > context.range.lowerBound else { return hint }
    let length = context.range.upperBound - context.range.lowerBound
    var values = [Double](repeating: 0, count: width)
    for moment in moments {
      values[min(width - 1, max(0, Int((moment - context.range.lowerBound) / length * Double(width))))] += 1
    }
    let step = Quantity.duration(seconds: length / Double(width))
    return "\n\(noun) over \(Quantity.duration(seconds: length)), \(step) for each sign:\n\n"
      + Markdown.fenced([line(values)], language: "text") + hint
  }

  /// What is worth counting.
  private static func subject(_ finding: Finding) -> (noun: String, counts: (TracePoint) -> Bool)? {
    switch finding.rule.family {
    case .retransmission: ("Retransmissions", { $0.kind == .retransmission })
    case .ackLoop:
      ("Packets that say nothing new", { $0.kind == .idleACK || $0.kind == .duplicateACK || $0.rejection != .none })
    case .timestamps: ("Packets dropped by PAWS", { $0.rejection == .paws })
    case .smc, .handshake, .window, .captureQuality: nil
    }
  }
}
