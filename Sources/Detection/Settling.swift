import Tracking

extension [Finding] {
  /// The findings without those that another one explains: one problem is told once.
  ///
  /// - Complexity: O(findings × path events).
  package var settled: [Finding] {
    let explained = Set(filter(\.explainsStalls).flatMap(\.connections))
    var events = filter { $0.rule.id == RetransmissionRules.pathEvent.id }
    var stalls = filter { $0.rule.id == RetransmissionRules.stall.id && explained.isDisjoint(with: $0.connections) }
    for index in events.indices {
      let event = events[index]
      events[index].lose(stalls.filter { event.swallows($0) })
      stalls.removeAll { event.swallows($0) }
    }
    let rest = filter { finding in
      finding.rule.id != RetransmissionRules.pathEvent.id && finding.rule.id != RetransmissionRules.stall.id
        && !(finding.isBurstOfPair && events.contains { $0.overlaps(finding) })
    }
    return rest + events + StallFinding.byHosts(stalls)
  }
}

extension Finding {
  /// Rejected segments and ACK loops keep data from coming through: the timeouts follow from them.
  fileprivate var explainsStalls: Bool {
    severity >= .notice && (rule.family == .ackLoop || rule.family == .timestamps)
  }

  fileprivate var isBurstOfPair: Bool { rule.id == RetransmissionRules.burst.id && !hosts.isEmpty }

  fileprivate func overlaps(_ other: Finding) -> Bool {
    firstFrame <= other.lastFrame && other.firstFrame <= lastFrame
  }

  /// Whether a stall began with this event; a black hole is a trouble of its own.
  fileprivate func swallows(_ stall: Finding) -> Bool {
    stall.cause != Stall.Cause.blackHole.rawValue && overlaps(stall)
      && !Set(connections).isDisjoint(with: stall.connections)
  }

  /// Counts connections that did not survive the event.
  fileprivate mutating func lose(_ stalls: [Finding]) {
    guard !stalls.isEmpty else { return }
    summary += " \(Words.count(stalls.count, "connection")) never recovered."
    measures.append(Measure("never-recovered", Double(stalls.count)))
    cost.time = stalls.reduce(cost.time) { $0 &+ $1.cost.time }
    lastFrame = stalls.map(\.lastFrame).reduce(lastFrame, max)
    lastTime = stalls.map(\.lastTime).reduce(lastTime, max)
  }
}
