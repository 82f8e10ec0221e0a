/// How `show` prints its rows.
package enum TableFormat: String, CaseIterable, Sendable {
  /// Aligned columns for a terminal.
  case text
  /// Comma-separated, RFC 4180 (quoted where needed, lines end with CR LF).
  case csv
  /// Tab-separated; tabs and line ends inside a cell are written `\t`, `\n`.
  case tsv
  /// An array of one object per row.
  case json
  /// One object per row, each on a line of its own: can be read before the table ends.
  case ndjson

  /// Whether it is written for programs, which choose their columns themselves.
  package var isForPrograms: Bool { self != .text }
}

/// A column of a table.
package struct Column: Sendable {
  /// Header, and the key in JSON: `snake_case`.
  package var name: String
  /// Whether text mode aligns it to the right.
  package var isNumber: Bool
  /// Header where room is scarce.
  package var short: String
  /// How soon it is left out where room is scarce, the highest first; those of rank 0 stay.
  package var rank: Int

  package init(_ name: String, isNumber: Bool = false, short: String? = nil, rank: Int = 0) {
    self.name = name
    self.isNumber = isNumber
    self.short = short ?? name
    self.rank = rank
  }
}

/// One value of a table.
package enum Cell: Sendable, Hashable {
  /// Nothing: an empty field, null in JSON.
  case none
  /// Words or names; may come from a capture.
  case text(String)
  /// A whole number.
  case integer(Int64)
  /// A whole number that may need all 64 bits.
  case unsigned(UInt64)
  /// A measured number.
  case number(Double)
  /// A duration in nanoseconds, printed as seconds with nine digits.
  case seconds(Int64)
  /// Nanoseconds since the first packet, printed as seconds with six digits.
  case offset(Int64)
  /// A duration in nanoseconds, printed as milliseconds with three digits.
  case millis(Int64)
  /// A packet time, printed as seconds since 1970 UTC with nine digits.
  case time(Int64)
  /// A packet time, printed as RFC 3339 with nine digits; null where there is none.
  case date(Int64?)
  /// The same for an event: on a screen the time of day with microseconds.
  case instant(Int64)
  /// Printed as 1, or empty (false in JSON).
  case flag(Bool)
}
