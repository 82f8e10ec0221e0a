/// A row of a live table with the process that has the local socket, as far as it is known.
package struct OwnedRow<Row> {
  package var row: Row
  package var pid: Int32?
  /// The process's name for itself.
  package var command: String
  package var uid: UInt32?

  package init(_ row: Row, pid: Int32? = nil, command: String = "", uid: UInt32? = nil) {
    self.row = row
    self.pid = pid
    self.command = command
    self.uid = uid
  }
}

/// Which columns about the process a table has.
package enum OwnerColumns: Sendable {
  case none
  /// `pid` and `comm`, as the BCC tools call them.
  case process
  /// The same and `uid`.
  case processAndUser
}

extension RowTable {
  /// The table with columns about processes in front.
  package func owned(_ columns: OwnerColumns) -> RowTable<OwnedRow<Row>> {
    let table = RowTable<OwnedRow<Row>>(fields.map { field in Field(field.column) { field.cell($0.row) } })
    if columns == .none { return table }
    var leading: [Field<OwnedRow<Row>>] = [
      Field("pid", isNumber: true) { $0.pid.map { .integer(Int64($0)) } ?? .none },
      Field("comm") { .text($0.command) },
    ]
    if columns == .processAndUser {
      leading.insert(Field("uid", isNumber: true) { $0.uid.map { .unsigned(UInt64($0)) } ?? .none }, at: 0)
    }
    return table.with(leading)
  }
}
