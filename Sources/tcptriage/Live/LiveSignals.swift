import Glibc
import Synchronization

/// Signals that only live mode answers; Ctrl-C is ``Interrupt``'s.
enum LiveSignals {
  /// SIGTERM: end in order.
  static var isTerminated: Bool { terminated.load(ordering: .relaxed) }

  /// Whether SIGHUP has come since the last time: begin a new file.
  static func takeHangup() -> Bool { hungUp.exchange(false, ordering: .relaxed) }

  static func prepare() {
    var action = sigaction()
    action.sa_flags = 0
    // The handlers store into an atomic and nothing else.
    unsafe action.__sigaction_handler.sa_handler = { _ in terminated.store(true, ordering: .relaxed) }
    unsafe sigaction(SIGTERM, &action, nil)
    unsafe action.__sigaction_handler.sa_handler = { _ in hungUp.store(true, ordering: .relaxed) }
    unsafe sigaction(SIGHUP, &action, nil)
    Interrupt.unblock([SIGTERM, SIGHUP])
  }
}

private let terminated = Atomic(false)
private let hungUp = Atomic(false)
