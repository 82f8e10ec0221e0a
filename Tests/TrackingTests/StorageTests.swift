import Dissection
import TestSupport
import Testing

@testable import Tracking

/// The hash table and the record store against what they stand for.
struct StorageTests {
  @Test("The slot table answers like a dictionary, through 100,000 changes", arguments: [1, 2, 3] as [UInt64])
  func slots(seed: UInt64) {
    var chance = Chance(seed: seed)
    var table = SlotTable(capacity: 16)
    var model: [UInt32: UInt32] = [:]
    var handles: [UInt32] = []
    // Few hashes for many handles: long probe runs, many equal hashes, homes at both ends of the table.
    let hash = { (chance: inout Chance) -> UInt32 in
      let kind = chance.next() % 4
      return kind == 0
        ? UInt32.random(in: 0...7, using: &chance)
        : kind == 1
          ? UInt32.max - UInt32.random(in: 0...7, using: &chance) : UInt32.random(in: .min ... .max, using: &chance)
    }
    for step in 0..<100_000 as Range<UInt32> {
      if handles.isEmpty || chance.next() % 100 < (step < 50_000 ? 55 : 45), handles.count < 4000 {
        let value = hash(&chance)
        table.insert(value, step)
        model[step] = value
        handles.append(step)
      } else {
        let place = Int.random(in: handles.indices, using: &chance)
        let handle = handles[place]
        if chance.next() % 2 == 0 {
          handles.swapAt(place, handles.count - 1)
          handles.removeLast()
          table.remove(model.removeValue(forKey: handle) ?? 0, handle)
          #expect(table.find(model[handle] ?? 0) { $0 == handle } == nil)
        } else {
          #expect(table.find(model[handle] ?? 0) { $0 == handle } == handle)
        }
      }
      guard step.isMultiple(of: 20_000) else { continue }
      #expect(table.count == model.count)
      #expect(model.allSatisfy { handle, value in table.find(value) { $0 == handle } == handle })
    }
    #expect(model.allSatisfy { handle, value in table.find(value) { $0 == handle } == handle })
    #expect(table.count == model.count)
  }

  @Test(
    "Entries of one hash are told apart by who asks, also when one between them goes", arguments: [0, 5, UInt32.max])
  func collisions(hash: UInt32) {
    var table = SlotTable(capacity: 16)
    for handle in 0..<7 as Range<UInt32> { table.insert(hash, handle) }
    table.remove(hash, 3)
    for handle in 0..<7 as Range<UInt32> {
      #expect(table.find(hash) { $0 == handle } == (handle == 3 ? nil : handle))
    }
    table.replace(hash, 6, with: 3)
    #expect(table.find(hash) { $0 == 3 } == 3 && table.find(hash) { $0 == 6 } == nil)
    table.remove(hash, 99)
    #expect(table.count == 6)
  }

  @Test("Removing what is not there changes nothing")
  func removeNothing() {
    var table = SlotTable(capacity: 16)
    table.remove(7, 7)
    table.insert(7, 1)
    table.remove(7, 2)
    table.remove(8, 1)
    #expect(table.count == 1 && table.find(7) { $0 == 1 } == 1)
    #expect(table.peek(7) == 1 && table.peek(8) == nil)
  }

  @Test("The record store keeps what was put into it, through 100,000 changes")
  func arena() {
    var chance = Chance(seed: 11)
    var arena = Arena<UInt64>(capacity: 1000)
    var model: [UInt32: UInt64] = [:]
    var most = 0
    for _ in 0..<100_000 {
      if chance.next() % 2 == 0 {
        let value = chance.next()
        let index = arena.allocate(value)
        #expect((index == nil) == (model.count == 1000))
        if let index {
          #expect(model[index] == nil, "an index is given to one at a time")
          model[index] = value
        }
      } else if let index = model.keys.randomElement(using: &chance) {
        if chance.next() % 4 == 0 {
          arena[index] &+= 1
          model[index, default: 0] &+= 1
        }
        #expect(arena[index] == model[index])
        model[index] = nil
        arena.release(index)
      }
      most = max(most, model.count)
    }
    #expect(arena.count == model.count && arena.used <= 1000 && most > 50)
    #expect(model.allSatisfy { arena[$0.key] == $0.value })
  }

