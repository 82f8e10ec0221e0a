import Glibc

/// Wakes one thread from another without ever making the waker wait: a pipe of which nobody waits for room.
///
/// Unsafe here: `pipe`, `read`, `write` and `poll` take the address of a local.
package final class Bell: Sendable {
  private let ends: (listening: Int32, ringing: Int32)

  /// Nil when the process has no descriptors left.
  package init?() {
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
  package func ring() {
    var ring: UInt8 = 1
    _ = unsafe write(ends.ringing, &ring, 1)
  }

  /// What to wait for, together with other descriptors.
  package var question: pollfd { pollfd(fd: ends.listening, events: Int16(POLLIN), revents: 0) }

  /// Waits for a ring, `milliseconds` at most, for ever when negative, and forgets all rings so far.
  ///
  /// - Returns: whether it rang.
  @discardableResult
  package func wait(milliseconds: Int32) -> Bool {
    var waiting = question
    let rang = unsafe poll(&waiting, 1, milliseconds) > 0
    forget()
    return rang
  }

  /// Forgets the rings so far.
  package func forget() {
    var rings: UInt64 = 0
    while unsafe read(ends.listening, &rings, MemoryLayout.size(ofValue: rings)) > 0 {}
  }
}
