import Dissection
import Frames

/// How long a silent record is kept, by packet time.
///
/// Source: tcp-pathologies §C.
enum Lifetime {
  static let unanswered = 130 * PacketTime.second
  static let synReceived = 70 * PacketTime.second
  static let finOne = 600 * PacketTime.second
  static let finBoth = 120 * PacketTime.second
  static let closed = 120 * PacketTime.second
  static let reset = 10 * PacketTime.second
  static let single = 60 * PacketTime.second

  /// How long a connection in this phase may be silent; a synchronized one only ends for memory, or if it is one segment.
  static func of(_ phase: Phase) -> Int64 {
    switch phase {
    case .synSent, .synCrossed: unanswered
    case .synReceived: synReceived
    case .established: single
    case .finOne: finOne
    case .finBoth: finBoth
    case .closed: closed
    case .reset: reset
    }
  }
}

extension Tracker {
  /// Records looked at per batch: a whole round over a million connections takes 32 million segments.
  private static let sweepStep = 2
  /// Candidates compared when memory is full.
  private static let evictionSample = 32

  /// Ends a few records whose time is over; called once a batch, cost independent of how many there are.
  mutating func sweep() {
    if analysis.coldMemory > mostCold { shrinkCold() }
    for _ in 0..<min(Self.sweepStep, table.connections.used) {
      connectionHand = connectionHand &+ 1 < table.connections.used ? connectionHand &+ 1 : 0
      table.connections.prefetch(connectionHand &+ UInt32(Self.sweepStep))
      guard table.connections[connectionHand].shared.id.rawValue != 0 else { continue }
      guard isExpired(connectionHand) else { continue }
      switch table.connections[connectionHand].shared.phase {
      case .reset: end(connection: connectionHand, resetBy(connectionHand))
      case .closed: end(connection: connectionHand, .closed)
      default: end(connection: connectionHand, .expired)
      }
    }
    for _ in 0..<min(Self.sweepStep, table.embryos.used) {
      embryoHand = embryoHand &+ 1 < table.embryos.used ? embryoHand &+ 1 : 0
      guard table.embryos[embryoHand].id.rawValue != 0,
        now &- table.embryos[embryoHand].lastTime > Lifetime.unanswered
      else { continue }
      end(table.embryos[embryoHand], .expired)
      table.remove(embryo: embryoHand)
    }
  }

  /// Weighs the details of troubled connections, and drops the least useful ones until the limit is far enough away
  /// that weighing again soon is not needed.
  private mutating func shrinkCold() {
    analysis.weighCold()
    while analysis.coldMemory > mostCold / 8 * 7, evictConnection(troubledOnly: true) {}
  }

  /// Looks at one cache line of most records: the sweep must not fetch what it does not need.
  private func isExpired(_ index: UInt32) -> Bool {
    let idle = now &- table.connections[index].lastTime
    guard idle > Lifetime.reset, idle > Lifetime.of(table.connections[index].shared.phase) else { return false }
    guard table.connections[index].shared.phase == .established else { return true }
    return table.connections[index].low.packets &+ table.connections[index].high.packets <= 1
  }

  private func resetBy(_ index: UInt32) -> ConnectionEnd.Ending {
    let shared = table.connections[index].shared
    return shared.flags.contains(.resetByLow) == shared.lowIsClient ? .resetByClient : .resetByServer
  }

  /// Drops the least useful of a sample of records: over, then single segments, then the longest idle.
  mutating func evictConnection(troubledOnly: Bool = false) -> Bool {
    guard table.connections.count > 0 else { return false }
    var worst: (index: UInt32, score: Int64)?
    var looked = 0
    var steps = 0
    while looked < Self.evictionSample, steps < table.connections.used {
      connectionHand = connectionHand &+ 1 < table.connections.used ? connectionHand &+ 1 : 0
      steps += 1
      guard table.connections[connectionHand].shared.id.rawValue != 0 else { continue }
      if troubledOnly, !table.connections[connectionHand].shared.hasDetails { continue }
      looked += 1
      let score = uselessness(connectionHand)
      if worst == nil || score > worst?.score ?? 0 { worst = (connectionHand, score) }
    }
    guard let worst else { return false }
    evicted += 1
    end(connection: worst.index, .evicted)
    return true
  }

  private func uselessness(_ index: UInt32) -> Int64 {
    let shared = table.connections[index].shared
    let idle = max(0, min(now &- table.connections[index].lastTime, 1 << 60))
    let packets = table.connections[index].low.packets &+ table.connections[index].high.packets
    if shared.phase.isOver { return idle | 1 << 62 }
    if packets <= 1 { return idle | 1 << 61 }
    return idle
  }

  /// Drops the longest idle of a sample of unanswered SYNs.
  mutating func evictEmbryo() {
    var worst: (index: UInt32, time: Int64)?
    for _ in 0..<min(Self.evictionSample, table.embryos.used) {
      embryoHand = embryoHand &+ 1 < table.embryos.used ? embryoHand &+ 1 : 0
      let known = table.embryos[embryoHand]
      guard known.id.rawValue != 0 else { continue }
      if worst == nil || known.lastTime < worst?.time ?? .max { worst = (embryoHand, known.lastTime) }
    }
    guard let worst else { return }
    evicted += 1
    end(table.embryos[worst.index], .evicted)
    table.remove(embryo: worst.index)
  }
}
