import Archive
import ArgumentParser
import Frames
import Frames
import Rendering
import Tracking
import Triage

/// `tcptriage show`: tables of what was derived from the packets.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print tables: segments, connections, and those known from the BCC tools.",
    usage: "tcptriage show TABLE FILE ... [<options>]",
    discussion: """
      EXAMPLES:
        tcptriage show connections trace.pcap
        tcptriage show segments trace.pcap --kind retransmission,reordered
        tcptriage show segments trace.pcap --format csv > segments.csv
        tcptriage show segments trace.pcap --why 4711
        tcptriage show life trace.pcap
        tcptriage show retrans trace.pcap --count
        tcptriage show top trace.pcap --interval 1
        tcptriage show connect -i eth0
      """,
    subcommands: [Segments.self, Connections.self] + EventTableCommands.all)

  func run() throws {
    throw Stop(
      .usage,
      "Name a table, then the capture, as in show connections FILE; the tables are "
        + Quantity.list(Self.tableNames) + ".")
  }

  /// The tables that there are.
  static var tableNames: [String] {
    configuration.subcommands.filter { $0.configuration.shouldDisplay }.compactMap { $0.configuration.commandName }
  }

  /// What both tables have in common.
  struct Options: ParsableArguments {
    @OptionGroup var input: InputOptions

    @Option(help: "Format of the table.")
    var format = TableFormat.text

    @Option(
      name: .customLong("connection"),
      help: ArgumentHelp(
        "Print only this connection, by the number that reports and tables give it (repeatable).", valueName: "number"))
    var connections: [UInt64] = []

    /// Says which of the connections that were asked for are not there: a table without rows would not.
    func complainAboutConnections(_ report: Report) {
      let all = report.totals.connections
      for number in connections where number == 0 || number > all {
        Console.complain("There is no connection \(number): the capture has \(Quantity.count(all, "connection")).")
      }
    }

    /// Whether the rows of a connection are wanted.
    func wants(_ connection: ConnectionID) -> Bool {
      connections.isEmpty || connections.contains(connection.rawValue)
    }
  }

  /// One row for each segment that is anything but ordinary.
  struct Segments: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "segments", abstract: "List the segments that are anything but ordinary.",
      usage: "tcptriage show segments FILE ... [--kind KIND,...] [--why FRAME] [--format FORMAT] [--filter EXPR]",
      discussion: """
        Each row says what a segment is (retransmission, keep-alive, duplicate-ack, ...), why it was sent again, \
        whether that was needless (spurious = 1), and why its receiver will have thrown it away. Sequence numbers \
        are those in the packet; times are seconds since 1970 UTC. Flight is the bytes that were \
        unacknowledged before the segment, stall the seconds that its sender had been stuck, and desync (of bare \
        ACKs) the peer's last acknowledgment less the sequence number: 0 on a healthy idle connection. Signs are \
        what else is odd about the segment.

        A terminal shows the columns that it has room for, and times of day in UTC; pipes and files get everything.
        """)

    @OptionGroup var options: Options

    @Option(
      name: .customLong("kind"),
      help: ArgumentHelp("Print only segments of these kinds (separated by commas, repeatable).", valueName: "kind"),
      completion: .list(SegmentKind.allCases.map(\.name)))
    var kindNames: [String] = []

    @Option(
      help: ArgumentHelp(
        "Instead of the table, tell of one frame what was known before it and which rule decided what it is.",
        valueName: "frame"))
    var why: UInt64?

    func run() throws {
      if let why {
        try FrameQuestion(frame: why, input: options.input).answer()
        return
      }
      let kinds = try SegmentKinds.named(kindNames)
      let printer = TablePrinter(SegmentTable.columns, options.input, options.format)
      // Rows wait for later words on them, so the end of the capture is also the end of the waiting.
      let rows = WaitingRows { row in
        if kinds.contains(row.kind), options.wants(row.connection) { printer.row(SegmentTable.row(row)) }
      }
      let listener = Engine.Listener(observations: { rows.take($0) })
      try printer.printAll(listener, atEnd: { rows.finish() }, remark: options.complainAboutConnections)
    }
  }

  /// One row for each connection.
  struct Connections: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "connections", abstract: "List all connections, in the order in which they end.",
      usage: "tcptriage show connections FILE ... [--format text|csv|tsv|json] [--filter EXPR]",
      discussion: """
        Columns that end in _client count what the client sent, those that end in _server what the server sent. \
        The duration is in seconds, bytes are payload; states are those of RFC 9293, since is when a state began. The \
        vantage is where the capture was made: at the client, at the server, in the middle, or unknown.

        A terminal shows the columns that it has room for, under short names (resent_c is retransmissions_client); \
        pipes and files get everything.
        """)

    @OptionGroup var options: Options

    func run() throws {
      let printer = TablePrinter(ConnectionTable.columns, options.input, options.format)
      let listener = Engine.Listener(ended: { ends in
        for end in ends where options.wants(end.id) { printer.row(ConnectionTable.row(ConnectionSummary(end))) }
      })
      try printer.printAll(listener, remark: options.complainAboutConnections)
    }
  }
}

/// Kinds of segments by the names that tables use.
enum SegmentKinds {
  /// The kinds that `names` list, separated by commas; all without a name.
  ///
  /// - Throws: when a name is not known.
  static func named(_ names: [String]) throws(Stop) -> Set<SegmentKind> {
    let all = SegmentKind.allCases
    if names.isEmpty { return Set(all) }
    var kinds: Set<SegmentKind> = []
    for name in names.flatMap({ $0.split(separator: ",") }).map(String.init) {
      guard let kind = all.first(where: { $0.name == name.lowercased() }) else {
        let known = all.map(\.name)
        let hint = NearestNames.hint(name, among: known)
        throw Stop(.usage, "There is no kind '\(name)'\(hint); the kinds are \(known.joined(separator: ", ")).")
      }
      kinds.insert(kind)
    }
    return kinds
  }
}

/// The rows of `show segments` in a place that a listener can reach.
private final class WaitingRows {
  private var rows: SegmentRows

  init(emit: @escaping (Observation) -> Void) { rows = SegmentRows(emit: emit) }

  func take(_ observations: [Observation]) { rows.take(observations) }

  func finish() { rows.finish() }
}
