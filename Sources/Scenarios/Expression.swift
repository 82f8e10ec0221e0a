/// Integer arithmetic over loop counters: `1001+1448*i`, `(i/4)%2`, `next-1`, `0x1f`.
///
/// Arithmetic wraps at 64 bits, so no input can trap.
struct Expression: Sendable, Equatable {
  indirect enum Node: Sendable, Equatable {
    case number(Int64)
    case name(String)
    case operation(Character, Node, Node)
  }

  let root: Node
  let line: Int

  init(_ text: Substring, line: Int) throws(ScenarioError) {
    var parser = ExpressionParser(text: text, line: line)
    root = try parser.whole()
    self.line = line
  }

  init(_ value: Int64) {
    root = .number(value)
    line = 0
  }

  /// The value, with names looked up by `lookup`.
  ///
  /// Throws when a name is unknown or a divisor is zero.
  func value(_ lookup: (String) -> Int64?) throws(ScenarioError) -> Int64 {
    try evaluate(root, lookup)
  }

  private func evaluate(_ node: Node, _ lookup: (String) -> Int64?) throws(ScenarioError) -> Int64 {
    switch node {
    case .number(let value): return value
    case .name(let name):
      guard let value = lookup(name) else {
        throw ScenarioError(line: line, expected: "a loop counter, next, rcv or ms", found: Substring(name))
      }
      return value
    case .operation(let sign, let left, let right):
      let a = try evaluate(left, lookup)
      let b = try evaluate(right, lookup)
      return try apply(sign, a, b)
    }
  }

  private func apply(_ sign: Character, _ a: Int64, _ b: Int64) throws(ScenarioError) -> Int64 {
    switch sign {
    case "+": return a &+ b
    case "-": return a &- b
    case "*": return a &* b
    default:
      guard b != 0 else { throw ScenarioError(line: line, "division by zero") }
      return sign == "/"
        ? a.dividedReportingOverflow(by: b).partialValue
        : a.remainderReportingOverflow(dividingBy: b).partialValue
    }
  }
}

/// Recursive descent over one word; depth and length are limited so that no stranger's word can exhaust the stack.
private struct ExpressionParser {
  private static let greatestDepth = 32
  private static let greatestLength = 200

  var text: Substring
  let word: Substring
  let line: Int
  var depth = 0

  init(text: Substring, line: Int) {
    self.text = text
    self.word = text
    self.line = line
  }

  mutating func whole() throws(ScenarioError) -> Expression.Node {
    guard word.utf8.count <= Self.greatestLength else { throw failure() }
    let node = try sum()
    guard text.isEmpty else { throw failure() }
    return node
  }

  private mutating func sum() throws(ScenarioError) -> Expression.Node {
    var node = try product()
    while let sign = text.first, sign == "+" || sign == "-" {
      text.removeFirst()
      node = .operation(sign, node, try product())
    }
    return node
  }

  private mutating func product() throws(ScenarioError) -> Expression.Node {
    var node = try atom()
    while let sign = text.first, sign == "*" || sign == "/" || sign == "%" {
      text.removeFirst()
      node = .operation(sign, node, try atom())
    }
    return node
  }

  private mutating func atom() throws(ScenarioError) -> Expression.Node {
    guard let first = text.first else { throw failure() }
    if first == "(" {
      depth += 1
      guard depth <= Self.greatestDepth else { throw failure() }
      text.removeFirst()
      let node = try sum()
      guard text.first == ")" else { throw failure() }
      text.removeFirst()
      depth -= 1
      return node
    }
    let word = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard let start = word.first else { throw failure() }
    text = text.dropFirst(word.count)
    guard start.isNumber else { return .name(String(word)) }
    let isHex = word.hasPrefix("0x")
    guard let value = Int64(isHex ? word.dropFirst(2) : word, radix: isHex ? 16 : 10) else { throw failure() }
    return .number(value)
  }

  private func failure() -> ScenarioError {
    ScenarioError(line: line, expected: "a number or an expression without spaces", found: word)
  }
}
