import Glibc

/// A thread of its own, for work that may wait for a disk, a terminal or a reader.
///
/// Unsafe here: starting a thread hands it a pointer. Signals are blocked in it: they belong to the threads that wait
/// for them, and a limit on the size of files becomes an error of `write` instead of the end of the program.
package final class WorkerThread {
  private let thread: pthread_t
  private var isJoined = false

  /// What the new thread will do; travels through a pointer.
  private final class Errand: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }

  /// Starts `work` at once; nil when the system gives no thread.
  package init?(_ work: @escaping @Sendable () -> Void) {
    // Retained for the thread, which takes it back as its first act.
    let errand = unsafe Unmanaged.passRetained(Errand(work))
    var started = pthread_t()
    let code = SignalMask.blocked {
      unsafe pthread_create(
        &started, nil,
        { pointer in
          guard let pointer = unsafe pointer else { return nil }
          unsafe Unmanaged<Errand>.fromOpaque(pointer).takeRetainedValue().work()
          return nil
        }, errand.toOpaque())
    }
    guard code == 0 else {
      // Nobody else will.
      unsafe errand.release()
      return nil
    }
    thread = started
  }

  /// A thread that nobody waits for frees itself.
  deinit {
    if !isJoined { pthread_detach(thread) }
  }

  /// Waits until the work is done; call it once.
  func join() {
    isJoined = true
    _ = pthread_join(thread, nil)
  }
}
