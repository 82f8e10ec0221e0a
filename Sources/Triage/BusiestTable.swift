/// Something that is the more worth keeping, the heavier it is.
protocol Busy {
  var weight: UInt64 { get }
}

/// The busiest of very many: when there are more than ``most``, the lighter half is let go of.
///
/// What is kept depends on the packets alone. - Complexity: O(1) for each change, taken over many.
struct BusiestTable<Key: Hashable & Comparable & Sendable, Value: Busy & Sendable>: Sendable {
  /// Entries that are kept at most; by default they fit into the second cache.
  let most: Int
  private(set) var values: [Key: Value] = [:]
  /// Entries that were let go of; one that came back counts again.
  private(set) var leftOut: UInt64 = 0

  init(most: Int = 16_384) { self.most = most }

  /// Works on the value at `key`, a new one where there is none; returns what had to be let go of.
  @discardableResult
  mutating func change(_ key: Key, new: @autoclosure () -> Value, _ work: (inout Value) -> Void) -> [Value] {
    work(&values[key, default: new()])
    return values.count > most ? letGo() : []
  }

  /// Keys by the weight of their values, the heaviest first.
  var ranked: [Key] {
    // Only weights and keys are sorted: the values are too big to be moved about.
    values.map { (weight: $0.value.weight, key: $0.key) }
      .sorted { ($1.weight, $0.key) < ($0.weight, $1.key) }.map(\.key)
  }

  mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    leftOut = 0
  }

  private mutating func letGo() -> [Value] {
    let gone = ranked.dropFirst(most / 2).compactMap { values.removeValue(forKey: $0) }
    leftOut &+= UInt64(gone.count)
    return gone
  }
}
