import Detection
import Yams

extension Expectation {
  /// Reads the text of an `expected.yaml`; `file` is its name for messages.
  ///
  /// - Throws: for text that is not YAML, keys, rules or values that are not known: a typing error must not pass silently.
  package init(parsing text: String, file: String) throws(ExpectationError) {
    self.init()
    let parser = ExpectationParser(file: file)
    let root: Node?
    do { root = try compose(yaml: text) } catch {
      throw ExpectationError(file: file, line: 0, sentence: "This is not YAML: \(error).")
    }
    guard let root else { throw ExpectationError(file: file, line: 0, sentence: "The file says nothing.") }
    try parser.readTop(root, into: &self)
  }
}

/// Turns YAML nodes into an expectation, strictly.
private struct ExpectationParser {
  let file: String

  func readTop(_ root: Node, into expectation: inout Expectation) throws(ExpectationError) {
    for (key, value) in try pairs(root, "the file") {
      switch key {
      case "findings":
        for node in try list(value, key) { expectation.findings.append(try entry(node)) }
      case "absent":
        for node in try list(value, key) { expectation.absent.append(try rule(node)) }
      case "only": expectation.only = try bool(value, key)
      case "options": expectation.options = try options(value)
      default: throw unknown(key, value, ["findings", "absent", "only", "options"])
      }
    }
  }

  private func entry(_ node: Node) throws(ExpectationError) -> Expectation.Entry {
    var entry = Expectation.Entry(rule: "")
    for (key, value) in try pairs(node, "an entry of 'findings'") {
      switch key {
      case "rule": entry.rule = try rule(value)
      case "severity": entry.severity = try word(value, key, Severity.allCases, \.name)
      case "confidence": entry.confidence = try confidence(value)
      case "cause": entry.cause = try string(value, key)
      case "count": entry.count = try count(value)
      case "measures": entry.measures = try measures(value)
      default: throw unknown(key, value, ["rule", "severity", "confidence", "cause", "count", "measures"])
      }
    }
    guard !entry.rule.isEmpty else { throw error(node, "An entry of 'findings' has no 'rule'.") }
    return entry
  }

  private func options(_ node: Node) throws(ExpectationError) -> Expectation.Options {
    var options = Expectation.Options()
    for (key, value) in try pairs(node, "'options'") {
      switch key {
      case "expect-smc": options.expectSMC = try bool(value, key)
      case "filter": options.filter = try string(value, key)
      default: throw unknown(key, value, ["expect-smc", "filter"])
      }
    }
    return options
  }

  private func rule(_ node: Node) throws(ExpectationError) -> String {
    let name = try string(node, "rule")
    let known = allRules.map(\.id)
    guard known.contains(name) else {
      throw error(node, "There is no rule '\(name)'\(NearestNames.hint(name, among: known)).")
    }
    return name
  }

  private func confidence(_ node: Node) throws(ExpectationError) -> Expectation.ConfidenceBound {
    let text = try string(node, "confidence")
    let orMore = text.hasSuffix("+")
    let name = orMore ? String(text.dropLast()) : text
    guard let confidence = Confidence.allCases.first(where: { $0.name == name }) else {
      let words = Confidence.allCases.map(\.name).joined(separator: ", ")
      throw error(node, "'confidence' is one of \(words), with + for 'or more', not '\(text)'.")
    }
    return Expectation.ConfidenceBound(confidence: confidence, orMore: orMore)
  }

  private func count(_ node: Node) throws(ExpectationError) -> Int {
    guard let count = node.int, count > 0 else {
      throw error(node, "'count' is a whole number of at least 1; use 'absent' for rules that must not fire.")
    }
    return count
  }

  private func measures(_ node: Node) throws(ExpectationError) -> [(name: String, range: ClosedRange<Double>)] {
    var measures: [(name: String, range: ClosedRange<Double>)] = []
    for (name, value) in try pairs(node, "'measures'") {
      let bounds = try list(value, name).compactMap(\.float)
      guard bounds.count == 2, bounds[0] <= bounds[1] else {
        throw error(value, "The measure '\(name)' needs a range: [least, most].")
      }
      measures.append((name, bounds[0]...bounds[1]))
    }
    return measures
  }
}

/// Plain values out of nodes.
extension ExpectationParser {
  private func pairs(_ node: Node, _ what: String) throws(ExpectationError) -> [(key: String, value: Node)] {
    guard let mapping = node.mapping else { throw error(node, "Here \(what) must be a list of 'key: value'.") }
    var pairs: [(key: String, value: Node)] = []
    for (key, value) in mapping {
      guard let name = key.string else { throw error(key, "A key in \(what) is not a word.") }
      pairs.append((name, value))
    }
    return pairs
  }

  private func list(_ node: Node, _ key: String) throws(ExpectationError) -> [Node] {
    if let sequence = node.sequence { return Array(sequence) }
    if node.null != nil { return [] }
    throw error(node, "'\(key)' must be a list.")
  }

  private func bool(_ node: Node, _ key: String) throws(ExpectationError) -> Bool {
    guard let value = node.bool else { throw error(node, "'\(key)' is true or false.") }
    return value
  }

  private func string(_ node: Node, _ key: String) throws(ExpectationError) -> String {
    guard let value = node.string, !value.isEmpty else { throw error(node, "'\(key)' needs a text.") }
    return value
  }

  private func word<Value>(
    _ node: Node, _ key: String, _ values: [Value], _ name: (Value) -> String
  ) throws(ExpectationError) -> Value {
    let text = try string(node, key)
    guard let value = values.first(where: { name($0) == text }) else {
      throw error(node, "'\(key)' is one of \(values.map(name).joined(separator: ", ")), not '\(text)'.")
    }
    return value
  }

  private func unknown(_ key: String, _ node: Node, _ known: [String]) -> ExpectationError {
    let hint = NearestNames.hint(key, among: known)
    return error(node, "Unknown key '\(key)'\(hint); known are \(known.joined(separator: ", ")).")
  }

  private func error(_ node: Node, _ sentence: String) -> ExpectationError {
    ExpectationError(file: file, line: node.mark?.line ?? 0, sentence: sentence)
  }
}
