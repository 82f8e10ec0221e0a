import Glibc
import Rendering
import Tracking
import Triage

/// Reads captures and prints a table meanwhile.
final class TablePrinter {
  private let input: InputOptions
  private var table: TableWriter
  private var sink = DescriptorSink(1)

  /// - Parameter isWide: lines may be longer than the screen.
  init(_ columns: [Column], _ input: InputOptions, _ format: TableFormat, isWide: Bool = false) {
    self.input = input
    table = TableWriter(columns, format, room: isWide ? nil : Terminal.size(STDOUT_FILENO)?.columns)
  }

  func row(_ cells: [Cell]) { table.row(cells, to: &sink) }

  /// Reads everything, calls `atEnd` for rows that still wait, and ends the table.
  ///
  /// - Parameters:
  ///   - observesAll: ordinary segments become observations, too.
  ///   - afterwards: called when everything is written, for words on standard error.
  func printAll(
    _ listener: Engine.Listener, observesAll: Bool = false, atEnd: () -> Void = {},
    afterwards: (_ hasSegments: Bool) -> Void = { _ in }
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
    table.finish(to: &sink)
    try Console.check(sink.failure)
    CaptureRun.complain(about: report, filter)
    afterwards(report.capture.segments > 0)
    if !input.quiet { complainAboutRoom() }
    let status = CaptureRun.status(of: report, strict: false)
    if status != .success { throw Stop(status) }
  }

  private func complainAboutRoom() {
    let columns = table.leftOut
    guard !columns.isEmpty else { return }
    let words = columns.joined(separator: ", ")
    Console.complain("Left out to fit the screen: \(words). A pipe (| less -S) or --format csv gets every column.")
  }
}
