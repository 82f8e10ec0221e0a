import CPrefetch

/// Records that only few connections need, recycled by index.
struct Pool<Item: Sendable>: Sendable {
  var items: [Item] = []
  private var free: [UInt32] = []

  var count: Int { items.count - free.count }

  /// Takes address space for that many items at once: untouched it costs nothing, and growing would copy them all.
  mutating func reserve(_ count: Int) { items.reserveCapacity(count) }

  /// Asks the processor for the first cache lines of an item; an index that is not there is harmless.
  @inline(__always)
  func prefetch(_ index: UInt32) {
    guard Int(index) < items.count else { return }
    // A prefetch never faults, and the address is that of an item.
    unsafe items.withUnsafeBufferPointer { items in
      guard let base = items.baseAddress else { return }
      unsafe tcptriage_prefetch(base + Int(index))
      unsafe tcptriage_prefetch(UnsafeRawPointer(base + Int(index)) + 64)
    }
  }

  mutating func add(_ item: Item) -> UInt32 {
    if let index = free.popLast() {
      items[Int(index)] = item
      return index
    }
    items.append(item)
    return UInt32(truncatingIfNeeded: items.count - 1)
  }

  /// Empties the place and gives it back.
  mutating func remove(_ index: UInt32, emptied: Item) {
    items[Int(index)] = emptied
    free.append(index)
  }
}
