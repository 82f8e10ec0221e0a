/// Texts of the retransmission family.
///
/// Source of rules and thresholds: tcp-pathologies §3.
enum RetransmissionRules {
  private static let kernel = NextStep(
    "nstat -az TcpRetransSegs TcpExtTCPTimeouts TcpExtTCPFastRetrans TcpExtTCPLossProbes TcpExtTCPSpuriousRTOs",
    tells: "on the sending host: how many retransmissions the kernel counts, and by which mechanism")
  private static let socket = NextStep(
    "ss -tino dst ADDRESS",
    tells: "on the sending host: rtt, rto, cwnd, retrans "
      + "of the connection")
  private static let nic = NextStep(
    "ethtool -S INTERFACE | grep -iE 'drop|discard|err|fifo|miss'",
    tells: "on both hosts: frames that the NIC "
      + "itself lost")
  private static let path = NextStep("mtr -rwzbc 100 ADDRESS", tells: "where on the path packets disappear")
  private static let counters = [
    "TcpRetransSegs", "TcpExtTCPFastRetrans", "TcpExtTCPTimeouts", "TcpExtTCPLossProbes", "TcpExtTCPSlowStartRetrans",
  ]
  private static let source = "RFC 6298, RFC 6675, RFC 8985 (RACK-TLP), RFC 2883 (DSACK), RFC 3522 (Eifel)"

  static let rate = Rule(
    id: "retransmission-rate", family: .retransmission, title: "High share of retransmitted data",
    meaning: "A noticeable part of the data was sent more than once: segments are lost, or the sender believes so.",
    fires: "Retransmitted bytes over payload bytes of one direction: notice from 0.1 %, warning from 1 %, critical "
      + "from 5 %, "
      + "with at least 100 data segments. Connections at notice level are told of together.",
    falseAlarms: "Copies made by the capture, keep-alives and window probes are taken out first. At the receiver, "
      + "retransmissions "
      + "whose first copy was lost before the capture point are recognized by timestamp, IP ID and timing.",
    remedy: "Look for the place of the loss: NIC and switch counters, policers, duplex mismatch, overflowing "
      + "queues. Many "
      + "needless ones (DSACK) point to delay spikes or lost ACKs instead of lost data.",
    nextSteps: [kernel, nic, path, socket], counters: counters, source: source)

  static let burst = Rule(
    id: "retransmission-burst", family: .retransmission, title: "Burst of retransmissions",
    meaning: "Many segments of one connection were sent again within a moment: a queue overflowed, a link went away "
      + "for a "
      + "while, or a timeout made the sender start over.",
    fires: "At least 5 retransmitted segments within 100 ms, or 3 timeouts within a second, and at least a tenth of "
      + "what the "
      + "direction sent then. A burst ends after a second without retransmission; one finding per connection.",
    falseAlarms: "A single lost window of a fast transfer is repaired this way without harm.",
    remedy: "Bursts of timeouts without duplicate ACKs mean outage or tail loss: look at policers, ring drops, "
      + "conntrack drops. "
      + "Fast retransmissions in bursts mean an overflowing queue: pace the sender (fq), use shallower bursts or "
      + "bigger "
      + "buffers.",
    nextSteps: [kernel, nic, socket], counters: counters, source: source)

  static let pathEvent = Rule(
    id: "path-event", family: .retransmission, title: "Loss on many connections at the same moment",
    meaning: "Several connections between the same networks lost segments within the same quarter of a second: "
      + "something "
      + "happened to the path, not to one connection.",
    fires: "Within 250 ms at least 3 connections, and at least 30 % of those open between the two networks (/24 or "
      + "/64), begin to "
      + "retransmit.",
    falseAlarms: "Connections that share one slow receiver may time out together.",
    remedy: "Look at what the connections share at that moment: uplink, firewall failover, routing change, NIC reset.",
    nextSteps: [
      NextStep("journalctl -k --since TIME", tells: "link flaps and NIC resets on the host at that moment"), nic, path,
    ],
    counters: counters, source: "Linux TCP_RTO_MIN: 250 ms cover the least timeout (200 ms) and its jitter")
}
