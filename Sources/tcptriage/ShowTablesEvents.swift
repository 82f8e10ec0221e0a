import ArgumentParser
import Dissection
import LiveCapture
import Rendering
import Tracking
import Triage

/// `show life`, as tcplife.
struct ShowLife: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "life", abstract: "List connections with bytes and duration, as tcplife does.",
    usage: "tcptriage show life FILE ... | -i IF [-T] [-t] [-w] [-L PORTS] [-D PORTS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      One row for each connection. TX_KB and RX_KB are what the local end sent and received, in units of 1,024 bytes, \
      each byte counted once; MS is the time from first to last packet. UNSEEN names the part of its life that is not in \
      the capture: then MS is a least. TX_RETRANS and RX_RETRANS are the retransmissions of both ends, HANDSHAKE_RTT_MS \
      is the round trip of the handshake without its timers. Process and command are not in packets: with -i, PID and COMM \
      name who has the local socket.

      EXAMPLES:
        tcptriage show life trace.pcap
        tcptriage show life trace.pcap -T -L 443
        tcptriage show life trace.pcap --format csv > life.csv
        tcptriage show life -i eth0
      """)

  @OptionGroup var options: HostOptions
  @OptionGroup var times: TimeOptions

  func run() throws {
    let table = HostTable(
      EventTables.life, LifeRows(isLive: options.live.isLive), options, times, owner: { SocketPair($0.sides) },
      at: { $0.summary.lastTime })
    try table.print(ifEmpty: "No connection was chosen.")
  }
}

/// `show retrans`, as tcpretrans.
struct ShowRetrans: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retrans", abstract: "List retransmissions, as tcpretrans does, with their causes.",
    usage: "tcptriage show retrans FILE ... | -i IF [-c] [-L PORTS] [-D PORTS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      T is R> for a retransmission of the local end, L> for its tail-loss probe, <R and <L for those of the remote end. \
      STATE is that of the sender. CAUSE is syn, synack, fast, rto, rto-recovery, tlp or unknown; SPURIOUS is 1 when the \
      receiver had all of it already. At the receiver, a retransmission whose original was lost on the way is seen for the \
      first time, and one that was lost itself not at all.

      EXAMPLES:
        tcptriage show retrans trace.pcap
        tcptriage show retrans trace.pcap --count
        tcptriage show retrans trace.pcap --local 10.0.0.0/8 -D 443
        tcptriage show retrans -i eth0
      """)

  @OptionGroup var options: HostOptions
  @OptionGroup var times: TimeOptions

  @Flag(name: .shortAndLong, help: "Count the retransmissions of each connection instead, the most first.")
  var count = false

  func run() throws {
    let nothing = "Nothing was sent again, as far as the capture tells."
    if count {
      try HostTable(VolumeTables.retransCounts, RetransCountRows(), options).print(ifEmpty: nothing)
      return
    }
    // tcpretrans prints the time without being asked.
    var times = times
    times.clock = true
    let table = HostTable(
      VolumeTables.retrans, RetransRows(isLive: options.live.isLive), options, times, owner: { SocketPair($0.sides) },
      at: { $0.observation.segment.time })
    try table.print(ifEmpty: nothing)
  }
}

/// `show states`, as tcpstates.
struct ShowStates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "states", abstract: "List changes of state with durations, as tcpstates does, of both ends.",
    usage: "tcptriage show states FILE ... | -i IF [-T] [-t] [-w] [-L PORTS] [-D PORTS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      Each row is a change of state of the local or the remote END, derived from the packets by the rules of RFC 9293; \
      MS is how long the old state had lasted, empty where it began before the capture; SHOWN_BY is the packet that shows \
      it, sent or received by that end. `(still)` marks an end that left \
      a state no more: a long CLOSE_WAIT is an application that does not close its socket.

      EXAMPLES:
        tcptriage show states trace.pcap -t
        tcptriage show states trace.pcap -D 443 | grep CLOSE_WAIT
        tcptriage show states -i eth0 -L 443
      """)

  @OptionGroup var options: HostOptions
  @OptionGroup var times: TimeOptions

  func run() throws {
    let table = HostTable(
      EventTables.states, StateRows(), options, times, owner: { SocketPair($0.sides) }, at: { $0.change.time })
    try table.print(ifEmpty: "No connection changed its state in the capture.")
  }
}

/// `show tracer`, as tcptracer.
struct ShowTracer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tracer", abstract: "List connections opened, accepted and closed, as tcptracer does.",
    usage: "tcptriage show tracer FILE ... | -i IF [-T] [-t] [-L PORTS] [-D PORTS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      T is C for a connection that the local end opened, A for one that it accepted, X for one that it closed: SADDR and \
      SPORT are always local. CLOSED_BY is the packet that closed the local end.

      EXAMPLES:
        tcptriage show tracer trace.pcap -t
        tcptriage show tracer trace.pcap --format json
        tcptriage show tracer -i any --format ndjson
      """)

  @OptionGroup var options: HostOptions
  @OptionGroup var times: TimeOptions

  func run() throws {
    let table = HostTable(
      EventTables.tracer, TracerRows(), options, times, owner: { SocketPair($0.sides) }, at: { $0.time })
    try table.print(ifEmpty: "No connection was opened, accepted or closed in the capture.")
  }
}
