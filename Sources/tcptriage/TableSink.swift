import Glibc
import Rendering

/// Where a table goes: standard output, by a thread of its own when the rows come while frames are captured.
struct TableSink: ByteSink, ~Copyable {
  private var output = DescriptorSink(STDOUT_FILENO)
  private let lines: LineWriter?
  /// What comes now is the end of the table.
  var isEnding = false

  init(isLive: Bool) { lines = isLive ? LineWriter(STDOUT_FILENO) : nil }

  /// - Throws: when the system gives no thread.
  func start() throws(Stop) { try lines?.start() }

  mutating func write(_ bytes: [UInt8]) {
    if let lines { lines.write(bytes, areLast: isEnding) } else { output.write(bytes) }
  }

  var isOpen: Bool { failure == 0 }

  /// The operating system's number of the first failure; 0 while all is well.
  var failure: Int32 { lines?.failure ?? output.failure }

  /// Waits until everything has been written.
  func finish() { lines?.finish() }
}
