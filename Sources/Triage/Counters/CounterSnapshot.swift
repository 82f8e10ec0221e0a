/// A kernel's counters at one moment, by the names that `nstat` gives them.
///
/// A name that is missing is not known: the kernel is too old or too new for it, or nobody wrote it down. It is never
/// zero. What `nstat` keeps back as no counter (limits and gauges such as `TcpMaxConn`) is not in here.
package struct CounterSnapshot: Sendable {
  /// In the order in which they were read.
  package private(set) var counters: [(name: String, value: UInt64)] = []
  private var places: [String: Int] = [:]
  /// When it was taken, nanoseconds since 1970 UTC, if the text says so.
  package var time: Int64?
  /// The kernel's release, if the text says so.
  package var kernel: String?
  /// Whether the tool that wrote the text leaves out counters that are 0: `netstat -s`, and `nstat` without `-z`.
  package var omitsZeros = false

  /// Names that are kept; kernels have about 400.
  package static let mostNames = 4_096
  /// Bytes of a name; the kernel's longest have half of it.
  static let longestName = 64

  package init() {}

  /// Value of a counter, nil when it is not known.
  package subscript(_ name: String) -> UInt64? { places[name].map { counters[$0].value } }

  /// Adds a counter, the first of a name; what is no counter or beyond the limits is passed over.
  mutating func add(_ name: String, _ value: UInt64) {
    guard places[name] == nil, counters.count < Self.mostNames, Self.isName(name), !Self.noCounters.contains(name)
    else { return }
    places[name] = counters.count
    counters.append((name, value))
  }

  /// Adds to a sum over processors.
  mutating func sum(_ name: String, _ value: UInt64) {
    guard let place = places[name] else { return add(name, value) }
    counters[place].value &+= value
  }

  /// Letters, digits, points and underscores, from a letter on.
  static func isName(_ name: some StringProtocol) -> Bool {
    guard let first = name.utf8.first, isLetter(first), name.utf8.count <= longestName else { return false }
    return name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: ".") || $0 == 95 }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

  /// Limits and gauges: their differences say nothing.
  private static let noCounters: Set<String> = [
    "IpForwarding", "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn", "TcpCurrEstab",
  ]
}

extension CounterSnapshot {
  /// By how much a counter has moved from `before` to `after`; nil when it went back, because its host began anew.
  ///
  /// Counts of 32 bits start again at 0: those of 32-bit kernels, and those that sum up processors. A step back that
  /// would be a small step forward across that border is one. - Complexity: O(1).
  package static func change(of name: String, from before: UInt64, to after: UInt64) -> UInt64? {
    if after >= before { return after - before }
    let border: UInt64 = 1 << 32
    let isNarrow = before < border || name.hasPrefix("soft")
    let (wrapped, overflow) = after.addingReportingOverflow(border)
    guard isNarrow, !overflow, wrapped > before, wrapped - before < largestWrap else { return nil }
    return wrapped - before
  }

  /// A sixteenth of the range: more than ten minutes of a counter that moves 400,000 times a second.
  private static let largestWrap: UInt64 = 1 << 28

  /// By how much a counter has moved until `later`; nil when either does not know it or the host began anew.
  package func change(of name: String, until later: CounterSnapshot) -> UInt64? {
    guard let after = later[name] else { return nil }
    // The later text has the name, so the kernel has the counter: it was left out because it was 0. That does not hold
    // for sums over processors (`softnet.dropped`), which those tools do not print at all.
    guard let before = self[name] ?? (omitsZeros && !name.contains(".") ? 0 : nil) else { return nil }
    return Self.change(of: name, from: before, to: after)
  }
}

/// A text that holds no counters.
package struct CounterSnapshotError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One sentence.
  package var description: String
}
