/// Sums that are kept per key.
protocol Tallied: Busy {
  init()
  mutating func add(_ other: Self)
}

/// Sums per key with bounded memory: what the table of the busiest lets go of goes into one sum of the others.
///
/// A key that comes back after that begins at zero, so its row may be too small; the sum of all rows is exact.
struct BoundedTally<Key: Hashable & Comparable & Sendable, Sum: Tallied & Sendable> {
  /// Keys that are kept.
  static var most: Int { 65_536 }

  private var table = BusiestTable<Key, Sum>(most: Self.most)
  private var other: Sum?

  mutating func change(_ key: Key, _ body: (inout Sum) -> Void) {
    for sum in table.change(key, new: Sum(), body) { addToOthers(sum) }
  }

  /// Sums by weight, the heaviest first, and what the other keys come to; begins anew.
  mutating func take(most: Int = .max) -> (listed: [(key: Key, sum: Sum)], other: Sum?) {
    let all = table.ranked.compactMap { key in table.values[key].map { (key: key, sum: $0) } }
    for (_, sum) in all.dropFirst(most) { addToOthers(sum) }
    defer {
      table.removeAll()
      other = nil
    }
    return (Array(all.prefix(most)), other)
  }

  private mutating func addToOthers(_ sum: Sum) {
    var total = other ?? Sum()
    total.add(sum)
    other = total
  }
}
