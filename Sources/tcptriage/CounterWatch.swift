import Glibc
import LiveCapture
import Rendering
import Triage

/// Looks at the counters again and again: a page refreshed in place on a terminal, lines anywhere else.
struct CounterWatch {
  /// Nanoseconds between two looks.
  let pause: Int64
  /// Looks after which to end; nil = until Ctrl-C.
  let rounds: Int?
  let format: CounterFormat
  private let isComplete: Bool
  private let screen: CounterScreen
  private let isTerminal: Bool
  private var history: CounterHistory
  /// Lines of the page that stands on the screen.
  private var standing = 0
  /// Counters of which the last line said that they run away.
  private var running: Set<String> = []
  private var table: TableWriter?

  init(pause: Int64, rounds: Int?, all: Bool, format: CounterFormat, color: ColorChoice) {
    self.pause = pause
    self.rounds = rounds
    self.format = format
    isComplete = all
    isTerminal = format == .text && Terminal.isTerminal(STDOUT_FILENO) && Terminal.isCapable
    screen = CounterScreen(width: CountersCommand.width, color: color.applies(to: STDOUT_FILENO))
    history = CounterHistory(everything: all)
    table = format == .csv ? TableWriter(CounterTable.watchColumns, .csv) : nil
  }

  /// Runs until Ctrl-C, which is the way to end a watch, or for so many rounds.
  func run(from first: CounterSnapshot) throws(Stop) {
    var watch = self
    var due = Terminal.now()
    _ = watch.history.take(first, at: due)
    if isTerminal { try watch.show([], at: WallClock.now()) }
    var round = 0
    while round < rounds ?? .max {
      due += pause
      guard WallClock.sleep(until: due) else { return }
      let now = Terminal.now()
      // A stopped program does not catch up on what it has missed.
      if now > due + pause { due = now }
      let readings = watch.history.take(KernelCounters.read(), at: now)
      try watch.show(readings, at: WallClock.now())
      round += 1
    }
  }

  private mutating func show(_ readings: [CounterReading], at time: Int64) throws(Stop) {
    switch format {
    case .text where isTerminal: try refresh(readings, at: time)
    case .text: try log(readings, at: time)
    case .csv: try addRows(readings, at: time)
    case .json, .ndjson: try Console.output(readings.map { CounterTable.line($0, at: time) }.joined())
    }
  }

  private mutating func addRows(_ readings: [CounterReading], at time: Int64) throws(Stop) {
    var sink = MemorySink()
    for reading in readings { table?.row(CounterTable.row(reading, at: time), to: &sink) }
    table?.flush(to: &sink)
    let bytes = sink.bytes
    try Console.output { $0.write(bytes) }
  }

  /// Only what moves, what runs, and what has just come back; what any traffic moves is left out.
  private mutating func log(_ readings: [CounterReading], at time: Int64) throws(Stop) {
    let told = readings.filter { reading in
      guard isComplete || CounterMeaning.of(reading.name)?.isLoad == false else { return false }
      return reading.rate > 0 || reading.runsAway || running.contains(reading.name)
    }
    running = Set(readings.filter(\.runsAway).map(\.name))
    try Console.output(told.map { screen.line($0, at: time) }.joined())
  }

  /// Writes over the page that stands there, line by line, so that nothing flickers.
  private mutating func refresh(_ readings: [CounterReading], at time: Int64) throws(Stop) {
    let size = Terminal.size(STDOUT_FILENO)
    let heading =
      readings.isEmpty ? "Counters of this host: the first rates come in a moment" : screen.heading(at: time)
    let fitting = CounterScreen(width: size?.columns ?? 80, color: screen.hasColor)
    let page = fitting.page(readings, heading: heading, height: (size?.rows ?? 24) - 1)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let back = standing > 0 ? "\u{1B}[\(min(standing, max(1, (size?.rows ?? 24) - 1)))A\r" : ""
    try Console.output(back + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J")
    standing = lines.count
  }
}

/// The clock on the wall, and waiting.
enum WallClock {
  /// Nanoseconds since 1970 UTC.
  static func now() -> Int64 {
    var time = timespec()
    // `clock_gettime` fills the local that it is given.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Waits until a moment of ``Terminal/now()``; false when the user pressed Ctrl-C meanwhile.
  static func sleep(until due: Int64) -> Bool {
    while !Interrupt.isPending {
      let left = due - Terminal.now()
      guard left > 0 else { return true }
      // A signal that comes between the question and the wait is noticed a tenth of a second later.
      let part = min(left, 100_000_000)
      var time = timespec(tv_sec: 0, tv_nsec: Int(part))
      // `nanosleep` reads the local that it is given.
      _ = unsafe nanosleep(&time, nil)
    }
    return false
  }
}
