import Dissection
import Frames

/// What the user may set for tracking.
package struct TrackingSettings: Sendable {
  /// Bytes that connection records may take; the least useful ones are dropped beyond it.
  package var maxMemory = 1 << 30
  /// Observe every segment that is not ordinary, also those that no detector judges (`show segments`).
  package var observeEverything = false
  /// Observe ordinary segments, too: every segment becomes an observation once, when it comes (`--counters`).
  package var observeOrdinary = false
  /// Number of a frame of which ``Tracker/facts`` shall tell everything; 0 = none.
  package var askedFrame: UInt64 = 0

  package init() {}
}

/// Assigns segments to connections and derives what each of them is.
///
/// Segments come in capture order, in batches; what is worth telling waits in ``observations`` and ``ended`` until
/// ``clear()``. Time is packet time only. - Complexity: O(1) per segment, memory bounded by the settings.
package struct Tracker: ~Copyable {
  var table: FlowTable
  var analysis = Analysis()
  /// Connections seen so far; the last one's number.
  package private(set) var connectionCount: UInt64 = 0
  /// Connections dropped before their end because memory was full.
  package internal(set) var evicted: UInt64 = 0
  /// Newest packet time seen.
  var now: Int64 = .min
  /// Where the sweeps for expired records stand.
  var connectionHand: UInt32 = 0
  var embryoHand: UInt32 = 0
  private var tracked: UInt64 = 0
  private var finishedConnections: UInt32 = 0
  private var finishedEmbryos: UInt32 = 0
  /// Bytes that the details of troubled connections may take.
  let mostCold: Int

  /// Segments that prefetching works on at a time: enough to hide memory, few enough to stay in the first cache.
  package static var batchSize: Int { 64 }
  /// Records on their way from memory at a time: as many as the processor can wait for at once, and the first cache
  /// holds.
  private static let prefetchDistance = 8

  package init(_ settings: TrackingSettings = TrackingSettings()) {
    table = FlowTable(maxMemory: settings.maxMemory)
    mostCold = settings.maxMemory / 5
    analysis.cold.reserve(min(1 << 18, mostCold / MemoryLayout<ColdRecord>.stride))
    analysis.scope = settings.observeOrdinary ? .all : settings.observeEverything ? .unusual : .judged
    analysis.askedFrame = settings.askedFrame
  }

  /// Observations since the last ``clear()``, in packet order.
  package var observations: [Observation] { _read { yield analysis.observations } }
  /// What those observations are about: nobody else needs to look at them.
  package var topics: Topics { analysis.topics }
  /// Observations or ends since the last ``clear()``, whichever are more.
  package var waiting: Int { max(analysis.observations.count, analysis.ended.count) }
  /// Ends of connections since the last ``clear()``.
  package var ended: [ConnectionEnd] { _read { yield analysis.ended } }
  /// Copies of segments made by the capture, and how many segments were looked at.
  package var copies: CopySummary { CopySummary(analysis.copies) }
  /// Payload bytes that were acknowledged but never captured.
  package var missedBytes: UInt64 { analysis.missedBytes }
  /// What was known before the frame that the settings ask about, once it has come.
  package var facts: SegmentFacts? { analysis.facts }
  /// Connections in memory now.
  package var openCount: Int { table.connections.count + table.embryos.count }

  mutating func countConnection() { connectionCount += 1 }

  /// Forgets the observations and ends that have been taken.
  package mutating func clear() {
    analysis.observations.removeAll(keepingCapacity: true)
    analysis.ended.removeAll(keepingCapacity: true)
    analysis.topics = Topics()
  }

  /// Takes up to ``batchSize`` segments; `bytes` is the block that their payload offsets point into.
  package mutating func track(_ segments: borrowing [Segment], _ bytes: RawSpan) {
    track(segments, segments.indices, bytes)
  }

  /// Segments that may still be tracked before ``isAtBoundary``.
  package var roomToBoundary: Int { Self.batchSize - Int(tracked % UInt64(Self.batchSize)) }

  /// Whether a whole number of batches has been tracked: what happens once a batch must not depend on read sizes.
  @inline(__always)
  package var isAtBoundary: Bool { tracked % UInt64(Self.batchSize) == 0 }

  /// Takes some of the segments; see ``track(_:_:)``.
  package mutating func track(_ segments: borrowing [Segment], _ range: Range<Int>, _ bytes: RawSpan) {
    precondition(range.count <= Self.batchSize)
    let (start, count) = (range.lowerBound, range.count)
    // Where the segments belong is worked out before the records are touched. On the stack: an array in the heap would
    // be asked before each write whether it is shared.
    var hashes = InlineArray<64, UInt32>(repeating: 0)
    var expected = InlineArray<64, UInt32>(repeating: FlowTable.nothing)
    var fromLow = InlineArray<64, Bool>(repeating: false)
    for index in 0..<count {
      let (key, isFromLow) = FlowKey.of(segments[start + index])
      hashes[index] = table.hash(key)
      fromLow[index] = isFromLow
      table.prefetchSlot(hashes[index])
    }
    for index in 0..<count { expected[index] = table.expect(hashes[index]) }
    for index in 0..<min(Self.prefetchDistance, count) {
      prefetch(expected[index], segments[start + index], fromLow: fromLow[index])
    }
    for index in 0..<count {
      let next = index + Self.prefetchDistance
      if next < count { prefetch(expected[next], segments[start + next], fromLow: fromLow[next]) }
      let s = segments[start + index]
      if table.holds(expected[index], s, fromLow: fromLow[index]), !needsCare(s, expected[index]) {
        now = max(now, s.time)
        analysis.step(s, &table.connections[expected[index]], fromLow: fromLow[index], bytes)
      } else {
        trackSlowly(s, hashes[index], fromLow[index], bytes)
      }
      tracked &+= 1
      if isAtBoundary { sweep() }
    }
  }

  @inline(__always)
  private func prefetch(_ expected: UInt32, _ s: Segment, fromLow: Bool) {
    let cold = table.cold(expected, ofLow: !fromLow)
    if cold != 0 { analysis.cold.prefetch(cold - 1) }
    table.prefetchRecord(expected, fromLow: fromLow, isBare: s.payloadLength == 0)
  }

  /// A segment whose record is not where it was expected, or may be another connection's.
  @inline(never)
  private mutating func trackSlowly(_ s: Segment, _ hash: UInt32, _ fromLow: Bool, _ bytes: RawSpan) {
    now = max(now, s.time)
    let key = FlowKey.of(s, fromLow: fromLow)
    switch table.find(key, hash) {
    case .connection(let index):
      if needsCare(s, index) {
        special(s, key, fromLow, hash, index, bytes)
      } else {
        analysis.step(s, &table.connections[index], fromLow: fromLow, bytes)
      }
    case .embryo(let index): embryo(s, key, fromLow, hash, index, bytes)
    case nil: first(s, key, fromLow, hash, bytes)
    }
  }

  /// Segments that may belong to another connection than the one in the table.
  @inline(__always)
  private func needsCare(_ s: Segment, _ index: UInt32) -> Bool {
    s.flags.rawValue & 0x02 != 0 || s.time &- table.connections[index].lastTime > Incarnation.longIdle
  }

  /// First segment of a 4-tuple.
  @inline(never)
  private mutating func first(_ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ hash: UInt32, _ bytes: RawSpan) {
    let isSYN = s.flags.contains(.syn) && !s.flags.contains(.ack) && !s.flags.contains(.rst)
    if isSYN, !Analysis.hasSMCSigns(s) {
      if table.embryos.isFull { evictEmbryo() }
      connectionCount += 1
      let id = ConnectionID(rawValue: connectionCount)
      analysis.copies.note(isCopy: false, s)
      _ = table.insert(Embryo(s, key, fromLow: fromLow, id: id), hash)
      if analysis.scope == .all { analysis.tellSYN(s, id) }
      return
    }
    connectionCount += 1
    start(s, key, fromLow, hash, id: ConnectionID(rawValue: connectionCount), bytes)
  }

  /// Makes the record of a connection that begins (for the capture) with `s`, and takes that segment.
  mutating func start(
    _ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ hash: UInt32, id: ConnectionID, _ bytes: RawSpan
  ) {
    guard let index = insert(newRecord(s, key, fromLow, id), hash) else { return }
    if s.flags.contains(.syn), Analysis.hasSMCSigns(s) { analysis.openSMC(&table.connections[index].shared) }
    analysis.step(s, &table.connections[index], fromLow: fromLow, bytes)
  }

  func newRecord(_ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ id: ConnectionID) -> Connection {
    let isSYN = s.flags.contains(.syn)
    // Without a SYN, the end with the lower port number is more likely the server.
    let senderIsClient = isSYN ? !s.flags.contains(.ack) : s.sourcePort >= s.destinationPort
    var record = Connection(shared: SharedState(key, id: id, s, lowIsClient: senderIsClient == fromLow))
    if !isSYN {
      record.shared.flags.formUnion([.midStream, .rolesGuessed])
    } else if s.flags.contains(.ack) {
      record.shared.flags.insert(.midStream)
    }
    return record
  }

  private mutating func insert(_ record: Connection, _ hash: UInt32) -> UInt32? {
    while table.connections.isFull {
      guard evictConnection() else { break }
    }
    return table.insert(record, hash)
  }

  /// A segment for a SYN that had no answer so far.
  @inline(never)
  private mutating func embryo(
    _ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ hash: UInt32, _ index: UInt32, _ bytes: RawSpan
  ) {
    let known = table.embryos[index]
    let isSYN = s.flags.contains(.syn) && !s.flags.contains(.ack)
    if isSYN, fromLow == known.fromLow, s.sequence == known.isn, !Analysis.hasSMCSigns(s) {
      repeatSYN(s, index)
      return
    }
    table.remove(embryo: index)
    if isSYN, fromLow == known.fromLow, s.sequence != known.isn {
      end(known, .replaced)
      first(s, key, fromLow, hash, bytes)
      return
    }
    promote(known, s, key, fromLow, hash, bytes)
  }

  /// Somebody answered: the SYN becomes a whole record, then the answer is taken.
  private mutating func promote(
    _ known: Embryo, _ s: Segment, _ key: FlowKey, _ fromLow: Bool, _ hash: UInt32, _ bytes: RawSpan
  ) {
    let syn = known.syn
    guard let index = insert(newRecord(syn, key, known.fromLow, known.id), hash) else { return }
    let nothing = bytes.extracting(0..<0)
    analysis.adopt(syn, &table.connections[index], fromLow: known.fromLow, again: known, nothing)
    if s.flags.contains(.syn), Analysis.hasSMCSigns(s) {
      analysis.openSMC(&table.connections[index].shared, after: syn, nothing)
    }
    analysis.step(s, &table.connections[index], fromLow: fromLow, bytes)
  }

  private mutating func repeatSYN(_ s: Segment, _ index: UInt32) {
    let known = table.embryos[index]
    let isCopy =
      s.checksum == known.checksum && s.ipIdentification == known.identification
      && s.timestampValue == known.timestamp
      && s.time &- known.lastTime <= (s.ipIdentification == 0 ? 10 : 1000) * PacketTime.millisecond
    var observation = Observation(s, connection: known.id, fromClient: true)
    observation.kind = isCopy ? .captureDuplicate : .retransmission
    observation.cause = isCopy ? .none : .syn
    if !isCopy { observation.anomalies.insert(.synUnanswered) }
    observation.stall = isCopy ? 0 : max(0, min(Analysis.longestTimeout, s.time &- known.lastTime))
    analysis.copies.note(isCopy: isCopy, s)
    analysis.tell(observation)
    guard !isCopy else { return }
    table.embryos[index].count = known.count == .max ? .max : known.count + 1
    table.embryos[index].lastTime = max(known.lastTime, s.time)
    table.embryos[index].lastFrame = s.frame
    table.embryos[index].timestamp = s.timestampValue
    table.embryos[index].identification = s.ipIdentification
    table.embryos[index].checksum = s.checksum
  }

  /// Ends some of what is still open, the capture being over; false when nothing was left.
  ///
  /// In portions, so that the ends of a million connections need not stand in memory side by side.
  package mutating func finish(most: Int = 256) -> Bool {
    let before = analysis.ended.count
    while analysis.ended.count < before + most, Int(finishedConnections) < table.connections.used {
      // Nothing comes after it: what the record held is given back with everything else.
      let isOpen = table.connections[finishedConnections].shared.id.rawValue != 0
      if isOpen { tellEnd(of: finishedConnections, .captureEnd) }
      finishedConnections += 1
    }
    while analysis.ended.count < before + most, Int(finishedEmbryos) < table.embryos.used {
      if table.embryos[finishedEmbryos].id.rawValue != 0 {
        end(table.embryos[finishedEmbryos], .captureEnd)
        table.remove(embryo: finishedEmbryos)
      }
      finishedEmbryos += 1
    }
    return analysis.ended.count > before
  }
}
