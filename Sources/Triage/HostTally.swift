import Dissection
import Tracking

/// The counters of one host as far as they have moved, and what keeps them from being exact.
struct HostTally {
  private var values: [Int64] = .init(repeating: 0, count: KernelCounter.allCases.count)
  var defects = Defects()
  /// Times that a SYN came again although it had been answered: the answer to it was no timer's.
  var answeredSYNs: Int64 = 0
  /// Received frames that came twice, and were taken for copies made by the capture.
  var copies: Int64 = 0
  /// Data timeouts among those counted.
  var dataTimeouts: Int64 = 0

  /// What a capture may lack for one host.
  struct Defects: OptionSet {
    var rawValue: UInt16
    /// Frames are missing that the hosts exchanged.
    static let loss = Defects(rawValue: 1 << 0)
    static let midStream = Defects(rawValue: 1 << 1)
    static let oneSided = Defects(rawValue: 1 << 2)
    static let cutOptions = Defects(rawValue: 1 << 3)
    static let elsewhere = Defects(rawValue: 1 << 4)
    /// Whether a listener took a finished handshake does not show: its queue may have been full.
    static let overflow = Defects(rawValue: 1 << 5)
    /// Captured at this host for sure.
    static let here = Defects(rawValue: 1 << 6)
    /// Connections were dropped from memory, and begin anew with their next segment.
    static let evicted = Defects(rawValue: 1 << 7)
    /// A socket was gone although no packet said so.
    static let silentEnd = Defects(rawValue: 1 << 8)
    /// The last that was seen of a connection was data sent again: it may have been given up.
    static let unfinished = Defects(rawValue: 1 << 9)
  }

  subscript(_ counter: KernelCounter) -> Int64 {
    get { values[counter.rawValue] }
    set { values[counter.rawValue] = newValue }
  }

  func prediction(_ host: IPAddress) -> HostPrediction {
    HostPrediction(
      host: "\(host)",
      counters: KernelCounter.allCases.map { counter in
        let (certainty, reason) = trust(counter)
        return PredictedCounter(
          name: counter.name, value: UInt64(max(0, total(counter))), certainty: certainty, reason: reason)
      })
  }

  /// A SYN-ACK that answers a SYN once more is no timer's.
  private func total(_ counter: KernelCounter) -> Int64 {
    counter == .timeouts ? self[counter] - min(answeredSYNs, self[.synRetransmitted]) : self[counter]
  }

  /// The worst of what touches the counter decides.
  func trust(_ counter: KernelCounter) -> (PredictionCertainty, String) {
    var worst = counter.trust
    if counter == .segmentsIn, copies > 0 {
      worst = (.atLeast, "frames came twice: copies made by the network count, those made by the capture do not")
    } else if counter == .timeouts, dataTimeouts > 0 {
      worst = (.estimate, "told by timing from tail-loss probes")
    }
    for (defect, certainty, reason) in Self.doubts(counter) where defects.contains(defect) {
      if defect == .elsewhere, defects.contains(.here) { continue }
      if certainty.rawValue > worst.certainty.rawValue { worst = (certainty, reason) }
    }
    return worst
  }

  /// What each defect makes of a counter that would be exact.
  private static func doubts(_ counter: KernelCounter) -> [(Defects, PredictionCertainty, String)] {
    let isPlain = counter == .segmentsIn || counter == .segmentsOut || counter == .resetsOut
    let isTold = counter == .segmentsOut || counter == .originalData
    let byOptions =
      switch counter {
      case .duplicateSACKReceived, .duplicateSACKOutOfOrderReceived, .rejectedTimestamps: true
      default: false
      }
    var doubts: [(Defects, PredictionCertainty, String)] = [
      (.elsewhere, counter.side == .sent ? .atLeast : .estimate, "not captured at this host, by all signs"),
      (.loss, counter == .rejectedTimestamps ? .estimate : .atLeast, "the capture lost frames"),
      (.oneSided, isPlain ? .atLeast : .estimate, "one direction was not captured"),
    ]
    if counter == .passiveOpens {
      doubts.append((.overflow, .estimate, "the listener's queue may have been full"))
    }
    if counter == .establishedResets {
      doubts.append((.unfinished, .atLeast, "a connection that is given up leaves no packet"))
      doubts.append((.silentEnd, .estimate, "a socket was gone although no packet had ended it"))
    }
    if byOptions { doubts.append((.cutOptions, .atLeast, "options were cut off by the snap length")) }
    guard counter != .segmentsIn, counter != .resetsOut else { return doubts }
    let change: PredictionCertainty = isTold ? .estimate : .atLeast
    doubts.append((.midStream, change, "connections began before the capture"))
    doubts.append((.evicted, .estimate, "connections were dropped from memory"))
    return doubts
  }
}
