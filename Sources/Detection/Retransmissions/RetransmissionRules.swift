/// Texts of the retransmission family.
///
/// Source of rules and thresholds: tcp-pathologies §3 and §5.
enum RetransmissionRules {
  private static let kernel = NextStep(
    "nstat -az TcpRetransSegs TcpExtTCPTimeouts TcpExtTCPFastRetrans TcpExtTCPLossProbes TcpExtTCPSpuriousRTOs",
    tells: "on the sending host: how many retransmissions the kernel counts, and by which mechanism")
  private static let socket = NextStep(
    "ss -tino dst ADDRESS", tells: "on the sending host: rtt, rto, cwnd, retrans of the connection")
  private static let nic = NextStep(
    "ethtool -S INTERFACE | grep -iE 'drop|discard|err|fifo|miss'",
    tells: "on both hosts: frames that the NIC itself lost")
  private static let path = NextStep("mtr -rwzbc 100 ADDRESS", tells: "where on the path packets disappear")
  private static let counters = [
    "TcpRetransSegs", "TcpExtTCPFastRetrans", "TcpExtTCPTimeouts", "TcpExtTCPLossProbes", "TcpExtTCPSlowStartRetrans",
  ]
  private static let source = "RFC 6298, RFC 6675, RFC 8985 (RACK-TLP), RFC 2883 (DSACK), RFC 3522 (Eifel)"

  static let rate = Rule(
    id: "retransmission-rate", family: .retransmission, title: "High share of retransmitted data",
    meaning: "A noticeable part of the data was sent more than once: segments are lost, or the sender believes so.",
    fires: "Retransmitted bytes over payload bytes of one direction: notice from 0.1 %, warning from 1 %, "
      + "critical from 5 %, with at least 100 data segments. Connections at notice level are told of together. "
      + "A burst on the same connection is named as a part of a rate of 1 % or more, and speaks for a lower one.",
    falseAlarms: "Copies made by the capture, keep-alives and window probes are taken out first. At the receiver, "
      + "retransmissions whose first copy was lost before the capture point are recognized by timestamp, "
      + "IP ID and timing.",
    remedy: "Look for the place of the loss: NIC and switch counters, policers, duplex mismatch, overflowing queues. "
      + "Many needless ones (DSACK) point to delay spikes or lost ACKs instead of lost data.",
    nextSteps: [kernel, nic, path, socket], counters: counters, source: source)

  static let burst = Rule(
    id: "retransmission-burst", family: .retransmission, title: "Burst of retransmissions",
    meaning: "Many segments of one connection, or of all connections between two hosts, "
      + "were sent again within a moment: a queue overflowed, a link went away for a while, "
      + "or a timeout made the sender start over.",
    fires: "On one connection at least 5 retransmitted segments within 100 ms, or 3 timeouts within a second, "
      + "and at least a tenth of what the direction sent then. Between two hosts at least 20 within 100 ms on 3 "
      + "connections or more, none of which has a burst of its own. A burst ends after a second without "
      + "retransmission; one finding per connection or pair of hosts.",
    falseAlarms: "A single lost window of a fast transfer is repaired this way without harm.",
    remedy: "Bursts of timeouts without duplicate ACKs mean outage or tail loss: look at policers, ring drops, "
      + "conntrack drops. Fast retransmissions in bursts mean an overflowing queue: pace the sender (fq), "
      + "use shallower bursts or bigger buffers.",
    nextSteps: [kernel, nic, socket], counters: counters, source: source)

  static let stall = Rule(
    id: "retransmission-stall", family: .retransmission, title: "Data that never came through",
    meaning: "A sender repeated the same bytes timeout after timeout and never got them acknowledged. "
      + "Either nothing passes any more, or large packets vanish while small ones pass: a black hole for the path MTU.",
    fires: "At least 3 timeouts of the same bytes on a connection that ends without their acknowledgment. "
      + "Cause mtu-black-hole: the segment is full-sized and only small ones were ever acknowledged, "
      + "or the sender at last sent smaller segments and these came through. "
      + "Cause refused: the other side answers the tries, and acknowledges nothing of them.",
    falseAlarms: "A peer that was switched off or left its network looks the same as a path that fails. "
      + "What PAWS or an ACK loop explains is told by those findings.",
    remedy: "Cause mtu-black-hole: let ICMP type 3 code 4 and ICMPv6 type 2 pass, clamp the MSS at the tunnel, "
      + "or set net.ipv4.tcp_mtu_probing=1. Cause handshake-repeats: accept faster, "
      + "raise the backlog and net.core.somaxconn. Otherwise capture at the other end: "
      + "either the packets do not arrive, or the host drops them.",
    nextSteps: [
      NextStep(
        "tcpdump -ni INTERFACE -s 128 host ADDRESS", tells: "on the receiving host: whether the segments arrive at all"),
      socket, path,
    ],
    counters: ["TcpExtTCPTimeouts", "TcpExtTCPAbortOnTimeout", "TcpExtTCPMTUPFail", "TcpExtTCPMTUPSuccess"],
    source: "RFC 6298 §5, RFC 1122 §4.2.3.5, RFC 2923 §2.1 (black holes); Linux tcp_retransmit_timer, tcp_mtu_probing")

  static let blackHoleSteps = [
    NextStep(
      "ping -M do -s 1472 ADDRESS", tells: "from the sending host: no answer, where -s 1200 has one, is the black hole"),
    NextStep("tracepath -n ADDRESS", tells: "at which hop the path MTU changes"),
    NextStep("ip route get ADDRESS; ss -tino dst ADDRESS", tells: "the MTU and the MSS that the sending host uses"),
  ]

  static let refusedSteps = [
    NextStep(
      "nstat -az | grep -E 'PAWS|ACKSkipped|ChallengeACK'",
      tells: "on the receiving host: which of its checks throws the segments away"),
    NextStep(
      "tcpdump -ni any -s 128 -w receiver.pcap host ADDRESS",
      tells: "on the receiving host: whether a middlebox changes timestamps or sequence numbers on the way"),
  ]

  static let pathEvent = Rule(
    id: "path-event", family: .retransmission, title: "Loss on many connections at the same moment",
    meaning: "Several connections between the same networks, or of the same host, "
      + "lost segments within the same quarter of a second: something happened to what they share, "
      + "not to one connection.",
    fires: "Within 250 ms at least 3 connections, and at least 30 % of those open between the two networks (/24 or "
      + "/64), begin to retransmit; or 5 connections of one host to 3 networks, "
      + "and at least 80 % of those that it has open. An event goes on until no connection was hit for a second, "
      + "tries that back off aside. Cause host: the host's connections to many networks; remote-path: "
      + "only one network, while the same hosts' connections to others were spared; else shared-path.",
    falseAlarms: "Connections that share one slow receiver may time out together.",
    remedy: "Look at what the connections share at that moment. Cause host: link, NIC, driver, the host itself. "
      + "Cause remote-path: routing change, firewall failover, the far network. Otherwise both.",
    nextSteps: [
      NextStep("journalctl -k --since TIME", tells: "link flaps and NIC resets on the host at that moment"), nic, path,
    ],
    counters: counters, source: "Linux TCP_RTO_MIN: 250 ms cover the least timeout (200 ms) and its jitter")
}
