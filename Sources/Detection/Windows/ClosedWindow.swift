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
  /// It was closed still when the connection ended.
  var neverOpened = false
  /// Beginnings of the last three closings that a sender waited for.
  var closings: [Int64] = []
  var isFrequent = false
  var evidence = Evidence(first: 12, last: 4)

  mutating func close(_ observation: Observation) {
    // An ACK that was overtaken tells of a window that is past.
    guard closedSince == nil, observation.kind != .oldACK else { return stay(observation) }
    let time = observation.segment.time
    receiver = observation.sender
    sender = observation.receiver
    closedSince = time
    lastShown = time
    isMinded = false
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
    guard closedSince != nil, observation.kind != .oldACK else { return }
    // A RST opens nothing.
    guard observation.kind != .reset else { return end() }
    evidence.add(observation) { _ in ("opens the window", ["win"]) }
    settle(at: observation.segment.time)
  }

  /// The connection or the capture is over, and the window perhaps closed still.
  mutating func end() {
    if isMinded, closedSince != nil {
      neverOpened = true
      settle(at: lastShown)
    }
    closedSince = nil
  }

  /// Counts the closing that ends at `time`.
  ///
  /// Whoever has something to send asks within 200 ms and a round trip: a longer closing that nobody asked about kept
  /// nobody waiting.
  private mutating func settle(at time: Int64) {
    guard let since = closedSince else { return }
    closedSince = nil
    let length = max(0, time &- since)
    guard isMinded || length < ZeroWindowDetector.leastClosed else { return }
    closed &+= length
    longest = max(longest, length)
    episodes += 1
    closings.append(since)
    if closings.count > ZeroWindowDetector.manyTimes { closings.removeFirst() }
    if closings.count == ZeroWindowDetector.manyTimes, let first = closings.first {
      isFrequent = isFrequent || since &- first <= ZeroWindowDetector.within
    }
  }

  var isRemarkable: Bool { closed >= ZeroWindowDetector.leastClosed || isFrequent }
}
