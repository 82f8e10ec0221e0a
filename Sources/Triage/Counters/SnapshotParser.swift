/// Reads what people send when they are asked for counters, several of them in one file, told apart by their lines.
///
/// Copies of `/proc/net/netstat`, `/proc/net/snmp`, `/proc/net/snmp6`, `/proc/net/softnet_stat` and `/proc/softirqs`,
/// and the output of `nstat` and of `netstat -s`. Lines that are none of these are passed over; of a name that comes
/// twice the first counts. Everything goes by names, nothing by positions. - Complexity: O(bytes).
struct SnapshotParser {
  private(set) var snapshot = CounterSnapshot()
  /// The heading of `netstat -s` that we are under.
  private var section = ""
  /// A line of names that waits for its line of values.
  private var header: (group: Substring, names: [Substring])?
  /// Columns of `/proc/softirqs`, 0 outside of it.
  private var processors = 0
  private var softnet = Block.ahead
  private var softirqs = Block.ahead
  private var hasZeros = false

  /// A block of lines that are summed up: only the first of a file, or its counters would be counted twice.
  private enum Block { case ahead, inside, over }

  /// Everything that was read.
  consuming func finished() -> CounterSnapshot {
    snapshot.omitsZeros = !hasZeros
    return snapshot
  }

  mutating func take(_ line: Substring) {
    let fields = line.split(maxSplits: 2_048, whereSeparator: \.isWhitespace)
    guard let first = fields.first else { return }
    if first.hasPrefix("#") { return takeComment(line) }
    if takeSoftnet(fields) || takeSoftirqs(fields) { return }
    let isIndented = line.first?.isWhitespace ?? false
    if first.hasSuffix(":"), CounterSnapshot.isName(first.dropLast()) {
      takeGroup(first.dropLast(), fields.dropFirst(), isIndented)
    } else if !isIndented, fields.count <= 3, fields.count >= 2, CounterSnapshot.isName(first), !first.contains(".") {
      section = ""
      if let value = UInt64(fields[1]) { add(first, value) }
    } else if !section.isEmpty {
      takeWords(fields)
    }
  }

  private mutating func add(_ name: some StringProtocol, _ value: UInt64) {
    if value == 0 { hasZeros = hasZeros || section.isEmpty }
    snapshot.add(String(name), value)
  }

  /// `TcpExt: NAME NAME`, `TcpExt: 1 2`, the heading `TcpExt:`, or `TCPTimeouts: 6` under it.
  private mutating func takeGroup(_ group: Substring, _ rest: ArraySlice<Substring>, _ isIndented: Bool) {
    guard let next = rest.first else {
      if !isIndented { section = String(group) }
      return
    }
    let isValue = next.first.map { $0.isNumber || $0 == "-" } ?? false
    if !section.isEmpty, isIndented {
      if rest.count == 1, group.first?.isUppercase ?? false, let value = UInt64(next) { add(section + group, value) }
    } else if !isValue {
      header = (group, Array(rest))
      section = ""
    } else if let header, header.group == group {
      takePair(header.group, header.names, Array(rest))
      self.header = nil
    }
  }

  /// A line of values is good as far as it goes; the last of a short one may have been cut in two.
  private mutating func takePair(_ group: Substring, _ names: [Substring], _ values: [Substring]) {
    guard values.count <= names.count else { return }
    let whole = values.count == names.count ? values.count : values.count - 1
    for (name, text) in zip(names, values.prefix(whole)) {
      // Limits may be negative (`MaxConn` -1): they are no counters.
      if let value = UInt64(text) { add(group + name, value) }
    }
  }

  /// The words of `netstat -s`, with `#` for their number.
  private mutating func takeWords(_ fields: [Substring]) {
    guard fields.count <= 16, let place = fields.firstIndex(where: { UInt64($0) != nil }),
      let value = UInt64(fields[place])
    else { return }
    var words = fields
    words[place] = "#"
    var text = words.joined(separator: " ")
    if text.hasSuffix(".") { text.removeLast() }
    if let name = NetstatWords.names[text] { add(name, value) }
  }

  /// Eight hexadecimal digits in each column, one line for each processor.
  ///
  /// Source: Linux `softnet_seq_show`: 0 processed, 1 dropped, 2 time_squeeze; later columns came later.
  private mutating func takeSoftnet(_ fields: [Substring]) -> Bool {
    let isRow = fields.count >= 9 && fields.allSatisfy { $0.utf8.count == 8 && UInt32($0, radix: 16) != nil }
    guard isRow else {
      if softnet == .inside { softnet = .over }
      return false
    }
    guard softnet != .over else { return true }
    softnet = .inside
    for (name, text) in zip(["softnet.processed", "softnet.dropped", "softnet.time_squeeze"], fields) {
      snapshot.sum(name, UInt64(text, radix: 16) ?? 0)
    }
    return true
  }

  /// `CPU0 CPU1`, then `NET_RX: 1 2`.
  private mutating func takeSoftirqs(_ fields: [Substring]) -> Bool {
    if fields.allSatisfy({ $0.hasPrefix("CPU") && UInt16($0.dropFirst(3)) != nil }) {
      softirqs = softirqs == .ahead ? .inside : .over
      processors = fields.count
      return true
    }
    let counts = fields.dropFirst().prefix(processors).map { UInt64($0) }
    guard processors > 0, fields[0].hasSuffix(":"), !counts.isEmpty, counts.allSatisfy({ $0 != nil }) else {
      processors = 0
      return false
    }
    guard softirqs == .inside else { return true }
    snapshot.add("softirq.\(fields[0].dropLast())", counts.reduce(0) { $0 &+ ($1 ?? 0) })
    return true
  }

  /// The first line of a file that `tcptriage counters --record` wrote.
  private mutating func takeComment(_ line: Substring) {
    let (time, kernel) = SnapshotHeader.read(line)
    snapshot.time = snapshot.time ?? time
    snapshot.kernel = snapshot.kernel ?? kernel
  }
}

extension CounterSnapshot {
  /// Text that is looked at: ten times of what any host has to say.
  package static let mostBytes = 1 << 20

  /// Reads any of the texts that ``SnapshotParser`` knows.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds.
  ///   - source: the file's name, for the sentence of the error.
  /// - Throws: when nothing in it is a counter.
  package init(parsing bytes: [UInt8], from source: String) throws(CounterSnapshotError) {
    guard bytes.count <= Self.mostBytes else {
      throw CounterSnapshotError(description: "\(source): This is larger than any snapshot of counters.\(Self.advice)")
    }
    var parser = SnapshotParser()
    let text = String(decoding: bytes, as: UTF8.self)
    for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) { parser.take(line) }
    self = parser.finished()
    guard counters.isEmpty else { return }
    throw CounterSnapshotError(description: "\(source): There are no kernel counters in it.\(Self.advice)")
  }

  private static let advice =
    " Give the output of nstat -az or netstat -s, or copies of /proc/net/netstat and /proc/net/snmp."
}
