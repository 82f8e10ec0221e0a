/// Why a database could not be written; the description is a sentence with the next step.
package enum DatabaseError: Error, CustomStringConvertible {
  case noLibrary
  case failed(String)

  package var description: String {
    switch self {
    case .noLibrary: "This system has no SQLite: install libsqlite3-0 (Debian), or use -o report.ndjson."
    case .failed(let words): "The database cannot be written (\(words))."
    }
  }
}

/// A new SQLite database, filled in one transaction.
///
/// The only place that calls the library.
@safe
final class Database {
  /// One value of a row.
  enum Value {
    case text(String)
    case integer(Int64)
    case real(Double)
    case null

    static func count(_ value: some BinaryInteger) -> Value { .integer(Int64(clamping: value)) }
    static func optional(_ value: Int64?) -> Value { value.map(Value.integer) ?? .null }
  }

  private let library: SQLiteLibrary
  private var handle: OpaquePointer?

  /// Opens `path`, which must be new or empty.
  init(path: String) throws(DatabaseError) {
    guard let library = unsafe SQLiteLibrary() else { throw .noLibrary }
    unsafe self.library = library
    let readWriteCreate: Int32 = 0x2 | 0x4
    // The library fills the local handle, also on failure, and copies the path.
    guard unsafe library.open(path, &handle, readWriteCreate, nil) == 0 else { throw failure }
    // The file takes its name only when it is whole: no journal is needed beside it.
    try execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
  }

  deinit {
    // The handle is the library's, closed once.
    _ = unsafe library.close(handle)
  }

  /// Ends the transaction.
  func finish() throws(DatabaseError) { try execute("COMMIT") }

  /// Runs statements without values.
  func execute(_ statements: String) throws(DatabaseError) {
    // The text is terminated and only read.
    guard unsafe library.execute(handle, statements, nil, nil, nil) == 0 else { throw failure }
  }

  /// Adds rows to a table; `rows` calls what it is given once for each.
  func insert(
    into table: String, columns: Int, _ rows: (([Value]) throws(DatabaseError) -> Void) throws(DatabaseError) -> Void
  ) throws(DatabaseError) {
    let places = Array(repeating: "?", count: columns).joined(separator: ",")
    var statement: OpaquePointer?
    // The library fills the local statement and reads the text to its end.
    guard unsafe library.prepare(handle, "INSERT INTO \(table) VALUES (\(places))", -1, &statement, nil) == 0 else {
      throw failure
    }
    // Made above, given back once.
    defer { _ = unsafe library.finalize(statement) }
    try rows { (row) throws(DatabaseError) in
      for (index, value) in row.enumerated() { unsafe try bind(value, Int32(index + 1), statement) }
      let done: Int32 = 101
      // The statement is alive until the end of this call.
      guard unsafe library.step(statement) == done, unsafe library.reset(statement) == 0 else { throw failure }
    }
  }

  private func bind(_ value: Value, _ place: Int32, _ statement: OpaquePointer?) throws(DatabaseError) {
    let code: Int32
    switch value {
    case .text(let text):
      // Minus one (SQLITE_TRANSIENT) makes the library copy the bytes before the call returns.
      let copied = unsafe UnsafeMutableRawPointer(bitPattern: -1)
      let length = Int32(clamping: text.utf8.count)
      code = unsafe text.withCString { unsafe library.bindText(statement, place, $0, length, copied) }
    case .integer(let number): code = unsafe library.bindInteger(statement, place, number)
    case .real(let number): code = unsafe library.bindReal(statement, place, number)
    case .null: code = unsafe library.bindNull(statement, place)
    }
    guard code == 0 else { throw failure }
  }

  private var failure: DatabaseError {
    // The library's text lives until its next call; it is copied at once.
    guard let words = unsafe library.message(handle) else { return .failed("out of memory") }
    return unsafe .failed(String(cString: words))
  }
}
