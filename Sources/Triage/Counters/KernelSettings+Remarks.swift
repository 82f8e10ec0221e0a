/// What a host's settings say about a finding.
extension KernelSettings {
  /// Sentences that quote the settings which the findings of a rule depend on; none where nothing is to say.
  package func remarks(for rule: String) -> [String] {
    switch rule {
    case "ack-storm", "ack-loop", "ack-loop-limited", "rst-ack-loop": limiter
    case "paws-reject", "paws-predicted", "ts-jump", "ts-two-clocks", "ts-missing", "ts-appears", "tsecr-invalid":
      timestamps
    case "tw-paws-syn": timestamps + timeWait
    case "syn-ts-drop": timestamps + recycling
    case "retransmission-rate", "retransmission-burst", "retransmission-stall", "tail-loss", "blackout": sender
    case "spurious-retransmissions", "path-event": sender + estimation
    case "listen-overflow", "syn-unanswered": listener + cookies
    case "zero-window": receiver
    case "smc-not-answered", "smc-clc-timeout": smc + cookiesWithoutSMC + listener
    case _ where rule.hasPrefix("smc-"): smc
    default: []
    }
  }

  private var limiter: [String] {
    let name = "net.ipv4.tcp_invalid_ratelimit"
    guard let value = number(name) else {
      guard isComplete else { return [] }
      return ["This kernel has no \(name): nothing limits the answers to invalid segments; 4.0 brought it."]
    }
    if value <= 0 { return ["\(name) is \(value) here: nothing limits the answers; 500 is the default."] }
    let rest = value < 500 ? "; 500 is the default." : "."
    return [
      "\(name) is \(value) here: this host answers invalid segments without data every \(value) ms at most\(rest)"
    ]
  }

  private var timestamps: [String] {
    let name = "net.ipv4.tcp_timestamps"
    switch number(name) {
    case 0: return ["\(name) is 0 here: this host agrees to no timestamps on new connections."]
    case 1: return ["\(name) is 1 here: this host's timestamps have a random offset."]
    case 2: return ["\(name) is 2 here: this host's timestamps have no random offset."]
    default: return []
    }
  }

  private var timeWait: [String] {
    var sentences: [String] = []
    if number("net.ipv4.tcp_tw_reuse") == 1 {
      sentences.append(
        "net.ipv4.tcp_tw_reuse is 1 here: as a client this host takes the ports of connections in TIME-WAIT again after "
          + "a second.")
    }
    if number("net.ipv4.tcp_rfc1337") == 1 {
      sentences.append(
        "net.ipv4.tcp_rfc1337 is 1 here: a RST does not end TIME-WAIT, so the client's next SYN fails, too.")
    }
    return sentences
  }

  private var recycling: [String] {
    guard let value = number("net.ipv4.tcp_tw_recycle") else { return [] }
    return value == 0
      ? ["net.ipv4.tcp_tw_recycle is 0 here: this host does not drop SYNs for their timestamps."]
      : ["net.ipv4.tcp_tw_recycle is \(value) here: this host drops SYNs from NATed clients; set it to 0."]
  }

  private var sender: [String] {
    var sentences: [String] = []
    if number("net.ipv4.tcp_sack") == 0 {
      sentences.append("net.ipv4.tcp_sack is 0 here: of several lost segments one is repaired in each round trip.")
    }
    if values["net.ipv4.tcp_congestion_control"] == "bbr" { sentences += pacing }
    return sentences
  }

  /// Before 4.13 only the queueing discipline could pace, and bbr without pacing floods the path.
  private var pacing: [String] {
    guard let version, version < (4, 13), let kernel else { return [] }
    let others = queues.filter { !["fq", "noqueue"].contains($0.value) }.sorted { $0.key < $1.key }
    let name = "net.ipv4.tcp_congestion_control is bbr here and the kernel is \(kernel): before 4.13 bbr needs fq, but "
    if let (interface, queue) = others.first { return [name + "the queue of \(interface) is \(queue)."] }
    guard queues.isEmpty, let standard = values["net.core.default_qdisc"], standard != "fq" else { return [] }
    return [name + "net.core.default_qdisc is \(standard)."]
  }

  private var estimation: [String] {
    guard let value = number("net.ipv4.vs.run_estimation"), value != 0 else { return [] }
    return [
      "net.ipv4.vs.run_estimation is \(value) here: IPVS adds up its counters every two seconds, which may hold up "
        + "receiving on hosts with many services."
    ]
  }

  private var cookiesWithoutSMC: [String] {
    guard number("net.ipv4.tcp_syncookies") == 2 else { return [] }
    return ["net.ipv4.tcp_syncookies is 2 here: every SYN is answered by a cookie, which has no room for SMC."]
  }

  /// Cookies save half-open connections only: when the queue for `accept` is full, they do not help.
  private var cookies: [String] {
    let name = "net.ipv4.tcp_syncookies"
    switch number(name) {
    case 0: return ["\(name) is 0 here: a listener with too many half-open connections ignores further SYNs."]
    case 1: return ["\(name) is 1 here: a listener with too many half-open connections answers SYNs by cookies."]
    case 2: return ["\(name) is 2 here: every SYN is answered by a cookie."]
    default: return []
    }
  }

  /// What the program has not read yet fills the buffer, and the window closes.
  private var receiver: [String] {
    var sentences: [String] = []
    let sizes = (values["net.ipv4.tcp_rmem"] ?? "").split(separator: " ").compactMap { Int($0) }
    if sizes.count == 3 {
      sentences.append(
        "net.ipv4.tcp_rmem is \(sizes[0]) \(sizes[1]) \(sizes[2]) here: a receive buffer begins with \(sizes[1]) bytes "
          + "and grows to \(sizes[2]), unless the program sets its size (SO_RCVBUF).")
    }
    if number("net.ipv4.tcp_window_scaling") == 0 {
      sentences.append("net.ipv4.tcp_window_scaling is 0 here: no window is larger than 65,535 bytes.")
    }
    return sentences
  }

  private var listener: [String] {
    var sentences: [String] = []
    if let most = number("net.core.somaxconn"), let backlog = number("net.ipv4.tcp_max_syn_backlog") {
      sentences.append(
        "net.core.somaxconn is \(most) and net.ipv4.tcp_max_syn_backlog is \(backlog) here: no listener's queue is longer."
      )
    }
    switch number("net.ipv4.tcp_abort_on_overflow") {
    case 0: sentences.append("net.ipv4.tcp_abort_on_overflow is 0 here: a full queue answers nothing.")
    case 1: sentences.append("net.ipv4.tcp_abort_on_overflow is 1 here: a full queue answers with RST.")
    default: break
    }
    return sentences
  }

  private var smc: [String] {
    guard let hasSMC else { return [] }
    guard hasSMC else { return ["There are no net.smc settings here: the module smc is not loaded on this host."] }
    var sentences: [String] = []
    if number("net.smc.limit_smc_hs") == 1 {
      sentences.append("net.smc.limit_smc_hs is 1 here: while handshakes pile up, new connections stay TCP.")
    }
    if let smcDevices {
      let list = smcDevices.prefix(8).joined(separator: ", ")
      sentences.append(
        smcDevices.isEmpty
          ? "This host has neither an RDMA nor an ISM device: SMC has nothing to run on."
          : "Devices for SMC on this host: \(list)\(smcDevices.count > 8 ? ", ..." : "").")
    }
    return sentences
  }
}
