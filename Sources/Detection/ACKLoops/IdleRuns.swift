import Dissection
import Tracking

/// Runs of idle ACKs under way: most connections send a few and never more, so only the fourth makes a track.
struct IdleRuns: Sendable {
  static let patience: UInt32 = 3
  /// First idle ACKs of all connections, the latest ones; a ring.
  private static let mostRecent = 256
  private var recent: [Observation] = []
  private var oldest = 0
  private var running = TroubleTable<ConnectionID, LoopTrack>()

  /// Tracks under way, by connection.
  var tracks: [ConnectionID: LoopTrack] { running.dictionary }
  var connections: [ConnectionID] { running.keys }

  /// Adds one; returns the connection's run before it when a new one begins.
  mutating func take(_ observation: Observation) -> LoopTrack? {
    guard observation.idleRun > Self.patience else {
      remember(observation)
      return nil
    }
    guard observation.idleRun == Self.patience + 1 else {
      running.update(observation.connection, fresh: LoopTrack()) { $0.take(observation) }
      return nil
    }
    let before = running.remove(observation.connection)
    let begun = begin(observation)
    running.update(observation.connection, fresh: begun) { $0.take(observation) }
    return before
  }

  mutating func remove(_ connection: ConnectionID) -> LoopTrack? { running.remove(connection) }

  private mutating func remember(_ observation: Observation) {
    if recent.count < Self.mostRecent {
      recent.append(observation)
    } else {
      recent[oldest] = observation
      oldest = (oldest + 1) % Self.mostRecent
    }
  }

  /// A track with the first idle ACKs of the run, as far as they are still remembered.
  private func begin(_ observation: Observation) -> LoopTrack {
    var first: [Observation] = []
    for offset in recent.indices.reversed() {
      let earlier = (oldest + offset) % recent.count
      guard recent[earlier].connection == observation.connection else { continue }
      first.append(recent[earlier])
      if recent[earlier].idleRun == 1 { break }
    }
    var track = LoopTrack()
    for earlier in first.reversed() { track.take(earlier) }
    return track
  }
}
