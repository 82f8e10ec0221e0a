import Glibc

/// The system's SQLite, loaded when somebody asks for a database.
///
/// Linked at build time it would be one more library that every host must have; loaded, only who writes databases needs
/// it. The prototypes are those of sqlite3.h, version 3.
@unsafe
struct SQLiteLibrary {
  typealias Text = UnsafePointer<CChar>
  typealias Open = @convention(c) (Text, UnsafeMutablePointer<OpaquePointer?>, Int32, Text?) -> Int32
  typealias Execute =
    @convention(c) (OpaquePointer?, Text, OpaquePointer?, UnsafeMutableRawPointer?, OpaquePointer?) -> Int32
  typealias Prepare =
    @convention(c) (OpaquePointer?, Text, Int32, UnsafeMutablePointer<OpaquePointer?>, OpaquePointer?) -> Int32
  typealias BindText = @convention(c) (OpaquePointer?, Int32, Text, Int32, UnsafeMutableRawPointer?) -> Int32
  typealias BindInteger = @convention(c) (OpaquePointer?, Int32, Int64) -> Int32
  typealias BindReal = @convention(c) (OpaquePointer?, Int32, Double) -> Int32
  typealias BindNull = @convention(c) (OpaquePointer?, Int32) -> Int32
  typealias Call = @convention(c) (OpaquePointer?) -> Int32
  typealias Message = @convention(c) (OpaquePointer?) -> Text?

  let open: Open
  let execute: Execute
  let prepare: Prepare
  let bindText: BindText
  let bindInteger: BindInteger
  let bindReal: BindReal
  let bindNull: BindNull
  let close: Call
  let step: Call
  let reset: Call
  let finalize: Call
  let message: Message

  /// Loads the library; nil when the system has none.
  init?(named name: String = "libsqlite3.so.0") {
    // The name is a terminated text, only read.
    guard let library = unsafe dlopen(name, RTLD_NOW) else { return nil }
    func find<Function>(_ name: String) -> Function? {
      // The symbol has the type that sqlite3.h gives it; a C function and its address are the same bits.
      unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: Function.self) }
    }
    guard let open: Open = unsafe find("sqlite3_open_v2"), let execute: Execute = unsafe find("sqlite3_exec"),
      let prepare: Prepare = unsafe find("sqlite3_prepare_v2"),
      let bindText: BindText = unsafe find("sqlite3_bind_text"),
      let bindInteger: BindInteger = unsafe find("sqlite3_bind_int64"),
      let bindReal: BindReal = unsafe find("sqlite3_bind_double"),
      let bindNull: BindNull = unsafe find("sqlite3_bind_null"), let close: Call = unsafe find("sqlite3_close"),
      let step: Call = unsafe find("sqlite3_step"), let reset: Call = unsafe find("sqlite3_reset"),
      let finalize: Call = unsafe find("sqlite3_finalize"), let message: Message = unsafe find("sqlite3_errmsg")
    else { return nil }
    unsafe (self.open, self.execute, self.prepare, self.message) = (open, execute, prepare, message)
    unsafe (self.bindText, self.bindInteger, self.bindReal, self.bindNull) = (bindText, bindInteger, bindReal, bindNull)
    unsafe (self.close, self.step, self.reset, self.finalize) = (close, step, reset, finalize)
  }
}
