import Dissection
import Tracking

/// Puts a stall into words.
struct StallFinding {
  let stall: Stall

  var finding: Finding {
    let track = stall.track
    var finding = Finding(
      RetransmissionRules.stall, .critical, stall.cause == .blackHole && !cameThrough ? .likely : .certain,
      proof: stall.cause == .blackHole ? .inferred : .proven, summary: summary)
    finding.cause = stall.cause.rawValue
    finding.connections = [stall.connection]
    finding.attach(track.evidence)
    finding.measures = [
      Measure("timeouts", Double(track.timeouts)), Measure("size", Double(track.size), "bytes"),
      Measure("stuck", Words.seconds(stuck), "s"), Measure("in-flight", Double(track.flight), "bytes"),
    ]
    finding.cost.time = stuck
    finding.cost.packets = track.tries
    finding.cost.bytes = track.bytes
    if stall.cause == .blackHole { finding.nextSteps = RetransmissionRules.blackHoleSteps }
    if stall.cause == .refused { finding.nextSteps = RetransmissionRules.refusedSteps }
    return finding
  }

  private var stuck: Int64 { max(0, stall.track.lastTime &- stall.track.firstTry) }

  private var cameThrough: Bool { stall.track.wentOn || stall.track.answered }

  private var summary: String {
    let track = stall.track
    let start =
      "\(track.sender) sent the same \(Words.count(track.size, "byte")) to \(track.receiver) again after "
      + "\(Words.count(track.timeouts, "timeout")) in \(Words.duration(stuck)) and got no acknowledgment"
    switch stall.cause {
    case .blackHole where cameThrough:
      return start + " until it sent smaller segments: large packets vanish on the way, and nobody tells the sender."
    case .blackHole:
      return start + ", while smaller packets pass: large ones seem to vanish on the way, and nobody tells the sender."
    case .handshake:
      return start + "; the other side repeats its SYN-ACK: for it the handshake is not over, "
        + "its accept queue may be full."
    case .refused:
      return start + " of them, though the other side answers: it gets the segments and throws them away "
        + "(old timestamps, or numbers outside of its window)."
    case .noAnswer: return start + ": the capture ends with these bytes undelivered."
    }
  }
}

extension StallFinding {
  private struct Place: Hashable {
    let rule: String
    let hosts: HostPair
    let cause: String
  }

  /// Findings of a rule between the same two hosts for the same cause, told as one: the costliest speaks.
  static func byHosts(_ stalls: [Finding]) -> [Finding] {
    let places = Dictionary(grouping: stalls) { stall in
      stall.evidence.first.map {
        Place(rule: stall.rule.id, hosts: HostPair($0.segment.source, $0.segment.destination), cause: stall.cause)
      }
    }
    return places.flatMap { place, stalls in place.map { [together(stalls, $0.hosts)] } ?? stalls }
  }

  private static func together(_ stalls: [Finding], _ hosts: HostPair) -> Finding {
    let ordered = stalls.sorted { ($1.cost.time, $0.firstFrame) < ($0.cost.time, $1.firstFrame) }
    guard ordered.count > 1, var finding = ordered.first else { return stalls[0] }
    finding.summary += " \(Words.count(ordered.count - 1, "further connection")) between these hosts fared the same."
    finding.hosts = hosts.names
    finding.connections = ordered.prefix(20).flatMap(\.connections).sorted()
    finding.measures.append(Measure("connections", Double(ordered.count)))
    finding.cost.time = ordered.reduce(0) { $0 &+ $1.cost.time }
    finding.cost.packets = ordered.reduce(0) { $0 &+ $1.cost.packets }
    finding.cost.bytes = ordered.reduce(0) { $0 &+ $1.cost.bytes }
    return finding
  }
}
