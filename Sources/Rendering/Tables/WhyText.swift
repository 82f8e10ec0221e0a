import Dissection
import Frames
import Tracking

/// The answer to "why is this segment called that?": the facts, the rule that decided, and what was learned later.
package enum WhyText {
  /// Lines for a terminal or a file; `later` are the later words on the frame, in order.
  package static func lines(_ facts: SegmentFacts, later: [Observation]) -> [String] {
    var lines = ["Frame \(facts.segment.frame): \(verdict(facts))", "  \(headline(facts))", "", "Before it"]
    lines += before(facts).map { "  " + $0 }
    lines += ["", "Rule"]
    lines += rules(facts).map { "  " + $0 }
    if !later.isEmpty { lines += ["", "Later"] + later.map { "  Frame \($0.amendedBy): \(word($0))" } }
    return lines.map { Visible.text($0, limit: 1_000) }
  }

  private static func verdict(_ facts: SegmentFacts) -> String {
    var words = [facts.kind.name]
    if facts.cause != .none { words.append("cause \(facts.cause.name)") }
    if facts.rejection != .none { words.append("rejected: \(facts.rejection.name)") }
    words.append(facts.certainty.name)
    return words.joined(separator: ", ")
  }

  private static func headline(_ facts: SegmentFacts) -> String {
    let s = facts.segment
    let range = "seq \(relative(s.sequence, facts.initial)):\(relative(s.end, facts.initial))"
    let ack = s.flags.contains(.ack) ? ", ack \(relative(s.acknowledgment, facts.peerInitial))" : ""
    let stamps = s.hasTimestamps ? ", TSval \(s.timestampValue), TSecr \(s.timestampEcho)" : ""
    let id = s.ipIdentification == 0 ? "" : ", IP ID \(s.ipIdentification)"
    return "\(s.sender) > \(s.receiver), connection \(facts.connection.rawValue), [\(s.flags.letters)] \(range)\(ack), "
      + "\(Quantity.count(s.payloadLength, "byte"))\(stamps)\(id)"
  }

  private static func relative(_ number: SequenceNumber, _ initial: SequenceNumber) -> String { "\(number - initial)" }

  private static func before(_ facts: SegmentFacts) -> [String] {
    if facts.isFirst { return ["The first segment of this end in the capture."] }
    var lines = [sent(facts), lists(facts), times(facts), trips(facts), "recovery: \(recovery(facts))"]
    if let recent = facts.recentTimestamp, facts.segment.hasTimestamps {
      lines.append("newest timestamp that the peer holds (TS.Recent) \(recent): this one is \(lag(facts.timestampLag))")
    }
    if facts.segment.ipIdentification != 0 { lines.append("newest IP ID of this end \(facts.identification)") }
    return lines
  }

  private static func sent(_ facts: SegmentFacts) -> String {
    let acknowledged = facts.acknowledged.map { relative($0, facts.initial) } ?? "nothing"
    let window = facts.peerWindow.map { Quantity.count($0, "byte") } ?? "unknown"
    let flight = Quantity.count(facts.flight, "byte")
    let next = relative(facts.next, facts.initial)
    return "sent up to \(next), acknowledged \(acknowledged), in flight \(flight), peer's window \(window)"
  }

  private static func lists(_ facts: SegmentFacts) -> String {
    let (sacked, gaps) = (ranges(facts.sacked, facts.initial), ranges(facts.gaps, facts.initial))
    let agreed = facts.sackAgreed ? "agreed" : "not seen to be agreed"
    return "SACKed \(sacked); missing in the capture \(gaps); duplicate ACKs \(facts.duplicateACKs); SACK \(agreed)"
  }

  private static func times(_ facts: SegmentFacts) -> String {
    let (data, ack, advance) = (ago(facts.sinceData), ago(facts.sinceACK), ago(facts.sinceAdvance))
    return "last data of this end \(data), last ACK of the peer \(ack), its last advance \(advance)"
  }

  private static func trips(_ facts: SegmentFacts) -> String {
    let (far, near) = (trip(facts.farRoundTrip), trip(facts.nearRoundTrip))
    let (variation, timeout) = (trip(facts.farVariation), trip(facts.timeout))
    return "round trip from here to the peer \(far) (varies by \(variation)), to the sender \(near); "
      + "the sender's timeout is then about \(timeout)"
  }

  private static func ranges(_ blocks: [SACKBlock], _ initial: SequenceNumber) -> String {
    let texts = blocks.prefix(8).map { "\(relative($0.left, initial)):\(relative($0.right, initial))" }
    let more = blocks.count > 8 ? " and \(blocks.count - 8) more" : ""
    return texts.isEmpty ? "nothing" : texts.joined(separator: ", ") + more
  }

  private static func ago(_ nanoseconds: Int64) -> String {
    nanoseconds == 0 ? "not seen" : "\(Quantity.duration(nanoseconds)) ago"
  }

  private static func trip(_ nanoseconds: Int64) -> String {
    nanoseconds == 0 ? "not measured" : Quantity.duration(nanoseconds)
  }

  private static func lag(_ ticks: Int32) -> String {
    if ticks == 0 { return "the same" }
    return "\(Quantity.count(Int64(ticks.magnitude), "tick")) \(ticks > 0 ? "older" : "newer")"
  }

  private static func recovery(_ facts: SegmentFacts) -> String {
    let end = relative(facts.recoveryEnd, facts.initial)
    let probe = facts.probed ? ", a probe was sent since the last advance" : ""
    if facts.inTimeoutRecovery { return "after a timeout, until \(end) is acknowledged\(probe)" }
    if facts.inFastRecovery { return "fast, until \(end) is acknowledged\(probe)" }
    return "none\(probe)"
  }

  private static func rules(_ facts: SegmentFacts) -> [String] {
    var lines: [String] = []
    if facts.origin != .none { lines.append(facts.origin.sentence) }
    if facts.reason != .none { lines.append(facts.reason.sentence) }
    if facts.rejection != .none { lines.append(facts.rejection.sentence) }
    if facts.anomalies.contains(.alreadyAcknowledged) { lines.append("All of it had been acknowledged: needless.") }
    if lines.isEmpty, facts.isFirst { return ["Nothing to compare it with."] }
    return lines.isEmpty ? ["Nothing remarkable: the numbers go on where they stood."] : lines
  }

  private static func word(_ observation: Observation) -> String {
    if observation.anomalies.contains(.crossedOriginal) {
      return "the receiver had the bytes already; the original was late and crossed this one"
    }
    if observation.anomalies.contains(.needless) { return "the receiver had the bytes already: needless (spurious)" }
    if observation.anomalies.contains(.rejectionRefuted) { return "the receiver took it after all" }
    return "it was a \(observation.kind.name)"
  }
}
