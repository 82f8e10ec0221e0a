extension DeclineCode {
  /// Modes, addresses, links and errors inside.
  static let internalTable: [DeclineCode] =
    [
      DeclineCode(
        0x0304_0000, "MODEUNSUPP", .client, "SMC modes do not match", "The Accept chose a mode that was not proposed.",
        "Update the server's kernel."),
      DeclineCode(
        0x0305_0000, "RMBE_EC", .either, "eyecatcher in the receive buffer",
        "The peer puts eyecatchers into receive buffers, which Linux does not do.",
        "Configure the peer (z/OS) without eyecatchers."),
      DeclineCode(
        0x0306_0000, "OPTUNSUPP", .nobody, "socket option not supported", "The application asked for TCP Fast Open.",
        "Take the Fast Open socket option out of the application."),
      DeclineCode(
        0x0307_0000, "DIFFPREFIX", .server, "IP prefix or subnet differs",
        "SMC version 1 needs both hosts in one subnet with the same prefix length.",
        "Use one netmask on both, or SMCv2: smcr ueid add NAME on both.", run: "ip -4 address; ip -6 address",
        tells: "address and prefix length, to compare between the hosts"),
      DeclineCode(
        0x0308_0000, "GETVLANERR", .either, "VLAN of the IP device cannot be read",
        "The route uses an unusual stack of devices (bond, team, bridge).", "Use a plain or VLAN interface.",
        run: "ip -d link", tells: "how the interfaces are stacked"),
      DeclineCode(
        0x0309_0000, "ISMVLANERR", .either, "VLAN cannot be registered on the ISM device",
        "The ISM device has no room for another VLAN.", "Use fewer VLANs on it.", run: "smcd device",
        tells: "the ISM devices in use"),
      DeclineCode(
        0x030A_0000, "NOACTLINK", .either, "no active SMC-R link in the group", "The RDMA link went down.",
        "Bring the RDMA port up again.", run: "smcr linkgroup; smcr linkgroup link-show",
        tells: "state of each link"),
      DeclineCode(
        0x030B_0000, "NOSRVLINK", .client, "link chosen by the server not found",
        "The client no longer has the link that the server chose.", "Usually transient; watch whether it comes again.",
        run: "smcr linkgroup link-show", tells: "the links that this host knows"),
      DeclineCode(
        0x030C_0000, "VERSMISMAT", .either, "SMC version mismatch", "The two sides speak different versions.",
        "Update the older kernel.", run: "smcr info", tells: "version and release of this host"),
      DeclineCode(
        0x030D_0000, "MAX_DMB", .either, "limit of SMC-D connections reached",
        "The ISM device has no receive buffer left.", "Use fewer SMC-D connections, or another ISM device.",
        run: "smcd device", tells: "connections per ISM device"),
      DeclineCode(
        0x030E_0000, "NOROUTE", .either, "no route to the peer's RDMA address",
        "SMC-Rv2 found no IPv4 route between the RoCE addresses.", "Add a route between the RoCE networks.",
        run: "ip route get PEER-ROCE-ADDRESS", tells: "whether there is a route"),
      DeclineCode(
        0x030F_0000, "NOINDIRECT", .client, "direct and routed path do not match",
        "The server says that there is a gateway between, the client sees none.", "Compare the netmasks.",
        run: "ip -4 address", tells: "address and prefix length"),
      DeclineCode(
        0x0400_0000, "SYNCERR", .either, "synchronization error",
        "The sender lost its link group (crash, module reloaded); both sides drop it.",
        "None if it stays single: the next connection sets up a new group. Else look for RDMA resets.",
        run: "dmesg | grep -i -e smc -e rdma", tells: "resets of the RDMA device, reloads of the module"),
      DeclineCode(
        0x0500_0000, "PEERDECL", .nobody, "declined by the peer", "The peer sent a Decline with a code of its own.",
        "Look at the peer's code, which smcss prints after the slash."),
      DeclineCode(
        0x0999_0000, "INTERR", .either, "internal error", "Something failed inside the kernel.",
        "Look into the kernel's log.", run: "dmesg | grep -i smc", tells: "what failed"),
      DeclineCode(
        0x0999_0001, "ERR_RTOK", .either, "remote token could not be handled",
        "The table of the peer's receive buffers is full.", "Use fewer connections per link group.",
        run: "smcr linkgroup", tells: "connections per link group"),
      DeclineCode(
        0x0999_0002, "ERR_RDYLNK", .either, "RDMA link not ready", "The queue pair could not be brought up.",
        "Check GID, MTU and route on the RDMA side.", run: "rdma link; ibv_devinfo -v",
        tells: "state, MTU and GIDs of the RDMA port"),
      DeclineCode(
        0x0999_0003, "ERR_REGBUF", .either, "receive buffer could not be registered",
        "The RDMA device refused to register memory.", "Raise the limit of locked memory and of memory regions.",
        run: "ulimit -l; ibv_devinfo -v", tells: "the limits"),
    ]
}
