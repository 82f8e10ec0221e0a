import CPrefetch

/// Open addressing from a 32-bit hash to a 32-bit handle, eight bytes a slot, linear probing, load at most one half.
///
/// Keys live in the arenas: the caller compares them. Deleting shifts later entries back, so there are no tombstones to
/// slow down a capture that opens and closes connections for hours.
@safe
struct SlotTable: ~Copyable {
  /// Hash in the upper half, handle plus one in the lower; 0 = empty.
  private var slots: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int = 1 << 12) {
    mask = capacity - 1
    unsafe slots = Self.make(capacity)
  }

  deinit {
    // Made by `make`, never handed out.
    unsafe slots.deallocate()
  }

  private static func make(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
    let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    // Exactly the memory that was allocated.
    unsafe memory.initialize(repeating: 0, count: capacity)
    return unsafe memory
  }

  @inline(__always)
  func prefetch(_ hash: UInt32) {
    // The masked index lies inside the table.
    unsafe tcptriage_prefetch(slots + (Int(hash) & mask))
  }

  /// The first handle with this hash for which `matches` is true.
  @inline(__always)
  func find(_ hash: UInt32, _ matches: (UInt32) -> Bool) -> UInt32? {
    var index = Int(hash) & mask
    while true {
      // Masked, hence inside; the table always has an empty slot, so the walk ends.
      let slot = unsafe slots[index]
      if slot == 0 { return nil }
      if UInt32(slot >> 32) == hash {
        let handle = UInt32(truncatingIfNeeded: slot) &- 1
        if matches(handle) { return handle }
      }
      index = (index + 1) & mask
    }
  }

  /// The first handle with this hash, key not compared: most likely the one.
  @inline(__always)
  func peek(_ hash: UInt32) -> UInt32? { find(hash) { _ in true } }

  mutating func insert(_ hash: UInt32, _ handle: UInt32) {
    if count * 2 > mask { grow() }
    place(UInt64(hash) << 32 | UInt64(handle &+ 1))
    count += 1
  }

  private func place(_ slot: UInt64) {
    var index = Int(slot >> 32) & mask
    // Masked, hence inside; half of the table is empty, so the walk ends.
    while unsafe slots[index] != 0 { index = (index + 1) & mask }
    unsafe slots[index] = slot
  }

  /// Replaces the handle stored for `old`, which must be there.
  mutating func replace(_ hash: UInt32, _ old: UInt32, with new: UInt32) {
    guard let index = position(hash, old) else { return }
    // `position` returned an index inside the table.
    unsafe slots[index] = UInt64(hash) << 32 | UInt64(new &+ 1)
  }

  mutating func remove(_ hash: UInt32, _ handle: UInt32) {
    guard var hole = position(hash, handle) else { return }
    count -= 1
    var index = hole
    while true {
      index = (index + 1) & mask
      // Masked, hence inside; ends at the first empty slot.
      let slot = unsafe slots[index]
      if slot == 0 { break }
      let home = Int(slot >> 32) & mask
      // An entry may move back into the hole only if that does not put it before its home.
      guard (index &- home) & mask >= (index &- hole) & mask else { continue }
      unsafe slots[hole] = slot
      hole = index
    }
    unsafe slots[hole] = 0
  }

  private func position(_ hash: UInt32, _ handle: UInt32) -> Int? {
    let wanted = UInt64(hash) << 32 | UInt64(handle &+ 1)
    var index = Int(hash) & mask
    while true {
      // Masked, hence inside; ends at the first empty slot.
      let slot = unsafe slots[index]
      if slot == wanted { return index }
      if slot == 0 { return nil }
      index = (index + 1) & mask
    }
  }

  @inline(never)
  private mutating func grow() {
    let (old, size) = unsafe (slots, mask + 1)
    mask = size * 2 - 1
    unsafe slots = Self.make(size * 2)
    for index in 0..<size {
      // The old table has `size` slots and is released below.
      let slot = unsafe old[index]
      if slot != 0 { place(slot) }
    }
    unsafe old.deallocate()
  }
}
