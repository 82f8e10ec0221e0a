/// Results of a check for a build server.
///
/// Source: the JUnit XML format as its Ant task writes it. Times are left out: the same archive gives the same bytes.
package enum JUnitReport {
  package static func xml(_ results: [CaseResult]) -> String {
    let failed = results.count { !$0.passed }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\">\n"
    text += "  <testsuite name=\"tcptriage check\" tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\">\n"
    for result in results { text += testCase(result) }
    return text + "  </testsuite>\n</testsuites>\n"
  }

  private static func testCase(_ result: CaseResult) -> String {
    let head = "    <testcase classname=\"captures\" name=\"\(escaped(result.name))\""
    guard !result.passed else { return head + "/>\n" }
    let failures = result.captures.flatMap { capture in
      capture.failures.map { capture.capture.isEmpty ? $0.sentence : "\(capture.capture): \($0.sentence)" }
    }
    let body = CheckText.lines(result, archive: folder(result), verbose: false).joined(separator: "\n")
    let message = escaped(failures.joined(separator: " "))
    return "\(head)>\n      <failure message=\"\(message)\">\(escaped(body))</failure>\n    </testcase>\n"
  }

  /// The archive's folder: the case's path without its name.
  private static func folder(_ result: CaseResult) -> String {
    result.path.hasSuffix("/\(result.name)") ? String(result.path.dropLast(result.name.count + 1)) : result.path
  }

  /// Characters that XML gives a meaning, or does not allow at all.
  ///
  /// Source: XML 1.0 §2.2 and §2.4.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\u{9}", "\u{D}", "\u{20}"..."\u{7E}", "\u{A0}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}",
        "\u{10000}"..."\u{10FFFF}":
        result.unicodeScalars.append(scalar)
      default: result += "\u{FFFD}"
      }
    }
    return result
  }
}
