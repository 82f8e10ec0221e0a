import Dissection

/// Whose counters two snapshots are taken to be.
package enum CounterHost {
  /// Chooses by the signs in the capture.
  ///
  /// - Parameters:
  ///   - prediction: all hosts that the packets tell of.
  ///   - finder: has seen the first segments.
  ///   - option: the option that chooses, for the sentence.
  /// - Returns: the host, and in one sentence how it was chosen; nil when the capture has none.
  package static func choose(
    _ prediction: CounterPrediction, _ finder: LocalFinder, option: String
  ) -> (address: IPAddress, choice: String)? {
    let known = prediction.hosts.compactMap { host in
      AddressRange(host.host).map { (address: $0.start, exact: host.exact, segments: host.segments) }
    }
    let sure = known.filter { $0.exact > 0 }
    if sure.count == 1, let host = sure.first, known.count > 1 {
      return (host.address, "By all signs the capture was made at \(host.address); choose with \(option).")
    }
    let (local, sentence) = finder.answer(option: option)
    let chosen = local.ranges.isEmpty ? [] : known.filter { local.contains($0.address) }
    if chosen.count == 1, let host = chosen.first { return (host.address, sentence) }
    // Among equals the lower address, which comes first.
    guard let busiest = (chosen.isEmpty ? known : chosen).max(by: { $0.segments < $1.segments }) else {
      return nil
    }
    return (busiest.address, "\(busiest.address) is the busiest host, which is a guess; choose with \(option).")
  }
}

extension HostPrediction {
  /// Counters that are exact.
  package var exact: Int { counters.count { $0.certainty == .exact } }

  /// Segments sent and received.
  package var segments: Int64 {
    Int64(clamping: counters.filter { $0.name == "TcpInSegs" || $0.name == "TcpOutSegs" }.reduce(0) { $0 &+ $1.value })
  }
}
