import Detection
import Dissection
import Frames
import Tracking
import Triage

/// TSval of one direction against time, with the newest one that its receiver holds (TS.Recent): PAWS drops what lies below.
struct TimestampPicture {
  private static let panelHeight = 260.0

  let context: PictureContext
  private let sent: [(point: TracePoint, ticks: Double, recent: Double?)]
  private let first: UInt32
  private let fromClient: Bool

  static func drawings(_ context: PictureContext) -> [Drawing] {
    let stamped = context.points.filter { $0.hasTimestamps && !$0.flags.contains(.rst) }
    let rejected = stamped.filter { $0.rejection == .paws }
    // A loop that timestamps have nothing to do with needs no picture of them.
    if rejected.isEmpty, context.entry.finding.rule.family != .timestamps { return [] }
    let telling = rejected.first ?? stamped.first { context.proof.contains($0.frame) } ?? stamped.first
    guard let telling else { return [] }
    let sent = stamped.filter { $0.fromClient == telling.fromClient }
    return sent.count > 1 ? [TimestampPicture(context, sent, fromClient: telling.fromClient).drawing] : []
  }

  private init(_ context: PictureContext, _ points: [TracePoint], fromClient: Bool) {
    (self.context, self.fromClient) = (context, fromClient)
    let base = points[0].timestampValue
    // Half the circle either way, as receivers compare them.
    let ticks = { (value: UInt32) in Double(Int32(bitPattern: value &- base)) }
    let least = points.map { ticks($0.timestampValue) }.min() ?? 0
    first = base &+ UInt32(bitPattern: Int32(clamping: Int64(least)))
    sent = points.map { point in
      let recent = point.recentTimestamp == 0 ? nil : ticks(point.recentTimestamp) - least
      return (point, ticks(point.timestampValue) - least, recent)
    }
  }

  private var drawing: Drawing {
    let dropped = sent.filter { $0.point.rejection == .paws }
    let fate =
      dropped.isEmpty
      ? "none of them is dropped by PAWS."
      : "\(Quantity.count(dropped.count)) lie below what the receiver holds and are dropped (PAWS)."
    var figure = Figure(
      title: "Timestamps (TSval), \(context.path(fromClient: fromClient))",
      description: "\(Quantity.count(sent.count, "packet")) with a timestamp; \(fate)\(context.omissions)")
    figure.legend(legend(!dropped.isEmpty))
    let top = figure.room(Self.panelHeight + 66) + 26
    let values = sent.flatMap { [$0.ticks, $0.recent ?? $0.ticks] }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let margin = max(1, (high - low) * 0.05)
    let scale = Scale(low - margin, high + margin, from: top + Self.panelHeight, to: top)
    let time = Figure.time(context.range)
    figure.axes(time, scale, "TSval, ticks above \(Quantity.count(first))")
    draw(into: &figure, time, scale)
    return Drawing(figure: figure, table: table)
  }

  private func draw(into figure: inout Figure, _ time: Scale, _ scale: Scale) {
    var recent = LineColumns()
    var dots = Path()
    var spots: Set<[Int]> = []
    var marks = MarkLayer()
    var rings: [HTML] = []
    for item in sent {
      let (x, y) = (time(context.seconds(item.point)), scale(item.ticks))
      if let known = item.recent { recent.add(x, scale(known)) }
      if item.point.rejection == .paws {
        marks.add(.rejected, x, y, words(item.point))
      } else if spots.insert([Int(x) / 2, Int(y) / 2]).inserted {
        Self.dot(&dots, x.rounded(), y.rounded())
      }
      if context.proof.contains(item.point.frame) { rings.append(context.ring(item.point, x, y, words(item.point))) }
    }
    let lines = recent.stairs(until: Figure.right - 6).html("ack") + dots.html("dot")
    figure.plot(time, scale, lines + marks.html + HTML(rings))
  }

  private func words(_ point: TracePoint) -> String {
    let held = point.recentTimestamp == 0 ? "nothing yet" : String(point.recentTimestamp)
    return "Frame \(point.frame), \(context.moment(point)): TSval \(point.timestampValue), receiver holds \(held)"
  }

  private static func dot(_ path: inout Path, _ x: Double, _ y: Double) {
    path.shape(x, y, [(-2.5, -2.5), (2.5, -2.5), (2.5, 2.5), (-2.5, 2.5)])
  }

  private func legend(_ hasDropped: Bool) -> [(symbol: HTML, words: String)] {
    var (dot, line) = (Path(), Path())
    Self.dot(&dot, 6, 0)
    line.move(0, 0)
    line.horizontal(12)
    let cross: HTML = "<g transform=\"translate(6 0)\">\(MarkLayer.shape(.rejected))</g>"
    return [(dot.html("dot"), "TSval of a packet"), (line.html("ack"), "TS.Recent: what the receiver holds")]
      + (hasDropped ? [(cross, "below it: dropped by PAWS")] : [])
  }

  private var table: PointTable {
    let chosen = Set(PointTable.chosen(sent.map(\.point)).map(\.frame))
    let rows = sent.filter { chosen.contains($0.point.frame) }.map { item -> [String] in
      [
        "\(item.point.frame)", context.moment(item.point), "\(item.point.timestampValue)",
        item.recent == nil ? "" : "\(item.point.recentTimestamp)",
        item.point.rejection == .paws ? "dropped (PAWS)" : "",
      ]
    }
    return PointTable(
      columns: [("Frame", true), ("Time", true), ("TSval", true), ("TS.Recent", true), ("Fate", false)], rows: rows,
      missing: PointTable.missing(rows.count, of: sent.count, "packet"))
  }
}
