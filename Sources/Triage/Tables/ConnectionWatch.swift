import Dissection
import Tracking

/// Follows connections through handshake, states and close, and tells what happens.
///
/// States are those that tracking derives; here they only become events. Memory: one small record for each connection
/// that tracking holds.
package struct ConnectionWatch {
  private var watched: [ConnectionID: Watched] = [:]
  private var now = Int64.min

  /// Something that happened to a connection.
  package enum Event {
    case opened(OpeningRow)
    case changed(StateChange)
  }

  package init() {}

  /// Takes what is told of a segment; copies and later words tell nothing new.
  package mutating func take(_ observation: Observation, _ emit: (Event) -> Void) {
    guard observation.amends == 0, observation.kind != .captureDuplicate else { return }
    now = max(now, observation.segment.time)
    watched[observation.connection, default: Watched(observation)].take(observation, emit)
  }

  /// Takes the end of a connection and forgets it; returns the payload bytes of client and server, each counted once.
  @discardableResult
  package mutating func take(_ end: ConnectionEnd, _ emit: (Event) -> Void) -> (client: UInt64, server: UInt64) {
    guard let record = watched.removeValue(forKey: end.id) else { return (0, 0) }
    record.finish(end, now: now, emit)
    return (record.clientBytes, record.serverBytes)
  }
}

extension Watched {
  fileprivate mutating func take(_ observation: Observation, _ emit: (ConnectionWatch.Event) -> Void) {
    let segment = observation.segment
    if observation.fromClient {
      clientBytes &+= observation.freshBytes
    } else {
      serverBytes &+= observation.freshBytes
    }
    if segment.flags.contains(.syn), !observation.anomalies.contains(.synInside) { opening.take(segment) }
    if segment.flags.isDisjoint(with: [.syn, .rst]), observation.fromClient || segment.sequenceLength > 0 {
      wentOn = true
    }
    let after = observation.statesAfter
    let (newClient, newServer) =
      observation.fromClient ? (after.sender, after.receiver) : (after.receiver, after.sender)
    if segment.flags.isDisjoint(with: [.syn, .rst]), opening.frame == 0 {
      clientEnd.assumeEstablished()
      serverEnd.assumeEstablished()
    }
    settle(observation, newClient, emit)
    move(observation, newClient, ofClient: true, emit)
    move(observation, newServer, ofClient: false, emit)
  }

  /// Tells how the handshake ended, once.
  private mutating func settle(
    _ observation: Observation, _ newClient: EndState, _ emit: (ConnectionWatch.Event) -> Void
  ) {
    guard !isSettled, opening.frame != 0 else { return }
    let outcome: OpeningRow.Outcome
    switch newClient {
    case .unknown, .listen, .synSent, .synReceived: return
    case .closed: outcome = observation.fromClient ? .aborted : .refused
    default: outcome = .established
    }
    isSettled = true
    emit(.opened(row(outcome, observation.segment.time, id: observation.connection)))
  }

  private func row(_ outcome: OpeningRow.Outcome, _ time: Int64?, id: ConnectionID) -> OpeningRow {
    OpeningRow(connection: id, client: client, server: server, opening: opening, outcome: outcome, settled: time)
  }

  private mutating func move(
    _ observation: Observation, _ new: EndState, ofClient: Bool, _ emit: (ConnectionWatch.Event) -> Void
  ) {
    let isFast = new == .lastACK && (ofClient ? clientEnd : serverEnd).state == .established
    // An end that sends its FIN with the acknowledgment of the other's goes through CLOSE-WAIT in no time.
    for step in isFast ? [.closeWait, new] : [new] {
      let time = observation.segment.time
      guard let left = ofClient ? clientEnd.move(to: step, time) : serverEnd.move(to: step, time) else { continue }
      var change = StateChange(observation.connection, self, ofClient: ofClient, left.old, time, left.duration)
      change.new = step
      change.frame = observation.segment.frame
      change.flags = observation.segment.flags
      change.byOwner = observation.fromClient == ofClient
      emit(.changed(change))
    }
  }

  /// What a connection leaves behind: a handshake without end, or an end that still waits.
  fileprivate func finish(_ end: ConnectionEnd, now: Int64, _ emit: (ConnectionWatch.Event) -> Void) {
    if !isSettled, opening.frame != 0 {
      let failure = opening.synACKs == 0 ? OpeningRow.Outcome.unanswered : .unfinished
      emit(.opened(row(wentOn ? .established : failure, nil, id: end.id)))
    }
    guard end.ending == .captureEnd || end.ending == .expired else { return }
    let last = end.ending == .captureEnd ? now : end.lastTime
    for (side, isClient) in [(clientEnd, true), (serverEnd, false)] where side.state.isTransient {
      let duration = side.since.map { max(0, last &- $0) }
      var still = StateChange(end.id, self, ofClient: isClient, side.state, last, duration)
      still.frame = end.lastFrame
      emit(.changed(still))
    }
  }
}
