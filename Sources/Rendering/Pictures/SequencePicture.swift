import Dissection
import Frames
import Tracking
import Triage

/// Sequence numbers of one direction against time, in the manner of tcptrace: segments as bars, what the receiver has
/// acknowledged as stairs below, what its window allows above, repairs and SACK blocks where they happen.
struct SequencePicture {
  private static let panelHeight = 340.0

  let context: PictureContext
  let fromClient: Bool
  /// Few packets are shown: lines lead from what was sent again to where it was sent before.
  let isClose: Bool
  /// Points with the places of their sequence and acknowledgment numbers in this direction's sequence space.
  private let placed: [Placed]
  private let time: Scale
  private let values: Scale
  private let showsWindow: Bool
  private let greatestWindow: Double

  /// A point in the sequence space of the direction: bytes from its first sequence number on.
  private struct Placed {
    var point: TracePoint
    var isData: Bool
    /// First byte of data, or the acknowledgment.
    var position: Double
  }

  /// Pictures of the directions that sent enough to be worth one, the one with more trouble first.
  static func drawings(_ context: PictureContext) -> [Drawing] {
    let directions = [true, false].map { fromClient -> (fromClient: Bool, trouble: Int, bytes: UInt64) in
      let sent = context.points.filter { $0.fromClient == fromClient && $0.payload > 0 }
      return (fromClient, sent.count { Mark($0) != nil }, sent.reduce(0) { $0 + UInt64($1.payload) })
    }
    let total = directions.reduce(0) { $0 + $1.bytes }
    return directions.filter { $0.bytes > 0 && ($0.trouble > 0 || $0.bytes * 10 > total) }
      .sorted { ($1.trouble, $1.bytes) < ($0.trouble, $0.bytes) }
      .map { SequencePicture(context, fromClient: $0.fromClient).drawing }
  }

  /// What happened around one of the proving retransmissions; nothing where the whole is small enough to see it.
  static func closeUp(_ context: PictureContext) -> [Drawing] {
    let repairs = context.points.filter { context.proof.contains($0.frame) && Mark($0) != nil && $0.payload > 0 }
    guard context.points.count > 150, let repair = repairs.first(where: { $0.kind == .retransmission }) else {
      return []
    }
    let trips = context.points.filter { $0.roundTrip > 0 }.map(\.roundTrip).sorted()
    let trip = Double(trips.isEmpty ? 50_000_000 : trips[trips.count / 2]) / 1e9
    let moment = context.seconds(repair)
    // The lost original was sent a round trip or more before it was sent again.
    let original = context.points.last {
      $0.fromClient == repair.fromClient && $0.frame < repair.frame && $0.payload > 0 && $0.sequence <= repair.sequence
        && $0.end > repair.sequence
    }
    let low = max(context.range.lowerBound, (original.map { context.seconds($0) } ?? moment) - 0.7 * trip)
    let high = min(context.range.upperBound, moment + 2.2 * trip)
    guard high > low, (high - low) * 3 < context.range.upperBound - context.range.lowerBound else { return [] }
    let closer = context.closer(low...high)
    guard closer.points.count > 4 else { return [] }
    var drawing = SequencePicture(closer, fromClient: repair.fromClient, isClose: true).drawing
    drawing.figure.title = "Close-up of frame \(repair.frame), \(context.path(fromClient: repair.fromClient))"
    return [drawing]
  }

  private init(_ context: PictureContext, fromClient: Bool, isClose: Bool = false) {
    (self.context, self.fromClient, self.isClose) = (context, fromClient, isClose)
    let shown = Set(context.points.map(\.frame))
    placed = Self.place(context.all, fromClient).filter { shown.contains($0.point.frame) }
    time = Figure.time(context.range)
    // What lies far from the rest would make a thin line of it.
    let sound = placed.filter { $0.point.rejection == .none || $0.point.rejection == .paws }
    let low = sound.map(\.position).min() ?? 0
    let high = sound.map { $0.position + ($0.isData ? Double($0.point.length) : 0) }.max() ?? 1
    let edges = placed.compactMap { Self.edge($0) }
    greatestWindow = edges.max() ?? 0
    showsWindow = !edges.isEmpty && greatestWindow - low <= (isClose ? 1.5 : 2.5) * max(high - low, 1)
    let top = showsWindow ? max(high, greatestWindow) : high
    let margin = max(top - low, 1) * 0.04
    values = Scale(low - margin, top + margin, from: 0, to: 1)
  }

