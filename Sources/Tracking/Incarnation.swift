import Dissection
import Frames

/// When a 4-tuple is a new connection.
///
/// Source: tcp-pathologies §C.
enum Incarnation {
  /// A SYN after this long begins anew without further questions.
  static let quietSYN: Int64 = 240 * PacketTime.second
  /// Without any SYN: this long idle, and numbers far away from the old ones.
  static let longIdle: Int64 = 600 * PacketTime.second
  static let farAway = 1 << 30
}

extension Tracker {
  /// A SYN, or a segment after a long silence, for a 4-tuple that is in the table.
  @inline(never)
  mutating func special(
    _ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ hash: UInt32, _ index: UInt32, _ bytes: RawSpan
  ) {
    let begins =
      s.flags.contains(.syn)
      ? beginsAnew(s, index, fromLow) : isUnrelated(s, index, fromLow)
    switch begins {
    case .no: analysis.step(s, &table.connections[index], fromLow: fromLow, bytes)
    case .yes: replace(s, key, fromLow, hash, index, bytes)
    case .unclear: analysis.provisional(s, &table.connections[index], fromLow: fromLow)
    case .confirmed: commit(s, key, fromLow, hash, index, bytes)
    }
  }

  private enum Begins { case no, yes, unclear, confirmed }

  private func beginsAnew(_ s: Segment, _ index: UInt32, _ fromLow: Bool) -> Begins {
    let shared = table.connections[index].shared
    let x = fromLow ? table.connections[index].low : table.connections[index].high
    if s.flags.contains(.ack) {
      let answered = shared.flags.contains(.provisional) && shared.flags.contains(.provisionalFromLow) != fromLow
      if answered, s.acknowledgment - 1 == shared.provisionalSYN { return .confirmed }
      // The SYN was not captured; other numbers after the end are another connection's.
      let isOver = shared.phase.isOver || shared.phase == .finBoth
      return isOver && x.flags.contains(.seen) && s.sequence != x.initial ? .yes : .no
    }
    if x.flags.contains(.syn), x.initial == s.sequence { return .no }
    if x.flags.contains(.seen), !x.flags.contains(.syn), s.sequence == x.initial { return .no }
    switch shared.phase {
    case .closed, .reset, .finBoth: return .yes
    case .synSent, .synCrossed: return x.flags.contains(.syn) ? .yes : .no
    case .synReceived, .established, .finOne:
      return s.time &- table.connections[index].lastTime >= Incarnation.quietSYN ? .yes : .unclear
    }
  }

  /// No SYN, but so long after and so far away that it cannot be the same connection.
  private func isUnrelated(_ s: Segment, _ index: UInt32, _ fromLow: Bool) -> Begins {
    let x = fromLow ? table.connections[index].low : table.connections[index].high
    guard x.flags.contains(.seen), x.flags.contains(.hasAcknowledged), s.flags.contains(.ack) else { return .no }
    let far =
      abs(s.sequence - x.next) > Incarnation.farAway && abs(s.acknowledgment - x.highestACK) > Incarnation.farAway
    return far ? .yes : .no
  }

  private mutating func replace(
    _ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ hash: UInt32, _ index: UInt32, _ bytes: RawSpan
  ) {
    end(connection: index, .replaced)
    start(s, key, fromLow, hash, id: nextID(), bytes)
  }

  /// The SYN-ACK to a provisional SYN: the old connection is over, the new one begins with that SYN.
  private mutating func commit(
    _ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ hash: UInt32, _ index: UInt32, _ bytes: RawSpan
  ) {
    let shared = table.connections[index].shared
    var syn = s
    swap(&syn.source, &syn.destination)
    swap(&syn.sourcePort, &syn.destinationPort)
    syn.flags = .syn
    syn.sequence = shared.provisionalSYN
    syn.time = shared.provisionalTime
    syn.frame = shared.provisionalFrame
    syn.timestampValue = shared.provisionalTSval
    syn.acknowledgment = SequenceNumber(0)
    (syn.payloadLength, syn.capturedPayload) = (0, 0)
    syn.options.remove(.mss)
    // It was counted for the old connection; the new one counts it again.
    if shared.flags.contains(.provisionalFromLow) {
      table.connections[index].low.packets &-= 1
    } else {
      table.connections[index].high.packets &-= 1
    }
    analysis.copies.forget(syn)
    // The SYN's own options are gone by now: what the SYN-ACK takes up is what was offered.
    end(connection: index, .replaced)
    let scope = analysis.scope
    analysis.scope = min(scope, .unusual)
    start(syn, key, !fromLow, hash, id: nextID(), bytes.extracting(0..<0))
    analysis.scope = scope
    if case .connection(let new) = table.find(key, hash) {
      analysis.step(s, &table.connections[new], fromLow: fromLow, bytes)
    }
  }
}

