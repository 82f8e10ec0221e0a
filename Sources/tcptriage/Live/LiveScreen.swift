import CaptureFiles
import Glibc
import Rendering
import Synchronization
import Triage

/// Draws the page of live mode on a terminal and reads its keys, on a thread of its own.
///
/// The capture hands snapshots over and never waits: what comes too fast for the terminal is not drawn, and a terminal
/// that is stuck holds up nothing but its own page.
final class LiveScreen: Sendable {
  private let input: Int32
  private let output: Int32
  private let color: Bool
  private let slot = Mutex<LiveSnapshot?>(nil)
  private let quits = Atomic(false)
  private let stops = Atomic(false)
  private let wake: Bell
  private let end: Bell

  /// A screen on the terminal `output` with keys from `input`; nil when `output` is none that can show a page.
  init?(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, color: Bool) {
    guard Terminal.isTerminal(output), Terminal.size(output) != nil, let wake = Bell(), let end = Bell() else {
      return nil
    }
    (self.wake, self.end) = (wake, end)
    self.input = Self.reopened(input, O_RDONLY)
    self.output = Self.reopened(output, O_WRONLY)
    self.color = color
  }

  /// The user has asked for the end.
  var wantsToQuit: Bool { quits.load(ordering: .relaxed) }

  /// Takes the terminal; false when that fails, then nothing has changed.
  func start() -> Bool {
    guard ScreenMode.enter(output) else { return false }
    let isRunning = WorkerThread { self.run() } != nil
    if !isRunning { ScreenMode.leave() }
    return isRunning
  }

  /// Shows `snapshot` as soon as the terminal is ready for it; never waits.
  func show(_ snapshot: LiveSnapshot) {
    slot.withLock { $0 = snapshot }
    wake.ring()
  }

  /// Gives the terminal back; waits at most a second for one that takes nothing.
  func stop() {
    stops.store(true, ordering: .relaxed)
    wake.ring()
    end.wait(milliseconds: 1_000)
    ScreenMode.leave()
  }

  /// Waits until the terminal shows lines again, so that a report can be printed there; at once unless it is stuck.
  func settle() { ScreenMode.settle(output) }

  private func run() {
    var session = LiveSession(input: input, output: output, color: color)
    while !stops.load(ordering: .relaxed) {
      session.wait(for: wake)
      session.take(slot.withLock { $0.take() })
      session.readKeys()
      session.draw()
      if session.wantsToQuit { quits.store(true, ordering: .relaxed) }
    }
    session.finish(milliseconds: 800)
    ScreenMode.leave()
    end.ring()
  }

  /// The thread is over by then: it holds the screen, too.
  deinit {
    for descriptor in [input, output] where descriptor > STDERR_FILENO { close(descriptor) }
  }

  /// The same terminal by a description of its own, whose reads and writes do not wait; others share the old one.
  private static func reopened(_ descriptor: Int32, _ access: Int32) -> Int32 {
    // The path is a terminated copy that lives through the call.
    let own = unsafe open("/proc/self/fd/\(descriptor)", access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    // Without the right to open it (the terminal is another user's) the shared one must do.
    return own >= 0 ? own : fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
  }
}