  @Test("A full store says so, and has room again after a release")
  func full() {
    var arena = Arena<UInt32>(capacity: 2)
    #expect(arena.allocate(1) == 0 && arena.allocate(2) == 1)
    #expect(arena.isFull && arena.allocate(3) == nil)
    arena.release(0)
    #expect(!arena.isFull && arena.allocate(4) == 0 && arena[0] == 4)
  }

  @Test("Records stay as small as the memory limit counts on")
  func sizes() {
    #expect(MemoryLayout<Direction>.size <= 256)
    #expect(MemoryLayout<Connection>.stride == 704)
    // What every segment touches: one line of key and shared state, one of the peer, three of its own.
    #expect(MemoryLayout<Connection>.offset(of: \.shared.lowIsClient) == 63)
    #expect(MemoryLayout<Connection>.offset(of: \.low)?.isMultiple(of: 64) == true)
    #expect(MemoryLayout<Connection>.offset(of: \.high)?.isMultiple(of: 64) == true)
    #expect(MemoryLayout<Direction>.offset(of: \.answering) == 64)
    #expect(MemoryLayout<Direction>.offset(of: \.hopLimit).map { $0 < 192 } == true)
    #expect(MemoryLayout<Embryo>.stride * 4 <= MemoryLayout<Connection>.stride)
  }
}

/// The key that both directions of a connection share.
struct FlowKeyTests {
  private static let addresses = [
    IPAddress(v4: 0x0A00_0001), IPAddress(v4: 0x0A00_0002), IPAddress(high: 0x2001_0DB8 << 32, low: 1),
    IPAddress(high: 0x2001_0DB9 << 32, low: 1), IPAddress(high: 0, low: .max),
  ]

  private static var endpoints: [Endpoint] {
    addresses.flatMap { address in ([1, 80, 65_535] as [UInt16]).map { Endpoint(address: address, port: $0) } }
  }

  private func segment(_ from: Endpoint, _ to: Endpoint) -> Segment {
    var segment = Segment()
    (segment.source, segment.sourcePort) = (from.address, from.port)
    (segment.destination, segment.destinationPort) = (to.address, to.port)
    return segment
  }

  @Test("Both directions have the same key and hash, seen from different ends")
  func bothDirections() {
    for a in Self.endpoints {
      for b in Self.endpoints where a != b {
        let (forth, back) = (FlowKey.of(segment(a, b)), FlowKey.of(segment(b, a)))
        #expect(forth.key == back.key && forth.fromLow != back.fromLow, "\(a) \(b)")
        #expect(forth.key.hash(42) == back.key.hash(42))
      }
    }
  }

  @Test("Different pairs of ends have different keys, and hardly ever the same hash")
  func distinct() {
    var keys: [FlowKey] = []
    for (index, a) in Self.endpoints.enumerated() {
      for b in Self.endpoints[(index + 1)...] { keys.append(FlowKey.of(segment(a, b)).key) }
    }
    #expect(keys.indices.allSatisfy { index in !keys[..<index].contains(keys[index]) })
    #expect(Set(keys.map { $0.hash(42) }).count == keys.count)
  }

  @Test("The secret changes the hash, so that no input can be made to collide")
  func secret() {
    let key = FlowKey.of(segment(Self.endpoints[0], Self.endpoints[4])).key
    #expect(Set((0..<100 as Range<UInt64>).map { key.hash($0) }).count >= 99)
  }

  @Test("Counting ports and addresses spreads over the table")
  func spread() {
    var buckets = [Int](repeating: 0, count: 256)
    for number in 0..<25_600 {
      let segment = Segment.made(number * 7, frame: 1, time: 0, flags: .syn)
      buckets[Int(FlowKey.of(segment).key.hash(42) & 255)] += 1
    }
    #expect(buckets.allSatisfy { (50...160).contains($0) })
  }
}
