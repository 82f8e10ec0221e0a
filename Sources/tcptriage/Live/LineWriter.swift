import CaptureFiles
import Glibc
import Synchronization

/// Writes lines to a descriptor on a thread of its own, so that a slow reader holds up nobody else.
///
/// What waits is bounded: beyond that, lines are left out, and a line says how often.
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
  private let closed = Atomic(false)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Nobody reads any more.
  var isClosed: Bool { closed.load(ordering: .relaxed) }

  func start() throws(Stop) {
    guard wake != nil, ended != nil, WorkerThread({ self.run() }) != nil else {
      throw Stop(.live, "The system gives this program no second thread.")
    }
  }

  /// Hands lines over; never waits.
  func write(_ bytes: [UInt8]) {
    state.withLock { state in
      if state.waiting.count + bytes.count <= Self.mostWaiting {
        state.waiting += bytes
      } else {
        state.leftOut &+= 1
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
    if leftOut > 0 { Console.complain("\(leftOut) seconds of events were not printed: the reader was too slow.") }
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
      if !bytes.isEmpty { sink.write(bytes) }
    }
    if !sink.isOpen { closed.store(true, ordering: .relaxed) }
    ended?.ring()
  }
}
