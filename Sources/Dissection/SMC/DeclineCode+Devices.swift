extension DeclineCode {
  /// Memory, time, configuration and missing devices.
  package static let table: [DeclineCode] =
    [
      DeclineCode(
        0x0101_0000, "MEM", .either, "out of memory", "A send or receive buffer could not be allocated.",
        "Free memory, or make the buffers smaller: net.smc.rmem and net.smc.wmem. On eRDMA look at the instance's "
          + "limits of queue pairs and memory regions.",
        run: "sysctl net.smc.rmem net.smc.wmem; cat /proc/buddyinfo", tells: "buffer sizes and free contiguous memory"),
      DeclineCode(
        0x0201_0000, "TIMEOUT_CL", .either, "timeout waiting for the confirm link message over RDMA",
        "The handshake over TCP went well, but the first RDMA message did not arrive within 2 s.",
        "Repair the RDMA path: port state, VLAN, MTU, GID index, priority flow control, and firewalls on UDP 4791.",
        run: "rdma link; smcr device; smcr linkgroup", tells: "whether the RDMA port is up and which links exist"),
      DeclineCode(
        0x0202_0000, "TIMEOUT_AL", .either, "timeout waiting for the add link message",
        "The second RDMA link could not be added.", "Check the second RDMA port.",
        run: "rdma link; smcr linkgroup link-show", tells: "state of both RDMA ports"),
      DeclineCode(
        0x0300_0000, "CNFERR", .either, "configuration error",
        "No IP prefix was found for the own address on the device of the route.",
        "Check address and netmask of the interface.", run: "ip -d address; ip route get PEER",
        tells: "whether the address that is used belongs to the interface of the route"),
      DeclineCode(
        0x0301_0000, "PEERNOSMC", .server, "peer does not support SMC", "The Proposal offered no mode at all.",
        "Enable SMC on the other end.", run: "smcr device; smcd device", tells: "whether there is any device"),
      DeclineCode(
        0x0302_0000, "IPSEC", .either, "IPsec in use", "The route uses IPsec, over which SMC is never used.",
        "Exclude the traffic from IPsec, or live with TCP.", run: "ip xfrm policy; ip xfrm state",
        tells: "which traffic IPsec takes"),
      DeclineCode(
        0x0303_0000, "NOSMCDEV", .either, "no SMC device found (R or D)",
        "The sender found no RDMA or ISM device that it could use for this connection.",
        "Give the interface an RDMA device: load its driver (eRDMA: install and bind it), or map it with smc_pnet.",
        run: "smcr device; smcd device; rdma link; smc_pnet", tells: "which devices and PNET IDs the kernel sees"),
      DeclineCode(
        0x0303_0001, "NOSMCDDEV", .server, "no ISM device for SMC-D",
        "Only SMC-D was offered, and the server has no ISM device.",
        "Add an ISM device, or let the client offer SMC-R.",
        run: "smcd device", tells: "which ISM devices the kernel sees"),
      DeclineCode(
        0x0303_0002, "NOSMCRDEV", .server, "no RDMA device for SMC-R",
        "The server has no RoCE device with a fitting PNET ID, route or GID.",
        "Map interface and RDMA device to one PNET ID: smc_pnet -a NET1 -I eth0; smc_pnet -a NET1 -D mlx5_0 -P 1.",
        run: "smcr device; smc_pnet; rdma link", tells: "which RDMA devices have a PNET ID and an active port"),
      DeclineCode(
        0x0303_0003, "NOISM2SUPP", .server, "no ISMv2 hardware", "The server cannot do SMC-Dv2.",
        "None on this hardware; SMC-R or SMC-Dv1 may still do.", run: "smcd info", tells: "what this host can do"),
      DeclineCode(
        0x0303_0004, "NOV2EXT", .server, "no SMCv2 part in the Proposal",
        "The Proposal says version 2 but has no version 2 part.", "Update the client's kernel.",
        run: "uname -r", tells: "the kernel of the client"),
      DeclineCode(
        0x0303_0005, "NOV2DEXT", .server, "no SMC-Dv2 part in the Proposal",
        "The Proposal offers SMC-Dv2 but has no part for it.", "Update the client's kernel.", run: "uname -r",
        tells: "the kernel of the client"),
      DeclineCode(
        0x0303_0006, "NOSEID", .server, "no system enterprise ID from the peer",
        "The client's system enterprise ID is off.", "Enable it on the client: smcd seid enable.", run: "smcd seid",
        tells: "whether the system enterprise ID is on"),
      DeclineCode(
        0x0303_0007, "NOSMCD2DEV", .server, "no SMC-Dv2 device in common",
        "The ISM devices have no CHID in common, or cannot reach each other.", "Attach both to one ISM network.",
        run: "smcd device", tells: "the CHIDs of this host's ISM devices"),
      DeclineCode(
        0x0303_0008, "NOUEID", .server, "no user-defined enterprise ID from the peer",
        "The Proposal offers SMCv2 without any enterprise ID.", "Add one on the client: smcr ueid add NAME.",
        run: "smcr ueid show", tells: "the enterprise IDs of this host"),
      DeclineCode(
        0x0303_0009, "RELEASEERR", .either, "release negotiation failed",
        "The Confirm carries another release than was agreed.", "Update the older kernel.", run: "smcr info",
        tells: "version and release of this host"),
      DeclineCode(
        0x0303_000A, "MAXCONNERR", .either, "most connections per link group do not fit",
        "The peer allows less than 16 connections per link group, or the Confirm differs from the Accept.",
        "Set the limit to at least 16 on both.", run: "smcr linkgroup", tells: "connections per link group"),
      DeclineCode(
        0x0303_000B, "MAXLINKERR", .either, "most links per link group do not fit",
        "The peer's limit of links is not 1 or 2, or the Confirm differs from the Accept.", "Update the older kernel.",
        run: "smcr linkgroup", tells: "links per link group"),
    ]
}
