import Dissection

/// Every connection of the capture that is still remembered: whole records, and small ones for unanswered SYNs.
struct FlowTable: ~Copyable {
  /// What a 4-tuple leads to.
  enum Entry { case connection(UInt32), embryo(UInt32) }

  private static let embryoBit: UInt32 = 1 << 31

  var connections: Arena<Connection>
  var embryos: Arena<Embryo>
  private var slots = SlotTable()
  private let secret: UInt64
  private let lowOffset = MemoryLayout<Connection>.offset(of: \.low) ?? 0
  private let highOffset = MemoryLayout<Connection>.offset(of: \.high) ?? 0

  /// Splits `maxMemory` bytes: most of it to whole records, a tenth to unanswered SYNs; the rest is slots and details.
  init(maxMemory: Int) {
    let share = maxMemory / 20
    connections = Arena(capacity: min(share * 13 / MemoryLayout<Connection>.stride, 1 << 30))
    embryos = Arena(capacity: min(share * 2 / MemoryLayout<Embryo>.stride, 1 << 30))
    secret = UInt64.random(in: .min ... .max)
  }

  @inline(__always)
  func hash(_ key: FlowKey) -> UInt32 { key.hash(secret) }

  @inline(__always)
  func prefetchSlot(_ hash: UInt32) { slots.prefetch(hash) }

  /// What ``expect(_:)`` returns when nothing has that hash.
  static let nothing = UInt32.max

  /// What `hash` most likely leads to, and its first cache line on the way from memory.
  ///
  /// Done for a whole batch before the rest: the address translations, which stop the processor one by one when they
  /// are met between other work, overlap.
  @inline(__always)
  func expect(_ hash: UInt32) -> UInt32 {
    guard let handle = slots.peek(hash) else { return Self.nothing }
    if handle & Self.embryoBit == 0 {
      connections.prefetch(handle)
    } else {
      embryos.prefetch(handle & ~Self.embryoBit)
    }
    return handle
  }

  /// The cold record that an acknowledgment of one end's data will ask for, plus one; 0 = none.
  @inline(__always)
  func cold(_ expected: UInt32, ofLow: Bool) -> UInt32 {
    guard expected & Self.embryoBit == 0 else { return 0 }
    let isUnsettled = connections[expected].shared.flags.contains(ofLow ? .lowUnsettled : .highUnsettled)
    return isUnsettled ? connections[expected].shared.cold : 0
  }

  /// Prefetches what else a segment will touch of the record that was expected.
  @inline(__always)
  func prefetchRecord(_ expected: UInt32, fromLow: Bool, isBare: Bool) {
    guard expected & Self.embryoBit == 0 else { return }
    // Idle ACKs are counted in the line behind the key's.
    if isBare { connections.prefetch(expected, offset: 64) }
    let (own, peer) = fromLow ? (lowOffset, highOffset) : (highOffset, lowOffset)
    for line in 0..<3 { connections.prefetch(expected, offset: own + 64 * line) }
    connections.prefetch(expected, offset: peer)
    // Data of a troubled direction are counted in its last line.
    let isTroubled = connections[expected].shared.flags.contains(fromLow ? .lowUnsettled : .highUnsettled)
    if isTroubled, !isBare { connections.prefetch(expected, offset: own + 192) }
  }

  /// Whether what was expected is the connection of a segment indeed.
  ///
  /// It may be another's with the same hash, or have ended meanwhile, and its place may be another's.
  @inline(__always)
  func holds(_ expected: UInt32, _ s: Segment, fromLow: Bool) -> Bool {
    expected & Self.embryoBit == 0 && connections[expected].key.isKey(of: s, fromLow: fromLow)
      && connections[expected].shared.id.rawValue != 0
  }

  func find(_ key: FlowKey, _ hash: UInt32) -> Entry? {
    let handle = slots.find(hash) { handle in
      handle & Self.embryoBit == 0
        ? connections[handle].key == key : embryos[handle & ~Self.embryoBit].key == key
    }
    guard let handle else { return nil }
    return handle & Self.embryoBit == 0 ? .connection(handle) : .embryo(handle & ~Self.embryoBit)
  }

  /// Stores a connection under its key; nil when the memory limit is reached.
  mutating func insert(_ connection: Connection, _ hash: UInt32) -> UInt32? {
    guard let index = connections.allocate(connection) else { return nil }
    slots.insert(hash, index)
    return index
  }

  /// Stores an unanswered SYN under its key; nil when the memory limit is reached.
  mutating func insert(_ embryo: Embryo, _ hash: UInt32) -> UInt32? {
    guard let index = embryos.allocate(embryo) else { return nil }
    slots.insert(hash, index | Self.embryoBit)
    return index
  }

  mutating func remove(connection index: UInt32) {
    slots.remove(hash(connections[index].key), index)
    connections[index].shared.id = ConnectionID(rawValue: 0)
    connections.release(index)
  }

  mutating func remove(embryo index: UInt32) {
    slots.remove(hash(embryos[index].key), index | Self.embryoBit)
    embryos[index].id = ConnectionID(rawValue: 0)
    embryos.release(index)
  }
}
