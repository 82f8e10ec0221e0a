/// The words of one line, read from left to right.
struct Words {
  let line: Int
  private var rest: ArraySlice<Substring>

  /// Splits at white space; a quoted string is one word; `#` starts a comment.
  init(_ text: Substring, line: Int) throws(ScenarioError) {
    self.line = line
    var words: [Substring] = []
    var index = text.startIndex
    while index < text.endIndex {
      if text[index].isWhitespace {
        index = text.index(after: index)
        continue
      }
      if text[index] == "#" { break }
      let start = index
      if text[index] == "\"" {
        guard let close = text[text.index(after: start)...].firstIndex(of: "\"") else {
          throw ScenarioError(line: line, expected: "a closing quotation mark", found: nil)
        }
        index = text.index(after: close)
      } else {
        index = text[start...].firstIndex { $0.isWhitespace || $0 == "#" } ?? text.endIndex
      }
      words.append(text[start..<index])
    }
    rest = words[...]
  }

  var isEmpty: Bool { rest.isEmpty }
  var peek: Substring? { rest.first }
  /// The word after the next one.
  var second: Substring? { rest.dropFirst().first }

  mutating func next() -> Substring? { rest.popFirst() }

  mutating func next(_ expected: String) throws(ScenarioError) -> Substring {
    guard let word = rest.popFirst() else { throw ScenarioError(line: line, expected: expected, found: nil) }
    return word
  }

  /// Takes the next word when it is `word`.
  mutating func take(_ word: String) -> Bool {
    guard let first = rest.first, first == word else { return false }
    rest.removeFirst()
    return true
  }

  mutating func expression(_ expected: String) throws(ScenarioError) -> Expression {
    try Expression(try next(expected), line: line)
  }

  mutating func duration(_ expected: String) throws(ScenarioError) -> Int64 {
    let word = try next(expected)
    guard let value = Duration.nanoseconds(word) else {
      throw ScenarioError(line: line, expected: expected, found: word)
    }
    return value
  }

  func finish() throws(ScenarioError) {
    if let word = rest.first { throw ScenarioError(line: line, expected: "the end of the line", found: word) }
  }
}

/// Durations as they are written: `0.25ms`, `75s`, `2h`, `25d`.
enum Duration {
  private static let units: [(suffix: String, nanoseconds: Int64)] = [
    ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000),
    ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
  ]

  /// Nanoseconds of a duration word, nil when it is none or does not fit.
  static func nanoseconds(_ word: Substring) -> Int64? {
    if word == "0" { return 0 }
    let digits = word.prefix { ("0"..."9").contains($0) || $0 == "." }
    guard let unit = units.first(where: { $0.suffix == word.dropFirst(digits.count) }) else { return nil }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ Int64($0) }), parts.count <= 2 else { return nil }
    let (scaled, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !overflow, scaled < 1 << 60 else { return nil }
    guard parts.count == 2 else { return scaled }
    var place = unit.nanoseconds
    var result = scaled
    for digit in parts[1] {
      guard let value = digit.wholeNumberValue else { return nil }
      place /= 10
      result += Int64(value) * place
    }
    return parts[1].isEmpty ? nil : result
  }
}

/// Bytes written as hexadecimal digits: `e2d4c3d9`.
func hexBytes(_ text: Substring) -> [UInt8]? {
  guard text.utf8.count.isMultiple(of: 2) else { return nil }
  var bytes: [UInt8] = []
  var high: UInt8?
  for character in text {
    guard character.isASCII, let digit = character.hexDigitValue.flatMap({ UInt8(exactly: $0) }) else { return nil }
    if let upper = high {
      bytes.append(upper << 4 | digit)
      high = nil
    } else {
      high = digit
    }
  }
  return bytes
}
