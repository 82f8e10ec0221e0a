/// Text from strangers made harmless for a line of any output: nothing in it moves the cursor, hides or reorders.
///
/// Control characters, line ends, bidirectional and other invisible formatting characters, and piles of combining marks
/// turn into `\n`, `\t`, `\u{202E}`. What goes beyond `limit` scalars of output is cut with
/// `…`.
package enum Visible {
  /// Enough for any honest name, and little enough that a hostile one cannot swell a report.
  package static let limit = 1_000
  /// More combining marks than this on one letter are shown as escapes; no orthography needs more.
  static let combiningMarks = 4

  /// - Complexity: O(`limit`), however long `text` is.
  package static func text(_ text: String, limit: Int = Visible.limit) -> String {
    if isPlain(text, limit) { return text }
    var result = ""
    var marks = 0
    var count = 0
    for scalar in text.unicodeScalars {
      marks = isMark(scalar) ? marks + 1 : 0
      let shown = marks > combiningMarks || hides(scalar) ? escape(scalar) : String(scalar)
      count += shown.unicodeScalars.count
      guard count <= limit else {
        result += "…"
        break
      }
      result += shown
    }
    return result
  }

  /// Whether `scalar` would act rather than show: controls, formatting, line and paragraph separators.
  static func hides(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: return true
    default: return false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    let category = scalar.properties.generalCategory
    return category == .nonspacingMark || category == .enclosingMark
  }

  /// Almost every text is short printable ASCII: one cheap look at the bytes.
  private static func isPlain(_ text: String, _ limit: Int) -> Bool {
    text.utf8.count <= limit && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }
}
