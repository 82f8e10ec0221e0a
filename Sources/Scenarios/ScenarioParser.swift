/// Lines to declarations and steps.
struct ScenarioParser {
  private static let greatestNesting = 8

  private(set) var title = ""
  var declarations = Declarations()
  private(set) var steps: [Step] = []
  private var lines: ArraySlice<(number: Int, text: Substring)>

  init(text: String) {
    var joined: [(number: Int, text: Substring)] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      // A backslash at the end joins lines, for long hexadecimal payloads.
      if let last = joined.last, last.text.hasSuffix("\\") {
        joined[joined.count - 1].text = last.text.dropLast() + line.drop { $0 == " " }
      } else {
        joined.append((index + 1, line))
      }
    }
    lines = joined[...]
  }

  mutating func parse() throws(ScenarioError) {
    guard let first = lines.first, first.text.hasPrefix("# ") else {
      throw ScenarioError(line: 1, expected: "a comment that says what is tested", found: lines.first?.text)
    }
    title = String(first.text.dropFirst(2))
    steps = try block(nesting: 0, opened: nil)
  }

  /// Steps up to the closing brace (`opened` is the line of the opening one) or the end of the text.
  private mutating func block(nesting: Int, opened: Int?) throws(ScenarioError) -> [Step] {
    var steps: [Step] = []
    while let (number, text) = lines.popFirst() {
      var words = try Words(text, line: number)
      guard let first = words.peek else { continue }
      if first == "}" {
        guard opened != nil else { throw ScenarioError(line: number, expected: "a step", found: first) }
        _ = words.next()
        try words.finish()
        return steps
      }
      if nesting == 0, try declaration(&words) { continue }
      steps.append(try step(&words, nesting: nesting))
    }
    if let opened { throw ScenarioError(line: opened, expected: "a } that closes this block", found: nil) }
    return steps
  }

  private mutating func declaration(_ words: inout Words) throws(ScenarioError) -> Bool {
    switch words.peek {
    case "host": try declareHost(&words)
    case "conn": try declareConnection(&words)
    case "capture": try declareCapture(&words)
    default: return false
    }
    try words.finish()
    return true
  }

  private mutating func step(_ words: inout Words, nesting: Int) throws(ScenarioError) -> Step {
    let time = try stepTime(&words, nesting: nesting)
    let line = words.line
    if words.isEmpty { return Step(line: line, time: time, statement: .pause) }
    let statement = try statement(&words, nesting: nesting)
    try words.finish()
    return Step(line: line, time: time, statement: statement)
  }

  private func stepTime(_ words: inout Words, nesting: Int) throws(ScenarioError) -> StepTime {
    guard let word = words.peek, let first = word.first else { return .after(0) }
    if first == "+" || first == "-", word.count > 1 {
      _ = words.next()
      guard let value = Duration.nanoseconds(word.dropFirst()) else {
        throw ScenarioError(line: words.line, expected: "a duration like +10ms", found: word)
      }
      return .after(first == "+" ? value : -value)
    }
    guard first.isNumber else { return .after(0) }
    _ = words.next()
    guard let value = Duration.nanoseconds(word) else {
      throw ScenarioError(line: words.line, expected: "a time like 20ms or +10ms", found: word)
    }
    guard nesting == 0 else {
      throw ScenarioError(line: words.line, expected: "a relative time (+10ms) inside repeat", found: word)
    }
    return .at(value)
  }

  private mutating func statement(_ words: inout Words, nesting: Int) throws(ScenarioError) -> Statement {
    switch words.peek {
    case "repeat":
      return .loop(try loop(&words, nesting: nesting))
    case "handshake":
      _ = words.next()
      return .handshake(try connectionReference(&words) ?? ConnectionReference(name: "main"))
    case "close":
      _ = words.next()
      let connection = try connectionReference(&words) ?? ConnectionReference(name: "main")
      return .close(connection, host: try words.next("the host that closes first"))
    case "clock":
      return try clock(&words)
    case "frame":
      _ = words.next()
      let word = try words.next("the frame's bytes in hexadecimal")
      guard let bytes = hexBytes(word), !bytes.isEmpty else {
        throw ScenarioError(line: words.line, expected: "the frame's bytes in hexadecimal", found: word)
      }
      return .rawFrame(bytes)
    default:
      return try segmentOrBulk(&words)
    }
  }

  private mutating func loop(_ words: inout Words, nesting: Int) throws(ScenarioError) -> LoopLine {
    _ = words.next()
    guard nesting < Self.greatestNesting else {
      throw ScenarioError(line: words.line, "repeat is nested more than \(Self.greatestNesting) deep")
    }
    let count = try words.expression("how often to repeat")
    let every = words.take("every") ? try words.duration("a duration like 250us") : nil
    let counter = words.take("as") ? String(try words.next("the name of the counter")) : "i"
    let brace = words.next()
    guard brace == "{" else { throw ScenarioError(line: words.line, expected: "every, as or {", found: brace) }
    try words.finish()
    let body = try block(nesting: nesting + 1, opened: words.line)
    return LoopLine(count: count, every: every, counter: counter, body: body)
  }

  private func clock(_ words: inout Words) throws(ScenarioError) -> Statement {
    _ = words.next()
    let host = try words.next("the host whose clock is set")
    guard declarations.hostRows[String(host)] != nil else {
      throw ScenarioError(line: words.line, expected: "a declared host", found: host)
    }
    let value = try words.expression("the clock's new value")
    var hertz: Int64?
    if let word = words.peek {
      guard word.hasPrefix("hz="), let number = Int64(word.dropFirst(3)), (1...1_000_000_000).contains(number) else {
        throw ScenarioError(line: words.line, expected: "hz=NUMBER", found: word)
      }
      hertz = number
      _ = words.next()
    }
    return .clock(host: String(host), value: value, hertz: hertz)
  }

  /// The connection when the next word names one: `web` or `f[i]`.
  func connectionReference(_ words: inout Words) throws(ScenarioError) -> ConnectionReference? {
    guard let word = words.peek else { return nil }
    let name = word.prefix { $0 != "[" }
    guard let row = declarations.connectionRows[String(name)] else { return nil }
    _ = words.next()
    if name.count == word.count {
      guard row.count == 1 else {
        throw ScenarioError(line: words.line, expected: "\(name)[index]", found: word)
      }
      return ConnectionReference(name: String(name))
    }
    guard word.last == "]" else { throw ScenarioError(line: words.line, expected: "\(name)[index]", found: word) }
    let index = try Expression(word.dropFirst(name.count + 1).dropLast(), line: words.line)
    return ConnectionReference(name: String(name), index: index)
  }
}
