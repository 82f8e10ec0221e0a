import Glibc

/// A pipe that wakes up whoever waits for it, together with other descriptors.
final class WakePipe: Sendable {
  private let reading: Int32
  private let writing: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    // `pipe` fills the two elements; without descriptors left they stay as they are, and nobody is woken up.
    _ = unsafe pipe(&ends)
    (reading, writing) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// Wakes the other side up; a full pipe will do so anyway.
  func signal() {
    var byte: UInt8 = 0
    // One byte of the local.
    _ = unsafe write(writing, &byte, 1)
  }

  /// What to wait for.
  var question: pollfd { pollfd(fd: reading, events: Int16(POLLIN), revents: 0) }

  /// Forgets the calls that have come.
  func drain() {
    var bytes = [UInt8](repeating: 0, count: 64)
    // At most as many bytes as the array has.
    while unsafe read(reading, &bytes, bytes.count) == bytes.count {}
  }

  /// Whether a call comes within this time.
  func wait(milliseconds: Int32) -> Bool {
    var question = question
    // `poll` works on the one local that it is given.
    return unsafe poll(&question, 1, milliseconds) > 0
  }
}
