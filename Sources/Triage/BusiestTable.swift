/// Something that is the more worth keeping, the more packets it stands for.
protocol Busy {
  var packets: UInt64 { get }
}

/// The busiest of very many: when there are more than ``mostKept``, the smaller half is let go of and only counted.
///
/// What is kept depends on the packets alone. - Complexity: O(1) for each change, taken over many.
struct BusiestTable<Key: Hashable & Comparable & Sendable, Value: Busy & Sendable>: Sendable {
  /// Entries that are kept at most; they fit into the second cache.
  static var mostKept: Int { 16_384 }

  private(set) var values: [Key: Value] = [:]
  /// Entries that were let go of; one that came back counts again.
  private(set) var leftOut: UInt64 = 0

  /// Works on the value at `key`, a new one where there is none.
  mutating func change(_ key: Key, new: @autoclosure () -> Value, _ work: (inout Value) -> Void) {
    work(&values[key, default: new()])
    if values.count > Self.mostKept { letGo() }
  }

  /// Only packets and keys are sorted: the values are too big to be moved about.
  private mutating func letGo() {
    let ranks = values.map { (packets: $0.value.packets, key: $0.key) }
      .sorted { ($1.packets, $0.key) < ($0.packets, $1.key) }
    for rank in ranks[(Self.mostKept / 2)...] { values[rank.key] = nil }
    leftOut &+= UInt64(ranks.count - Self.mostKept / 2)
  }
}
