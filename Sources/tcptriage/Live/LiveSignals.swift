import Glibc
import Synchronization

/// Signals that only live mode answers; Ctrl-C is ``Interrupt``'s.
enum LiveSignals {
  /// SIGTERM, or SIGHUP where there is nothing to rotate (the terminal was closed): end in order.
  static var isTerminated: Bool { terminated.load(ordering: .relaxed) }

  /// Whether SIGHUP has come since the last time: begin a new file.
  static func takeHangup() -> Bool { hungUp.exchange(false, ordering: .relaxed) }

  /// Installs the handlers; SIGHUP means the next file if `rotates`, else the end.
  static func prepare(rotates: Bool) {
    // A program that was started with `nohup`, or by a caller that blocks them, would else not hear them.
    Interrupt.unblock([SIGTERM, SIGHUP])
    handle(SIGTERM) { _ in terminated.store(true, ordering: .relaxed) }
    if rotates {
      handle(SIGHUP) { _ in hungUp.store(true, ordering: .relaxed) }
    } else if !Interrupt.isIgnored(SIGHUP) {
      handle(SIGHUP) { _ in terminated.store(true, ordering: .relaxed) }
    }
  }

  private static func handle(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.sa_flags = 0
    // The handlers store into an atomic and nothing else.
    unsafe action.__sigaction_handler.sa_handler = handler
    unsafe sigaction(signal, &action, nil)
  }
}

private let terminated = Atomic(false)
private let hungUp = Atomic(false)
