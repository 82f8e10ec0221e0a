import Glibc
import Rendering
import Synchronization

/// A terminal that shows a page instead of lines: entered once, and left however the program ends.
///
/// Leaving is made of atomics and system calls alone, because signal handlers do it, too.
enum ScreenMode {
  /// Another buffer, no cursor, and no new line behind the last column.
  private static let entering: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
  private static let leaving: StaticString = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

  /// Whether the terminal is in this mode now; not while the program is suspended.
  static var isEntered: Bool { active.load(ordering: .acquiring) >= 0 }

  /// How often the mode was entered: a page drawn before the last time is gone.
  static var entries: Int { count.load(ordering: .acquiring) }

  /// Turns `descriptor`'s terminal into a screen; false if it is none.
  static func enter(_ descriptor: Int32) -> Bool {
    // The place for the mode lives as long as the program.
    guard unsafe tcgetattr(descriptor, saved) == 0 else { return false }
    terminal.store(descriptor, ordering: .releasing)
    watchSignals()
    again()
    return true
  }

  /// Brings the terminal back as it was; nothing when it is so already.
  static func leave() {
    terminal.store(-1, ordering: .releasing)
    pause()
  }

  /// Enters again after a shell has brought the program back to the foreground, of which no signal tells.
  static func regain() {
    if !isEntered, !isSuspended.load(ordering: .acquiring) { again() }
  }

  /// Leaves the mode until ``again()``.
  fileprivate static func pause() {
    let descriptor = active.exchange(-1, ordering: .acquiringAndReleasing)
    guard descriptor >= 0 else { return }
    if !write(leaving, descriptor) { owes.store(true, ordering: .relaxed) }
    // The saved mode was filled before the descriptor became active.
    _ = unsafe tcsetattr(descriptor, TCSANOW, saved)
  }

  fileprivate static func again() {
    let descriptor = terminal.load(ordering: .acquiring)
    guard descriptor >= 0, isForeground(descriptor) else { return }
    guard active.exchange(descriptor, ordering: .acquiringAndReleasing) < 0 else { return }
    var mode = unsafe saved.pointee
    // Keys at once and unseen; Ctrl-C, Ctrl-Z and Ctrl-S stay what they are.
    mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
    // `tcsetattr` reads the local that it is given.
    _ = unsafe tcsetattr(descriptor, TCSANOW, &mode)
    _ = write(entering, descriptor)
    owes.store(false, ordering: .relaxed)
    count.add(1, ordering: .acquiringAndReleasing)
  }

  /// In the background of a shell the terminal is not ours; the capture goes on without a page.
  private static func isForeground(_ descriptor: Int32) -> Bool {
    let group = tcgetpgrp(descriptor)
    return group < 0 || group == getpgrp()
  }

  /// Leaves the page on a terminal that took nothing when it was left; waits for it.
  static func settle(_ descriptor: Int32) {
    guard owes.exchange(false, ordering: .relaxed) else { return }
    var sink = DescriptorSink(descriptor)
    sink.write(leaving.description)
  }

  /// Whether all of it could be written at once: a stuck terminal must hold up nobody.
  private static func write(_ text: StaticString, _ descriptor: Int32) -> Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // `poll` works on the one local that it is given.
    guard unsafe poll(&question, 1, 0) > 0 else { return false }
    // The bytes are the program's own constants.
    return unsafe Glibc.write(descriptor, text.utf8Start, text.utf8CodeUnitCount) == text.utf8CodeUnitCount
  }

  /// Handles the signals that would end or stop the program on this screen.
  private static func watchSignals() {
    // Who handles a request to end comes to the end of the screen by itself.
    for signal in [SIGTERM, SIGHUP] where isDefault(signal) { handle(signal) { ended($0) } }
    // The runtime has handlers that print where it happened: after us.
    for signal in faults { handle(signal) { ended($0) } }
    // A shell without job control ignores it: nobody would wake us up.
    if isDefault(SIGTSTP) { handle(SIGTSTP) { _ in suspended() } }
    handle(SIGCONT) { _ in resumed() }
  }

  private static let faults = [SIGQUIT, SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGABRT]

  private static func handle(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    action.sa_flags = SA_RESTART
    var before = sigaction()
    // `sigaction` works on the locals that it is given.
    guard unsafe sigaction(signal, &action, &before) == 0, bits(before) != bits(action) else { return }
    // There is room for every signal's number.
    unsafe others[Int(signal)] = before
  }

  private static func isDefault(_ signal: Int32) -> Bool {
    var action = sigaction()
    // The local that it is given; `SIG_DFL` is the null pointer.
    return unsafe sigaction(signal, nil, &action) == 0 && bits(action) == 0
  }

  /// Function pointers can only be compared by their bits.
  private static func bits(_ action: sigaction) -> Int {
    unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  }

  /// Leaves the screen and does what would have happened without it.
  fileprivate static func end(_ signal: Int32) {
    leave()
    // Filled by `handle` for every signal that comes here.
    _ = unsafe sigaction(signal, &others[Int(signal)], nil)
    // Waits until this handler returns.
    raise(signal)
  }
}

/// The terminal that was entered; -1 for none.
private let terminal = Atomic<Int32>(-1)
/// The same while it shows a page.
private let active = Atomic<Int32>(-1)
private let count = Atomic(0)
/// About to be stopped by the user: nobody may enter again meanwhile.
private let isSuspended = Atomic(false)
/// The terminal may still show the page although it was left.
private let owes = Atomic(false)
/// The terminal's mode before; written only while ``active`` is -1.
nonisolated(unsafe) private let saved = UnsafeMutablePointer<termios>.allocate(capacity: 1)

/// How signals were handled before, by number.
nonisolated(unsafe) private let others = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

private func ended(_ signal: Int32) { ScreenMode.end(signal) }

private func suspended() {
  isSuspended.store(true, ordering: .releasing)
  ScreenMode.pause()
  kill(getpid(), SIGSTOP)
}

/// Whoever stopped the program has not necessarily asked it before.
private func resumed() {
  ScreenMode.pause()
  isSuspended.store(false, ordering: .releasing)
  ScreenMode.again()
}
