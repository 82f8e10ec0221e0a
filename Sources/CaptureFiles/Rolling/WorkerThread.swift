import Glibc

/// A thread of its own, for work that may wait for a disk.
///
/// Unsafe here: starting a thread hands it a pointer. Signals are blocked in it: they belong to the threads that wait
/// for them, and a limit on the size of files becomes an error of `write` instead of the end of the program.
final class WorkerThread {
  private let thread: pthread_t

  /// What the new thread will do; travels through a pointer.
  private final class Errand: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }

  /// Starts `work` at once; nil when the system gives no thread.
  init?(_ work: @escaping @Sendable () -> Void) {
    var (all, before) = (sigset_t(), sigset_t())
    // Both sets are locals; a thread inherits the mask of the one that starts it.
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    // Retained for the thread, which takes it back as its first act.
    let errand = unsafe Unmanaged.passRetained(Errand(work))
    var started = pthread_t()
    let code = unsafe pthread_create(
      &started, nil,
      { pointer in
        guard let pointer = unsafe pointer else { return nil }
        unsafe Unmanaged<Errand>.fromOpaque(pointer).takeRetainedValue().work()
        return nil
      }, errand.toOpaque())
    guard code == 0 else {
      // Nobody else will.
      unsafe errand.release()
      return nil
    }
    thread = started
  }

  /// Waits until the work is done; call it once.
  func join() { _ = pthread_join(thread, nil) }
}

/// Wakes one thread from another without ever making the waker wait: a pipe of which nobody waits for room.
///
/// Unsafe here: `pipe`, `read`, `write` and `poll` take the address of a local.
final class Bell: Sendable {
  private let ends: (listening: Int32, ringing: Int32)

  /// Nil when the process has no descriptors left.
  init?() {
    var pair: [Int32] = [-1, -1]
    guard unsafe pipe(&pair) == 0 else { return nil }
    for end in pair {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    ends = (pair[0], pair[1])
  }

  deinit {
    close(ends.listening)
    close(ends.ringing)
  }

  /// Wakes the waiter, now or when it waits next; a pipe that is full of rings will wake it, too.
  func ring() {
    var ring: UInt8 = 1
    _ = unsafe write(ends.ringing, &ring, 1)
  }

  /// Waits for a ring, `milliseconds` at most; for ever when negative.
  func wait(milliseconds: Int32) {
    var waiting = pollfd(fd: ends.listening, events: Int16(POLLIN), revents: 0)
    var rings: UInt64 = 0
    _ = unsafe poll(&waiting, 1, milliseconds)
    while unsafe read(ends.listening, &rings, MemoryLayout.size(ofValue: rings)) > 0 {}
  }
}
