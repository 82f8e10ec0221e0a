/// Results of a check for a terminal: nothing but what failed, unless more is asked for.
package enum CheckText {
  /// Most lines of findings that are printed for one failure.
  private static let mostFound = 20

  /// The lines for one case.
  ///
  /// A case that passed has a line only with `verbose`. `archive` is the folder that is checked, for the command that
  /// repeats it.
  package static func lines(_ result: CaseResult, archive: String, verbose: Bool) -> [String] {
    if result.passed {
      let captures = result.captures.map(\.capture).joined(separator: ", ")
      return verbose ? ["✓ \(result.name)  \(captures)"] : []
    }
    var lines = ["✗ \(result.name)"]
    for capture in result.captures where !capture.failures.isEmpty {
      let indent = capture.capture.isEmpty ? "  " : "    "
      if !capture.capture.isEmpty { lines.append("  \(capture.capture)") }
      for failure in capture.failures { lines += Self.lines(failure, indent) }
      if !capture.command.isEmpty { lines.append("\(indent)See the report: \(capture.command)") }
    }
    let again = ["tcptriage", "check", archive, "--only", result.name]
    lines.append("  Check again: \(ShellWords.quoted(again))")
    return lines
  }

  private static func lines(_ failure: CaseFailure, _ indent: String) -> [String] {
    var lines = ["\(indent)\(failure.sentence)"]
    if failure.found.isEmpty { return lines }
    lines.append("\(indent)Found:")
    lines += failure.found.prefix(mostFound).map { "\(indent)  \($0)" }
    let rest = failure.found.count - mostFound
    if rest > 0 { lines.append("\(indent)  and \(rest) more") }
    return lines
  }
}
