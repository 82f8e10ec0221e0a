import Glibc

/// Signals belong to the threads that wait for them: those that only work begin with all of them blocked.
///
/// Unsafe here: the sets are locals that live through the calls.
package enum SignalMask {
  /// Runs `body` with all signals blocked in this thread; threads that it starts inherit that and keep it.
  package static func blocked<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var (all, before) = (sigset_t(), sigset_t())
    unsafe sigfillset(&all)
    // A fault of the program itself must reach its handler, which gives the terminal back.
    for fault in [SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGABRT] { unsafe sigdelset(&all, fault) }
    unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
  }
}
