import Dissection
import Frames
import Tracking

/// What one receiver did to its window while its sender waited.
struct ClosedWindow: Sendable {
  var receiver: Endpoint?
  var sender: Endpoint?
  /// When the window closed that is closed now.
  var closedSince: Int64?
  /// What showed it last.
  var lastShown: Int64 = 0
  /// Sum and longest of the times that a sender waited, ns.
  var closed: Int64 = 0
  var longest: Int64 = 0
  var episodes: UInt64 = 0
  var answers: UInt64 = 0
  /// Probes answered since it closed.
  var isMinded = false
  /// Beginnings of the last three closings.
  var closings: [Int64] = []
  var isFrequent = false
  var evidence = Evidence(first: 12, last: 4)

  mutating func close(_ observation: Observation) {
    let time = observation.segment.time
    receiver = observation.sender
    sender = observation.receiver
    closedSince = time
    lastShown = time
    isMinded = false
    episodes += 1
    closings.append(time)
    if closings.count > ZeroWindowDetector.manyTimes { closings.removeFirst() }
    if closings.count == ZeroWindowDetector.manyTimes, let first = closings.first {
      isFrequent = isFrequent || time &- first <= ZeroWindowDetector.within
    }
    evidence.add(observation) { _ in ("closes the window", ["win"]) }
  }

  /// The window is closed still: mostly the answer to a probe.
  mutating func stay(_ observation: Observation) {
    guard closedSince != nil else { return }
    lastShown = max(lastShown, observation.segment.time)
    guard observation.kind == .windowProbeACK else { return }
    answers += 1
    isMinded = true
    evidence.add(observation) { _ in ("answers a probe: still closed", ["win"]) }
  }

  mutating func open(_ observation: Observation) {
    guard closedSince != nil else { return }
    // A RST opens nothing.
    guard observation.kind != .reset else { return settle(at: lastShown) }
    let time = observation.segment.time
    evidence.add(observation) { _ in ("opens the window", ["win"]) }
    // Whoever was not waiting is told nothing new by it; Linux asks within 200 ms and a round trip.
    settle(at: time)
  }

  /// Counts the closing that ends at `time`.
  mutating func settle(at time: Int64) {
    guard let since = closedSince else { return }
    closedSince = nil
    let length = max(0, time &- since)
    guard isMinded || length < ZeroWindowDetector.leastClosed else { return }
    closed &+= length
    longest = max(longest, length)
  }

  var isRemarkable: Bool { closed >= ZeroWindowDetector.leastClosed || isFrequent }
}
