import Dissection
import Tracking

/// Puts a run of idle ACKs into words.
struct LoopFinding {
  let track: LoopTrack
  let connection: ConnectionID
  let episodes: Int

  init(_ track: LoopTrack, _ connection: ConnectionID, episodes: Int) {
    self.track = track
    self.connection = connection
    self.episodes = episodes
  }

  var finding: Finding? {
    guard let rule = ACKLoopDetector.verdict(track) else { return nil }
    var finding = Finding(rule, severity(rule), .certain, proof: .proven, summary: summary(rule))
    finding.cause = cause
    finding.connections = [connection]
    finding.attach(track.evidence)
    finding.measures = measures
    finding.cost.packets = track.total
    finding.cost.bytes = track.bytes
    if rule.id == ACKLoopRules.flood.id {
      finding.confidence = .likely
      finding.proof = .inferred
    }
    if cause == "unknown", rule.id != ACKLoopRules.flood.id {
      finding.caveats.append(
        "The numbers of these ACKs look acceptable; why the hosts answer them is not visible here.")
    }
    return finding
  }

  private func severity(_ rule: Rule) -> Severity {
    switch rule.id {
    case ACKLoopRules.storm.id: .critical
    case ACKLoopRules.limited.id: .notice
    default: .warning
    }
  }

  /// The label that explains why the segments are taken for invalid.
  var cause: String {
    let sides = [track.client, track.server]
    let reasons = sides.map(\.commonRejection)
    if reasons.contains(.paws) { return "paws" }
    if sides.contains(where: { $0.standingDesync != nil }) || disagreeBothWays { return "desync" }
    if reasons.contains(.ackUnsent) { return "ack-unsent" }
    if reasons.contains(.beyondWindow) { return "seq-beyond" }
    if reasons.contains(.oldSequence) { return "seq-old" }
    return "unknown"
  }

  /// Each side's numbers are a constant distance off, and each is thrown away for it: even within a window's width.
  private var disagreeBothWays: Bool {
    [track.client, track.server].allSatisfy { $0.desync != 0 && $0.desyncRepeats >= 5 && $0.commonRejection != .none }
  }

  private var because: String {
    switch cause {
    case "paws":
      let both = track.client.commonRejection == .paws && track.server.commonRejection == .paws
      return both
        ? "each takes the other's timestamps for old"
        : "one side's timestamps are older than the other last took"
    case "desync": return "their sequence numbers stand a constant distance apart"
    case "ack-unsent": return "one acknowledges data that the other never sent"
    case "seq-beyond": return "sequence numbers lie beyond the other's window"
    case "seq-old": return "sequence numbers lie below the other's window"
    default: return "the reason is not visible in the packets"
    }
  }

  private func summary(_ rule: Rule) -> String {
    let client = Words.name(track.client.sender)
    let server = Words.name(track.server.sender)
    if rule.id == ACKLoopRules.flood.id {
      let from = track.client.count > track.server.count ? client : server
      return "\(from) sent \(Words.count(track.total, "ACK")) that nobody asked for and that say nothing new, "
        + "up to \(Words.grouped(track.busiest)) in a second."
    }
    let span = Words.duration(track.lastTime &- track.evidence.firstTime)
    let what = rule.id == ACKLoopRules.limited.id ? ", held down to one per half second" : ""
    return "\(client) and \(server) answered each other's empty ACKs \(Words.grouped(track.total)) times in "
      + "\(span)\(what) without any progress: \(because)."
  }

  private var measures: [Measure] {
    var list = [
      Measure("acks", Double(track.total), "packets"),
      Measure("duration", Words.seconds(track.lastTime &- track.evidence.firstTime), "s"),
      Measure("from-client", Double(track.client.count), "packets"),
      Measure("from-server", Double(track.server.count), "packets"),
      Measure("alternations", Double(track.alternations)), Measure("bytes", Double(track.bytes), "bytes"),
    ]
    if let rate = track.rate { list.insert(Measure("rate", rate.rounded(), "packets/s"), at: 1) }
    for (name, side) in [("client", track.client), ("server", track.server)] where side.desyncRepeats >= 5 {
      if side.desync != 0 { list.append(Measure("desync-\(name)", Double(side.desync), "bytes")) }
    }
    let lag = max(track.client.lag, track.server.lag)
    if lag > 1 { list.append(Measure("timestamp-lag", Double(lag), "ticks")) }
    if episodes > 1 { list.append(Measure("episodes", Double(episodes))) }
    return list
  }
}
