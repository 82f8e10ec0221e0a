import Glibc
import Synchronization

/// Whether the user has pressed Ctrl-C: then reading ends and what there is so far is printed.
enum Interrupt {
  static var isPending: Bool { wasPressed.load(ordering: .relaxed) }

  /// Installs the handler and makes a closed pipe an error of `write` instead of a deadly signal.
  static func prepare() {
    // A descriptor that was closed by the caller would else be given to the first file that is opened.
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // The path is a literal; so below.
      _ = unsafe open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
    let end = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    nothing.store(end, ordering: .relaxed)
    wasPressed.store(false, ordering: .relaxed)
    // A program started with `nohup` or in the background of a script keeps what its caller chose.
    if !isIgnored(SIGINT) {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in pressed() }
      action.sa_flags = 0
      unsafe sigaction(SIGINT, &action, nil)
      unblock([SIGINT])
    }
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// A caller that blocks signals in its threads passes that on to its children, which is hardly ever meant.
  static func unblock(_ numbers: [Int32]) {
    var signals = sigset_t()
    // All of these work on the one local that they are given.
    unsafe sigemptyset(&signals)
    for number in numbers { unsafe sigaddset(&signals, number) }
    unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Whether the caller wants `number` to be ignored, as `nohup` does.
  static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    // Fills the local that it is given.
    return unsafe sigaction(number, nil, &action) == 0 && ignores(action)
  }

  /// Compares two function pointers by their bits.
  private static func ignores(_ action: sigaction) -> Bool {
    let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    let ignoring = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
    return handler == ignoring
  }
}

private let wasPressed = Atomic(false)
/// A descriptor of a file that is always at its end.
private let nothing = Atomic<Int32>(-1)

/// The handler: only atomics and system calls that may be used in one.
///
/// A read of standard input that waits for a silent pipe is repeated by the reader, so standard input becomes a file at
/// its end. The second time ends the program at once.
private func pressed() {
  if wasPressed.exchange(true, ordering: .relaxed) {
    ScreenMode.leave()
    _exit(ExitStatus.interrupted.rawValue)
  }
  let end = nothing.load(ordering: .relaxed)
  if end >= 0 { _ = dup2(end, STDIN_FILENO) }
}
