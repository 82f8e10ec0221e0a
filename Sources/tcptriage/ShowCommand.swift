import ArgumentParser
import Rendering
import Tracking
import Triage

/// `tcptriage show`: tables of what was derived from the packets.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print tables of segments or connections.",
    discussion: """
      EXAMPLES:
        tcptriage show connections trace.pcap
        tcptriage show segments trace.pcap --format csv > segments.csv
      """,
    subcommands: [Segments.self, Connections.self])

  /// What both tables have in common.
  struct Options: ParsableArguments {
    @OptionGroup var input: InputOptions

    @Option(help: "Format of the table.")
    var format = TableFormat.text
  }

  /// One row for each segment that is anything but ordinary.
  struct Segments: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the segments that are anything but ordinary.",
      usage: "tcptriage show segments FILE ... [--format text|csv|tsv|json] [--filter EXPR]",
      discussion: """
        Each row says what a segment is (retransmission, keep-alive, duplicate-ack, ...), why it was sent again, \
        whether that was needless (spurious = 1), and why its receiver will have thrown it away. Sequence numbers \
        are those in the packet; times are seconds since 1970 UTC. Flight is the bytes that were \
        unacknowledged before the segment, stall the seconds that its sender had been stuck, and desync (of bare \
        ACKs) the peer's last acknowledgment less the sequence number: 0 on a healthy idle connection.
        """)

    @OptionGroup var options: Options

    func run() throws {
      let printer = TablePrinter(SegmentTable.columns, options)
      // Rows wait for later words on them, so the end of the capture is also the end of the waiting.
      let rows = WaitingRows { printer.row(SegmentTable.row($0)) }
      let listener = Engine.Listener(observations: { rows.take($0) })
      try printer.printAll(listener) { rows.finish() }
    }
  }

  /// One row for each connection.
  struct Connections: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List all connections, in the order in which they end.",
      usage: "tcptriage show connections FILE ... [--format text|csv|tsv|json] [--filter EXPR]",
      discussion: """
        Columns that end in _client count what the client sent, those that end in _server what the server sent. \
        The duration is in seconds, bytes are payload; states are those of RFC 9293. The vantage is where the capture \
        was made: at the client, at the server, in the middle, or unknown.
        """)

    @OptionGroup var options: Options

    func run() throws {
      let printer = TablePrinter(ConnectionTable.columns, options)
      let listener = Engine.Listener(ended: { ends in
        for end in ends { printer.row(ConnectionTable.row(ConnectionSummary(end))) }
      })
      try printer.printAll(listener)
    }
  }
}

/// The rows of `show segments` in a place that a listener can reach.
private final class WaitingRows {
  private var rows: SegmentRows

  init(emit: @escaping (Observation) -> Void) { rows = SegmentRows(emit: emit) }

  func take(_ observations: [Observation]) { rows.take(observations) }

  func finish() { rows.finish() }
}

/// Reads captures and prints a table meanwhile.
private final class TablePrinter {
  private let options: ShowCommand.Options
  private var table: TableWriter
  private var sink = DescriptorSink(1)

  init(_ columns: [Column], _ options: ShowCommand.Options) {
    self.options = options
    table = TableWriter(columns, options.format)
  }

  func row(_ cells: [Cell]) { table.row(cells, to: &sink) }

  /// Reads everything, calls `atEnd` for rows that still wait, and ends the table.
  func printAll(_ listener: Engine.Listener, atEnd: () -> Void = {}) throws(Stop) {
    let filter = try options.input.makeFilter()
    var settings = options.input.settings
    // Nothing is judged here, so no detector needs to look.
    settings.detectors = []
    let run = CaptureRun(
      paths: options.input.files, settings: settings, filter: filter, quiet: options.input.quiet, listener: listener)
    let report = try run.report { sink.isOpen }
    atEnd()
    table.finish(to: &sink)
    try Console.check(sink.failure)
    CaptureRun.complain(about: report, filter)
    let status = CaptureRun.status(of: report, strict: false)
    if status != .success { throw Stop(status) }
  }
}
