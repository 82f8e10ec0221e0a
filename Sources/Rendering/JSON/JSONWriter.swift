/// Writes JSON (RFC 8259) piece by piece into bytes that the caller drains to a sink.
///
/// Objects and arrays are laid out one member per line, or on one line where the caller says so. Strings hold no character
/// that acts on a terminal: controls and formatting characters are written as `\uXXXX`.
struct JSONWriter {
  /// What was written and not yet drained.
  private(set) var bytes: [UInt8] = []
  private var depth = 0
  private var isFirst = true
  private var onOneLine = false

  /// A writer at the top of a document, or `depth` groups inside one that another writer writes.
  init(depth: Int = 0) { self.depth = depth }

  /// Writes an object; `body` writes its members.
  mutating func object(inline: Bool = false, _ body: (inout JSONWriter) -> Void) {
    group(UInt8(ascii: "{"), UInt8(ascii: "}"), inline, body)
  }

  /// Writes an array; `body` writes its elements, each after ``element()``.
  mutating func array(inline: Bool = false, _ body: (inout JSONWriter) -> Void) {
    group(UInt8(ascii: "["), UInt8(ascii: "]"), inline, body)
  }

  /// Begins the next member of an object; its value must follow.
  mutating func key(_ name: String) {
    separate()
    string(name)
    append(": ")
  }

  /// Begins the next element of an array; its value must follow.
  mutating func element() { separate() }

  /// Says that the group has got members or elements past this writer.
  mutating func spliced() { isFirst = false }

  mutating func value(_ value: String) { string(value) }

  mutating func value(_ value: some BinaryInteger) { append(String(value)) }

  mutating func value(_ value: Bool) { append(value ? "true" : "false") }

  /// Whole numbers that a double holds exactly without a fraction, others in their shortest exact form; JSON has no
  /// infinities, they become null.
  mutating func value(_ value: Double) {
    if let whole = Int64(exactly: value), whole.magnitude <= 1 << 53 {
      append(String(whole))
    } else {
      append(value.isFinite ? "\(value)" : "null")
    }
  }

  mutating func null() { append("null") }

  /// Digits that are a JSON number already, such as seconds with nanosecond digits.
  mutating func number(_ digits: String) { append(digits) }

  mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  mutating func member(_ name: String, _ value: some BinaryInteger) {
    key(name)
    self.value(value)
  }

  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    self.value(value)
  }

  mutating func member(_ name: String, _ values: [String]) {
    key(name)
    array(inline: true) { json in
      for value in values {
        json.element()
        json.string(value)
      }
    }
  }

  mutating func member(_ name: String, _ values: [some BinaryInteger]) {
    key(name)
    array(inline: true) { json in
      for value in values {
        json.element()
        json.value(value)
      }
    }
  }

  /// An array of one object per item, each on one line where `inline`.
  mutating func member<Item>(
    _ name: String, _ items: some Sequence<Item>, inline: Bool = true, _ body: (inout JSONWriter, Item) -> Void
  ) {
    key(name)
    array { json in
      for item in items {
        json.element()
        json.object(inline: inline) { body(&$0, item) }
      }
    }
  }

  /// Hands the bytes over and forgets them.
  mutating func drain(into sink: inout some ByteSink & ~Copyable) {
    sink.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Ends the document with a line end.
  mutating func end() { bytes.append(UInt8(ascii: "\n")) }

  private mutating func group(_ open: UInt8, _ close: UInt8, _ inline: Bool, _ body: (inout JSONWriter) -> Void) {
    bytes.append(open)
    let outer = onOneLine
    depth += 1
    isFirst = true
    onOneLine = outer || inline
    body(&self)
    depth -= 1
    if !isFirst, !onOneLine { newLine() }
    isFirst = false
    onOneLine = outer
    bytes.append(close)
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    if onOneLine {
      if !isFirst { bytes.append(UInt8(ascii: " ")) }
    } else {
      newLine()
    }
    isFirst = false
  }

  private mutating func newLine() {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { append("  ") }
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func string(_ text: String) { JSONText.append(text, to: &bytes) }
}

/// JSON strings.
enum JSONText {
  /// Appends `text` with quotes; a Swift string holds no lone surrogates, so the result is always valid.
  static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    switch scalar {
    case "\"": bytes.append(contentsOf: "\\\"".utf8)
    case "\\": bytes.append(contentsOf: "\\\\".utf8)
    case "\n": bytes.append(contentsOf: "\\n".utf8)
    case "\r": bytes.append(contentsOf: "\\r".utf8)
    case "\t": bytes.append(contentsOf: "\\t".utf8)
    default:
      if Visible.hides(scalar) {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { appendEscape(unit, to: &bytes) }
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  private static func appendEscape(_ unit: UInt16, to bytes: inout [UInt8]) {
    let digits = String(unit, radix: 16)
    bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
  }
}
