/// Texts of rules about connections that do not come about.
enum HandshakeRules {
  private static let listeners = NextStep(
    "ss -tlnp", tells: "on the server: who listens where; Recv-Q is the accept queue, Send-Q its limit")

  static let refused = Rule(
    id: "connection-refused", family: .handshake, title: "Connections refused",
    meaning: "A SYN was answered by a RST: nothing listens on that port, or a device on the way answers in the "
      + "server's name.",
    fires: "A RST acknowledges a SYN. One finding for each server and port: notice; warning from 3 on when no SYN was "
      + "answered meanwhile. Cause device-on-the-path: by their hop limits (TTL), the RST has passed more or fewer "
      + "routers than the server's SYN-ACKs, by 2 or more. Cause scan: one client was refused at 20 ports or more, told "
      + "together: info.",
    falseAlarms: "Health checks and scanners try closed ports on purpose. A hop limit may differ by 1 when a server is "
      + "reached over two paths.",
    remedy: "Start the service, or let it listen on this address and not only on 127.0.0.1 or ::1; check the port that "
      + "clients use. Cause device-on-the-path: look for a firewall that rejects with a RST.",
    nextSteps: [
      listeners,
      NextStep(
        "nft list ruleset | grep -i reject", tells: "on the server and on firewalls: rules that answer with a RST"),
    ],
    counters: ["TcpAttemptFails", "TcpOutRsts"], dropReasons: ["NO_SOCKET"],
    source: "RFC 9293 §3.5.2, §3.10.7.1; Linux tcp_v4_send_reset, tcp_rcv_synsent_state_process")

  static let unanswered = Rule(
    id: "syn-unanswered", family: .handshake, title: "SYNs without an answer",
    meaning: "A client sent its SYN again and again, and neither a SYN-ACK nor a RST came.",
    fires: "A SYN was sent again and had no answer within a second of capture, or was sent at least 3 times. One "
      + "finding for each server and port: notice; warning when one was sent 3 times, or on 5 connections. Cause "
      + "silent: nothing came from there; answers-others; late: each came about in the end. A full listener "
      + "(listen-overflow), an old timestamp (syn-ts-drop, tw-paws-syn) and a lost SMC option (smc-not-answered) speak "
      + "for it. Cause scan: one client tried 20 silent ports or more, told together: info.",
    falseAlarms: "An answer that took another way than past this capture: when the client goes on with an ACK, nothing "
      + "is said after its end. A client that is cut off looks like one that scans.",
    remedy: "Find where the SYN ends. Capture at the server: if it arrives there, look at packet filters, rp_filter "
      + "and the listener's queue; if not, at routes, firewalls and security groups on the way.",
    nextSteps: [
      NextStep("tcpdump -ni any 'host ADDRESS and tcp[tcpflags] & tcp-syn != 0'", tells: "whether it arrives there"),
      NextStep(
        "nstat -az TcpExtListenDrops TcpExtListenOverflows TcpExtTCPReqQFullDrop IpExtInNoRoutes TcpExtIPReversePathFilter",
        tells: "on the server: whether the kernel has thrown it away"), listeners,
    ],
    counters: ["TcpExtTCPSynRetrans", "TcpExtTCPTimeouts", "TcpRetransSegs"],
    source: "RFC 9293 §3.5, RFC 6298 §5.7; Linux tcp_v4_conn_request")

  static let overflow = Rule(
    id: "listen-overflow", family: .handshake, title: "Full queue of a listener",
    meaning: "A server leaves handshakes unfinished although it answered others: its accept queue is full, because the "
      + "program does not accept connections quickly enough. The kernel then drops SYNs and the last ACK of handshakes. "
      + "Clients wait 1 s, 2 s and longer, or believe to be connected and get no answer.",
    fires: "A SYN-ACK was sent again twice, half a second or more apart, although the client had acknowledged it (on 2 "
      + "connections, if not captured near the server); or, captured near the server, at least 3 connections sent "
      + "their SYN again for nothing although the listener had answered others (twice again, if it did so meanwhile). "
      + "Near: its packets have passed no router; those of the clients have, or the server answers much sooner than "
      + "they do. Warning, likely near the server, else possible; critical from 20 connections near it, or when data "
      + "of such a connection never came through.",
    falseAlarms: "SYNs and ACKs lost on the way look the same from the client's side; so does TCP_DEFER_ACCEPT, which "
      + "ignores the last ACK until data comes. ListenOverflows on the server decides.",
    remedy: "Let the program accept faster, and raise both limits of the queue: the backlog that it gives to listen() "
      + "and net.core.somaxconn. tcp_max_syn_backlog and tcp_syncookies=1 help against many half-open connections.",
    nextSteps: [
      NextStep(
        "nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop",
        tells: "on the server: grows while it happens"), listeners,
      NextStep("sysctl net.core.somaxconn net.ipv4.tcp_max_syn_backlog", tells: "on the server: the limits"),
    ],
    counters: ["TcpExtListenOverflows", "TcpExtListenDrops", "TcpExtTCPReqQFullDrop"],
    dropReasons: ["TCP_LISTEN_OVERFLOW"],
    source: "RFC 9293 §3.10.7.2; Linux tcp_conn_request, tcp_v4_syn_recv_sock, sk_acceptq_is_full")
}
