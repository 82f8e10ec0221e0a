import Detection
import Dissection

/// Proving frames as a small listing in tcpdump's order of fields, columns aligned, the telling fields known.
struct FrameListing {
  /// One field of a line.
  struct Field {
    var text: String
    /// Spaces in front (right-aligned columns) and behind.
    var leading = 0
    var trailing = 0
    /// Whether the finding rests on this field.
    var tells = false
  }

  /// One frame.
  struct Line {
    var frame: UInt64
    /// Frames of the capture between the line above and this one, where these are most of the story; else 0.
    var skipped: UInt64
    var fields: [Field]
    var note: String
  }

  /// Columns of text that fit the width of a printed page and of the HTML report.
  static let pageWidth = 136

  /// Frames left out that are worth a line of their own, if they are also the most of all between first and last frame:
  /// frame numbers tell of fewer.
  private static let leastSkipped: UInt64 = 20

  let lines: [Line]

  /// Lists `evidence`, times relative to the start of the capture; at most `limit` frames, in lines of about `width`.
  init(_ evidence: [EvidenceFrame], _ digest: Digest, limit: Int = 20, width: Int = pageWidth) {
    let rows = evidence.prefix(limit).map { Self.columns($0, digest) }
    let told = Set(evidence.prefix(limit).flatMap(\.telling))
    let longest = Column.allCases.map { column in rows.map { $0[column.rawValue].count }.max() ?? 0 }
    let widths = Self.fitting(longest, told, width)
    let numbers = evidence.prefix(limit).map(\.segment.frame)
    let span = (numbers.max() ?? 0) - (numbers.min() ?? 0)
    var previous: UInt64?
    lines = zip(rows, evidence).map { row, frame in
      let number = frame.segment.frame
      let between = previous.map { $0 < number ? number - $0 - 1 : 0 } ?? 0
      let skipped = between >= Self.leastSkipped && between > span / 2 ? between : 0
      previous = number
      var fields: [Field] = []
      for column in Column.allCases where widths[column.rawValue] > 0 {
        let text = row[column.rawValue]
        let padding = widths[column.rawValue] - text.count
        var field = Field(text: text, tells: !text.isEmpty && frame.telling.contains(column.telling))
        if column.isNumber { field.leading = padding } else { field.trailing = padding }
        fields.append(field)
      }
      return Line(frame: number, skipped: skipped, fields: fields, note: frame.note)
    }
  }

  private enum Column: Int, CaseIterable {
    case frame, origin, time, path, flags, sequence, acknowledgment, window, timestampValue, timestampEcho, sack,
      options,
      length

    /// The name by which evidence says that this field tells.
    var telling: String {
      switch self {
      case .frame: "frame"
      case .origin: "origin"
      case .time: "time"
      case .path: "path"
      case .flags: "flags"
      case .sequence: "seq"
      case .acknowledgment: "ack"
      case .window: "win"
      case .timestampValue: "tsval"
      case .timestampEcho: "tsecr"
      case .sack: "sack"
      case .options: "options"
      case .length: "len"
      }
    }

    var isNumber: Bool { self == .frame || self == .time }
  }

  /// Drops columns that no frame tells by, the least useful first, until a line fits a page.
  private static func fitting(_ widths: [Int], _ told: Set<String>, _ width: Int) -> [Int] {
    var widths = widths
    let dispensable: [Column] = [.window, .options, .timestampEcho, .timestampValue, .sack]
    for column in dispensable where !told.contains(column.telling) {
      if widths.reduce(0, { $0 + $1 + 2 }) <= width { break }
      widths[column.rawValue] = 0
    }
    return widths
  }

  private static func columns(_ frame: EvidenceFrame, _ digest: Digest) -> [String] {
    let segment = frame.segment
    let sequence = segment.sequence.rawValue
    let range = segment.sequenceLength == 0 ? "seq \(sequence)" : "seq \(sequence):\(segment.end.rawValue)"
    let stamps = segment.hasTimestamps
    return [
      "\(segment.frame)",
      digest.origin(segment.frame).map { "(\($0.file) \($0.frame))" } ?? "",
      Moment.relative(segment.time, from: digest.start),
      "\(segment.sender) > \(segment.receiver)",
      "[\(segment.flags.letters)]",
      range,
      segment.flags.contains(.ack) ? "ack \(segment.acknowledgment.rawValue)" : "",
      "win \(segment.window)",
      stamps ? "TSval \(segment.timestampValue)" : "",
      stamps ? "TSecr \(segment.timestampEcho)" : "",
      sack(segment),
      options(segment, absenceTells: frame.telling.contains("options")),
      "len \(segment.payloadLength)",
    ]
  }

  private static func sack(_ segment: Segment) -> String {
    let count = min(4, Int(segment.sackCount))
    guard !segment.flags.contains(.syn), count > 0 else { return "" }
    let blocks = (0..<count).map { "{\(segment.sack[$0].left.rawValue):\(segment.sack[$0].right.rawValue)}" }
    return "sack \(blocks.joined())"
  }

  /// An option that is missing is worth ink only where the finding is about it.
  private static func options(_ segment: Segment, absenceTells: Bool) -> String {
    var parts: [String] = []
    if segment.flags.contains(.syn) {
      if let mss = segment.mss { parts.append("mss \(mss)") }
      if segment.options.contains(.sackPermitted) { parts.append("sackOK") }
      if segment.options.contains(.windowScale) { parts.append("wscale \(segment.windowScale)") }
      if segment.options.contains(.smc) { parts.append("SMC") } else if absenceTells { parts.append("no SMC") }
    }
    if absenceTells, !segment.hasTimestamps { parts.append("no TS") }
    if segment.options.contains(.malformed) { parts.append("malformed options") }
    if segment.options.contains(.cut) { parts.append("options cut off") }
    return parts.isEmpty ? "" : "<\(parts.joined(separator: ", "))>"
  }
}
