/// Sums that are kept per key.
protocol Tallied {
  init()
  /// What the largest are told by.
  var weight: UInt64 { get }
  mutating func add(_ other: Self)
}

/// Sums per key with bounded memory: when there are too many keys, the lighter half goes into one sum of the others.
///
/// A key that comes back after that begins at zero, so its row may be too small; the sum of all rows is exact.
/// - Complexity: O(log n) per change, amortized.
struct BoundedTally<Key: Hashable & Comparable, Sum: Tallied> {
  /// Keys that are kept.
  static var most: Int { 65_536 }

  private var sums: [Key: Sum] = [:]
  private var other: Sum?

  mutating func change(_ key: Key, _ body: (inout Sum) -> Void) {
    if sums[key] == nil, sums.count >= Self.most { shrink() }
    body(&sums[key, default: Sum()])
  }

  /// Sums by weight, the heaviest first, and what the other keys come to; begins anew.
  mutating func take(most: Int = .max) -> (listed: [(key: Key, sum: Sum)], other: Sum?) {
    let all = sorted()
    for (_, sum) in all.dropFirst(most) { addToOthers(sum) }
    defer {
      sums.removeAll(keepingCapacity: true)
      other = nil
    }
    return (Array(all.prefix(most)), other)
  }

  private mutating func shrink() {
    let all = sorted()
    for (key, sum) in all.dropFirst(Self.most / 2) {
      addToOthers(sum)
      sums[key] = nil
    }
  }

  private mutating func addToOthers(_ sum: Sum) {
    var total = other ?? Sum()
    total.add(sum)
    other = total
  }

  private func sorted() -> [(key: Key, sum: Sum)] {
    sums.map { (key: $0.key, sum: $0.value) }
      .sorted { $0.sum.weight == $1.sum.weight ? $0.key < $1.key : $0.sum.weight > $1.sum.weight }
  }
}
