import Frames
import Triage

/// Counters for people: a table that fits the screen, or lines of a log.
package struct CounterScreen: Sendable {
  private let width: Int
  package let hasColor: Bool

  package init(width: Int, color: Bool) {
    self.width = width
    hasColor = color
  }

  /// The first line of a page.
  package func heading(at time: Int64) -> String { "Counters of this host at \(Moment.utc(time))" }

  /// Counters as they stand, with what each of them counts.
  ///
  /// - Parameters:
  ///   - counters: what is shown, in order.
  ///   - remarks: sentences below the table.
  /// - Returns: lines with their ends.
  package func table(_ counters: [(name: String, value: UInt64)], remarks: [String]) -> String {
    var text = TerminalText(width: width, color: hasColor)
    let rows = counters.map { [$0.name, Quantity.count($0.value)] }
    let widths = Self.widths([["COUNTER", "SO FAR"]] + rows)
    text.line([(Self.padded(["COUNTER", "SO FAR"], widths), .dim), ("  WHAT IT COUNTS", .dim)])
    for (row, counter) in zip(rows, counters) {
      let meaning = CounterMeaning.of(counter.name)?.sentence ?? ""
      text.line([(Self.padded(row, widths), .plain), ("  " + meaning, .dim)])
    }
    if !remarks.isEmpty { text.line() }
    for remark in remarks { text.paragraph(remark) }
    return text.text
  }

  /// One page of a watch: those that run away first.
  ///
  /// - Parameters:
  ///   - readings: all of them, in the order of the table.
  ///   - heading: the first line.
  ///   - height: rows that the page may take.
  /// - Returns: lines with their ends, at most `height`.
  package func page(_ readings: [CounterReading], heading: String, height: Int) -> String {
    var text = TerminalText(width: width, color: hasColor)
    let running = readings.filter(\.runsAway)
    let others = readings.filter { !$0.runsAway && ($0.value > 0 || $0.rate > 0) }
    let ordered = running + others
    let shown = ordered.prefix(max(1, height - 3))
    let head = ["COUNTER", "VALUE", "PER SECOND", "USUAL"]
    let rows = shown.map { [$0.name, Quantity.count($0.value), Self.rate($0.rate), Self.usual($0.usual)] }
    let widths = Self.widths([head] + rows)
    text.line(heading, .bold)
    text.line([(Self.padded(head, widths), .dim)])
    for (row, reading) in zip(rows, shown) {
      let mark = reading.runsAway ? "  ▲ RUNS AWAY" : ""
      text.line([
        (Self.padded(row, widths), reading.runsAway ? .red : .plain), (mark, .red), ("  " + reading.meaning, .dim),
      ])
    }
    if shown.count < ordered.count {
      text.line("+ \(Quantity.count(ordered.count - shown.count, "counter")) more than there is room for", .dim)
    }
    return text.text
  }

  /// One reading as a line of a log.
  package func line(_ reading: CounterReading, at time: Int64) -> String {
    let usual = reading.usual.map { ", usually \(Self.usual($0))" } ?? ""
    let mark = reading.runsAway ? "  ▲ RUNS AWAY" : ""
    var text = TerminalText(width: 1_000, color: hasColor)
    text.line([
      (Moment.utc(time), .dim), ("  \(reading.name) \(Quantity.count(reading.value))", .bold),
      ("  \(Self.rate(reading.rate))/s\(usual)", .plain), (mark, .red), ("  " + reading.meaning, .dim),
    ])
    return text.text
  }

  private static func rate(_ value: Double) -> String { Quantity.significant(value) }

  private static func usual(_ range: ClosedRange<Double>?) -> String {
    guard let range else { return "not known yet" }
    let (low, high) = (rate(range.lowerBound), rate(range.upperBound))
    return low == high ? low : "\(low) to \(high)"
  }

  private static func widths(_ rows: [[String]]) -> [Int] {
    (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
  }

  /// Cells of one line: the first to the left, numbers to the right.
  private static func padded(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, widths).enumerated().map { index, pair in
      let gap = String(repeating: " ", count: max(0, pair.1 - pair.0.count))
      return index == 0 ? pair.0 + gap : "  " + gap + pair.0
    }.joined()
  }
}
