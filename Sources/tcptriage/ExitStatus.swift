/// What the program tells its caller.
enum ExitStatus: Int32, Sendable {
  case success = 0
  /// Findings at or above `--fail-on`, or a failed check.
  case found = 1
  case usage = 2
  /// An input that cannot be read or is not a capture, or an output that cannot be written.
  case input = 3
  /// Cut off or damaged but analyzed, with `--strict`.
  case damaged = 4
  /// No permission to capture, or capturing failed.
  case live = 5
  /// The user pressed Ctrl-C.
  case interrupted = 130
  /// Another program asked for the end (SIGTERM).
  case terminated = 143

  /// The one of two that says more: what keeps the answer from being whole comes before the answer.
  func worse(_ other: ExitStatus) -> ExitStatus {
    let order: [ExitStatus] = [.interrupted, .terminated, .usage, .live, .input, .found, .damaged, .success]
    return order.first { $0 == self || $0 == other } ?? self
  }
}

/// Ends the program with a status and, where there is something to say, one sentence.
struct Stop: Error {
  var status: ExitStatus
  var sentence: String?

  init(_ status: ExitStatus, _ sentence: String? = nil) {
    self.status = status
    self.sentence = sentence
  }
}
