import Frames

/// Whether a counter goes with what the packets show, and if not, what may be the reason.
///
/// The two go together when neither is more than twice the other. From below that is held against the one finding, from
/// above against all that the packets let expect of the counter, because the kernel adds up what all of them do.
/// Source: the pairing rule at the end of tcp-pathologies §A.
enum CounterJudgement {
  static let factor = 2.0
  /// Events that may fall to either side of both ends.
  static let slack = 3.0

  /// - Parameters:
  ///   - counters: their names; the first one is the usual one.
  ///   - counted: what the kernel counts, in the unit of `expected`; nil when it has no such counter.
  ///   - expected: what the finding alone lets expect.
  ///   - inAll: what everything in the capture lets expect, this finding included.
  ///   - slack: differences up to this tell nothing: a few events fall outside the capture at either end.
  /// - Returns: the verdict, and why it is no match; empty for a match.
  static func verdict(
    _ counters: [String], counted: Double?, expected: Double, inAll: Double, slack: Double
  ) -> (CounterPairing.Verdict, reason: String) {
    guard let counted else { return (.unavailable, "Not known of this host: not in its kernel, or not written down.") }
    if counted * factor < expected {
      // A few are no proof of anything, of a match neither.
      return expected <= slack ? (.unavailable, fewEvents) : (.mismatch, tooFew(isNothing: counted == 0))
    }
    let most = max(expected, inAll)
    if counted > max(factor * most, most + slack), !isLoad(counters) { return (.mismatch, tooMany(counters)) }
    return (.matches, "")
  }

  /// Everything moves a counter of load: more of it says nothing.
  private static func isLoad(_ counters: [String]) -> Bool {
    counters.contains { CounterMeaning.of($0)?.isLoad ?? false }
  }

  private static let fewEvents = "So few tell nothing: some may lie outside of the capture, or of the snapshots."

  private static func tooFew(isNothing: Bool) -> String {
    let amount = isNothing ? "nothing" : "less than half"
    return "The kernel counts \(amount) of what the packets show: another host's counters, another network namespace "
      + "(every container has its own), or other seconds than those of the capture."
  }

  private static func tooMany(_ counters: [String]) -> String {
    let paws =
      counters.contains("TcpExtPAWSEstab") ? " Kernels up to 6.12 count harmless ACKs here that were overtaken." : ""
    return "The kernel counts more than twice what the packets show: it counts all connections of the host, also those "
      + "that were not captured; or the capture lost packets." + paws
  }

  /// For counters that the peer's kernel moves.
  static let elsewhere = "The other host's kernel counts this, not this one's."
}
