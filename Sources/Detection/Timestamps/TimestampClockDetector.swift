import Dissection
import Tracking

/// A timestamp clock that jumps, or two clocks in one direction.
///
/// The rules: a jump is a TSval off the direction's own clock by more than 2 s; three jumps each way by the same
/// distance
/// are two clocks. Where PAWS rejects the segments, that finding tells the story and the jump is not told again.
/// Traps: wrap, long idle, low clock rates (tracking). Source: tcp-pathologies §2.
package struct TimestampClockDetector: Detector {
  package static let rules = [TimestampRules.jump, TimestampRules.twoClocks]

  static let leastEachWay: UInt64 = 3

  package static let thresholds = [
    Threshold(
      "ts-jump", "distance", "2 s of ticks or 1 %",
      because: "clock granularity, SYN cookies and reordering stay below"),
    Threshold("ts-two-clocks", "jumps", "\(leastEachWay) each way", because: "one pair may be a restart"),
  ]

  private struct Track: Sendable {
    var forward: UInt64 = 0
    var backward: UInt64 = 0
    var largest: Int32 = 0
    var least: UInt32 = .max
    var most: UInt32 = 0
    /// Segments that PAWS rejects, less those that were taken all the same.
    var rejections = 0
    var sender: Endpoint?
    var receiver: Endpoint?
    var evidence = Evidence(first: 8, last: 2)
  }

  private var tracks = TroubleTable<DirectionKey, Track>()

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics([.timestampJump, .rejectionRefuted], rejections: true) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices {
      guard observations[index].amends == 0 else {
        if observations[index].anomalies.contains(.rejectionRefuted) { take(observations[index], refuted: true) }
        continue
      }
      let jumps = observations[index].anomalies.contains(.timestampJump)
      let rejected = observations[index].rejection == .paws
      guard jumps || rejected && tracks.contains(DirectionKey(observations[index])) else { continue }
      take(observations[index], jumps: jumps, rejected: rejected)
    }
  }

  private mutating func take(
    _ observation: Observation, jumps: Bool = false, rejected: Bool = false, refuted: Bool = false
  ) {
    guard !refuted || tracks.contains(DirectionKey(observation)) else { return }
    tracks.update(DirectionKey(observation), fresh: Track()) { track in
      track.rejections += rejected ? 1 : 0
      track.rejections -= refuted ? 1 : 0
      guard jumps else { return }
      let jump = observation.timestampJump
      if jump > 0 { track.forward += 1 } else { track.backward += 1 }
      if jump.magnitude > track.largest.magnitude { track.largest = jump }
      track.least = min(track.least, jump.magnitude)
      track.most = max(track.most, jump.magnitude)
      track.sender = observation.sender
      track.receiver = observation.receiver
      track.evidence.add(observation) {
        let side = $0.timestampJump > 0 ? "ahead of" : "behind"
        return ("TSval \(side) its own clock by \($0.timestampJump.magnitude) ticks", ["tsval"])
      }
    }
  }

  package var mayName: [ConnectionID] { tracks.keys.map(\.connection) }

  package func findings() -> [Finding] {
    tracks.dictionary.compactMap { key, track in
      let isTwo = min(track.forward, track.backward) >= Self.leastEachWay && track.most - track.least <= track.most / 5
      if isTwo { return twoClocks(key, track) }
      return track.rejections > 0 ? nil : jump(key, track)
    }
  }

  private func jump(_ key: DirectionKey, _ track: Track) -> Finding {
    let back = track.largest < 0
    var finding = Finding(
      TimestampRules.jump, back ? .warning : .notice, .likely, proof: .proven,
      summary: "The timestamp clock of \(name(track.sender)) jumped \(back ? "back" : "forward") by "
        + "\(Words.count(track.largest.magnitude, "tick")) on the connection with \(name(track.receiver)).")
    finding.cause = back ? "backward" : "forward"
    finish(&finding, key, track)
    return finding
  }

  private func twoClocks(_ key: DirectionKey, _ track: Track) -> Finding {
    var finding = Finding(
      TimestampRules.twoClocks, .warning, .likely, proof: .inferred,
      summary: "Segments from \(name(track.sender)) to \(name(track.receiver)) alternate between two timestamp clocks "
        + "that are \(Words.count(track.most, "tick")) apart: two senders share one connection, "
        + "or a device on the way rewrites timestamps.")
    finding.cause = "shared-connection"
    finish(&finding, key, track)
    return finding
  }

  private func name(_ endpoint: Endpoint?) -> String { Words.name(endpoint) }

  private func finish(_ finding: inout Finding, _ key: DirectionKey, _ track: Track) {
    finding.connections = [key.connection]
    finding.attach(track.evidence)
    finding.measures = [
      Measure("largest-jump", Double(track.largest), "ticks"), Measure("forward", Double(track.forward)),
      Measure("backward", Double(track.backward)),
    ]
  }
}