  /// Unwraps the 32-bit numbers; what a receiver throws away moves nothing.
  private static func place(_ points: [TracePoint], _ fromClient: Bool) -> [Placed] {
    var reference: (number: SequenceNumber, position: Int64)?
    var result: [Placed] = []
    for point in points {
      let isData = point.fromClient == fromClient
      guard isData ? point.length > 0 : point.hasACK else { continue }
      let number = isData ? point.sequence : point.acknowledgment
      let known = reference ?? (number, 0)
      let position = known.position + Int64(number - known.number)
      result.append(Placed(point: point, isData: isData, position: Double(position)))
      let end = position + (isData ? Int64(point.length) : 0)
      if point.rejection == .none, reference == nil || end > known.position {
        reference = (isData ? point.end : number, end)
      }
    }
    return result
  }

  private static func edge(_ item: Placed) -> Double? {
    guard !item.isData, item.point.rejection == .none, !item.point.flags.contains(.syn) else { return nil }
    return item.point.rightEdge == nil ? nil : item.position + Double(item.point.window)
  }

  private var drawing: Drawing {
    var figure = Figure(
      title: "Sequence numbers over time, \(context.path(fromClient: fromClient))", description: words)
    let marks = self.marks(Scale(0, 1, from: 0, to: 1), isDrawn: false).layer
    figure.legend(legend(marks))
    let top = figure.room(Self.panelHeight + 66) + 26
    let scale = Scale(values.low, values.high, from: top + Self.panelHeight, to: top)
    let unit = Magnitude(values.high)
    figure.axes(time, scale, "sequence number, \(unit.bytes) from the first byte", unit: unit)
    let (layer, rings) = self.marks(scale)
    figure.plot(time, scale, unit: unit, lines(scale) + (isClose ? originals(scale) : .nothing) + layer.html + rings)
    return Drawing(figure: figure, table: table)
  }

  private var words: String {
    let data = placed.filter { $0.isData && $0.point.payload > 0 }
    let again = data.count { $0.point.kind == .retransmission }
    let window =
      showsWindow || greatestWindow == 0
      ? ""
      : " The receiver's window lies above the picture, up to \(Quantity.bytes(UInt64(max(0, greatestWindow)))) from the first byte."
    return "\(Quantity.count(data.count, "data segment")), \(Quantity.count(again)) of them sent again.\(window)"
      + context.omissions
  }

  private func lines(_ scale: Scale) -> HTML {
    var (bars, sacks) = (BarColumns(), BarColumns())
    var (acks, window) = (LineColumns(), LineColumns())
    for item in placed {
      let x = time(context.seconds(item.point))
      if item.isData {
        if item.point.payload > 0, Mark(item.point) == nil {
          bars.add(x, scale(item.position), scale(item.position + Double(item.point.length)))
        }
        continue
      }
      guard item.point.rejection == .none else { continue }
      acks.add(x, scale(item.position))
      if showsWindow, let edge = Self.edge(item) { window.add(x, scale(edge)) }
      for index in 0..<Int(item.point.sackCount) where index > 0 || !item.point.reportsDuplicate {
        let block = item.point.sack[index]
        let left = item.position + Double(block.left - item.point.acknowledgment)
        let right = item.position + Double(block.right - item.point.acknowledgment)
        if right > scale.low, left < scale.high { sacks.add(x, scale(left), scale(right)) }
      }
    }
    let end = Figure.right - 6
    return HTML([
      sacks.path.html("sack"), window.stairs(until: end).html("win"), acks.stairs(until: end).html("ack"),
      bars.path.html("data"),
    ])
  }

