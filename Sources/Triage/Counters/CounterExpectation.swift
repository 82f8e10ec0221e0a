import Detection
import Dissection

/// What a finding lets expect of the kernel's counters: which of its measures should show in which of them.
///
/// Only counters that move with a finding one by one are here; ``Rule/counters`` names more, which move with it
/// somehow. Source: tcp-pathologies §A, Linux `tcp_validate_incoming`, `__tcp_retransmit_skb`, `tcp_retransmit_timer`.
package struct CounterExpectation: Sendable {
  /// Whose kernel counts.
  enum Side: Sendable {
    case sender, receiver, both
    /// Who sends SYN-ACKs, and receives SYNs and last ACKs.
    case listener
  }

  /// Counters by `nstat`'s names that share the events: their sum should move.
  var counters: [String]
  /// Name of the measure that counts the events.
  var measure: String
  /// Counts for one of the measure at one host: each of two hosts gets half of what they exchange.
  var share = 1.0
  var side = Side.both
  /// Field that marks the evidence frames that move the counter; empty when all do.
  var sign = ""

  /// What a finding lets expect; nothing where packets and counters do not go one by one.
  static func of(_ finding: Finding) -> [CounterExpectation] {
    switch finding.rule.id {
    case "retransmission-rate", "retransmission-burst", "blackout":
      [.init(counters: ["TcpRetransSegs"], measure: "segments", side: .sender, sign: "len")]
    case "retransmission-stall":
      [.init(counters: ["TcpExtTCPTimeouts"], measure: "timeouts", side: .sender, sign: "len")]
    case "tail-loss":
      [
        .init(counters: ["TcpExtTCPLossProbes"], measure: "by-probe", side: .sender, sign: "len"),
        .init(counters: ["TcpExtTCPTimeouts"], measure: "by-timeout", side: .sender, sign: "len"),
      ]
    case "paws-reject", "paws-predicted":
      [.init(counters: rejected, measure: "segments", side: .receiver, sign: "tsval")]
    case "ack-storm", "ack-loop", "ack-loop-limited": ofLoop(finding)
    case "rst-ack-loop":
      [.init(counters: ["TcpExtTCPChallengeACK", "TcpExtTCPACKSkippedChallenge"], measure: "exchanges")]
    case "dupack-flood": [.init(counters: ["TcpExtTCPPureAcks"], measure: "acks", side: .receiver)]
    case "connection-refused":
      [
        .init(counters: ["TcpAttemptFails"], measure: "refused", side: .receiver),
        .init(counters: ["TcpOutRsts"], measure: "refused", side: .sender),
      ]
    case "syn-unanswered": [.init(counters: ["TcpExtTCPSynRetrans"], measure: "repeated-syns", side: .sender)]
    case "listen-overflow":
      [.init(counters: ["TcpExtListenOverflows"], measure: "ignored-segments", side: .listener, sign: "flags")]
    case "zero-window": [.init(counters: ["TcpExtTCPToZeroWindowAdv"], measure: "closings", side: .sender, sign: "win")]
    case "syn-ts-drop": [.init(counters: ["TcpExtPAWSPassive"], measure: "syns", side: .receiver)]
    default: []
    }
  }

  /// Kernels since 6.18 count late old ACKs apart.
  private static let rejected = ["TcpExtPAWSEstab", "TcpExtPAWSOldAck"]

  /// A kernel counts what it throws away for its timestamp or for lying beyond the window; what lies below the window it
  /// answers without counting, so that it shows in the sum of all segments only.
  private static func ofLoop(_ finding: Finding) -> [CounterExpectation] {
    switch finding.cause {
    case "paws": [.init(counters: rejected, measure: "acks", share: 0.5)]
    case "seq-beyond": [.init(counters: ["TcpExtBeyondWindow"], measure: "acks", share: 0.5)]
    // At such a rate it shows in the sum of all segments.
    default: [.init(counters: ["TcpInSegs"], measure: "acks", share: 0.5)]
    }
  }

  /// How many counts one host should have; nil when the finding does not say.
  func count(in finding: Finding) -> Double? {
    finding.measures.first { $0.name == measure }.map { $0.value * share }
  }

  /// Hosts whose kernels count, as far as the evidence shows; empty when it does not.
  func hosts(_ finding: Finding) -> Set<IPAddress> {
    let frames = finding.evidence.filter { sign.isEmpty || $0.telling.contains(sign) }
    return Set(
      frames.flatMap { frame in
        switch side {
        case .sender: [frame.segment.source]
        case .receiver: [frame.segment.destination]
        case .both: [frame.segment.source, frame.segment.destination]
        case .listener:
          [frame.segment.flags.isSuperset(of: [.syn, .ack]) ? frame.segment.source : frame.segment.destination]
        }
      })
  }
}
