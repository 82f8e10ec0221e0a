import Detection
import Dissection
import Frames
import Tracking
import Triage

/// A sequence diagram: two lines of life, an arrow for each packet in the order of the capture, not to scale in time.
struct LadderPicture {
  private static let (client, server) = (308.0, 702.0)
  private static let step = 33.0
  /// Packets from the beginning, and from the end behind them.
  private static let (opening, closing) = (16, 2)

  let context: PictureContext
  private let rows: [TracePoint]
  /// Packets between the opening and the closing rows.
  private let skipped: UInt64
  /// Opening rows; the rest are closing ones.
  private let before: Int

  /// The packets from where a loop begins.
  static func loop(_ context: PictureContext) -> [Drawing] {
    let first = context.entry.finding.firstFrame
    let start = context.all.firstIndex { $0.frame >= first } ?? 0
    return drawings(context, context.all, from: max(0, start - 2))
  }

  /// The first packets, of all connections that had these addresses and ports one after the other.
  static func handshake(_ context: PictureContext) -> [Drawing] {
    let all = context.trace.points
    let proof = all.firstIndex { context.proof.contains($0.frame) } ?? 0
    return drawings(context, all, from: proof < opening ? 0 : proof - 2)
  }

  private static func drawings(_ context: PictureContext, _ points: [TracePoint], from start: Int) -> [Drawing] {
    guard start < points.count else { return [] }
    return [LadderPicture(context, Array(points[start...])).drawing]
  }

  private init(_ context: PictureContext, _ points: [TracePoint]) {
    self.context = context
    if points.count <= Self.opening + Self.closing + 1 {
      (rows, skipped, before) = (points, 0, points.count)
    } else {
      rows = Array(points.prefix(Self.opening) + points.suffix(Self.closing))
      skipped = UInt64(points.count - rows.count) &+ context.trace.leftOut
      before = Self.opening
    }
  }

  private var drawing: Drawing {
    let dropped = rows.count { $0.rejection != .none }
    let fate = dropped > 0 ? " \(Quantity.count(dropped)) of those shown are dropped by their receiver." : ""
    var figure = Figure(
      title: "Packets between \(context.trace.client) and \(context.trace.server)",
      description: "\(Quantity.count(UInt64(rows.count) &+ skipped, "packet")) in the order of the capture.\(fate)"
        + (context.trace.isPart ? " The connection has more packets than were looked at." : ""))
    head(&figure)
    let top = figure.height
    for (index, point) in rows.enumerated() {
      if index == before { gap(&figure) }
      row(point, &figure)
    }
    let bottom = figure.room(10) + 4
    var life = Path()
    for x in [Self.client, Self.server] {
      life.move(x, top - 4)
      life.vertical(bottom)
    }
    figure.add(life.html("life"))
    return Drawing(figure: figure, table: table)
  }

  private func head(_ figure: inout Figure) {
    let y = figure.room(50) + 18
    figure.text(Self.client, y, "client", anchor: "middle")
    figure.text(Self.server, y, "server", anchor: "middle")
    figure.text(Self.client, y + 16, context.end(isClient: true), "lab", anchor: "middle")
    figure.text(Self.server, y + 16, context.end(isClient: false), "lab", anchor: "middle")
    figure.text(16, y + 16, "frame")
    figure.text(80, y + 16, "time")
  }

  private func gap(_ figure: inout Figure) {
    let y = figure.room(Self.step)
    let middle = (Self.client + Self.server) / 2
    figure.text(middle, y + 21, "\u{22EE}  \(Quantity.count(skipped)) more  \u{22EE}", "lab", anchor: "middle")
  }

