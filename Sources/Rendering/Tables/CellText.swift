import Frames

extension Cell {
  /// The cell as it stands in text, CSV and TSV, always one line.
  var text: String {
    switch self {
    case .none, .date(nil): ""
    case .text(let text): Visible.text(text)
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .number(let value): value.isFinite ? "\(value)" : ""
    case .seconds(let time), .time(let time): PacketTime.seconds(time)
    case .offset(let time): String(PacketTime.seconds(time).dropLast(3))
    case .millis(let time): Self.milliseconds(time)
    case .date(let time?), .instant(let time), .slice(let time): Moment.exact(time)
    case .flag(let value): value ? "1" : ""
    }
  }

  /// `1.373`: rounded to microseconds, as the BCC tools print milliseconds.
  private static func milliseconds(_ time: Int64) -> String {
    let rounded = time.magnitude / 1_000 + (time.magnitude % 1_000 >= 500 ? 1 : 0)
    let rest = String(rounded % 1_000)
    let digits = String(repeating: "0", count: 3 - rest.count) + rest
    return "\(time < 0 ? "-" : "")\(rounded / 1_000).\(digits)"
  }

  /// The cell on a screen: no more digits than a reader can use, and units.
  var short: String {
    switch self {
    case .number(let value): value.isFinite ? Quantity.significant(value) : ""
    case .seconds(let time): Quantity.duration(time)
    case .time(let time), .instant(let time): Moment.clock(time)
    case .slice(let time): Moment.slice(time)
    case .date(let time?): String(Moment.utc(time).dropLast(4))
    default: text
    }
  }
}

/// One cell in the formats that have rules of their own.
enum CellText {
  /// Quoted where it holds a comma, a quote or a line end.
  ///
  /// Source: RFC 4180 §2.
  static func csv(_ text: String) -> String {
    let special: (UInt8) -> Bool = { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard text.utf8.contains(where: special) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  static func appendJSON(_ cell: Cell, to bytes: inout [UInt8]) {
    switch cell {
    case .none, .date(nil): bytes.append(contentsOf: "null".utf8)
    case .text(let text): JSONText.append(text, to: &bytes)
    case .date, .instant, .slice: JSONText.append(cell.text, to: &bytes)
    case .flag(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let value) where !value.isFinite: bytes.append(contentsOf: "null".utf8)
    default: bytes.append(contentsOf: cell.text.utf8)
    }
  }
}
