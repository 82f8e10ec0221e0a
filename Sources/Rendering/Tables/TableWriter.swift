import Frames

/// Writes a table row by row: memory does not grow with the number of rows.
///
/// Text mode measures the first ``sample`` rows for the widths of its columns; a wider cell later pushes its line out.
package struct TableWriter {
  /// Rows that text mode looks at before it begins to print.
  package static let sample = 1_000

  private let columns: [Column]
  private let format: TableFormat
  private var buffer: [UInt8] = []
  private var waiting: [[String]] = []
  private var widths: [Int]?
  private var rows: UInt64 = 0

  /// A table with nothing written yet.
  package init(_ columns: [Column], _ format: TableFormat) {
    self.columns = columns
    self.format = format
  }

  /// Writes one row; missing cells are empty, surplus ones are left out.
  package mutating func row(_ cells: [Cell], to sink: inout some ByteSink & ~Copyable) {
    begin()
    rows &+= 1
    switch format {
    case .text: addText(cells)
    case .csv: addSeparated(cells, comma: true)
    case .tsv: addSeparated(cells, comma: false)
    case .json: addObject(cells)
    }
    if buffer.count >= 65_536 { drain(to: &sink) }
  }

  /// Writes what is left, and the end of the document.
  package mutating func finish(to sink: inout some ByteSink & ~Copyable) {
    begin()
    if format == .text { flushSample() }
    if format == .json { buffer.append(contentsOf: (rows == 0 ? "]\n" : "\n]\n").utf8) }
    drain(to: &sink)
  }

  private var hasBegun = false

  private mutating func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    switch format {
    case .text: break
    case .csv: addSeparated(columns.map { .text($0.name) }, comma: true)
    case .tsv: addSeparated(columns.map { .text($0.name) }, comma: false)
    case .json: buffer.append(UInt8(ascii: "["))
    }
  }

  private mutating func drain(to sink: inout some ByteSink & ~Copyable) {
    guard !buffer.isEmpty else { return }
    sink.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func addSeparated(_ cells: [Cell], comma: Bool) {
    for index in columns.indices {
      if index > 0 { buffer.append(comma ? UInt8(ascii: ",") : UInt8(ascii: "\t")) }
      guard index < cells.count else { continue }
      let text = cells[index].text
      buffer.append(contentsOf: (comma ? CellText.csv(text) : text).utf8)
    }
    buffer.append(contentsOf: comma ? [13, 10] : [10])
  }

  private mutating func addObject(_ cells: [Cell]) {
    buffer.append(contentsOf: (rows == 1 ? "\n  {" : ",\n  {").utf8)
    for (index, column) in columns.enumerated() {
      if index > 0 { buffer.append(contentsOf: ", ".utf8) }
      JSONText.append(column.name, to: &buffer)
      buffer.append(contentsOf: ": ".utf8)
      CellText.appendJSON(index < cells.count ? cells[index] : .none, to: &buffer)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  private mutating func addText(_ cells: [Cell]) {
    let texts = columns.indices.map { $0 < cells.count ? cells[$0].text : "" }
    guard widths == nil else { return addLine(texts) }
    waiting.append(texts)
    if waiting.count >= Self.sample { flushSample() }
  }

  private mutating func flushSample() {
    guard widths == nil else { return }
    widths = columns.indices.map { index in
      max(columns[index].name.count, waiting.map { TerminalText.columns($0[index]) }.max() ?? 0)
    }
    addLine(columns.map { $0.name.uppercased() })
    for row in waiting { addLine(row) }
    waiting = []
  }

  private mutating func addLine(_ texts: [String]) {
    let widths = widths ?? []
    var line = ""
    for (index, text) in texts.enumerated() {
      if index > 0 { line += "  " }
      let gap = String(repeating: " ", count: max(0, widths[index] - TerminalText.columns(text)))
      line += columns[index].isNumber ? gap + text : text + gap
    }
    while line.last == " " { line.removeLast() }
    buffer.append(contentsOf: line.utf8)
    buffer.append(UInt8(ascii: "\n"))
  }
}

extension Cell {
  /// The cell as it stands in text, CSV and TSV, always one line.
  fileprivate var text: String {
    switch self {
    case .none: ""
    case .text(let text): Visible.text(text)
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .number(let value): value.isFinite ? "\(value)" : ""
    case .seconds(let time): PacketTime.seconds(time)
    case .flag(let value): value ? "1" : ""
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
    case .none: bytes.append(contentsOf: "null".utf8)
    case .text(let text): JSONText.append(text, to: &bytes)
    case .flag(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let value) where !value.isFinite: bytes.append(contentsOf: "null".utf8)
    default: bytes.append(contentsOf: cell.text.utf8)
    }
  }
}
