import Dissection
import Tracking

/// What connections of one listener came to, in sums: those that are over need no room of their own.
struct AttemptSum: Sendable {
  /// What an attempt shows of its listener.
  struct Outcome: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    /// Its SYNs were left without an answer.
    static let silent = Outcome(rawValue: 1)
    /// Of those, it was sent at least three times.
    static let often = Outcome(rawValue: 2)
    /// The server repeated its SYN-ACK although it has the ACK.
    static let leftOpen = Outcome(rawValue: 4)
  }

  private(set) var count: UInt64 = 0
  /// Those that were answered in the end.
  private(set) var late: UInt64 = 0
  /// SYNs after the first; the most of one connection, and those of all.
  private(set) var mostRetries: UInt64 = 0
  private(set) var retries: UInt64 = 0
  /// From the first try to the last, ns; the longest, and the sum of all.
  private(set) var longest: Int64 = 0
  private(set) var waited: Int64 = 0
  /// Segments that the listener has not taken.
  private(set) var ignored: UInt64 = 0
  /// Connections; of those that are over the ``ListenerTrack/mostNamed`` with the lowest numbers.
  private(set) var connections: [ConnectionID] = []

  mutating func add(_ id: ConnectionID, _ attempt: HandshakeAttempt) {
    count += 1
    if attempt.isAnswered { late += 1 }
    mostRetries = max(mostRetries, attempt.retries)
    retries += attempt.retries
    longest = max(longest, attempt.waited)
    waited &+= attempt.waited
    ignored += attempt.ignored
    connections.append(id)
  }

  mutating func add(_ other: AttemptSum) {
    count += other.count
    late += other.late
    mostRetries = max(mostRetries, other.mostRetries)
    retries += other.retries
    longest = max(longest, other.longest)
    waited &+= other.waited
    ignored += other.ignored
    connections += other.connections
  }

  /// Forgets connections that no finding would name.
  mutating func trim() {
    guard connections.count > ListenerTrack.mostNamed else { return }
    connections = named
  }

  /// The connections that a finding names.
  var named: [ConnectionID] { Array(connections.sorted().prefix(ListenerTrack.mostNamed)) }
}

extension HandshakeAttempt {
  /// What it shows, as far as the capture tells at the time `now`.
  func outcome(at now: Int64) -> AttemptSum.Outcome {
    var outcome: AttemptSum.Outcome = isLeftOpen ? [.leftOpen] : []
    if isSilent(at: now) { outcome.formUnion(retries >= 2 ? [.silent, .often] : [.silent]) }
    return outcome
  }
}

/// Sums of connections, by what they show.
typealias AttemptSums = [AttemptSum.Outcome: AttemptSum]

extension AttemptSums {
  /// One sum of those outcomes that are wanted.
  func sum(where isWanted: (AttemptSum.Outcome) -> Bool) -> AttemptSum {
    reduce(into: AttemptSum()) { if isWanted($1.key) { $0.add($1.value) } }
  }
}
