import Glibc

/// A thread for work that may wait for somebody, such as a terminal, so that the capture never does.
///
/// Requests to end go to the other threads: whoever captures must be interrupted by Ctrl-C, not this one.
enum Worker {
  /// Runs `body` on a thread of its own; false when there can be none.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    // The box is owned by the new thread from its start on; the local is filled by the call.
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let failure = withSignalsBlocked {
      unsafe pthread_create(&thread, nil, { unsafe Worker.run($0) }, work.toOpaque())
    }
    guard failure == 0 else {
      unsafe work.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func run(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // The pointer is that of the box which `start` has handed over.
    if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
    return nil
  }

  /// A new thread begins with the signals blocked that its creator blocks.
  private static func withSignalsBlocked(_ body: () -> Int32) -> Int32 {
    var blocked = sigset_t()
    var before = sigset_t()
    // All of these work on the locals that they are given.
    unsafe sigemptyset(&blocked)
    for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&blocked, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    return body()
  }
}
