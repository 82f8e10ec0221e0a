/// Writes a table row by row: memory does not grow with the number of rows.
///
/// Text mode measures the first ``sample`` rows for the widths of its columns; a wider cell later pushes its line out.
package struct TableWriter {
  /// Rows that text mode looks at before it begins to print.
  package static let sample = 1_000

  private let columns: [Column]
  private let format: TableFormat
  private let room: Int?
  private let isLive: Bool
  private var buffer: [UInt8] = []
  private var waiting: [[String]] = []
  private var layout: TextLayout?
  private var rows: UInt64 = 0

  /// A table with nothing written yet; `room` is the width of the screen that a text has to fit, and the rows of a live
  /// one are written before there are many.
  package init(_ columns: [Column], _ format: TableFormat, room: Int? = nil, isLive: Bool = false) {
    self.columns = columns
    self.format = format
    self.room = room
    self.isLive = isLive
  }

  /// Names of the columns that were left out because the screen has no room for them.
  package var leftOut: [String] {
    guard let layout else { return [] }
    return columns.indices.filter { !layout.shown.contains($0) }.map { columns[$0].name }
  }

  /// Writes one row; missing cells are empty, surplus ones are left out.
  package mutating func row(_ cells: [Cell], to sink: inout some ByteSink & ~Copyable) {
    begin()
    rows &+= 1
    switch format {
    case .text: addText(cells)
    case .csv: addSeparated(cells, comma: true)
    case .tsv: addSeparated(cells, comma: false)
    case .json:
      buffer.append(contentsOf: (rows == 1 ? "\n  " : ",\n  ").utf8)
      addObject(cells)
    case .ndjson:
      addObject(cells)
      buffer.append(UInt8(ascii: "\n"))
    }
    if buffer.count >= 65_536 { drain(to: &sink) }
  }

  /// Hands over the rows so far, for whoever reads while they come.
  package mutating func flush(to sink: inout some ByteSink & ~Copyable) {
    begin()
    if !waiting.isEmpty { flushSample() }
    drain(to: &sink)
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
    case .text, .ndjson: break
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
    buffer.append(UInt8(ascii: "{"))
    for (index, column) in columns.enumerated() {
      if index > 0 { buffer.append(contentsOf: ", ".utf8) }
      JSONText.append(column.name, to: &buffer)
      buffer.append(contentsOf: ": ".utf8)
      CellText.appendJSON(index < cells.count ? cells[index] : .none, to: &buffer)
    }
    buffer.append(UInt8(ascii: "}"))
  }

  private mutating func addText(_ cells: [Cell]) {
    let texts = columns.indices.map { index in
      index < cells.count ? room == nil ? cells[index].text : cells[index].short : ""
    }
    guard layout == nil else { return addLine(texts) }
    waiting.append(texts)
    if waiting.count >= Self.sample { flushSample() }
  }

  private mutating func flushSample() {
    guard layout == nil else { return }
    layout = TextLayout(columns, waiting, room: room, isLive: isLive)
    addLine(columns.map { (room == nil ? $0.name : $0.short).uppercased() })
    for row in waiting { addLine(row) }
    waiting = []
  }

  private mutating func addLine(_ texts: [String]) {
    guard let layout else { return }
    var line = ""
    for index in layout.shown {
      if !line.isEmpty { line += String(repeating: " ", count: TextLayout.gap) }
      let isName = layout.isFitted && !columns[index].isNumber
      let text = isName ? TerminalText.fitMiddle(texts[index], layout.widths[index]) : texts[index]
      let gap = String(repeating: " ", count: max(0, layout.widths[index] - TerminalText.columns(text)))
      line += columns[index].isNumber ? gap + text : text + gap
    }
    while line.last == " " { line.removeLast() }
    buffer.append(contentsOf: line.utf8)
    buffer.append(UInt8(ascii: "\n"))
  }
}
