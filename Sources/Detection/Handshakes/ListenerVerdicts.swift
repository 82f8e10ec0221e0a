import Dissection
import Tracking

/// What the troubles of all listeners amount to.
struct ListenerVerdicts {
  let tracks: [ListenerTrack]
  /// Connections that wait or waited, by listener.
  private let sums: [Endpoint: AttemptSums]
  private let answered: AnsweredCache

  /// - Complexity: O(tracks + attempts).
  init(
    tracks: [ListenerTrack], attempts: [ConnectionID: HandshakeAttempt], answered: AnsweredCache, now: Int64
  ) {
    self.tracks = tracks
    self.answered = answered
    var sums: [Endpoint: AttemptSums] = [:]
    for track in tracks where !track.past.isEmpty { sums[track.listener] = track.past }
    for (id, attempt) in attempts {
      sums[attempt.listener, default: [:]][attempt.outcome(at: now), default: AttemptSum()].add(id, attempt)
    }
    self.sums = sums
  }

  var findings: [Finding] {
    let mute = tracks.filter { $0.answered == 0 && !$0.answeredBefore }
    let scans = HandshakeScans(mute, silent: mute.filter { silences(of: $0).count > 0 })
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

  private func silences(of track: ListenerTrack) -> AttemptSum {
    sums[track.listener, default: [:]].sum { $0.contains(.silent) }
  }

  private func unanswered(_ track: ListenerTrack) -> Finding? {
    let silent = silences(of: track)
    guard silent.count > 0 else { return nil }
    let (late, syns) = (silent.late, silent.retries + silent.count)
    let isWarning = silent.mostRetries >= 2 || silent.count >= 5
    let answers = track.answered > late || track.answeredBefore
    var rest = answers ? "it answered others" : "nothing came from there"
    if late > 0 {
      rest = "\(late == silent.count ? "" : "only ")\(Words.count(late, "connection")) came about in the end"
    }
    var finding = Finding(
      HandshakeRules.unanswered, isWarning ? .warning : .notice, .certain, proof: .proven,
      summary: "\(track.listener) left \(Words.count(syns, "SYN")) of \(Words.count(silent.count, "connection")) "
        + "unanswered for up to \(Words.duration(silent.longest)); \(rest).")
    finding.cause = answers ? "answers-others" : late > 0 ? "late" : "silent"
    finding.take(track.silences)
    finding.connections = silent.named
    finding.affected = silent.connections
    finding.measures = [
      Measure("connections", Double(silent.count)), Measure("syns", Double(syns), "packets"),
      Measure("longest-wait", Words.seconds(silent.longest), "s"),
      Measure("repeated-syns", Double(silent.retries), "packets"),
    ]
    finding.cost.time = silent.waited
    finding.cost.packets = silent.retries
    return finding
  }

  private func overflow(_ track: ListenerTrack) -> Finding? {
    let sums = sums[track.listener, default: [:]]
    let hopLimit = answered.hopLimit(of: track.listener.address)
    let isNear = hopLimit.map(AnsweredCache.isFresh) == true && (!track.isBesideClient || track.isAtServer)
    // Elsewhere the answers may have been lost on their way here.
    let dropped: AttemptSum.Outcome = track.answersMeanwhile ? [.silent, .often] : .silent
    let answers = track.answeredBefore || track.answered > 0
    let drops = sums.sum { isNear && answers && $0.contains(dropped) }
    let repeats = sums.sum { $0.contains(.leftOpen) }
    let byRepeats = repeats.count >= (isNear ? 1 : ListenerDetector.leastLeftOpen)
    let byDrops = drops.count >= ListenerDetector.leastDropped
    guard byRepeats || byDrops else { return nil }
    let all = sums.sum { byRepeats && $0.contains(.leftOpen) || byDrops && $0.contains(dropped) }
    var parts: [String] = []
    if byRepeats {
      parts.append(
        "sent SYN-ACKs again on \(Words.count(repeats.count, "connection")) that the client had acknowledged")
    }
    if byDrops { parts.append("left SYNs of \(Words.count(drops.count, "connection")) unanswered") }
    var finding = Finding(
      HandshakeRules.overflow, isNear && all.count >= ListenerDetector.manyDropped ? .critical : .warning,
      isNear ? .likely : .possible, proof: .needsHost,
      summary: "\(track.listener) answers, but \(parts.joined(separator: " and ")): its accept queue is "
        + "\(isNear ? "most likely" : "perhaps") full.")
    finding.take(byRepeats ? track.repeats : track.silences)
    finding.connections = all.named
    finding.affected = all.connections
    finding.measures = [
      Measure("connections", Double(all.count)), Measure("repeated-syn-acks", Double(byRepeats ? repeats.count : 0)),
      Measure("dropped-syns", Double(byDrops ? drops.count : 0)),
      // What the kernel counts one by one.
      Measure("ignored-segments", Double(all.ignored), "packets"),
    ]
    finding.cost.time = all.waited
    return finding
  }
}

extension Finding {
  fileprivate mutating func take(_ trouble: ListenerTrack.Trouble) {
    connections = trouble.connections
    attach(trouble.evidence)
  }
}