extension Analysis {
  /// A SYN inside a synchronized connection: remembered until the answer tells whether a new one begins.
  mutating func provisional(_ s: Segment, _ connection: inout Connection, fromLow: Bool) {
    connection.shared.provisionalSYN = s.sequence
    connection.shared.provisionalTime = s.time
    connection.shared.provisionalFrame = s.frame
    connection.shared.provisionalTSval = s.timestampValue
    connection.shared.flags.insert(.provisional)
    copies.note(isCopy: false, s)
    connection.shared.time.spend(.idle, from: connection.lastTime, to: s.time)
    if fromLow {
      connection.shared.flags.insert(.provisionalFromLow)
      connection.low.countAside(s)
    } else {
      connection.shared.flags.remove(.provisionalFromLow)
      connection.high.countAside(s)
    }
    var observation = Observation(
      s, connection: connection.shared.id, fromClient: fromLow == connection.shared.lowIsClient)
    observation.kind = .handshake
    observation.anomalies = .synInside
    observation.progress = connection.shared.progress
    tell(observation)
  }

  /// Gives a fresh record the SYN that had waited as an embryo, repetitions included.
  mutating func adopt(
    _ syn: Segment, _ connection: inout Connection, fromLow: Bool, again known: Embryo, _ bytes: RawSpan
  ) {
    let before = (copies, scope)
    scope = min(scope, .unusual)
    step(syn, &connection, fromLow: fromLow, bytes)
    // The SYN was counted, and told of, when it came.
    (copies, scope) = before
    connection.shared.synTime = known.firstTime
    connection.shared.time.spend(.handshake, from: known.firstTime, to: known.lastTime)
    if fromLow { connection.low.repeatSYN(known) } else { connection.high.repeatSYN(known) }
  }

  /// Tells of a first SYN, whose record is too small to be tracked yet.
  mutating func tellSYN(_ s: Segment, _ id: ConnectionID) {
    var observation = Observation(s, connection: id, fromClient: true)
    observation.kind = .handshake
    observation.senderState = .synSent
    tell(observation)
  }

  /// Opens the SMC machine late, for a SYN that showed no sign itself.
  mutating func openSMC(_ shared: inout SharedState, after syn: Segment, _ nothing: RawSpan) {
    guard shared.smc == 0 else { return }
    openSMC(&shared)
    smc.items[Int(shared.smc) - 1].syn(syn, optionBytes: nothing)
  }
}

extension Direction {
  /// Counts a segment that changes nothing yet.
  mutating func countAside(_ s: Segment) {
    packets &+= 1
    unitsSinceAdvance &+= 1
    lastFrame = s.frame
    lastTime = max(lastTime, s.time)
  }

  /// Takes over what a repeated SYN changes.
  mutating func repeatSYN(_ known: Embryo) {
    guard known.count > 1 else { return }
    lastFrame = known.lastFrame
    synCount = known.count
    packets = UInt64(known.count)
    retransmissions = UInt32(known.count) - 1
    lastTime = known.lastTime
    lastDataTime = known.lastTime
    highestTSval = known.timestamp
    lastTSval = known.timestamp
    identification = known.identification
  }
}

extension CopyCensus {
  /// Takes back a segment that will be counted again.
  mutating func forget(_ s: Segment) {
    segments &-= 1
    telling &-= 1
  }

  /// Counts a segment that carries SYN, FIN or data.
  mutating func note(isCopy: Bool, _ s: Segment) {
    segments &+= 1
    telling &+= 1
    guard isCopy else { return }
    copies &+= 1
    tellingCopies &+= 1
  }
}
