import Tracking

extension [Finding] {
  /// The findings without those that another one explains: one problem is told once.
  ///
  /// - Complexity: O(findings × path events + connections hit).
  package var settled: [Finding] {
    let explained = Set(filter(\.explainsStalls).flatMap(\.hit))
    var events = filter { $0.rule.id == RetransmissionRules.pathEvent.id }
    var episodes = filter { $0.isEpisode && explained.isDisjoint(with: $0.connections) }
    for index in events.indices {
      let (event, hit) = (events[index], Set(events[index].hit))
      events[index].lose(episodes.filter { event.swallows($0, hit) })
      episodes.removeAll { event.swallows($0, hit) }
    }
    let rejected = rejectedData
    let handshakes = settledHandshakes(&episodes)
    let oldAnswers = Set(filter { $0.rule.id == TimestampRules.timeWaitSYN.id }.flatMap(\.hit))
    let rest = filter { finding in
      finding.rule.id != RetransmissionRules.pathEvent.id && !finding.isEpisode
        && !(finding.isBurstOfPair && events.contains { $0.overlaps(finding) }) && !finding.follows(from: rejected)
        && finding.rule.family != .handshake
        && !(finding.rule.id == TimestampRules.synDrop.id && oldAnswers.isSuperset(of: finding.hit))
    }
    return rest + handshakes + events + StallFinding.byHosts(episodes)
  }
}

extension [Finding] {
  /// Data segments that receivers threw away for their timestamps, by connection, where that is told as a problem.
  fileprivate var rejectedData: [ConnectionID: Double] {
    let told = filter { $0.rule.id == TimestampRules.reject.id && $0.severity >= .warning }
    return told.reduce(into: [:]) { sums, finding in
      let data = finding.measures.first { $0.name == "data-segments" }?.value ?? 0
      for id in finding.connections { sums[id, default: 0] += data }
    }
  }
}

extension [Finding] {
  /// Handshakes that came to nothing for no better known reason; a full listener takes over the stalls that follow.
  ///
  /// A connection has one listener, so at most one of them is hit by it. - Complexity: O(findings + connections hit).
  fileprivate func settledHandshakes(_ stalls: inout [Finding]) -> [Finding] {
    let explaining = [TimestampRules.synDrop.id, TimestampRules.timeWaitSYN.id, SMCRules.notAnswered.id]
    let explained = Set(filter { explaining.contains($0.rule.id) }.flatMap(\.hit))
    var handshakes = filter { $0.rule.family == .handshake }
    handshakes.removeAll {
      $0.rule.id == HandshakeRules.unanswered.id && !$0.hit.isEmpty && explained.isSuperset(of: $0.hit)
    }
    var full: [ConnectionID: Int] = [:]
    for index in handshakes.indices where handshakes[index].rule.id == HandshakeRules.overflow.id {
      for id in handshakes[index].hit { full[id] = index }
    }
    stalls.removeAll { stall in
      guard stall.isRepeatedHandshake, let id = stall.connections.first, let index = full[id],
        stall.connections.allSatisfy({ full[$0] == index })
      else { return false }
      handshakes[index].severity = Swift.max(handshakes[index].severity, stall.severity)
      handshakes[index].cost.time &+= stall.cost.time
      handshakes[index].cost.bytes &+= stall.cost.bytes
      return true
    }
    return handshakes
  }
}

extension Finding {
  fileprivate var isRepeatedHandshake: Bool {
    rule.id == RetransmissionRules.stall.id && cause == Stall.Cause.handshake.rawValue
  }

  /// Whether at least half of what a connection sent again was sent again because its receiver had rejected it.
  fileprivate func follows(from rejected: [ConnectionID: Double]) -> Bool {
    guard [RetransmissionRules.rate.id, RetransmissionRules.burst.id].contains(rule.id), let id = connections.first,
      connections.count == 1, let data = rejected[id]
    else { return false }
    return 2 * data >= measures.first { $0.name == "segments" }?.value ?? .infinity
  }

  /// Rejected segments and ACK loops keep data from coming through: the timeouts follow from them.
  fileprivate var explainsStalls: Bool {
    severity >= .warning && (rule.family == .ackLoop || rule.family == .timestamps)
  }

  /// What follows from such findings, and is told of two hosts together.
  fileprivate var isEpisode: Bool {
    [
      RetransmissionRules.stall.id, LossEpisodeRules.blackout.id, LossEpisodeRules.tailLoss.id,
      LossEpisodeRules.spurious.id,
    ].contains(rule.id)
  }

  /// Connections that it is about, also those that it does not name.
  fileprivate var hit: [ConnectionID] { affected.isEmpty ? connections : affected }

  fileprivate var isBurstOfPair: Bool { rule.id == RetransmissionRules.burst.id && !hosts.isEmpty }

  fileprivate func overlaps(_ other: Finding) -> Bool {
    firstFrame <= other.lastFrame && other.firstFrame <= lastFrame
  }

  /// Whether an episode is a part of this event; a black hole is a trouble of its own, and so is needless repair.
  fileprivate func swallows(_ episode: Finding, _ hit: Set<ConnectionID>) -> Bool {
    episode.cause != Stall.Cause.blackHole.rawValue && episode.rule.id != LossEpisodeRules.spurious.id
      && overlaps(episode) && !hit.isDisjoint(with: episode.connections)
  }

  /// Counts connections that did not survive the event; their waiting is in its cost already.
  fileprivate mutating func lose(_ episodes: [Finding]) {
    lastFrame = episodes.map(\.lastFrame).reduce(lastFrame, max)
    lastTime = episodes.map(\.lastTime).reduce(lastTime, max)
    let stalls = episodes.filter { $0.rule.id == RetransmissionRules.stall.id }
    guard !stalls.isEmpty else { return }
    summary += " \(Words.count(stalls.count, "connection")) never recovered."
    measures.append(Measure("never-recovered", Double(stalls.count)))
  }
}
