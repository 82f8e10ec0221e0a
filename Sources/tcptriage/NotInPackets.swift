/// What the BCC tools tell and packets cannot, with the command that can.
enum NotInPackets {
  /// One sentence for a table of that name; nil when there is no such tool.
  static func answer(_ name: String) -> String? {
    let plain = name.hasPrefix("tcp") ? String(name.dropFirst(3)) : name
    return answers[name] ?? answers[plain]
  }

  private static let answers = [
    "drop":
      "Packets do not tell what a kernel dropped: on the host run `tcpdrop` (BCC), `dropwatch -l kas` or "
      + "`nstat -az | grep -i drop`; what a receiver will have thrown away by the rules of TCP is in the column "
      + "`rejected` of `tcptriage show segments`.",
    "solisten":
      "Packets do not tell who called listen() with which backlog: on the host run `ss -ltn` (Recv-Q is the accept "
      + "queue, Send-Q its limit) or `solisten` (BCC).",
    "softirqs":
      "Packets do not tell the time that a kernel spends in soft interrupts: on the host run `softirqs` (BCC), "
      + "`mpstat -P ALL 1` (%soft) or `cat /proc/softirqs`.",
    "synbl":
      "Packets do not tell how full a SYN backlog is: on the host run `tcpsynbl` (BCC) or `ss -tn state syn-recv`.",
    "cong":
      "Packets do not tell the state of a sender's congestion control: on the host run `tcpcong` (BCC) or "
      + "`ss -ti`; the recoveries that packets show are in `tcptriage show retrans`.",
    "rtt":
      "There is no table of smoothed round-trip times: on the host run `tcprtt` (BCC) or `ss -ti`; the least round trip "
      + "of each connection is in `tcptriage show connections`, that of the handshakes in `tcptriage show connlat`.",
  ]
}
