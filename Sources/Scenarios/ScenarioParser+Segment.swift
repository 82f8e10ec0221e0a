extension ScenarioParser {
  /// `[lost] [connection] HOST FLAGS [SEQ[:END]] [ack N] [win N] [key=value ...] ["payload"] [@tag]`, or bulk data.
  mutating func segmentOrBulk(_ words: inout Words) throws(ScenarioError) -> Statement {
    let fate = words.peek.flatMap { Fate(rawValue: String($0)) }
    if fate != nil { _ = words.next() }
    let named = try connectionReference(&words)
    let connection = named ?? ConnectionReference(name: "main")
    let sender = try words.next("a sender")
    guard isEnd(sender, of: connection) else {
      throw ScenarioError(
        line: words.line, expected: "a step, a connection, or a host of \(connection.name) (\(ends(of: connection)))",
        found: sender)
    }
    if words.take("data") { return .bulk(try bulk(&words, connection, sender)) }
    let flags = try flags(&words)
    var segment = SegmentLine(fate: fate ?? .normal, connection: connection, sender: sender, flags: flags)
    if let word = words.peek, isSequence(word) {
      _ = words.next()
      try setSequence(&segment, word, words.line)
    }
    while let word = words.next() { try setField(&segment, word, &words) }
    return .segment(segment)
  }

  private func isEnd(_ host: Substring, of connection: ConnectionReference) -> Bool {
    guard let row = declarations.connectionRows[connection.name] else { return false }
    let first = declarations.connections[row.first]
    return baseName(first.client) == host || baseName(first.server) == host
  }

  private func ends(of connection: ConnectionReference) -> String {
    guard let row = declarations.connectionRows[connection.name] else { return "" }
    let first = declarations.connections[row.first]
    return "\(baseName(first.client)), \(baseName(first.server))"
  }

  /// The host's name without its index in a row.
  private func baseName(_ end: ConnectionEnd) -> Substring {
    declarations.hosts[end.host].name.prefix { $0 != "[" }
  }

  private func flags(_ words: inout Words) throws(ScenarioError) -> UInt8 {
    let word = try words.next("flags (letters of SFRPUEW and . for ACK, or - for none)")
    if word == "-" { return 0 }
    var flags: UInt8 = 0
    for letter in word {
      guard let flag = Flag.letters.first(where: { $0.letter == letter }) else {
        throw ScenarioError(
          line: words.line, expected: "flags (letters of SFRPUEW and . for ACK, or - for none)", found: word)
      }
      flags |= flag.bit
    }
    return flags
  }

  private func isSequence(_ word: Substring) -> Bool {
    let isField = word == "ack" || word == "win" || switches.contains(word)
    return !isField && !word.contains("=") && word.first != "\"" && word.first != "@"
  }

  private func setSequence(_ segment: inout SegmentLine, _ word: Substring, _ line: Int) throws(ScenarioError) {
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    segment.sequence = try Expression(parts[0], line: line)
    guard parts.count == 2 else { return }
    let isLength = parts[1].first == "+"
    let end = try Expression(isLength ? parts[1].dropFirst() : parts[1], line: line)
    segment.end = isLength ? .length(end) : .sequence(end)
  }

  private func setField(
    _ segment: inout SegmentLine, _ word: Substring, _ words: inout Words
  ) throws(ScenarioError) {
    if word == "ack" {
      segment.acknowledgment = try words.expression("an acknowledgment number")
    } else if word == "win" {
      segment.window = try words.expression("a window")
    } else if word.first == "\"" {
      segment.payload = Array(word.dropFirst().dropLast().utf8)
    } else if word.first == "@", word.count > 1 {
      segment.tag = String(word.dropFirst())
    } else if let equals = word.firstIndex(of: "=") {
      try setValue(&segment, word[..<equals], word[word.index(after: equals)...], words.line)
    } else {
      try setSwitch(&segment.overrides, word, words.line)
    }
  }

  private var switches: [Substring] { ["nots", "nosack", "nomss", "nows"] }

  private func setSwitch(_ overrides: inout Overrides, _ word: Substring, _ line: Int) throws(ScenarioError) {
    switch word {
    case "nots": overrides.noTimestamps = true
    case "nosack": overrides.noSelective = true
    case "nomss": overrides.noMaximumSegmentSize = true
    case "nows": overrides.noWindowScale = true
    default:
      throw ScenarioError(
        line: line,
        expected: "ack, win, tsval=, tsecr=, nots, sack=, nosack, mss=, nomss, ws=, nows, opts=, onlyopts=, id=, ttl=, "
          + "flow=, ecn=, sum=, hex=, a quoted payload or @tag",
        found: word)
    }
  }

  private func setValue(
    _ segment: inout SegmentLine, _ key: Substring, _ value: Substring, _ line: Int
  ) throws(ScenarioError) {
    switch key {
    case "tsval": segment.overrides.timestampValue = try Expression(value, line: line)
    case "tsecr": segment.overrides.timestampEcho = try Expression(value, line: line)
    case "mss": segment.overrides.maximumSegmentSize = try Expression(value, line: line)
    case "ws": segment.overrides.windowScale = try Expression(value, line: line)
    case "id": segment.overrides.identification = try Expression(value, line: line)
    case "ttl": segment.overrides.timeToLive = try Expression(value, line: line)
    case "flow": segment.overrides.flowLabel = try Expression(value, line: line)
    case "ecn": segment.overrides.congestionBits = try Expression(value, line: line)
    case "sack": segment.overrides.blocks = try blocks(value, line)
    case "opts": segment.overrides.addedOptions = try bytes(value, line)
    case "onlyopts": segment.overrides.onlyOptions = try bytes(value, line)
    case "hex": segment.payload = try bytes(value, line)
    case "sum":
      guard let kind = ChecksumKind(rawValue: String(value)) else {
        throw ScenarioError(line: line, expected: "sum=good, sum=partial or sum=bad", found: value)
      }
      segment.overrides.checksum = kind
    default: try setSwitch(&segment.overrides, key + "=" + value, line)
    }
  }

  private func bytes(_ text: Substring, _ line: Int) throws(ScenarioError) -> [UInt8] {
    guard let bytes = hexBytes(text) else {
      throw ScenarioError(line: line, expected: "bytes as pairs of hexadecimal digits", found: text)
    }
    return bytes
  }

  /// `6449-7897,9345-10793`; an edge that is itself a difference needs parentheses.
  private func blocks(_ text: Substring, _ line: Int) throws(ScenarioError) -> [SackBlock] {
    var blocks: [SackBlock] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let edges = part.split(separator: "-", omittingEmptySubsequences: false)
      guard edges.count == 2, blocks.count < 4 else {
        throw ScenarioError(line: line, expected: "up to four SACK blocks like 6449-7897", found: text)
      }
      blocks.append(
        SackBlock(left: try Expression(edges[0], line: line), right: try Expression(edges[1], line: line)))
    }
    return blocks
  }

  private func bulk(
    _ words: inout Words, _ connection: ConnectionReference, _ sender: Substring
  ) throws(ScenarioError) -> BulkLine {
    let word = try words.next("COUNTxSIZE")
    let parts = word.split(separator: "x", omittingEmptySubsequences: false).map { Int64($0) }
    guard parts.count == 2, let count = parts[0], let size = parts[1], (1...100_000).contains(count),
      (1...65_000).contains(size)
    else { throw ScenarioError(line: words.line, expected: "COUNTxSIZE like 100x1448", found: word) }
    var bulk = BulkLine(connection: connection, sender: sender, count: count, size: size)
    while let word = words.next() {
      let parts = word.split(separator: "=", maxSplits: 1)
      let number = parts.count == 2 ? Int64(parts[1]) : nil
      switch (parts.first, number) {
      case ("burst", let value?) where value > 0: bulk.burst = value
      case ("acks", let value?) where value >= 0: bulk.acks = value
      case ("gap", _):
        guard parts.count == 2, let gap = Duration.nanoseconds(parts[1]) else { fallthrough }
        bulk.gap = gap
      default: throw ScenarioError(line: words.line, expected: "burst=N, gap=DURATION or acks=N", found: word)
      }
    }
    return bulk
  }
}