  /// Dotted lines from the last time that bytes were sent to their repetition.
  private func originals(_ scale: Scale) -> HTML {
    var path = Path()
    let data = placed.filter { $0.isData && $0.point.payload > 0 }
    for (index, item) in data.enumerated() where item.point.kind == .retransmission {
      let original = data[..<index].last {
        $0.position <= item.position && $0.position + Double($0.point.length) > item.position
      }
      guard let original else { continue }
      let y = scale(item.position + Double(item.point.length) / 2)
      path.move(time(context.seconds(original.point)), y)
      path.horizontal(time(context.seconds(item.point)))
    }
    return path.html("again")
  }

  /// Marks and rings at their places; without words while only their kinds are of interest.
  private func marks(_ scale: Scale, isDrawn: Bool = true) -> (layer: MarkLayer, rings: HTML) {
    var layer = MarkLayer()
    var rings: [HTML] = []
    for item in placed {
      let mark = mark(item)
      let isProof = isDrawn && context.proof.contains(item.point.frame)
      guard mark != nil || isProof else { continue }
      let middle = item.position + (item.isData ? Double(item.point.length) / 2 : 0)
      let (x, y) = (time(context.seconds(item.point)), scale(middle))
      let words = isDrawn ? "Frame \(item.point.frame), \(context.moment(item.point)): \(self.words(item))" : ""
      if let mark { layer.add(mark, isHollow: item.isData && item.point.isNeedless, x, y, words) }
      // A segment with data is ringed where its data are.
      if isProof, item.isData || item.point.length == 0 { rings.append(context.ring(item.point, x, y, words)) }
    }
    return (layer, HTML(rings))
  }

  private func mark(_ item: Placed) -> Mark? {
    if item.isData { return Mark(item.point) }
    if item.point.reportsDuplicate { return .duplicateSACK }
    return item.point.window == 0 && !item.point.flags.contains(.syn) ? .zeroWindow : nil
  }

  private func words(_ item: Placed) -> String {
    let place = Quantity.count(Int64(item.position))
    if !item.isData { return "acknowledges \(place)" }
    return "\(item.point.words), bytes \(place) to \(Quantity.count(Int64(item.position) + Int64(item.point.length)))"
  }

  private func legend(_ marks: MarkLayer) -> [(symbol: HTML, words: String)] {
    var (bar, line) = (Path(), Path())
    bar.bar(6, -6, 5)
    line.move(0, 0)
    line.horizontal(12)
    var entries: [(symbol: HTML, words: String)] = [
      (bar.html("data"), "data segment"), (line.html("ack"), "acknowledged so far"),
    ]
    if showsWindow { entries.append((line.html("win"), "end of the window")) }
    if placed.contains(where: { !$0.isData && $0.point.sackCount > 0 }) {
      entries.append((bar.html("sack"), "SACK block"))
    }
    if isClose { entries.append((line.html("again"), "from the original to its repetition")) }
    return entries + marks.legend
  }

  private var table: PointTable {
    let chosen = Set(PointTable.chosen(placed.map(\.point)).map(\.frame))
    let rows = placed.filter { chosen.contains($0.point.frame) }.map { item -> [String] in
      [
        "\(item.point.frame)", context.moment(item.point), item.isData ? item.point.words : "ACK, \(item.point.words)",
        Quantity.count(Int64(item.position)), item.isData ? Quantity.count(item.point.payload) : "",
        item.isData || item.point.window == TracePoint.unknownWindow ? "" : Quantity.count(item.point.window),
      ]
    }
    return PointTable(
      columns: [
        ("Frame", true), ("Time", true), ("What", false), ("Position", true), ("Bytes", true), ("Window", true),
      ], rows: rows, missing: PointTable.missing(rows.count, of: placed.count, "packet"))
  }
}
