/// Text that is safe to place in an HTML document: literals pass, interpolated values are escaped.
///
/// Only literals of the source code can become markup (their type is `StaticString`); every string goes through
/// ``Visible`` and loses its `<`, `>`, `&` and quotes. So nothing from a capture can end up as markup by mistake.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  let text: String

  init(stringLiteral value: StaticString) { text = value.description }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// `items` one after the other.
  init(_ items: some Sequence<HTML>) { text = items.map(\.text).joined() }

  static let nothing: HTML = ""

  static func + (a: HTML, b: HTML) -> HTML { HTML([a, b]) }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate(set) var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

    /// Text, escaped and cut at `limit` scalars.
    mutating func appendInterpolation(_ value: String, limit: Int = Visible.limit) {
      text += escaped(Visible.text(value, limit: limit))
    }

    mutating func appendInterpolation(_ value: HTML) { text += value.text }

    mutating func appendInterpolation(_ items: [HTML]) { for item in items { text += item.text } }

    mutating func appendInterpolation(_ value: some BinaryInteger) { text += String(value) }

    /// A sentence of a rule: paired backticks become code.
    mutating func appendInterpolation(prose: String) {
      for run in Prose.runs(prose) {
        let inner = escaped(Visible.text(run.text, limit: 4_000))
        text += run.isCode ? "<code>\(inner)</code>" : inner
      }
    }

    /// A command in a block of its own, which the script gives a button for copying.
    mutating func appendInterpolation(command: String) {
      text += "<pre class=\"cmd\"><code>\(escaped(Visible.text(command)))</code></pre>"
    }

    private func escaped(_ value: String) -> String {
      guard value.utf8.contains(where: Self.mustEscape) else { return value }
      var result = ""
      for scalar in value.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
      }
      return result
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
      default: false
      }
    }
  }
}
