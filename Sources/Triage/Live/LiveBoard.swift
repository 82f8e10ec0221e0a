import Detection
import Dissection
import Frames
import Tracking

/// Follows a capture from second to second: what opened, what grew, what came to rest, and who moved most.
///
/// A reference, because the engine's listener writes into it; all on one thread. Memory is bounded: findings as reports
/// bound them, connections as ``BoundedTally`` does.
package final class LiveBoard {
  /// A finding that did not grow for so long has come to rest.
  package static let rest = 10 * PacketTime.second
  /// Connections that are listed.
  static let busiest = 20

  private let started: Int64
  private let local: LocalHosts
  private var followed = FollowedFindings()
  private var history: [LiveSecond] = []
  private var current: LiveSecond
  private var causes = [UInt64](repeating: 0, count: RetransmissionCause.allCases.count)
  private var causesBefore: [UInt64]
  private var pairs = BoundedTally<PairKey, PairVolume>()
  private var connectionsBefore: UInt64 = 0
  private var droppedBefore: UInt64 = 0

  /// Begins at `time` (ns since 1970 UTC); `local` tells which hosts are this one.
  package init(at time: Int64, local: LocalHosts) {
    started = time
    self.local = local
    current = LiveSecond(time: time)
    causesBefore = causes
  }

  /// What the engine has to tell the board.
  package var listener: Engine.Listener {
    Engine.Listener(
      observations: { [unowned self] in take($0) }, segments: { [unowned self] in take($0) })
  }

  /// Counts frames as they come.
  package func count(_ batch: borrowing FrameBatch) {
    current.frames &+= UInt64(batch.records.count)
    for index in batch.records.indices {
      let record = batch.records[index]
      current.bytes &+= UInt64(max(record.originalLength, record.capturedLength))
    }
  }

  private func take(_ observations: [Observation]) {
    for observation in observations where observation.kind == .retransmission && observation.amends == 0 {
      causes[Int(observation.cause.rawValue)] &+= 1
      current.retransmissions &+= 1
    }
  }

  private func take(_ segments: [Segment]) {
    current.segments &+= UInt64(segments.count)
    for segment in segments {
      let isSent = senderIsLocal(segment)
      let key = PairKey(
        local: isSent ? segment.sender : segment.receiver, remote: isSent ? segment.receiver : segment.sender)
      pairs.change(key) { $0.take(UInt64(segment.payloadLength), isSent: isSent) }
    }
  }

  /// Between two hosts of this side, or of the other, the end with the higher port counts as ours: mostly the client.
  private func senderIsLocal(_ segment: Segment) -> Bool {
    let (sender, receiver) = (local.contains(segment.source), local.contains(segment.destination))
    if sender != receiver { return sender }
    if segment.sourcePort != segment.destinationPort { return segment.sourcePort > segment.destinationPort }
    return segment.source > segment.destination
  }

  /// Closes a second: what it was like, and what happened to the findings of `report` in it.
  ///
  /// - Parameters:
  ///   - report: what the engine says now.
  ///   - findings: all of them, also those that the report does not list.
  ///   - time: the moment, ns since 1970 UTC.
  ///   - state: what the capture itself knows.
  /// - Returns: what live mode knows now, and what happened since the last time.
  package func update(
    _ report: Report, _ findings: [Finding], at time: Int64, _ state: CaptureState
  ) -> (LiveSnapshot, [LiveEvent]) {
    close(time, state)
    let length = current.length
    current = LiveSecond(time: time)
    var snapshot = LiveSnapshot(started: started, time: time, report: report)
    let events = followed.update(findings, at: time, after: length)
    snapshot.findings = followed.findings
    snapshot.history = history
    snapshot.openings = followed.openings
    snapshot.openConnections = state.openConnections
    snapshot.connections = state.connections
    snapshot.interfaces = state.interfaces
    snapshot.retransmissions = RetransmissionCause.allCases.compactMap { cause in
      let (total, before) = (causes[Int(cause.rawValue)], causesBefore[Int(cause.rawValue)])
      return total == 0 ? nil : LiveCause(cause: cause, total: total, lastSecond: total &- before)
    }
    causesBefore = causes
    snapshot.top = pairs.take(most: Self.busiest).listed.map { key, volume in
      LiveConnection(
        local: key.local, remote: key.remote, sent: volume.sent, received: volume.received, segments: volume.segments)
    }
    return (snapshot, events)
  }

  private func close(_ time: Int64, _ state: CaptureState) {
    let dropped = state.interfaces.reduce(0) { $0 &+ $1.droppedByRing &+ $1.droppedByInterface }
    current.length = max(1, time &- current.time)
    current.time = time
    current.opened = state.connections &- connectionsBefore
    current.dropped = dropped &- droppedBefore
    (connectionsBefore, droppedBefore) = (state.connections, dropped)
    history.append(current)
    if history.count > LiveSnapshot.historySeconds { history.removeFirst() }
  }

  /// What the capture itself knows at the end of a second.
  package struct CaptureState {
    package var interfaces: [LiveInterface]
    /// Connections in memory, and all that were seen.
    package var openConnections: Int
    package var connections: UInt64

    package init(interfaces: [LiveInterface], openConnections: Int, connections: UInt64) {
      self.interfaces = interfaces
      self.openConnections = openConnections
      self.connections = connections
    }
  }
}

private struct PairKey: Hashable, Comparable {
  var local: Endpoint
  var remote: Endpoint

  private static let secret = UInt64.random(in: .min ... .max)

  /// Two keyed multiplications instead of a hash of forty bytes: every segment asks for its pair.
  // swift-format-ignore: NoLeadingUnderscores
  func _rawHashValue(seed: Int) -> Int {
    let key = Self.secret ^ UInt64(bitPattern: Int64(seed))
    let ports = UInt64(local.port) << 16 ^ UInt64(remote.port)
    let first = (local.address.low ^ key).multipliedFullWidth(by: remote.address.low ^ 0x9E37_79B9_7F4A_7C15 | 1)
    let second = (local.address.high ^ first.low ^ ports << 32)
      .multipliedFullWidth(by: remote.address.high ^ first.high ^ key ^ ports | 1)
    return Int(truncatingIfNeeded: second.high ^ second.low)
  }

  static func == (a: Self, b: Self) -> Bool {
    a.local.port == b.local.port && a.remote.port == b.remote.port && a.local.address.low == b.local.address.low
      && a.remote.address.low == b.remote.address.low && a.local.address.high == b.local.address.high
      && a.remote.address.high == b.remote.address.high
  }

  static func < (a: Self, b: Self) -> Bool { (a.local, a.remote) < (b.local, b.remote) }
}

/// What two ends exchanged in a second.
private struct PairVolume: Tallied {
  var sent: UInt64 = 0
  var received: UInt64 = 0
  var segments: UInt64 = 0

  var weight: UInt64 { sent &+ received &+ segments }

  mutating func take(_ payload: UInt64, isSent: Bool) {
    if isSent { sent &+= payload } else { received &+= payload }
    segments &+= 1
  }

  mutating func add(_ other: Self) {
    sent &+= other.sent
    received &+= other.received
    segments &+= other.segments
  }
}
