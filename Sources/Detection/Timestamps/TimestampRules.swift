/// Texts of the timestamp family.
///
/// Source of rules and thresholds: tcp-pathologies §2.
enum TimestampRules {
  private static let counters = ["TcpExtPAWSEstab", "TcpExtPAWSOldAck", "TcpExtTCPACKSkippedPAWS"]
  private static let nat = NextStep(
    "conntrack -L | grep PORT; iptables-save -t nat",
    tells: "on NAT hosts between the two: who else shares the address")
  private static let pawsCount = NextStep(
    "nstat -az TcpExtPAWSEstab TcpExtPAWSActive TcpExtPAWSTimewait TcpExtTCPACKSkippedPAWS",
    tells: "on the receiving host: `packets rejected because of timestamp`, how many and how fast")
  private static let clockRemedy =
    "Find what changes the sender's timestamp clock: a NAT or load balancer that maps several hosts to one connection, "
    + "a middlebox that rewrites timestamps, a migrated or restored virtual machine. "
    + "net.ipv4.tcp_timestamps=0 on one end is the last resort."
  private static let source = "RFC 7323 §5 (PAWS); Linux tcp_validate_incoming, tcp_disordered_ack"

  static let reject = Rule(
    id: "paws-reject", family: .timestamps, title: "Segments rejected for an old timestamp (PAWS)",
    meaning: "The receiver throws segments away because their TCP timestamp is older than the last one it took "
      + "(Protection Against Wrapped Sequences). The sender retransmits them in vain; "
      + "netstat -s counts `packets rejected because of timestamp`.",
    fires: "A segment's TSval lies more than one tick behind what the receiver last echoed, "
      + "and the receiver answers with an ACK that repeats the old number and the newer timestamp. "
      + "Warning from 3 without progress, critical from 100. Single pure ACKs that were overtaken are not counted.",
    falseAlarms: "Reordered pure ACKs are rejected too and harm nobody; kernels up to 6.12 count them all the same.",
    remedy: clockRemedy, nextSteps: [pawsCount, nat], counters: counters,
    dropReasons: ["TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK"],
    source: source)

  static let predicted = Rule(
    id: "paws-predicted", family: .timestamps, title: "Segments that PAWS should reject",
    meaning: "By the timestamps in the capture the receiver must reject these segments; its answer was not captured.",
    fires: "Data with a TSval more than one tick behind what the receiver last echoed, "
      + "without an answer that proves the rejection.",
    falseAlarms: "The receiver may not be Linux, or may have PAWS off; reordering explains a single segment.",
    remedy: clockRemedy, nextSteps: [pawsCount], counters: counters, dropReasons: ["TCP_RFC7323_PAWS"], source: source)

  static let timeWaitSYN = Rule(
    id: "tw-paws-syn", family: .timestamps, title: "SYN refused by an old connection's timestamps (TIME-WAIT)",
    meaning: "The server still remembers an old connection of the same addresses and ports in TIME-WAIT. "
      + "The new SYN's timestamp is older than that connection's last one, so the old connection answers with its own "
      + "ACK instead of a SYN-ACK; the client resets it and tries again.",
    fires: "A SYN is answered by a bare ACK that does not acknowledge it and echoes a newer timestamp; "
      + "certain with the client's RST behind it.",
    falseAlarms: "None known when the RST follows; without it a half-open connection looks alike.",
    remedy: "Clients behind one NAT address with different timestamp clocks: avoid MASQUERADE --random-fully on "
      + "affected kernels, spread over more addresses, or set net.ipv4.tcp_timestamps=2 on the NATed hosts. "
      + "Never use tcp_tw_recycle.",
    nextSteps: [pawsCount, nat], counters: ["TcpExtPAWSTimewait", "TcpExtTCPACKSkippedTimeWait"],
    dropReasons: ["TCP_RFC7323_TW_PAWS"], source: "RFC 7323 §5, RFC 6191; Linux tcp_timewait_state_process")

  static let synDrop = Rule(
    id: "syn-ts-drop", family: .timestamps, title: "SYNs with older timestamps stay unanswered",
    meaning: "SYNs from one address stay without an answer while others from the same address to the same server, "
      + "with newer timestamps, are answered: a server that keeps one timestamp per client address (tcp_tw_recycle) "
      + "drops them.",
    fires: "At least 3 unanswered SYNs of a connection whose TSval is older than that of an answered SYN from the same "
      + "address to the same server within the 60 s before, where answered SYNs of that address follow one clock.",
    falseAlarms: "Loss can hit such SYNs by chance. Addresses whose connections have timestamp offsets of their own "
      + "(Linux since 4.10, unless net.ipv4.tcp_timestamps is 2) are passed over.",
    remedy: "On the server: remove net.ipv4.tcp_tw_recycle (gone since Linux 4.12). On the NAT: "
      + "one timestamp clock per outer address.",
    nextSteps: [
      NextStep(
        "nstat -az TcpExtPAWSPassive TcpExtListenDrops",
        tells: "on the server: SYNs dropped for their timestamp"),
      NextStep("sysctl net.ipv4.tcp_tw_recycle", tells: "1 explains it (kernels before 4.12)"),
    ], counters: ["TcpExtPAWSPassive", "TcpExtListenDrops"],
    source: "Linux before 4.12, tcp_v4_conn_request with tcp_tw_recycle")

