import Frames
import Triage

/// Readings of counters as rows for programs.
package enum CounterTable {
  /// Columns of a single look.
  package static let columns = [Column("name"), Column("value", isNumber: true), Column("meaning")]

  package static func row(_ name: String, _ value: UInt64) -> [Cell] {
    [.text(name), .unsigned(value), .text(CounterMeaning.of(name)?.sentence ?? "")]
  }

  /// Columns of readings that follow each other.
  package static let watchColumns = [
    Column("time"), Column("name"), Column("value", isNumber: true), Column("rate", isNumber: true),
    Column("usual_low", isNumber: true), Column("usual_high", isNumber: true), Column("runs_away"), Column("meaning"),
  ]

  package static func row(_ reading: CounterReading, at time: Int64) -> [Cell] {
    let (low, high) = (reading.usual?.lowerBound, reading.usual?.upperBound)
    return [
      .date(time), .text(reading.name), .unsigned(reading.value), .number(reading.rate), low.map(Cell.number) ?? .none,
      high.map(Cell.number) ?? .none, .flag(reading.runsAway), .text(reading.meaning),
    ]
  }

  /// One counter as a line of JSON.
  package static func line(_ name: String, _ value: UInt64) -> String { line(columns, row(name, value)) }

  /// One reading as a line of JSON.
  package static func line(_ reading: CounterReading, at time: Int64) -> String {
    line(watchColumns, row(reading, at: time))
  }

  private static func line(_ columns: [Column], _ cells: [Cell]) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for (index, (column, cell)) in zip(columns, cells).enumerated() {
      if index > 0 { bytes += Array(", ".utf8) }
      JSONText.append(column.name, to: &bytes)
      bytes += Array(": ".utf8)
      CellText.appendJSON(cell, to: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self) + "}\n"
  }
}
