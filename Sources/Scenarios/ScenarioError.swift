/// Why a scenario could not be read or played, and on which line.
package struct ScenarioError: Error, Equatable, CustomStringConvertible {
  /// 1-based line of the scenario text.
  package let line: Int
  /// What was expected and what stood there instead.
  package let message: String

  package init(line: Int, _ message: String) {
    self.line = line
    self.message = message
  }

  package init(line: Int, expected: String, found: Substring?) {
    self.init(line: line, "expected \(expected), found \(found.map { "'\($0)'" } ?? "the end of the line")")
  }

  package var description: String { "line \(line): \(message)" }
}