  static let missing = Rule(
    id: "ts-missing", family: .timestamps, title: "Timestamps option missing on an agreed connection",
    meaning: "Both SYNs carried the timestamps option, yet segments come without it. Linux takes them, "
      + "but other systems are told to drop them, and PAWS and RTT measurement lose their footing.",
    fires: "At least 3 segments other than RST in one direction without the option after both SYNs had it.",
    falseAlarms: "Headers cut by the snap length are left out.",
    remedy: "Find the middlebox that removes or blanks TCP options in one direction; compare captures on both hosts.",
    nextSteps: [
      NextStep(
        "tcpdump -ni INTERFACE -s 128 host PEER",
        tells: "on the sending host: whether the option leaves it")
    ],
    source: "RFC 7323 §3.2 (TSopt MUST be sent in every non-RST segment once agreed)")

  static let appears = Rule(
    id: "ts-appears", family: .timestamps, title: "Timestamps option appears without agreement",
    meaning: "Segments carry the timestamps option although the SYN exchange did not agree on it.",
    fires: "At least 3 segments in one direction with the option, both SYNs captured and at least one without it.",
    falseAlarms: "A middlebox may have taken the option out of one SYN before the capture point.",
    remedy: "Find the device that removes the option from SYNs (a firewall's TCP normalization).",
    nextSteps: [
      NextStep(
        "tcpdump -ni INTERFACE 'tcp[tcpflags] & tcp-syn != 0'",
        tells: "on both hosts: which SYN options leave and arrive")
    ],
    source: "RFC 7323 §3.2")

  static let echoInvalid = Rule(
    id: "tsecr-invalid", family: .timestamps, title: "TSecr that the peer never sent",
    meaning: "Segments echo a timestamp that the other side cannot have sent: newer than its clock or older than its "
      + "first.",
    fires: "At least 3 segments in one direction.",
    falseAlarms: "A capture that lost the newest segments of the peer sees their echo first (a second of slack is "
      + "allowed).",
    remedy: "Find the middlebox that rewrites timestamps in one direction only.",
    nextSteps: [
      NextStep(
        "nstat -az TcpExtTSEcrRejected TcpExtPAWSActive",
        tells: "whether a host threw handshakes away for it")
    ],
    counters: ["TcpExtTSEcrRejected", "TcpExtPAWSActive"], dropReasons: ["TCP_RFC7323_TSECR"],
    source: "RFC 7323 §3.2; Linux tcp_ack, tcp_check_req")

  static let jump = Rule(
    id: "ts-jump", family: .timestamps, title: "Timestamp clock jumps",
    meaning: "One end's timestamp clock jumped against packet time. Forward it hides old segments; "
      + "backward the peer will reject everything until the clock has caught up.",
    fires: "TSval off the connection's own clock by more than 2 s (or 1 % of the time passed); "
      + "warning when it went back.",
    falseAlarms: "A stalled or stepped capture clock moves all connections at once; "
      + "a restored or migrated connection keeps its clock only roughly.",
    remedy: clockRemedy, nextSteps: [pawsCount, nat], counters: ["TcpExtPAWSEstab"], source: "RFC 7323 §5.4")

  static let twoClocks = Rule(
    id: "ts-two-clocks", family: .timestamps, title: "Two timestamp clocks in one direction",
    meaning: "The timestamps of one direction alternate between two clocks: two hosts send with the same addresses and "
      + "ports, a proxy splices two connections, or a device on the way rewrites some of the timestamps.",
    fires: "At least 3 jumps forward and 3 back by the same distance.",
    falseAlarms: "None known.",
    remedy: "Find who shares the 4-tuple: a load balancer without connection affinity, duplicate IP addresses, "
      + "a NAT that maps two hosts to one port.",
    nextSteps: [NextStep("arping -D ADDRESS; ip neigh", tells: "whether two hosts claim the address"), nat],
    counters: ["TcpExtPAWSEstab"], source: "RFC 7323 §5.4")
}
