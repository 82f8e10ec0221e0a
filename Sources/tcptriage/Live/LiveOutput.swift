import Rendering
import Triage

/// Where live mode shows what happens.
protocol LiveOutput: AnyObject {
  func begin() throws(Stop)

  /// Shows the state at the end of a second and what happened in it; must not wait for anybody.
  func show(_ snapshot: LiveSnapshot, _ events: [LiveEvent])

  /// The user has seen enough, or nobody reads any more.
  var wantsToQuit: Bool { get }

  func end()
}

enum LiveOutputs {
  static func chosen(for command: LiveCommand) -> any LiveOutput { SilentOutput() }
}

/// Shows nothing.
final class SilentOutput: LiveOutput {
  func begin() {}
  func show(_ snapshot: LiveSnapshot, _ events: [LiveEvent]) {}
  var wantsToQuit: Bool { false }
  func end() {}
}
