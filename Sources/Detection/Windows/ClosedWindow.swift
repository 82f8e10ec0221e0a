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
  /// Closings that a sender waited for.
  var episodes: UInt64 = 0
  /// Closings too short for a probe that nobody was seen to wait for.
  var pauses: UInt64 = 0
  var answers: UInt64 = 0
  /// Probes answered since it closed.
  var isMinded = false
  /// It was closed still when the connection ended.
  var neverOpened = false
  /// Closings that a sender waited for, and those that may have kept it waiting.
  private var waits = Frequency()
  private var moments = Frequency()
  /// The last short closing: whether a sender waited is seen when it has been allowed to send.
  private var pause: Pause?
  var evidence = Evidence(first: 12, last: 4)

  /// A short closing that nobody asked about.
  private struct Pause: Sendable {
    let since: Int64
    let until: Int64
    /// What the receiver had acknowledged when it opened the window.
    let acknowledged: SequenceNumber
  }

  mutating func close(_ observation: Observation) {
    // An ACK that was overtaken tells of a window that is past.
    guard closedSince == nil, observation.kind != .oldACK else { return stay(observation) }
    let time = observation.segment.time
    receiver = observation.sender
    sender = observation.receiver
    judgePause(by: observation)
    closedSince = time
    lastShown = time
    isMinded = false
    evidence.add(observation) { _ in ("closes the window", ["win"]) }
  }

  /// Whoever fills a window as soon as it opens had been waiting for that.
  private mutating func judgePause(by observation: Observation) {
    guard let pause else { return }
    self.pause = nil
    let segment = observation.segment
    guard segment.acknowledgment > pause.acknowledged, segment.time &- pause.until <= ZeroWindowDetector.promptly
    else { return }
    pauses -= 1
    count(since: pause.since, length: pause.until &- pause.since)
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
    guard let since = closedSince, observation.kind != .oldACK else { return }
    // A RST opens nothing.
    guard observation.kind != .reset else { return end() }
    evidence.add(observation) { _ in ("opens the window", ["win"]) }
    let time = observation.segment.time
    if !isMinded, time &- since < ZeroWindowDetector.leastClosed {
      pauses += 1
      moments.add(since)
      pause = Pause(since: since, until: max(since, time), acknowledged: observation.segment.acknowledgment)
    }
    settle(at: time)
  }

  /// The connection or the capture is over, and the window perhaps closed still.
  mutating func end() {
    if isMinded, closedSince != nil {
      neverOpened = true
      settle(at: lastShown)
    }
    closedSince = nil
    pause = nil
  }

  /// Counts the closing that ends at `time`, if somebody asked about it.
  ///
  /// Whoever has something to send asks within 200 ms and a round trip: a longer closing that nobody asked about kept
  /// nobody waiting, and of a shorter one the next closing tells.
  private mutating func settle(at time: Int64) {
    guard let since = closedSince else { return }
    closedSince = nil
    guard isMinded else { return }
    moments.add(since)
    count(since: since, length: max(0, time &- since))
  }

  private mutating func count(since: Int64, length: Int64) {
    closed &+= length
    longest = max(longest, length)
    episodes += 1
    waits.add(since)
  }

  /// Whether a sender was seen to wait, long enough or often enough.
  var isProven: Bool { closed >= ZeroWindowDetector.leastClosed || waits.isHigh }
  var isRemarkable: Bool { isProven || moments.isHigh }

  /// Whether something happened ``ZeroWindowDetector/manyTimes`` within ``ZeroWindowDetector/within``.
  private struct Frequency: Sendable {
    private var last: [Int64] = []
    private(set) var isHigh = false

    mutating func add(_ time: Int64) {
      last.append(time)
      if last.count > ZeroWindowDetector.manyTimes { last.removeFirst() }
      if last.count == ZeroWindowDetector.manyTimes, let first = last.first {
        isHigh = isHigh || time &- first <= ZeroWindowDetector.within
      }
    }
  }
}
