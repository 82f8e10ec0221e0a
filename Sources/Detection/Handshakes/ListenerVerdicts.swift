import Dissection
import Tracking

/// What the troubles of all listeners amount to.
struct ListenerVerdicts {
  let tracks: [ListenerTrack]
  /// Connections that wait or waited, by listener.
  private let waiting: [Endpoint: [(id: ConnectionID, attempt: HandshakeAttempt)]]
  private let answered: AnsweredCache
  private let now: Int64

  init(
    tracks: [ListenerTrack], attempts: [ConnectionID: HandshakeAttempt], answered: AnsweredCache, now: Int64
  ) {
    self.tracks = tracks
    self.answered = answered
    self.now = now
    waiting = Dictionary(grouping: attempts.map { (id: $0.key, attempt: $0.value) }) { $0.attempt.listener }
  }

  var findings: [Finding] {
    let mute = tracks.filter { $0.answered == 0 && !$0.answeredBefore }
    let scans = HandshakeScans(mute, silent: mute.filter { !silences(of: $0).isEmpty })
    var findings = scans.findings
    for track in tracks {
      let full = overflow(track)
      if let full { findings.append(full) }
      if track.refusals.count > 0, !scans.explain(refusalsAt: track) { findings.append(refused(track)) }
      if full == nil, !scans.explain(silenceOf: track), let silent = unanswered(track) {
        findings.append(silent)
      }
    }
    return findings
  }

  private func refused(_ track: ListenerTrack) -> Finding {
    let (count, listener) = (track.refusals.count, track.listener)
    let usual = answered.hopLimit(of: listener.address)
    let routers = AnsweredCache.routers(passedWith: track.resetHopLimit)
    let isForeign = usual.map { abs(AnsweredCache.routers(passedWith: $0) - routers) >= 2 } ?? false
    let isWarning = count >= ListenerDetector.leastRefused && track.answered == 0
    var summary = "\(listener) refused \(track.refusals.whose)"
    if isForeign, let usual {
      summary +=
        "; the RST has a hop limit of \(track.resetHopLimit), the server's packets one of \(usual): "
        + "a device on the way answers for it."
    } else {
      summary += track.answered > 0 ? "; it accepted others later." : ": nothing listens there, or a filter rejects it."
    }
    var finding = Finding(
      HandshakeRules.refused, isWarning ? .warning : .notice, isForeign ? .likely : .certain,
      proof: isForeign ? .inferred : .proven, summary: summary)
    finding.cause = isForeign ? "device-on-the-path" : "closed-port"
    finding.take(track.refusals)
    finding.measures = [Measure("refused", Double(count)), Measure("answered", Double(track.answered))]
    return finding
  }

  private func silences(of track: ListenerTrack) -> [(id: ConnectionID, attempt: HandshakeAttempt)] {
    waiting[track.listener, default: []].filter { $0.attempt.isSilent(at: now) }
  }

  private func unanswered(_ track: ListenerTrack) -> Finding? {
    let silent = silences(of: track)
    let late = silent.count { $0.attempt.isAnswered }
    guard let longest = silent.map(\.attempt.waited).max(), let most = silent.map(\.attempt.retries).max() else {
      return nil
    }
    let syns = silent.reduce(0) { $0 + $1.attempt.retries + 1 }
    let isWarning = most >= 2 || silent.count >= 5
    let answers = track.answered > UInt64(late) || track.answeredBefore
    var rest = answers ? "it answered others" : "nothing came from there"
    if late > 0 {
      rest = "\(late == silent.count ? "" : "only ")\(Words.count(late, "connection")) came about in the end"
    }
    var finding = Finding(
      HandshakeRules.unanswered, isWarning ? .warning : .notice, .certain, proof: .proven,
      summary: "\(track.listener) left \(Words.count(syns, "SYN")) of \(Words.count(silent.count, "connection")) "
        + "unanswered for up to \(Words.duration(longest)); \(rest).")
    finding.cause = answers ? "answers-others" : late > 0 ? "late" : "silent"
    finding.take(track.silences)
    finding.connections = silent.map(\.id).sorted().prefix(ListenerTrack.mostNamed).map(\.self)
    finding.affected = silent.map(\.id)
    finding.measures = [
      Measure("connections", Double(silent.count)), Measure("syns", Double(syns), "packets"),
      Measure("longest-wait", Words.seconds(longest), "s"),
      Measure("repeated-syns", Double(syns - UInt64(silent.count)), "packets"),
    ]
    finding.cost.time = silent.reduce(0) { $0 &+ $1.attempt.waited }
    finding.cost.packets = UInt64(syns - UInt64(silent.count))
    return finding
  }

  private func overflow(_ track: ListenerTrack) -> Finding? {
    let attempts = waiting[track.listener, default: []]
    let hopLimit = answered.hopLimit(of: track.listener.address)
    let isNear = hopLimit.map(AnsweredCache.isFresh) == true && (!track.isBesideClient || track.isAtServer)
    let least: UInt64 = track.answersMeanwhile ? 2 : 1
    // Elsewhere the answers may have been lost on their way here.
    let dropped = isNear ? silences(of: track).filter { $0.attempt.retries >= least } : []
    let leftOpen = attempts.filter(\.attempt.isLeftOpen)
    let byRepeats = isNear || leftOpen.count >= ListenerDetector.leastLeftOpen ? leftOpen : []
    let answers = track.answeredBefore || track.answered > 0
    let byDrops = answers && dropped.count >= ListenerDetector.leastDropped ? dropped : []
    guard !byRepeats.isEmpty || !byDrops.isEmpty else { return nil }
    let all = byRepeats + byDrops.filter { drop in !byRepeats.contains { $0.id == drop.id } }
    var parts: [String] = []
    if !byRepeats.isEmpty {
      parts.append(
        "sent SYN-ACKs again on \(Words.count(byRepeats.count, "connection")) that the client had acknowledged")
    }
    if !byDrops.isEmpty { parts.append("left SYNs of \(Words.count(byDrops.count, "connection")) unanswered") }
    var finding = Finding(
      HandshakeRules.overflow, isNear && all.count >= ListenerDetector.manyDropped ? .critical : .warning,
      isNear ? .likely : .possible, proof: .needsHost,
      summary: "\(track.listener) answers, but \(parts.joined(separator: " and ")): its accept queue is "
        + "\(isNear ? "most likely" : "perhaps") full.")
    finding.take(byRepeats.isEmpty ? track.silences : track.repeats)
    finding.connections = all.map(\.id).sorted().prefix(ListenerTrack.mostNamed).map(\.self)
    finding.affected = all.map(\.id)
    finding.measures = [
      Measure("connections", Double(all.count)), Measure("repeated-syn-acks", Double(byRepeats.count)),
      Measure("dropped-syns", Double(byDrops.count)),
      // What the kernel counts one by one.
      Measure("ignored-segments", Double(all.reduce(0) { $0 + $1.attempt.ignored }), "packets"),
    ]
    finding.cost.time = all.reduce(0) { $0 &+ $1.attempt.waited }
    return finding
  }
}

extension Finding {
  fileprivate mutating func take(_ trouble: ListenerTrack.Trouble) {
    connections = trouble.connections
    attach(trouble.evidence)
  }
}
