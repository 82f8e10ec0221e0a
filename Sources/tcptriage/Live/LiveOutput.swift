import Glibc
import Rendering
import Triage

/// Where live mode shows what happens.
protocol LiveOutput: AnyObject {
  func begin() throws(Stop)

  /// Shows the state at the end of a second and what happened in it; must not wait for anybody.
  func show(_ snapshot: LiveSnapshot, _ events: [LiveEvent])

  /// The user has seen enough, or nobody reads any more.
  var wantsToQuit: Bool { get }

  /// Shows how it ended; may wait for whoever reads.
  func end(_ snapshot: LiveSnapshot)
}

enum LiveOutputs {
  static func chosen(for command: LiveCommand) -> any LiveOutput {
    if command.quiet { return SilentOutput() }
    if command.format?.renderer == NDJSONReport.self { return NDJSONOutput() }
    // Standard output belongs to the report that was asked for.
    if command.format != nil { return LogOutput(STDERR_FILENO) }
    let screen = Terminal.isCapable ? LiveScreen(color: command.color.applies(to: STDOUT_FILENO)) : nil
    return screen.map(ScreenOutput.init) ?? LogOutput(STDOUT_FILENO)
  }
}

/// Shows nothing.
final class SilentOutput: LiveOutput {
  func begin() {}
  func show(_ snapshot: LiveSnapshot, _ events: [LiveEvent]) {}
  var wantsToQuit: Bool { false }
  func end(_ snapshot: LiveSnapshot) {}
}

/// One page on a terminal.
final class ScreenOutput: LiveOutput {
  private let screen: LiveScreen

  init(_ screen: LiveScreen) { self.screen = screen }

  func begin() throws(Stop) {
    guard screen.start() else { throw Stop(.input, "The terminal cannot be used for a page; try it with `| cat`.") }
  }

  func show(_ snapshot: LiveSnapshot, _ events: [LiveEvent]) { screen.show(snapshot) }

  var wantsToQuit: Bool { screen.wantsToQuit }

  func end(_ snapshot: LiveSnapshot) {
    screen.stop()
    screen.settle()
  }
}

/// A line for each thing that happens.
final class LogOutput: LiveOutput {
  private var log = LiveLog()
  private let lines: LineWriter

  init(_ descriptor: Int32) { lines = LineWriter(descriptor) }

  func begin() throws(Stop) { try lines.start() }

  func show(_ snapshot: LiveSnapshot, _ events: [LiveEvent]) {
    lines.write(log.lines(events, snapshot).flatMap { Array($0.utf8) + [10] })
  }

  var wantsToQuit: Bool { lines.isClosed }

  func end(_ snapshot: LiveSnapshot) { lines.finish() }
}

/// A JSON object for each thing that happens.
final class NDJSONOutput: LiveOutput {
  private let lines = LineWriter(STDOUT_FILENO)
  private var hasBegun = false

  func begin() throws(Stop) { try lines.start() }

  func show(_ snapshot: LiveSnapshot, _ events: [LiveEvent]) {
    let start = hasBegun ? [] : LiveNDJSON.start(snapshot)
    hasBegun = true
    lines.write(start + LiveNDJSON.lines(events, snapshot))
  }

  var wantsToQuit: Bool { lines.isClosed }

  func end(_ snapshot: LiveSnapshot) {
    lines.write(LiveNDJSON.end(snapshot))
    lines.finish()
  }
}
