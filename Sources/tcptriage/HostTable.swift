import Dissection
import LiveCapture
import Rendering
import Tracking
import Triage

/// Prints one of the tables known from the BCC tools, of files or of an interface.
final class HostTable<Rows: TableRows> {
  private let options: HostOptions
  private let printer: TablePrinter
  private var table: TimedTable<OwnedRow<Rows.Row>>
  private var feed: TableFeed<Rows>?
  private var sockets: SocketWatch?
  private var rows: UInt64 = 0

  /// A table whose rows know their times themselves.
  convenience init(
    _ table: RowTable<Rows.Row>, _ rows: Rows, _ options: HostOptions, owner: ((Rows.Row) -> SocketPair?)? = nil
  ) {
    let columns = owner == nil ? OwnerColumns.none : .process
    let owned = table.owned(options.live.isLive ? columns : .none)
    self.init(TimedTable(owned, clock: false, seconds: false) { _ in 0 }, rows, options, owner ?? { _ in nil })
  }

  /// A table of events; `owner` is the socket of a row, by which a live table finds the process.
  convenience init(
    _ table: RowTable<Rows.Row>, _ rows: Rows, _ options: HostOptions, _ times: TimeOptions, hasUser: Bool = false,
    owner: @escaping (Rows.Row) -> SocketPair?, at moment: @escaping (Rows.Row) -> Int64
  ) {
    let isForPrograms = options.format.isForPrograms
    let columns: OwnerColumns = hasUser || isForPrograms ? .processAndUser : .process
    let timed = TimedTable(
      table.owned(options.live.isLive ? columns : .none), clock: times.clock || isForPrograms,
      seconds: times.seconds || isForPrograms
    ) { moment($0.row) }
    self.init(timed, rows, options, owner)
  }

  private init(
    _ table: TimedTable<OwnedRow<Rows.Row>>, _ rows: Rows, _ options: HostOptions,
    _ owner: @escaping (Rows.Row) -> SocketPair?
  ) {
    self.options = options
    self.table = table
    printer = TablePrinter(
      table.columns, options.input, options.format, isWide: options.wide, isLive: options.live.isLive)
    feed = TableFeed(rows, local: options.localRanges, ports: options.ports) { [unowned self] row in
      self.rows &+= 1
      let process = owner(row).flatMap { self.sockets?.owner($0.local, $0.remote) }
      printer.row(
        self.table.cells(OwnedRow(row, pid: process?.pid, command: process?.command ?? "", uid: process?.uid)))
    }
  }

  /// Reads the captures, or captures, and prints; `hint` is said when there is no row.
  func print(ifEmpty hint: String) throws(Stop) {
    if options.live.isLive { return try printLive() }
    try printer.printAll(listener, observesAll: true, atEnd: { feed?.finish() }) { report in
      guard report.capture.segments > 0 else { return }
      if let reason = feed?.reason, !reason.isEmpty { Console.complain(reason) }
      if rows == 0 { Console.complain(hint) }
    }
  }

  private func printLive() throws(Stop) {
    do throws(SocketError) { sockets = try SocketWatch(LocalHosts(options.localRanges)) } catch {
      Console.complain("PID and COMM stay empty. \(error.description)")
    }
    try printer.start()
    let status = try LiveTableRun(options: options.live, input: options.input).run(self)
    feed?.finish()
    try printer.finish()
    if status != .success { throw Stop(status) }
  }
}

extension HostTable: LiveTable {
  /// Late frames of a second that is over get so much time to come, ns.
  private static var patience: Int64 { 100_000_000 }

  var listener: Engine.Listener {
    Engine.Listener(
      observations: { [unowned self] observations in
        if table.start == nil { table.start = observations.first?.segment.time }
        feed?.take(observations)
      },
      ended: { [unowned self] ended in feed?.take(ended) },
      segments: sockets.map { sockets in { sockets.take($0) } })
  }

  func caughtUp(_ engine: borrowing Engine, time: Int64) {
    let accounts = feed?.takeClosed().compactMap { engine.account(of: $0) } ?? []
    feed?.take(accounts.filter(\.isOver))
    feed?.pass(time - Self.patience)
    sockets?.keepUp()
    for remark in sockets?.takeRemarks() ?? [] { Console.complain(remark) }
    printer.flush()
  }

  var wantsToQuit: Bool { !printer.isRead }
}
