import Dissection
import Frames
import Tracking
import Triage

/// Bytes in flight against the window that the receiver offers: which of the two holds the sender back.
enum FlightPicture {
  private static let panelHeight = 150.0

  static func drawings(_ context: PictureContext) -> [Drawing] {
    let bytes = { (fromClient: Bool) in
      context.points.reduce(UInt64(0)) { $0 + ($1.fromClient == fromClient ? UInt64($1.payload) : 0) }
    }
    let fromClient = bytes(true) >= bytes(false)
    let sent = context.points.filter { $0.fromClient == fromClient && $0.payload > 0 && $0.rejection == .none }
    guard sent.count > 3, sent.contains(where: { $0.flight > 0 }) else { return [] }
    let offers = context.points.filter {
      $0.fromClient != fromClient && $0.hasACK && !$0.flags.contains(.syn) && $0.window != TracePoint.unknownWindow
    }
    return [drawing(context, fromClient, sent, offers)]
  }

  private static func drawing(
    _ context: PictureContext, _ fromClient: Bool, _ sent: [TracePoint], _ offers: [TracePoint]
  ) -> Drawing {
    let most = Double(sent.map(\.flight).max() ?? 0)
    let window = Double(offers.map(\.window).max() ?? 0)
    let showsWindow = !offers.isEmpty && window <= 4 * most
    let beyond =
      showsWindow || offers.isEmpty
      ? "" : " The window lies above the picture: it offers up to \(Quantity.bytes(UInt64(window)))."
    var figure = Figure(
      title: "Bytes in flight, \(context.path(fromClient: fromClient))",
      description: "At most \(Quantity.bytes(UInt64(most))) were on their way.\(beyond)\(context.omissions)")
    var line = Path()
    line.move(0, 0)
    line.horizontal(12)
    figure.legend(
      [(line.html("data"), "bytes in flight when a segment was sent")]
        + (showsWindow ? [(line.html("win"), "window of the receiver")] : []))
    let top = figure.room(panelHeight + 66) + 26
    let unit = Magnitude(max(most, showsWindow ? window : 0))
    let time = Figure.time(context.range)
    let scale = Scale(0, max(most, showsWindow ? window : 1) * 1.06, from: top + panelHeight, to: top)
    figure.axes(time, scale, "\(unit.bytes) in flight", unit: unit)
    var (flight, edge) = (LineColumns(), LineColumns())
    for point in sent { flight.add(time(context.seconds(point)), scale(Double(point.flight))) }
    if showsWindow { for point in offers { edge.add(time(context.seconds(point)), scale(Double(point.window))) } }
    figure.plot(
      time, scale, unit: unit, edge.stairs(until: Figure.right - 6).html("win") + flight.stairs().html("data"))
    let rows = PointTable.evenly(sent, PointTable.most).map {
      ["\($0.frame)", context.moment($0), Quantity.count($0.flight)]
    }
    return Drawing(
      figure: figure,
      table: PointTable(
        columns: [("Frame", true), ("Time", true), ("Bytes in flight", true)], rows: rows,
        missing: PointTable.sampled(rows.count, of: sent.count, "segment")))
  }
}

/// Round-trip samples over time, seen from where the capture was made.
enum RoundTripPicture {
  private static let panelHeight = 150.0

  static func drawings(_ context: PictureContext) -> [Drawing] {
    let samples = telling(context.points.filter { $0.roundTrip > 0 })
    guard samples.count > 3, let most = samples.map(\.roundTrip).max() else { return [] }
    var figure = Figure(
      title: "Round-trip time, \(context.trace.client) and \(context.trace.server)",
      description: description(samples, most) + context.omissions)
    let sides = [false, true].filter { side in samples.contains { $0.fromClient == side } }
    figure.legend(sides.map { (symbol($0, [(6, 0)]), "to \(context.end(isClient: $0)) and back") })
    let top = figure.room(panelHeight + 66) + 26
    let time = Figure.time(context.range)
    let isShort = most < 2_000_000
    let factor = isShort ? 1e3 : 1e6
    let scale = Scale(0, Double(most) / factor * 1.06, from: top + panelHeight, to: top)
    figure.axes(time, scale, isShort ? "round-trip time, µs" : "round-trip time, ms")
    let dots = sides.map { side -> HTML in
      var spots: Set<[Int]> = []
      let places = samples.filter { $0.fromClient == side }.compactMap { point -> (Double, Double)? in
        let (x, y) = (time(context.seconds(point)).rounded(), scale(Double(point.roundTrip) / factor).rounded())
        return spots.insert([Int(x) / 2, Int(y) / 2]).inserted ? (x, y) : nil
      }
      return symbol(side, PointTable.evenly(places, 1_500))
    }
    figure.plot(time, scale, HTML(dots))
    let rows = PointTable.evenly(samples, PointTable.most).map {
      ["\($0.frame)", context.moment($0), context.end(isClient: $0.fromClient), Quantity.duration($0.roundTrip)]
    }
    return [
      Drawing(
        figure: figure,
        table: PointTable(
          columns: [("Frame of the ACK", true), ("Time", true), ("To and back", false), ("Round trip", true)],
          rows: rows,
          missing: PointTable.sampled(rows.count, of: samples.count, "sample")))
    ]
  }

  /// Samples of both ends, or of one alone where the capture was made so near the other that it takes no time to it.
  private static func telling(_ samples: [TracePoint]) -> [TracePoint] {
    let medians = [false, true].map { side -> Int64 in
      let trips = samples.filter { $0.fromClient == side }.map(\.roundTrip).sorted()
      return trips.isEmpty ? 0 : trips[trips.count / 2]
    }
    return samples.filter { medians[$0.fromClient ? 1 : 0] > medians[$0.fromClient ? 0 : 1] / 20 }
  }

  private static func description(_ samples: [TracePoint], _ most: Int64) -> String {
    let sorted = samples.map(\.roundTrip).sorted()
    return "\(Quantity.count(samples.count, "sample")) between \(Quantity.duration(sorted[0])) and "
      + "\(Quantity.duration(most)), half of them below \(Quantity.duration(sorted[sorted.count / 2]))."
  }

  /// Dots for the server's answers, small crosses for the client's.
  private static func symbol(_ isClient: Bool, _ places: [(Double, Double)]) -> HTML {
    var path = Path()
    for (x, y) in places {
      if isClient {
        path.shape(x, y, [(-3, -3), (3, 3)], isClosed: false)
        path.shape(x, y, [(3, -3), (-3, 3)], isClosed: false)
      } else {
        path.shape(x, y, [(-2, -2), (2, -2), (2, 2), (-2, 2)])
      }
    }
    return path.html(isClient ? "dot2" : "dot")
  }
}
