/// Text that is safe to place in a Markdown document: literals pass, interpolated values are escaped.
///
/// Only literals of the source code can become markup. Interpolated text stays one line, opens no link, table cell,
/// emphasis, HTML or code, and neither mentions a user nor refers to an issue of the tracker that it is pasted into.
struct Markdown: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  let text: String

  init(stringLiteral value: StaticString) { text = value.description }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// `items` one after the other.
  init(_ items: some Sequence<Markdown>, separator: Markdown = "") {
    text = items.map(\.text).joined(separator: separator.text)
  }

  static let nothing: Markdown = ""

  static func + (a: Markdown, b: Markdown) -> Markdown { Markdown([a, b]) }

  /// Bytes of UTF-8; trackers count characters, which are never more.
  var size: Int { text.utf8.count }

  /// A block of preformatted lines; the fence is longer than any run of backticks inside.
  static func fenced(_ lines: [String], language: Markdown = "") -> Markdown {
    let clean = lines.map { Visible.text($0, limit: 4_000) }
    let fence = String(repeating: "`", count: max(3, longestRun(clean) + 1))
    return Markdown(trusted: "\(fence)\(language.text)\n\(clean.joined(separator: "\n"))\n\(fence)\n")
  }

  /// As many of `parts` from the first on as fit into `budget` bytes.
  static func fitting(_ parts: [Markdown], _ budget: Int) -> [Markdown] {
    var left = budget
    return Array(
      parts.prefix { part in
        left -= part.size
        return left >= 0
      })
  }

  /// A table row: `| a | b |`.
  static func row(_ cells: [Markdown]) -> Markdown { "| \(Markdown(cells, separator: " | ")) |\n" }

  private init(trusted: String) { text = trusted }

  private static func longestRun(_ lines: [String]) -> Int {
    var longest = 0
    for line in lines {
      var run = 0
      for byte in line.utf8 {
        run = byte == UInt8(ascii: "`") ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    return longest
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate(set) var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

    /// Text, escaped and cut at `limit` scalars.
    mutating func appendInterpolation(_ value: String, limit: Int = Visible.limit) {
      text += Self.escaped(Visible.text(value, limit: limit))
    }

    mutating func appendInterpolation(_ value: Markdown) { text += value.text }

    mutating func appendInterpolation(_ value: some BinaryInteger) { text += String(value) }

    /// Text as a code span, in tables too.
    mutating func appendInterpolation(code: String) {
      let inner = Visible.text(code).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
      guard !inner.isEmpty else { return }
      let fence = String(repeating: "`", count: Markdown.longestRun([inner]) + 1)
      let pad = inner.first == "`" || inner.last == "`" ? " " : ""
      text += fence + pad + inner + pad + fence
    }

    /// A sentence of a rule: paired backticks stay code.
    mutating func appendInterpolation(prose: String, limit: Int = 4_000) {
      for run in Prose.runs(Visible.text(prose, limit: limit)) {
        if run.isCode {
          appendInterpolation(code: run.text)
        } else {
          appendInterpolation(run.text, limit: limit)
        }
      }
    }

    private static func escaped(_ value: String) -> String {
      var result = ""
      var previous: Unicode.Scalar = " "
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "$", "&", "{", "}":
          result += "\\"
          result.unicodeScalars.append(scalar)
        case "/" where previous == "/":
          // Breaks `scheme://`, which would become a link.
          result += "\\/"
        case "." where result.suffix(3).lowercased() == "www":
          result += "\\."
        case "@", "#":
          // A backslash does not stop mentions and references, an invisible space does.
          result.unicodeScalars.append(scalar)
          result += "\u{200B}"
        default:
          result.unicodeScalars.append(scalar)
        }
        previous = scalar
      }
      return result
    }
  }
}
