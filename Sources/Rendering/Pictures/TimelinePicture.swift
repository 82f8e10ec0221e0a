import Detection
import Frames
import Triage

/// The whole capture at a glance: throughput and packets per second above, what was found and when below.
struct TimelinePicture {
  private static let panelHeight = 92.0
  private static let laneHeight = 22.0
  /// Rows of findings.
  private static let mostLanes = 10
  /// Findings at most.
  private static let mostSpans = 40

  let digest: Digest
  let timeline: Timeline
  private let time: Scale
  /// Seconds from the start of the capture to the first step.
  private let offset: Double

  /// Nil when there is no stretch of time to show.
  init?(_ digest: Digest) {
    guard let pictures = digest.report.pictures, let start = pictures.timeline.start else { return nil }
    let capture = digest.report.capture
    let length = Double(Moment.elapsed(from: capture.firstTime, to: capture.lastTime)) / 1e9
    timeline = pictures.timeline.legible
    guard capture.frames > 1, length > 0, !timeline.steps.isEmpty else { return nil }
    self.digest = digest
    offset = Double(Moment.elapsed(from: digest.start, to: start)) / 1e9
    time = Figure.time(0...length)
  }

  /// The section's body: caption, picture, table.
  var html: HTML {
    let capture = digest.report.capture
    let peak = timeline.steps.map(\.bytes).max() ?? 0
    var figure = Figure(
      title: "The whole capture over time",
      description: "\(Quantity.count(capture.frames, "frame")) and \(Quantity.bytes(capture.wireBytes)) in steps of "
        + "\(Quantity.duration(seconds: timeline.stepSeconds)); at most \(Self.rate(Double(peak) * 8 / timeline.stepSeconds))."
    )
    let hasFindings = digest.findings.contains { $0.finding.firstFrame > 0 }
    panel(&figure, { "throughput, \($0.prefix)bit/s" }, isLast: false) { Double($0.bytes) * 8 }
    panel(&figure, { "\($0.word)packets/s" }, isLast: true) { Double($0.frames) }
    if hasFindings { spans(&figure) }
    return """
      <figure class="fig"><figcaption>\(figure.title) <span>\(figure.description)</span></figcaption>
      <div class="scroll" tabindex="0" role="region" aria-label="Timeline of the capture">\(figure.html("timeline-picture", role: "group"))</div>
      \(table.html(figure.title))
      </figure>
      """
  }

  private func panel(
    _ figure: inout Figure, _ title: (Magnitude) -> String, isLast: Bool, _ value: (Timeline.Step) -> Double
  ) {
    let rates = timeline.steps.map { value($0) / timeline.stepSeconds }
    let most = rates.max() ?? 0
    let magnitude = Magnitude(most)
    let top = figure.room(Self.panelHeight + (isLast ? 62 : 36)) + 24
    let scale = Scale(0, max(most, 1e-9) * 1.05, from: top + Self.panelHeight, to: top)
    var area = LineColumns()
    for (index, rate) in rates.enumerated() {
      area.add(time(offset + Double(index) * timeline.stepSeconds), scale(rate))
    }
    let end = min(time(time.high), time(offset + Double(rates.count) * timeline.stepSeconds))
    var path = area.stairs(until: end)
    path.vertical(scale.start)
    path.horizontal(time(offset).rounded())
    path.close()
    figure.axes(time, scale, title(magnitude), unit: magnitude, isLast: isLast)
    figure.add(path.html("area"))
  }

  /// Findings as bars, each in the first row that is free at its time.
  private func spans(_ figure: inout Figure) {
    let all = digest.findings.filter { $0.finding.firstFrame > 0 }
    var lanes: [Double] = []
    var drawn = 0
    let top = figure.room(0) + 6
    for entry in all.prefix(Self.mostSpans) {
      let (x, width) = place(entry.finding)
      let label = "\(Self.sign(entry.finding.severity)) \(Visible.text(entry.finding.rule.title, limit: 60))"
      let room = 7.0 * Double(label.count) + 14
      // The words stand behind the bar, or before it where there is no room behind.
      let isBefore = x + width + room > Figure.right && width < room
      let (from, to) = isBefore ? (x - room, x + width) : (x, max(x + width, x + room) + (width < room ? width : 0))
      let lane = lanes.firstIndex { $0 < from } ?? lanes.count
      guard lane < Self.mostLanes else { continue }
      if lane == lanes.count { lanes.append(to) } else { lanes[lane] = to }
      drawn += 1
      figure.add(span(entry, x, width, top + Double(lane) * Self.laneHeight, label, isBefore, fits: width >= room))
    }
    _ = figure.room(12 + Double(lanes.count) * Self.laneHeight)
    if drawn < all.count {
      figure.text(
        Figure.left, figure.room(20) + 10, "\(Quantity.count(all.count - drawn)) further findings have no room here.")
    }
  }

  private func place(_ finding: Finding) -> (x: Double, width: Double) {
    let (first, last) = (seconds(finding.firstTime), seconds(finding.lastTime))
    let x = time(min(max(first, 0), time.high))
    return (x, max(5, time(min(max(last, 0), time.high)) - x))
  }

  private func seconds(_ moment: Int64) -> Double { Double(Moment.elapsed(from: digest.start, to: moment)) / 1e9 }

  private func span(
    _ entry: Digest.Entry, _ x: Double, _ width: Double, _ y: Double, _ label: String, _ isBefore: Bool, fits: Bool
  ) -> HTML {
    let finding = entry.finding
    let words = "\(finding.severity.name): \(finding.rule.title), \(digest.frames(finding))"
    let (textX, anchor): (Double, HTML) = fits ? (x + 7, "start") : isBefore ? (x - 6, "end") : (x + width + 6, "start")
    return """
      <a href="#f-\(entry.id)"><title>\(words, limit: 300)</title>\
      <rect class="span s-\(HTMLReport.severityClass(finding.severity))" x="\(Path.number(x))" y="\(Path.number(y))" \
      width="\(Path.number(width))" height="16" rx="3"/>\
      <text x="\(Path.number(textX))" y="\(Path.number(y + 12.5))" text-anchor="\(anchor)">\(label)</text></a>

      """
  }

  /// A shape for each severity: colour alone says nothing.
  private static func sign(_ severity: Severity) -> String {
    switch severity {
    case .critical: "\u{25A0}"
    case .warning: "\u{25B2}"
    case .notice: "\u{25C6}"
    case .info: "\u{25CF}"
    }
  }

  private var table: PointTable {
    let steps = timeline.steps.enumerated().map { ($0, $1) }
    let rows = PointTable.evenly(steps, PointTable.most).map { index, step in
      [
        "+\(Quantity.significant(offset + Double(index) * timeline.stepSeconds)) s", Quantity.count(step.frames),
        Quantity.count(step.bytes), Self.rate(Double(step.bytes) * 8 / timeline.stepSeconds),
      ]
    }
    return PointTable(
      columns: [("From", true), ("Frames", true), ("Bytes", true), ("Throughput", true)], rows: rows,
      missing: PointTable.sampled(rows.count, of: steps.count, "step"))
  }

  /// `12.3 Mbit/s`.
  static func rate(_ bits: Double) -> String {
    let unit = Magnitude(bits)
    return "\(Quantity.significant(bits / unit.divisor)) \(unit.prefix)bit/s"
  }
}
