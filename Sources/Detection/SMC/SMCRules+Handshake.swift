extension SMCRules {
  static let clcTimeout = Rule(
    id: "smc-clc-timeout", family: .smc, title: "SMC handshake timed out",
    meaning: "Both sides agreed on SMC, then one waited in vain for the other's CLC message. After 6 s it gives up, "
      + "and the connection fails with ETIMEDOUT: silence does not lead to a fallback.",
    fires: "SMC was agreed, the next CLC message did not come for at least 5 s, "
      + "and then a FIN or RST ended the connection. Not when bytes of the handshake are missing in the capture.",
    falseAlarms: "A server that echoes the option without knowing it looks the same as long as it stays silent.",
    remedy: "Find out why the silent side does not answer: overload, full accept queue, or no SMC at all.",
    nextSteps: [
      NextStep("smcr stats; smcd stats", tells: "handshake errors and fallbacks of this host"), cookies,
    ],
    counters: ["TcpExtListenOverflows", "TcpExtListenDrops"], source: "Linux CLC_WAIT_TIME (6 s), smc_clc_wait_msg")

  static let clcMalformed = Rule(
    id: "smc-clc-malformed", family: .smc, title: "Malformed SMC handshake message",
    meaning: "A CLC message does not hold what its header promises, or does not fit the message that it answers. "
      + "Linux ends the connection with EPROTO; it does not fall back.",
    fires: "A message that was captured whole breaks the checks of the Linux kernel: type, version, length formula, "
      + "offsets, trailer, or a mode or enterprise ID that was not on offer.",
    falseAlarms: "A newer version of the protocol than the checks know.",
    remedy: "Update the side that sent it; send its bytes to its vendor.",
    nextSteps: [NextStep("uname -r; smcr info", tells: "kernel, SMC version and release of the sender")],
    source: "Linux smc_clc_msg_hdr_valid, smc_clc_msg_prop_valid, smc_clc_msg_acc_conf_valid")

  static let rdmaPathBroken = Rule(
    id: "smc-rdma-path-broken", family: .smc, title: "SMC's RDMA path is broken",
    meaning: "The SMC handshake over TCP succeeded, but the first message over RDMA did not arrive within 2 s. "
      + "Each new connection loses that time and then runs on TCP.",
    fires: "A Decline with a link timeout code (0x0201...., 0x0202....) follows a CLC Confirm.",
    falseAlarms: "A single one can come from a port that was just going down.",
    remedy: "Repair the path between the RDMA ports: link state, VLAN, MTU, GID index, priority flow control, routing, "
      + "and firewalls on UDP 4791 (RoCEv2).",
    nextSteps: [
      NextStep("rdma link; smcr device", tells: "whether the RDMA ports are up"),
      NextStep("smcr linkgroup; smcr linkgroup link-show", tells: "whether any link is active"),
      NextStep("ibv_devinfo -v", tells: "MTU, GIDs and state of the RDMA port"),
    ],
    source: "Linux SMC_LLC_WAIT_TIME (2 s), smcr_clnt_conf_first_link, smcr_serv_conf_first_link")

  static let established = Rule(
    id: "smc-established", family: .smc, title: "SMC established",
    meaning: "The SMC handshake succeeded: data moves over RDMA (SMC-R) or shared memory (SMC-D). "
      + "The TCP connection stays open and silent, which is normal.",
    fires: "Proposal, Accept and Confirm were exchanged and neither a Decline nor data followed.",
    falseAlarms: "The capture may end before a late Decline.",
    remedy: "None needed. Keep firewalls from dropping the idle TCP connection.",
    nextSteps: [
      NextStep("smcss -a; smcr linkgroup", tells: "mode of the sockets, and the link group that carries them")
    ],
    source: "RFC 7609; Linux smc_connect_rdma, smc_connect_ism")
}
