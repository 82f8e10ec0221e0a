import Dissection
import Frames
import Tracking

/// Predicts what the kernels' counters of each host should have moved by.
///
/// Takes every observation of a tracker that observes ordinary segments, too, and derives nothing anew: what a segment
/// is, was found out by tracking. Later words on earlier frames replace what was counted for them. Memory is bounded:
/// ``CounterPrediction/mostHosts`` hosts, and the last segments that a later word may be about.
struct HostCounters {
  private var indexOfHost: [IPAddress: Int] = [:]
  private var hosts: [HostTally] = []
  private(set) var isFull = false
  private var amendable = Amendable()
  private var limiter = ChallengeLimiter()

  mutating func take(_ observations: borrowing [Observation]) {
    for index in observations.indices { take(observations[index]) }
  }

  private mutating func take(_ observation: Observation) {
    if observation.amends == 0 {
      count(observation, 1)
      noteDefects(observation)
      challenge(observation)
      amendable.keep(observation)
    } else if let earlier = amendable.earlier(observation) {
      count(earlier, -1)
      var merged = earlier
      merged.merge(observation)
      count(merged, 1)
      amendable.keep(merged)
    }
  }

  /// Changes the tally of a host, if there is room for it.
  mutating func with(_ host: IPAddress, _ change: (inout HostTally) -> Void) {
    if let index = indexOfHost[host] {
      change(&hosts[index])
      return
    }
    guard hosts.count < CounterPrediction.mostHosts else {
      isFull = true
      return
    }
    indexOfHost[host] = hosts.count
    hosts.append(HostTally())
    change(&hosts[hosts.count - 1])
  }

  mutating func mark(_ hosts: IPAddress..., with defect: HostTally.Defects) {
    for host in hosts { with(host) { $0.defects.insert(defect) } }
  }

  private mutating func noteDefects(_ observation: Observation) {
    let segment = observation.segment
    if observation.missedBytes > 0 { mark(segment.source, segment.destination, with: .loss) }
    if segment.options.contains(.cut) { mark(segment.source, segment.destination, with: .cutOptions) }
    if observation.cause == .syn, observation.anomalies.contains(.synUnanswered) {
      mark(segment.destination, with: .overflow)
    }
  }

  /// What the receiver challenges instead of taking it, at most every half second per connection.
  private mutating func challenge(_ observation: Observation) {
    let segment = observation.segment
    let isSYN = segment.flags.contains(.syn)
    let inside = observation.anomalies.contains(.synInside) || isSYN && observation.isAnsweredAgain
    guard inside || observation.anomalies.contains(.inexactReset) else { return }
    let isSent = limiter.allows(observation.connection, segment.time)
    with(segment.destination) {
      $0[.synChallenge] += isSYN ? 1 : 0
      $0[.challengeACK] += isSent ? 1 : 0
    }
  }

  /// The predictions; `hasLoss` when the capture itself is known to lack frames.
  func predictions(hasLoss: Bool) -> CounterPrediction {
    let all = indexOfHost.sorted { $0.key < $1.key }.map { host, index in
      var tally = hosts[index]
      if hasLoss { tally.defects.insert(.loss) }
      return tally.prediction(host)
    }
    return CounterPrediction(hosts: all, isFull: isFull)
  }
}

/// The last observations that a later word may be about, in two generations.
private struct Amendable {
  static let mostPerGeneration = 8192

  private var young: [UInt64: Observation] = [:]
  private var old: [UInt64: Observation] = [:]

  mutating func keep(_ observation: Observation) {
    switch observation.kind {
    case .retransmission, .captureDuplicate, .networkDuplicate, .reordered: break
    default: if observation.rejection == .none { return }
    }
    if young.count >= Self.mostPerGeneration {
      old = young
      young.removeAll(keepingCapacity: true)
    }
    young[observation.segment.frame] = observation
  }

  /// What was last known of the frame that `word` is about.
  mutating func earlier(_ word: Observation) -> Observation? {
    young[word.amends] ?? old.removeValue(forKey: word.amends)
  }
}

/// One challenge ACK per connection and half second (`tcp_invalid_ratelimit`), for the connections challenged last.
private struct ChallengeLimiter {
  static let pause = 500 * PacketTime.millisecond
  static let mostConnections = 4096

  private var last: [ConnectionID: Int64] = [:]

  mutating func allows(_ connection: ConnectionID, _ time: Int64) -> Bool {
    if let before = last[connection], (0..<Self.pause).contains(time &- before) { return false }
    if last.count >= Self.mostConnections { last.removeAll(keepingCapacity: true) }
    last[connection] = time
    return true
  }
}
