import ArgumentParser
import Frames
import Glibc
import LiveCapture
import Rendering
import Triage

/// `tcptriage counters`: what this host's kernel counts, and what of it runs away.
struct CountersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "counters", abstract: "Show this host's TCP counters, and watch for those that run away.",
    usage: "tcptriage counters [--watch [SECONDS]] [--all] [--format FORMAT] | --record FILE",
    discussion: """
      Counters are those of nstat and netstat -s, of the network namespace that the program runs in; softnet and \
      softirq are of the whole machine. A counter runs away when it has been, twice in a row, 10 per second and four \
      times above the 95th percentile of the last ten minutes.

      EXAMPLES:
        tcptriage counters                       what has happened since boot
        tcptriage counters --watch               every second, until Ctrl-C
        tcptriage counters --watch 5 --format csv > counters.csv
        tcptriage counters --record before.txt   for tcptriage FILE --counters-from before.txt after.txt
      """)

  @Option(
    name: .long, defaultAsFlag: 1.0,
    help: ArgumentHelp("Look again and again, every second or so many seconds.", valueName: "seconds"))
  var watch: Double?

  @Option(help: ArgumentHelp("With --watch: end after so many looks.", valueName: "number"))
  var times: Int?

  @Flag(name: .long, help: "Show every counter of the kernel, also those that are 0 or that say nothing of trouble.")
  var all = false

  @Option(help: "Format of what is shown.")
  var format = CounterFormat.text

  @Option(
    help: ArgumentHelp(
      "Write a snapshot of all counters and settings to this file, or - to standard output.", valueName: "file"),
    completion: .file())
  var record: String?

  @Option(help: "Colours on the terminal.")
  var color = ColorChoice.auto

  func validate() throws {
    if let watch, !(0.1...86_400).contains(watch) { throw ValidationError("--watch takes 0.1 to 86400 seconds.") }
    if let times, times < 1 { throw ValidationError("--times takes 1 or more.") }
    if times != nil, watch == nil { throw ValidationError("--times needs --watch.") }
    if record != nil, watch != nil || all || format != .text {
      throw ValidationError("--record writes one snapshot of everything; it goes with no other option.")
    }
    if watch != nil, format == .json {
      throw ValidationError("A watch has no end, so it cannot be one JSON document; --format ndjson can be watched.")
    }
  }

  func run() throws {
    if let record { return try write(to: record) }
    let snapshot = KernelCounters.read()
    guard !snapshot.counters.isEmpty else { throw Self.nothing }
    guard let watch else { return try show(snapshot) }
    let pause = Int64(watch * 1e9)
    try CounterWatch(pause: pause, rounds: times, all: all, format: format, color: color).run(from: snapshot)
  }

  private static let nothing = Stop(
    .input, "There are no counters in /proc/net: this is no Linux, or /proc is not mounted.")

  private func write(to path: String) throws(Stop) {
    guard !KernelCounters.read().counters.isEmpty else { throw Self.nothing }
    let bytes = KernelCounters.record(at: WallClock.now())
    guard path != "-" else { return try Console.output { $0.write(bytes) } }
    try OutputFile.write(path) { $0.write(bytes) }
  }

  private func show(_ snapshot: CounterSnapshot) throws(Stop) {
    let known = CounterMeaning.all.compactMap { meaning in snapshot[meaning.name].map { (meaning.name, $0) } }
    let others = all ? snapshot.counters.filter { CounterMeaning.of($0.name) == nil } : []
    let counters: [(name: String, value: UInt64)] = known + others
    let (columns, table) = (CounterTable.columns, format.table)
    if format == .text {
      let shown = all ? counters : counters.filter { $0.value > 0 }
      let screen = CounterScreen(width: Self.width, color: color.applies(to: STDOUT_FILENO))
      let text = screen.table(shown, remarks: remarks(snapshot, zeros: counters.count - shown.count))
      return try Console.output(text)
    }
    try Console.output { sink in
      if let table {
        var writer = TableWriter(columns, table)
        for counter in counters { writer.row(CounterTable.row(counter.name, counter.value), to: &sink) }
        writer.finish(to: &sink)
      } else {
        for counter in counters { sink.write(CounterTable.line(counter.name, counter.value)) }
      }
    }
  }

  /// What the table does not show, so that nobody takes silence for zero.
  private func remarks(_ snapshot: CounterSnapshot, zeros: Int) -> [String] {
    var remarks: [String] = []
    if zeros > 0 { remarks.append("\(Quantity.count(zeros, "counter")) more: still 0 (--all shows them).") }
    let missing = CounterMeaning.all.map(\.name).filter { snapshot[$0] == nil }
    if !missing.isEmpty { remarks.append("Not available on this kernel: \(Quantity.list(missing)).") }
    return remarks
  }

  /// Columns of the terminal; what goes into a pipe has no screen to fit on.
  static var width: Int { Terminal.size(STDOUT_FILENO)?.columns ?? 1_000 }
}

/// How `counters` prints.
enum CounterFormat: String, ExpressibleByArgument, CaseIterable {
  case text, csv, json, ndjson

  /// The same for tables; nil for lines of JSON.
  var table: TableFormat? { TableFormat(rawValue: rawValue) }
}
