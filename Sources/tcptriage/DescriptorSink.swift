import Glibc
import Rendering

/// Bytes to a file descriptor, in order and unbuffered: renderers hand over large chunks.
struct DescriptorSink: ByteSink, ~Copyable {
  let descriptor: Int32
  /// The operating system's number of the first failure; 0 while all is well.
  private(set) var failure: Int32 = 0

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  var isOpen: Bool { failure == 0 }

  /// Gives up because what was to be written cannot be had; the first failure counts.
  mutating func fail(_ code: Int32) {
    if isOpen { failure = code }
  }

  /// Fails when the reader has gone away, which else only the next bytes would tell.
  mutating func checkReader() {
    var asked = pollfd(fd: descriptor, events: 0, revents: 0)
    // `poll` reads and writes the one local that it is given, and does not wait.
    if unsafe poll(&asked, 1, 0) > 0, Int32(asked.revents) & (POLLERR | POLLHUP) != 0 { fail(EPIPE) }
  }

  mutating func write(_ bytes: [UInt8]) {
    var start = 0
    while isOpen, start < bytes.count {
      // The pointer and the count are those of the array, which lives through the call.
      let count = unsafe bytes[start...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        start += count
      } else if errno == EAGAIN {
        waitUntilWritable()
      } else if errno != EINTR {
        failure = errno
      }
    }
  }

  /// A terminal may be in non-blocking mode because another process that shares it made it so.
  private func waitUntilWritable() {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // `poll` reads and writes the one local that it is given.
    _ = unsafe poll(&waiting, 1, -1)
  }
}

/// What goes to standard output and standard error.
enum Console {
  /// Hands a sink for standard output to `body`, then ends the program if it could not take all.
  ///
  /// - Throws: a quiet ``Stop`` when the reader has gone away, one with a sentence for a full disk or a closed output.
  static func output(_ body: (inout DescriptorSink) -> Void) throws(Stop) {
    var sink = DescriptorSink(STDOUT_FILENO)
    body(&sink)
    try check(sink.failure)
  }

  static func output(_ text: String) throws(Stop) {
    try output { sink in sink.write(text) }
  }

  /// Ends the program if writing to standard output has failed.
  static func check(_ failure: Int32) throws(Stop) {
    if failure == 0 { return }
    // The reader has seen enough: that is no fault.
    guard failure != EPIPE else { throw Stop(.success) }
    throw Stop(.input, "Standard output cannot be written (\(SystemError.words(failure))).")
  }

  /// Writes a sentence to standard error, with nothing in it that a terminal would act on.
  static func complain(_ sentence: String) {
    var sink = DescriptorSink(STDERR_FILENO)
    let lines = sentence.split(separator: "\n", omittingEmptySubsequences: false)
    let clean = lines.map { Visible.text(String($0), limit: 4_000) }.joined(separator: "\n")
    sink.write("tcptriage: \(clean)\n")
  }
}

enum SystemError {
  /// The operating system's words for an error number.
  static func words(_ code: Int32) -> String {
    // `strerror` returns a terminated string that stays valid until the next call; it is copied at once.
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
