import Frames
import CaptureFiles
import Glibc
import Rendering
import Triage

/// What the screen's thread knows: the page as it stands on the terminal, what the user has chosen, and what is still to be
/// written.
struct LiveSession {
  /// Four pages a second are smooth enough for numbers that change once a second.
  private static let interval = PacketTime.second / 4
  /// An escape byte after which nothing comes for so long is the Escape key.
  private static let escapeWait: Int32 = 50

  private let input: Int32
  private let output: Int32
  private let color: Bool
  private var hasKeys = true
  private var decoder = LiveKeyDecoder()
  private var state = LivePageState()
  /// The newest snapshot, and the one on the page: another one while the page stands still.
  private var latest: LiveSnapshot?
  private var shown: LiveSnapshot?
  private var page = LivePage(columns: 80, rows: 24, color: false)
  private var isStale = false
  private var lastDraw = Int64.min
  /// The lines on the terminal, and how often it had been entered when they were written.
  private var lines: [String] = []
  private var entries = 0
  /// What the terminal has not taken yet.
  private var rest: ArraySlice<UInt8> = []

  init(input: Int32, output: Int32, color: Bool) {
    self.input = input
    self.output = output
    self.color = color
  }

  var wantsToQuit: Bool { state.wantsToQuit }

  /// Waits for a key, a snapshot, room on the terminal, or the time of the next look at its size.
  mutating func wait(for wake: Bell) {
    var questions = [wake.question, keyQuestion]
    if !rest.isEmpty { questions.append(pollfd(fd: output, events: Int16(POLLOUT), revents: 0)) }
    // `poll` works on the array that it is given, all of it.
    let ready = unsafe poll(&questions, nfds_t(questions.count), timeout)
    wake.forget()
    if ready == 0, decoder.isWaiting { apply(decoder.flush()) }
  }

  /// Asks for keys; in the background of a shell they are not ours, and reading them would stop the program.
  private var keyQuestion: pollfd {
    pollfd(fd: hasKeys && ScreenMode.isEntered ? input : -1, events: Int16(POLLIN), revents: 0)
  }

  private var timeout: Int32 {
    if decoder.isWaiting { return Self.escapeWait }
    let wait = isStale && rest.isEmpty ? lastDraw &+ Self.interval &- Terminal.now() : Self.interval
    return Int32(max(0, min(wait, Self.interval)) / PacketTime.millisecond + 1)
  }

  mutating func take(_ snapshot: LiveSnapshot?) {
    guard let snapshot else { return }
    latest = snapshot
    if !state.isPaused || shown == nil {
      shown = snapshot
      isStale = true
    }
  }

  mutating func readKeys() {
    var bytes = [UInt8](repeating: 0, count: 256)
    var question = keyQuestion
    // A shared terminal would make `read` wait; both calls work on locals, and no more is read than there is room for.
    guard unsafe poll(&question, 1, 0) > 0 else { return }
    let count = unsafe read(input, &bytes, bytes.count)
    if count > 0 {
      apply(decoder.keys(bytes.prefix(count)))
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      // Nobody is there any more: the page goes on without keys.
      hasKeys = false
    }
  }

  private mutating func apply(_ keys: [LiveKey]) {
    guard let shown, !keys.isEmpty else {
      // Before there is a page, only the end can be meant.
      if keys.contains(.character("q")) { state.wantsToQuit = true }
      return
    }
    for key in keys { state.take(key, shown, on: page) }
    if !state.isPaused { self.shown = latest }
    isStale = true
  }

  /// Draws what has changed, if it is time to, and if the terminal has taken all of the page before.
  mutating func draw() {
    ScreenMode.regain()
    if entries != ScreenMode.entries { rest = [] }
    flush()
    let size = Terminal.size(output) ?? (columns: page.columns, rows: page.rows)
    let wanted = LivePage(columns: size.columns, rows: size.rows, color: color)
    if entries != ScreenMode.entries || (wanted.columns, wanted.rows) != (page.columns, page.rows) {
      (page, lines, entries, isStale) = (wanted, [], ScreenMode.entries, true)
    }
    let now = Terminal.now()
    guard isStale, rest.isEmpty, ScreenMode.isEntered, let shown, now &- Self.interval >= lastDraw else { return }
    let new = page.lines(shown, state)
    rest = Self.changes(from: lines, to: new)[...]
    (lines, isStale, lastDraw) = (new, false, now)
    flush()
  }

  /// Control sequences and text that turn one page into another; all of the screen if there was none.
  static func changes(from old: [String], to new: [String]) -> [UInt8] {
    var text = old.isEmpty ? "\u{1B}[0m\u{1B}[2J" : ""
    for (index, line) in new.enumerated() where index >= old.count || old[index] != line {
      // Emptied first: behind a full line there would be no place left to do it from.
      text += "\u{1B}[\(index + 1);1H\u{1B}[2K\(line)"
    }
    return Array(text.utf8)
  }

  /// Writes as much as the terminal takes without waiting.
  private mutating func flush() {
    while !rest.isEmpty, ScreenMode.isEntered {
      // The pointer and the count are those of the slice, which lives through the call. Small pieces: a terminal that is
      // shared and not quite full would else make us wait.
      let piece = rest.prefix(1_024)
      let count = unsafe piece.withUnsafeBytes { unsafe write(output, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        // The terminal is gone, and with it whoever looked at it.
        rest = []
        state.wantsToQuit = true
      }
    }
  }

  /// Waits until the terminal can be given back, but not for longer than this.
  mutating func finish(milliseconds: Int32) {
    // Half a page would be cleared anyway.
    rest = []
    var question = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
    // `poll` works on the one local that it is given.
    _ = unsafe poll(&question, 1, milliseconds)
  }
}
