import Detection
import Dissection
import Frames
import Tracking
import Triage

/// What all pictures of one finding have in common: its packets, the time that is looked at, names of things.
struct PictureContext {
  let entry: Digest.Entry
  let trace: ConnectionTrace
  /// All packets of the connection, in frame order.
  let all: [TracePoint]
  /// Those of the time that is looked at.
  let points: [TracePoint]
  /// Seconds since the start of the capture that are looked at.
  let range: ClosedRange<Double>
  /// Whether ``range`` leaves a part of the connection out.
  let isZoomed: Bool
  /// Frames that prove the finding.
  let proof: Set<UInt64>
  /// Whether proving frames get the names by which the listing finds them; once per document.
  var hasNames = true

  private let start: Int64

  init(_ entry: Digest.Entry, _ trace: ConnectionTrace, start: Int64) {
    (self.entry, self.trace, self.start) = (entry, trace, start)
    let finding = entry.finding
    proof = Set(finding.evidence.map(\.segment.frame))
    let proof = proof
    let proven = trace.points.first { proof.contains($0.frame) }?.frame
    all = proven.map { trace.points(with: $0) } ?? trace.points
    let seconds = all.map { Self.seconds($0.time, start) }
    let whole = (seconds.min() ?? 0, seconds.max() ?? 0)
    let (low, high) = Self.focus(whole, finding, start)
    isZoomed = low > whole.0 || high < whole.1
    range = low...max(low, high)
    points = zip(all, seconds).filter { $0.1 >= low && $0.1 <= high }.map(\.0)
  }

  /// A finding that takes a small part of a connection is looked at with as much before and after it.
  private static func focus(_ whole: (Double, Double), _ finding: Finding, _ start: Int64) -> (Double, Double) {
    guard finding.firstFrame > 0 else { return whole }
    let (first, last) = (seconds(finding.firstTime, start), seconds(finding.lastTime, start))
    let length = max(last - first, 0)
    guard length * 3 < whole.1 - whole.0 else { return whole }
    let margin = max(length * 0.6, 0.01)
    let (low, high) = (max(whole.0, first - margin), min(whole.1, last + margin))
    return low < high ? (low, high) : whole
  }

  /// The same, of a shorter time.
  func closer(_ range: ClosedRange<Double>) -> PictureContext { PictureContext(self, range) }

  private init(_ other: PictureContext, _ range: ClosedRange<Double>) {
    (entry, trace, all, proof, start) = (other.entry, other.trace, other.all, other.proof, other.start)
    (self.range, isZoomed, hasNames) = (range, true, false)
    points = other.points.filter { range.contains(other.seconds($0)) }
  }

  private static func seconds(_ time: Int64, _ start: Int64) -> Double {
    Double(Moment.elapsed(from: start, to: time)) / 1e9
  }

  func seconds(_ point: TracePoint) -> Double { Self.seconds(point.time, start) }

  /// `10.0.0.1:80 to 10.0.0.2:5000`.
  func path(fromClient: Bool) -> String {
    fromClient ? "\(trace.client) to \(trace.server)" : "\(trace.server) to \(trace.client)"
  }

  func end(isClient: Bool) -> String { "\(isClient ? trace.client : trace.server)" }

  /// The moment of a point as the listing writes it.
  func moment(_ point: TracePoint) -> String { Moment.relative(point.time, from: start) }

  /// What is not in the picture, as a sentence with a space in front; empty when it is all there.
  var omissions: String {
    var words: [String] = []
    if isZoomed { words.append("Only the time around the finding is shown.") }
    if trace.leftOut > 0 {
      words.append(
        "\(Quantity.count(trace.leftOut, "packet")) of \(Quantity.count(trace.segments)) thinned out evenly.")
    }
    if trace.isPart { words.append("The connection has more packets than were looked at.") }
    return words.map { " \($0)" }.joined()
  }

  /// A ring around a frame that proves the finding; listing and picture point at each other by its name.
  func ring(_ point: TracePoint, _ x: Double, _ y: Double, _ words: String) -> HTML {
    guard proof.contains(point.frame) else { return .nothing }
    var circle = Path()
    circle.circle(0, 0, 9)
    let name: HTML = hasNames ? " id=\"p-\(entry.id)-\(point.frame)\"" : .nothing
    return """
      <g\(name) transform="translate(\(Path.number(x)) \(Path.number(y)))" data-frame="\(point.frame)" data-t="\(Moment.relativeSeconds(point.time, from: start))">\
      <title>\(words, limit: 300)</title>\(circle.html("proof"))</g>

      """
  }
}

extension TracePoint {
  /// `fast retransmission`, `duplicate-ack`, `new data`: what it is in a few words.
  var words: String {
    var words = Mark(self).map(\.words) ?? kind.name.split(separator: "-").joined(separator: " ")
    if isNeedless { words += ", not needed" }
    if rejection != .none { words += " (\(rejection.words))" }
    return words
  }
}

extension Rejection {
  /// Why the receiver throws it away.
  var words: String {
    switch self {
    case .none: ""
    case .paws: "older timestamp, PAWS"
    case .oldSequence: "below the window"
    case .beyondWindow: "beyond the window"
    case .ackUnsent: "acknowledges what was not sent"
    case .timestampEcho: "impossible TSecr"
    }
  }
}

/// One picture with the data behind it.
struct Drawing {
  var figure: Figure
  var table: PointTable
}
