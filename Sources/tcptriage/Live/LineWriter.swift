import CaptureFiles
import Frames
import Glibc
import Synchronization

/// Writes lines to a descriptor on a thread of its own, so that a slow reader holds up nobody else.
///
/// What waits is bounded: beyond that, lines are left out, and a sentence at the end says how many.
final class LineWriter: Sendable {
  private static let mostWaiting = 8 << 20

  private struct State {
    var waiting: [UInt8] = []
    var leftOut: UInt64 = 0
    var isEnding = false
  }

  private let descriptor: Int32
  private let state = Mutex(State())
  private let wake = Bell()
  private let ended = Bell()
  private let code = Atomic<Int32>(0)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The operating system's number of why nothing can be written any more; 0 while all is well.
  var failure: Int32 { code.load(ordering: .relaxed) }

  /// Nobody reads any more.
  var isClosed: Bool { failure != 0 }

  func start() throws(Stop) {
    guard wake != nil, ended != nil, WorkerThread({ self.run() }) != nil else {
      throw Stop(.live, "The system gives this program no second thread.")
    }
  }

  /// Hands lines over; never waits.
  ///
  /// The last ones are taken in any case: without them a document has no end.
  func write(_ bytes: [UInt8], areLast: Bool = false) {
    state.withLock { state in
      if areLast || state.waiting.count + bytes.count <= Self.mostWaiting {
        state.waiting += bytes
      } else {
        state.leftOut &+= UInt64(bytes.count { $0 == UInt8(ascii: "\n") })
      }
    }
    wake?.ring()
  }

  /// Waits until everything has been written.
  func finish() {
    state.withLock { $0.isEnding = true }
    wake?.ring()
    while let ended, !ended.wait(milliseconds: 1_000), !isClosed {}
    let leftOut = state.withLock(\.leftOut)
    guard leftOut > 0 else { return }
    let (lines, were) = (Quantity.count(leftOut, "line"), leftOut == 1 ? "was" : "were")
    Console.complain("\(lines) \(were) not printed: the reader was too slow.")
  }

  private func run() {
    var sink = DescriptorSink(descriptor)
    var isEnding = false
    while sink.isOpen, !isEnding {
      wake?.wait(milliseconds: 1_000)
      let bytes = state.withLock { state in
        isEnding = state.isEnding
        defer { state.waiting = [] }
        return state.waiting
      }
      if bytes.isEmpty { sink.checkReader() } else { sink.write(bytes) }
    }
    code.store(sink.failure, ordering: .relaxed)
    ended?.ring()
  }
}
