import Glibc
import Rendering
import Tracking
import Triage

/// Reads captures and prints a table meanwhile.
final class TablePrinter {
  private let input: InputOptions
  private var table: TableWriter
  private var sink: TableSink

  /// A table with nothing printed yet; the lines of a wide one may be longer than the screen.
  init(
    _ columns: [Column], _ input: InputOptions, _ format: TableFormat, isWide: Bool = false, isLive: Bool = false
  ) {
    self.input = input
    sink = TableSink(isLive: isLive)
    table = TableWriter(
      columns, format, room: isWide ? nil : Terminal.size(STDOUT_FILENO)?.columns, isLive: isLive)
  }

  /// Begins to write at the side of a capture.
  ///
  /// - Throws: when the system gives no thread for it.
  func start() throws(Stop) { try sink.start() }

  func row(_ cells: [Cell]) { table.row(cells, to: &sink) }

  /// Prints all rows so far.
  func flush() { table.flush(to: &sink) }

  /// Whether somebody still reads what is printed.
  var isRead: Bool { sink.isOpen }

  /// Ends the table.
  ///
  /// - Throws: when standard output is not what it should be.
  func finish() throws(Stop) {
    finishTable()
    try Console.check(sink.failure)
    if !input.quiet { complainAboutRoom() }
  }

  /// Reads everything, calls `atEnd` for rows that still wait, and ends the table.
  ///
  /// - Parameters:
  ///   - listener: makes the rows.
  ///   - observesAll: ordinary segments become observations, too.
  ///   - atEnd: called when everything is read.
  ///   - remark: called when everything is written, for words on standard error.
  /// - Throws: when an input or standard output is not what it should be.
  func printAll(
    _ listener: Engine.Listener, observesAll: Bool = false, atEnd: () -> Void = {}, remark: (Report) -> Void = { _ in }
  ) throws(Stop) {
    let filter = try input.makeFilter()
    var settings = input.settings
    settings.tracking.observeOrdinary = observesAll
    // Nothing is judged here, so no detector needs to look.
    settings.detectors = []
    let run = CaptureRun(
      paths: input.files, settings: settings, filter: filter, quiet: input.quiet, listener: listener)
    let report = try run.report { sink.isOpen }
    atEnd()
    finishTable()
    try Console.check(sink.failure)
    CaptureRun.complain(about: report, filter)
    if !input.quiet {
      remark(report)
      complainAboutRoom()
    }
    let status = CaptureRun.status(of: report, strict: false)
    if status != .success { throw Stop(status) }
  }

  private func finishTable() {
    sink.isEnding = true
    table.finish(to: &sink)
    sink.finish()
  }

  private func complainAboutRoom() {
    let columns = table.leftOut
    guard !columns.isEmpty else { return }
    let words = columns.joined(separator: ", ")
    Console.complain("Left out to fit the screen: \(words). A pipe (| less -S) or --format csv gets every column.")
  }
}
