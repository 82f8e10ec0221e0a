/// The texts of the SMC rules; codes of single Declines are in `DeclineCode`.
enum SMCRules {
  static let all = [
    notAnswered, neverOffered, answeredNotOffered, declined, optionReplayed, clcTimeout, clcMalformed, rdmaPathBroken,
    established,
  ]

  static let fallback = NextStep(
    "smcss -a", tells: "mode of each SMC socket: SMCR, SMCD, or TCP with the code of the fallback, own/peer's")
  static let options = NextStep(
    "tcpdump -ni any -s 0 -w syn.pcap 'tcp[tcpflags] & tcp-syn != 0 or (ip6[6] = 6 and ip6[53] & 2 != 0)'",
    tells: "run on both hosts at once: whether the option FE 06 E2 D4 C3 D9 leaves one and reaches the other")
  static let devices = NextStep(
    "smcr device; smcd device; rdma link; smc_pnet",
    tells: "which RDMA and ISM devices SMC may use, and their PNET IDs")
  static let modules = NextStep(
    "lsmod | grep -w smc; sysctl net.smc.tcp2smc", tells: "whether SMC is loaded, and used for TCP sockets (Alibaba)")
  static let cookies = NextStep(
    "nstat -az TcpExtSyncookiesSent TcpExtListenOverflows TcpExtListenDrops",
    tells: "whether the listener used SYN cookies (they cannot keep the option) or its queue overflowed")

  static let notAnswered = Rule(
    id: "smc-not-answered", family: .smc, title: "SMC offered, not answered",
    meaning: "The client's SYN offers Shared Memory Communications with a TCP option, "
      + "the SYN-ACK comes back without it. The connection then runs on plain TCP; "
      + "smcss shows 0x03010000 (peer does not support SMC), a code that never appears in packets.",
    fires: "A SYN carries option kind 254 with identifier E2D4C3D9 and no SYN-ACK of the connection does; "
      + "or such SYNs stay unanswered while SYNs without the option are answered. "
      + "One finding per client host and listener, one per client host beyond 16 listeners.",
    falseAlarms: "A middlebox between capture point and server may have taken the option out in either direction. "
      + "With net.smc.tcp2smc=1 a client offers SMC to every server, also to those that were never meant to take it.",
    remedy: "Run the server as an SMC program: modprobe smc smc_diag, then smc_run PROGRAM or sysctl "
      + "net.smc.tcp2smc=1.",
    nextSteps: [
      NextStep("lsmod | grep -w smc; smcss -l", tells: "on the server: whether SMC is loaded and the listener uses it"),
      cookies, fallback, options,
    ],
    counters: ["TcpExtSyncookiesSent", "TcpExtListenOverflows", "TcpExtListenDrops"],
    source: "RFC 7609 (SMC-R), RFC 6994 (experimental options); Linux smc_parse_options, tcp_conn_request, "
      + "__smc_connect")

  static let neverOffered = Rule(
    id: "smc-never-offered", family: .smc, title: "SMC not offered",
    meaning: "Neither SYN nor SYN-ACK carries the SMC option: the connection is plain TCP by the client's choice.",
    fires: "SYN and SYN-ACK were captured without the option, and the same client host has SMC offers taken up on "
      + "other connections, or --expect-smc was given. One finding per client host, "
      + "one more per listener that it offers SMC to at times.",
    falseAlarms: "SMC is chosen per program; other programs of the same host may well be meant to use TCP. "
      + "A middlebox before the capture point may have taken the option out. Silent when the capture cut TCP options.",
    remedy: "Start the client with smc_run, or sysctl net.smc.tcp2smc=1 (Alibaba Cloud Linux); "
      + "modprobe smc smc_diag first.",
    nextSteps: [modules, fallback],
    source: "Linux smc_connect, tcp_syn_options")

  static let answeredNotOffered = Rule(
    id: "smc-answered-not-offered", family: .smc, title: "SMC answered but not offered",
    meaning: "The SYN-ACK carries the SMC option although the SYN, as captured, does not. Correct hosts never do that: "
      + "the option was taken out of the SYN on its way, or the capture shows only one of two paths.",
    fires: "The SYN's options were captured whole and hold no SMC option, the SYN-ACK's do.",
    falseAlarms: "An asymmetric path, where the SYN that was captured is not the SYN that arrived.",
    remedy: "Find the device that changes TCP options between client and server, and let it pass unknown ones.",
    nextSteps: [options], source: "Linux smc_listen_work waits 6 s for a Proposal; RFC 9293 §3.1 (unknown options)")

  static let declined = Rule(
    id: "smc-declined", family: .smc, title: "SMC declined",
    meaning: "Both sides speak SMC, but one found a reason not to use it and said so in a CLC Decline. "
      + "The connection goes on over TCP in the same stream, one round trip later.",
    fires: "A CLC Decline was captured with its diagnosis code. One finding per client host, listener, "
      + "code and sender.",
    falseAlarms: "None: the code stands in the packet. What is concluded beyond the code is marked as inferred.",
    remedy: "Depends on the code; see the finding.", nextSteps: [fallback, devices],
    source: "Linux net/smc/smc_clc.h (codes), af_smc.c (who sends what); smcss(8)")

  static let optionReplayed = Rule(
    id: "smc-option-replayed", family: .smc, title: "SMC option echoed by a server without SMC",
    meaning: "The SYN-ACK carries the SMC option, but the server does not speak SMC: it, or a device on the way, "
      + "copies unknown options. The client sends a CLC Proposal into the application, and the connection fails; "
      + "it does not fall back.",
    fires: "Both SYNs carry the option and the server sends bytes that are not CLC, "
      + "or resets the connection within 5 s of the Proposal.",
    falseAlarms: "A reset alone can have other causes; the finding then says `possible`.",
    remedy: "Do not offer SMC to this destination (run the client without smc_run or tcp2smc, "
      + "or exclude it by BPF policy), and tell the server's owner: unknown options must be ignored, not echoed.",
    nextSteps: [options, fallback], source: "RFC 9293 §3.1, RFC 6994 §3; Linux smc_clc_wait_msg (EPROTO)")
}
