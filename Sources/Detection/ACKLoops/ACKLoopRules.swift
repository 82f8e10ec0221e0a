/// Texts of the ACK loop family.
///
/// Source of rules and thresholds: tcp-pathologies §1.
enum ACKLoopRules {
  static let all = [storm, loop, limited, flood, resetLoop]

  private static let steps = [
    NextStep(
      "nstat -az TcpExtPAWSEstab TcpExtTCPACKSkippedPAWS TcpExtTCPACKSkippedSeq TcpExtTCPChallengeACK",
      tells: "on both hosts, twice a second apart: which check throws the segments away, "
        + "and whether the limiter holds"),
    NextStep(
      "sysctl net.ipv4.tcp_invalid_ratelimit",
      tells: "500 (ms) is the limiter's default; 0 lets a loop run freely"),
    NextStep("ss -tino", tells: "the connection's state and timers on either host"),
  ]
  private static let counters = [
    "TcpExtPAWSEstab", "TcpExtTCPACKSkippedPAWS", "TcpExtTCPACKSkippedSeq", "TcpExtTCPChallengeACK",
    "TcpExtBeyondWindow",
  ]
  private static let drops = ["TCP_RFC7323_PAWS", "TCP_INVALID_SEQUENCE", "TCP_OLD_SEQUENCE", "TCP_ACK_UNSENT_DATA"]
  private static let remedy =
    "End the connection on either host (ss -K dst ADDRESS dport = PORT), then find the device that rewrites sequence "
    + "numbers or timestamps: capture on both hosts and compare; a constant distance points to a firewall's or NAT's "
    + "sequence randomization. Keep net.ipv4.tcp_invalid_ratelimit at 500 or more on both hosts, never 0; "
    + "upgrade kernels older than 4.0. Do not turn timestamps off: sequence loops stay."
  private static let source =
    "RFC 9293 §3.10.7.4 (unacceptable segments are answered), RFC 5961; Linux tcp_validate_incoming, "
    + "__tcp_oow_rate_limited"

  static let storm = Rule(
    id: "ack-storm", family: .ackLoop, title: "ACK storm",
    meaning: "Two hosts answer each other's pure ACKs without end: each takes the other's segment for invalid and must "
      + "answer an invalid segment with an ACK, which is again invalid for the other. Nothing is transferred, "
      + "yet hundreds of Mbit/s may pass, and both hosts burn CPU on it.",
    fires: "Bare ACKs from both sides without any progress between them, nobody having asked for them: "
      + "at least 100 in one second or 1,000 in all, the quieter side at least a quarter of the louder. "
      + "All connections between two hosts together: at least 10,000 in one second on 3 connections or more; "
      + "one finding then stands for all of them.",
    falseAlarms: "A capture in which every frame stands twice (copies are taken out first).",
    remedy: remedy, nextSteps: steps, counters: counters, dropReasons: drops, source: source)

  static let loop = Rule(
    id: "ack-loop", family: .ackLoop, title: "ACK loop",
    meaning: "Two hosts keep answering each other's pure ACKs although nothing moves: an ACK storm in the making, "
      + "or one slowed down by a long round trip.",
    fires: "At least 10 bare ACKs in answer to bare ACKs without progress, at least 4 from each side, "
      + "the quieter side at least a quarter of the louder; slower than a storm.",
    falseAlarms: "Multipath TCP signalling and changing ECN flags ride on bare ACKs; "
      + "those that change something are not counted.",
    remedy: remedy, nextSteps: steps, counters: counters, dropReasons: drops, source: source)

  static let limited = Rule(
    id: "ack-loop-limited", family: .ackLoop, title: "ACK loop held down by the rate limiter",
    meaning: "One side repeats a segment that the other must answer, and the answers come no faster than the kernel's "
      + "limit for replies to invalid segments (500 ms). The limiter does its work; something keeps feeding it.",
    fires: "At least 5 idle ACKs from each side, at least 80 % of the gaps on a side between 450 and 1,100 ms.",
    falseAlarms: "Keep-alives at a very short interval look alike; those of usual shape are told apart.",
    remedy: "Find what repeats: a keep-alive, a window probe or a retransmission that the peer takes for invalid. "
      + remedy, nextSteps: steps, counters: counters, dropReasons: drops, source: source)

  static let flood = Rule(
    id: "dupack-flood", family: .ackLoop, title: "Duplicate ACK flood",
    meaning: "One side repeats its acknowledgment although the other sends nothing that could be answered.",
    fires: "More than 64 bare ACKs from one side beyond one per segment received (plus 3), none of them news, "
      + "the other side nearly silent (below 5 %).",
    falseAlarms: "Segments that the capture lost may have been answered; merged records count as the segments that "
      + "they hold.",
    remedy: "Look for a middlebox that replays ACKs, a driver that repeats transmissions, "
      + "or lost captures of the other direction.",
    nextSteps: [
      NextStep("ethtool -S INTERFACE", tells: "on the sending host: whether the NIC repeats transmissions"),
      NextStep("tcpdump -ni INTERFACE -s 128 host PEER", tells: "on the sending host: whether it sends them at all"),
    ],
    counters: ["TcpExtTCPPureAcks"],
    source: "RFC 5681 §2: each segment allows at most one immediate ACK")

  static let resetLoop = Rule(
    id: "rst-ack-loop", family: .ackLoop, title: "RST or SYN answered by challenge ACKs, again and again",
    meaning: "One side keeps sending RST (or SYN) into a connection, the other keeps answering with a challenge ACK: "
      + "the number is never the exact one, so the connection neither ends nor goes on.",
    fires: "At least 5 exchanges of RST (or SYN) and bare ACK without the connection ending.",
    falseAlarms: "A blind reset attack looks the same; so does a firewall that rewrites sequence numbers of data but "
      + "not of RSTs.",
    remedy: "Find the device that changes sequence numbers in one direction or in some segments only; "
      + "a firewall with sequence randomization is the usual one. If the RSTs come from a stranger (hop limit), "
      + "block them.",
    nextSteps: [
      NextStep(
        "nstat -az TcpExtTCPChallengeACK TcpExtTCPACKSkippedChallenge",
        tells: "whether the host answers or limits"),
      NextStep("ss -tino", tells: "whether the connection still stands on each host"),
    ],
    counters: ["TcpExtTCPChallengeACK", "TcpExtTCPACKSkippedChallenge", "TcpExtTCPSYNChallenge"],
    source: "RFC 5961 §3 and §4; Linux tcp_send_challenge_ack")
}