  private func row(_ point: TracePoint, _ figure: inout Figure) {
    let y = figure.room(Self.step)
    let isUnanswered = isUnanswered(point)
    let isLost = point.rejection != .none || isUnanswered
    let (from, to) = point.fromClient ? (Self.client, Self.server) : (Self.server, Self.client)
    let way = to > from ? 1.0 : -1.0
    // A dropped packet ends in a cross before the receiver's line.
    let tip = to - way * (isLost ? 16 : 1)
    let (start, end) = (y + 17, y + 25)
    var line = Path()
    line.move(from, start)
    line.line(tip, end)
    let style: HTML = isLost ? "msg lost" : point.fromClient ? "msg" : "msg two"
    var head = Path()
    if isLost {
      Mark.rejected.draw(tip + way * 5, end, into: &head)
    } else {
      head.shape(tip, end, [(0, 0), (-way * 9, -5), (-way * 9, 4)])
    }
    let words = "Frame \(point.frame), \(context.moment(point)): \(Self.label(point))"
    figure.add("<g><title>\(words, limit: 300)</title>\(line.html(style))</g>")
    figure.add(head.html(isLost ? Mark.rejected.style : point.fromClient ? "head1" : "head2"))
    figure.add(context.ring(point, from, start, words))
    figure.text(16, start + 4, Quantity.count(point.frame), "num")
    figure.text(80, start + 4, context.moment(point), "num")
    figure.text((Self.client + Self.server) / 2, y + 13, Self.label(point), "num", anchor: "middle")
    let note = isUnanswered ? "no answer" : point.note
    figure.text(Self.server + 16, start + 6, note, isLost ? "bad" : "")
  }

  /// A SYN that nobody acknowledges, or not before it is sent again; a RST is an answer, too.
  private func isUnanswered(_ point: TracePoint) -> Bool {
    guard point.flags.contains(.syn), !point.flags.contains(.ack) else { return false }
    let later = context.trace.points.filter { $0.frame > point.frame }
    let answer = later.first { other in
      other.fromClient != point.fromClient && other.flags.contains(.ack) && other.acknowledgment == point.sequence + 1
    }
    guard let answer else { return true }
    return later.contains { other in
      other.frame < answer.frame && other.fromClient == point.fromClient && other.sequence == point.sequence
        && other.flags.contains(.syn) && !other.flags.contains(.ack)
    }
  }

  /// `[S] seq 1000 MSS 1460 SACK TS WS 7 SMC`, `[.] seq 1000 ack 2000`.
  private static func label(_ point: TracePoint) -> String {
    var parts = ["[\(point.flags.letters)]"]
    let isSYN = point.flags.contains(.syn)
    if isSYN {
      parts.append(options(point))
      if point.hasTimestamps { parts.append("TSval \(point.timestampValue)") }
      return parts.joined(separator: " ")
    }
    if let name = message(point) { parts.append("CLC \(name)") }
    parts.append("seq \(point.sequence.rawValue)")
    if point.flags.contains(.ack) { parts.append("ack \(point.acknowledgment.rawValue)") }
    if point.payload > 0 { parts.append("len \(point.payload)") }
    return parts.joined(separator: " ")
  }

  private static func options(_ point: TracePoint) -> String {
    var names: [String] = []
    if point.options.contains(.mss) { names.append("MSS \(point.mss)") }
    if point.options.contains(.sackPermitted) { names.append("SACK") }
    if point.options.contains(.windowScale) { names.append("WS \(point.windowScale)") }
    if point.options.contains(.smc) { names.append("SMC") }
    return names.joined(separator: " ")
  }

  private static func message(_ point: TracePoint) -> String? {
    guard point.clc != 0 else { return nil }
    switch CLCMessage.Kind(rawValue: point.clc) {
    case .proposal: return "Proposal"
    case .accept: return "Accept"
    case .confirm: return "Confirm"
    case .decline: return "Decline"
    case nil: return "message"
    }
  }

  private var table: PointTable {
    let cells = rows.map { point in
      [
        "\(point.frame)", context.moment(point), context.end(isClient: point.fromClient), Self.label(point),
        isUnanswered(point) ? "no answer" : point.note,
      ]
    }
    return PointTable(
      columns: [("Frame", true), ("Time", true), ("From", false), ("Packet", false), ("What", false)], rows: cells,
      missing: skipped > 0 ? "\(Quantity.count(skipped, "packet")) before the last \(Self.closing) not listed." : "")
  }
}

extension TracePoint {
  /// What a reader of a sequence diagram should know of a packet; empty for the usual.
  fileprivate var note: String {
    if rejection != .none { return "dropped: \(rejection.words)" }
    if anomalies.contains(.oldConnectionAnswers) { return "answer of an old connection" }
    if clc == CLCMessage.Kind.decline.rawValue { return "SMC declined" }
    if flags.contains(.syn), options.contains(.smc) { return flags.contains(.ack) ? "SMC answered" : "SMC offered" }
    if kind == .newData || kind == .handshake || kind == .pureACK || kind == .fin { return "" }
    if kind == .idleACK { return "says nothing new" }
    if kind == .retransmission { return cause == .none ? "sent again" : "sent again (\(cause.name))" }
    return words
  }
}
