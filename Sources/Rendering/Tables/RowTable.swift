import Dissection
import Frames
import Triage

/// One column of a table, and how a row fills it.
package struct Field<Row>: Sendable {
  package var column: Column
  package var cell: @Sendable (Row) -> Cell

  package init(_ column: Column, _ cell: @escaping @Sendable (Row) -> Cell) {
    self.column = column
    self.cell = cell
  }

  init(
    _ name: String, isNumber: Bool = false, short: String? = nil, rank: Int = 0,
    _ cell: @escaping @Sendable (Row) -> Cell
  ) {
    self.init(Column(name, isNumber: isNumber, short: short, rank: rank), cell)
  }
}

/// A table that is defined field by field, so that a user's choice or a live capture can add to it.
///
/// A live capture knows the process of a socket: it puts fields `pid` and `comm` in front.
package struct RowTable<Row>: Sendable {
  package private(set) var fields: [Field<Row>]

  init(_ fields: [Field<Row>]) { self.fields = fields }

  package var columns: [Column] { fields.map(\.column) }

  package func cells(_ row: Row) -> [Cell] { fields.map { $0.cell(row) } }

  /// The same table with more columns in front.
  package func with(_ leading: [Field<Row>]) -> RowTable { RowTable(leading + fields) }
}

/// Times in front of the rows of a table of events, as far as they are wanted.
package struct TimedTable<Row> {
  private let table: RowTable<Row>
  private let hasClock: Bool
  private let hasSeconds: Bool
  private let moment: (Row) -> Int64
  /// Time of the first packet, ns since 1970 UTC: what `time_s` counts from.
  package var start: Int64?

  /// The table with a column `time` if `clock`, and `time_s` (seconds since the first packet) if `seconds`; `moment` says
  /// when a row happened, ns since 1970 UTC.
  package init(_ table: RowTable<Row>, clock: Bool, seconds: Bool, moment: @escaping (Row) -> Int64) {
    self.table = table
    hasClock = clock
    hasSeconds = seconds
    self.moment = moment
  }

  package var columns: [Column] {
    (hasClock ? [Column("time")] : []) + (hasSeconds ? [Column("time_s", isNumber: true)] : []) + table.columns
  }

  package func cells(_ row: Row) -> [Cell] {
    let time = moment(row)
    let elapsed = start.map { Cell.offset(Moment.elapsed(from: $0, to: time)) } ?? .none
    return (hasClock ? [.instant(time)] : []) + (hasSeconds ? [elapsed] : []) + table.cells(row)
  }
}

extension Cell {
  static func address(_ endpoint: Endpoint) -> Cell { .text("\(endpoint.address)") }

  static func port(_ endpoint: Endpoint) -> Cell { .unsigned(UInt64(endpoint.port)) }

  static func endpoint(_ endpoint: Endpoint) -> Cell { .text("\(endpoint)") }

  /// 4 or 6.
  static func family(_ endpoint: Endpoint) -> Cell { .unsigned(endpoint.address.isV4 ? 4 : 6) }

  /// Whole units of 1,024 bytes, as the BCC tools count kilobytes.
  static func kilobytes(_ bytes: UInt64) -> Cell { .unsigned(bytes / 1_024) }

  static func milliseconds(_ time: Int64?) -> Cell { time.map { .millis($0) } ?? .none }

  /// A number that is worth nothing when it is 0.
  static func count(_ value: some BinaryInteger) -> Cell { .unsigned(UInt64(clamping: value)) }
}
