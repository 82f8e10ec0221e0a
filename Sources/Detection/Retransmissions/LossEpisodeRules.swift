/// Texts of rules that tell what a kind of loss, or its mistaken repair, cost a connection.
enum LossEpisodeRules {
  private static let socket = NextStep(
    "ss -tino dst ADDRESS", tells: "on the sending host: rtt, rto, reordering, dsack_dups and retrans of the connection"
  )
  private static let path = NextStep("mtr -rwzbc 100 ADDRESS", tells: "where on the path packets disappear")

  static let spurious = Rule(
    id: "spurious-retransmissions", family: .retransmission, title: "Data sent again although it was not lost",
    meaning: "A sender repeated segments that were not lost. It took late segments or late acknowledgments "
      + "for a loss, and slowed down for nothing.",
    fires: "At least 3 needless retransmissions on a connection, and a tenth of all its retransmissions, or needless "
      + "timeouts that cost a second or more. Needless: a DSACK names the bytes, the echoed timestamp is that of the "
      + "original, or they had been acknowledged. Notice; warning when the timeouts cost a second, or when the bytes "
      + "are 1 % of the payload in 20 retransmissions or more. Cause reordering: most crossed their originals; "
      + "ack-loss-or-delay: timeouts; early-timer: tail-loss probes; late-original: reports of holes that closed "
      + "by themselves. It speaks for a burst or a rate that at least half belongs to it; another rate of 1 % "
      + "and a blackout speak for it.",
    falseAlarms: "A copy that the network made of a retransmission causes a DSACK, too. Without timestamps and SACK "
      + "most needless retransmissions stay unseen, so this counts the least number.",
    remedy: "Cause reordering: find what spreads one flow over several paths (per-packet balancing, bonding mode "
      + "balance-rr, parallel queues); keep RACK on (net.ipv4.tcp_recovery=1) and net.ipv4.tcp_reordering at 3 or more. "
      + "Cause ack-loss-or-delay: look at the way back: loss there, overfull queues, sleeping radio links, hosts that "
      + "pause. Cause early-timer: delayed ACKs of the peer longer than 200 ms, or a round trip that varies.",
    nextSteps: [
      NextStep(
        "nstat -az TcpExtTCPDSACKRecv TcpExtTCPSpuriousRTOs TcpExtTCPLossUndo TcpExtTCPSACKReorder TcpExtTCPTSReorder",
        tells: "on the sending host: how often the kernel itself noticed, and what reordering it saw"),
      socket,
      NextStep(
        "sysctl net.ipv4.tcp_recovery net.ipv4.tcp_reordering net.ipv4.tcp_frto net.ipv4.tcp_early_retrans",
        tells: "on the sending host: whether RACK, F-RTO and probes are as the kernel ships them"),
    ],
    counters: [
      "TcpExtTCPDSACKRecv", "TcpExtTCPSpuriousRTOs", "TcpExtTCPLossUndo", "TcpExtTCPFullUndo", "TcpExtTCPDSACKUndo",
      "TcpExtTCPSACKReorder", "TcpExtTCPTSReorder", "TcpExtTCPSpuriousRtxHostQueues",
    ],
    source: "RFC 2883, RFC 3522 (Eifel), RFC 5682 (F-RTO), RFC 8985; Linux tcp_check_dsack, tcp_try_undo_loss, "
      + "tcp_process_frto")

  static let blackout = Rule(
    id: "blackout", family: .retransmission, title: "Silence of a path",
    meaning: "For a while nothing came through on a connection: its sender repeated the same bytes timeout after "
      + "timeout, waiting longer each time, and then it went on.",
    fires: "At least 2 timeouts of the same bytes, each after a wait at least half as long again as the one before, "
      + "1 s or more in all, without a word from the peer, on a connection that went on afterwards. Warning; critical "
      + "from 5 s. A connection that never goes on is retransmission-stall; several at the same moment are path-event. "
      + "It speaks for a burst or a rate that at least half belongs to it; another rate of 5 % speaks for it.",
    falseAlarms: "A host that stops for a while (suspended, virtual machine moved) looks the same as a path that "
      + "fails. The silence ends with the first try that comes through: the path may have been back earlier.",
    remedy: "Find what was away at that time: link flaps, routing or failover, spanning tree, radio, a moved virtual "
      + "machine. Programs that must not wait need a shorter TCP_USER_TIMEOUT and a new connection.",
    nextSteps: [
      NextStep("journalctl -k --since TIME", tells: "link flaps, NIC resets and suspends on both hosts at that moment"),
      NextStep("ip monitor link route neigh", tells: "on both hosts, while it happens: what changes"), path, socket,
    ],
    counters: ["TcpExtTCPTimeouts", "TcpExtTCPSlowStartRetrans", "TcpRetransSegs"],
    source: "RFC 6298 §5.5 (back-off); Linux tcp_retransmit_timer, tcp_enter_loss")

  static let tailLoss = Rule(
    id: "tail-loss", family: .retransmission, title: "Lost ends of flights",
    meaning: "The last segments of a request or answer were lost. Nothing follows that would make the peer report the "
      + "hole, so the sender waits for a timer: a tail-loss probe after about two round trips, or the retransmission "
      + "timeout of 200 ms and more.",
    fires: "At least 3 lost tails on a connection, or 2 that cost half a second, each of at most 10 segments, while "
      + "its other losses are not more. Info; notice when the waits sum up to 0.5 s. A retransmission rate of 1 % or "
      + "more, a burst, a blackout or a stall on the same connection speaks for it; it speaks for a lower rate.",
    falseAlarms: "An acknowledgment that was lost on the way back looks the same when the peer sends neither DSACK nor "
      + "timestamps.",
    remedy: "Look for short queues and policers that cut the end of each burst: pace the sender (fq), allow larger "
      + "bursts. Keep tail-loss probes (net.ipv4.tcp_early_retrans=3) and SACK on: they need a fraction of a timeout.",
    nextSteps: [
      NextStep(
        "nstat -az TcpExtTCPLossProbes TcpExtTCPLossProbeRecovery TcpExtTCPTimeouts",
        tells: "on the sending host: probes sent, tails that they repaired, and timeouts"),
      NextStep("tc -s qdisc show dev INTERFACE", tells: "on the sending host: drops and overlimits of its own queue"),
      path, socket,
    ],
    counters: ["TcpExtTCPLossProbes", "TcpExtTCPLossProbeRecovery", "TcpExtTCPTimeouts"],
    source: "RFC 8985 §7 (TLP); Linux tcp_schedule_loss_probe, tcp_send_loss_probe, tcp_retransmit_timer")
}
