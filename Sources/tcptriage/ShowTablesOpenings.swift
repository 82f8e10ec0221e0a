import ArgumentParser
import LiveCapture
import Rendering
import Triage

/// `show connlat`, as tcpconnlat.
struct ShowConnlat: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connlat", abstract: "List how long connections took to open, as tcpconnlat does.",
    usage: "tcptriage show connlat FILE ... | -i IF [--min MS] [-T] [-t] [-D PORTS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      LAT_MS is what the client waited for, the timers of repeated SYNs included: from the first SYN to the SYN-ACK (or \
      RST) where the capture was made near the client, and to the client's acknowledgment elsewhere, which is the \
      same wait. RTT_MS is the round trip without timers; SYNS and SYNACKS are how often they were sent. \
      CAPTURED_AT tells which end the capture was made near to.

      EXAMPLES:
        tcptriage show connlat trace.pcap
        tcptriage show connlat trace.pcap --min 100
        tcptriage show connlat -i eth0 --min 100
      """)

  @OptionGroup var options: HostOptions
  @OptionGroup var times: TimeOptions

  @Option(name: .customLong("min"), help: ArgumentHelp("Only latencies of at least so many ms.", valueName: "ms"))
  var least: Milliseconds?

  func run() throws {
    let rows = OpeningRows(.answered(atLeast: least?.nanoseconds ?? 0))
    let table = HostTable(
      OpeningTables.latency, rows, options, times, owner: { SocketPair(local: $0.client, remote: $0.server) },
      at: { $0.time })
    try table.print(ifEmpty: "No answered handshake is in the capture, or none of that latency.")
  }
}

/// `show accept`, as tcpaccept.
struct ShowAccept: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "List connections that local hosts took, as tcpaccept does.",
    usage: "tcptriage show accept FILE ... | -i IF [-T] [-t] [-L PORTS] [-D PORTS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      One row for each handshake that was completed; whether the application called accept() is not in packets: with -i, \
      PID and COMM name who listens until somebody did. RTT_MS is \
      the round trip of the handshake, SYNS and SYNACKS are how often they were sent, OPTIONS what both ends agreed on.

      EXAMPLES:
        tcptriage show accept trace.pcap
        tcptriage show accept trace.pcap --local 10.0.0.2 -L 80,443
        tcptriage show accept -i eth0
      """)

  @OptionGroup var options: HostOptions
  @OptionGroup var times: TimeOptions

  func run() throws {
    let table = HostTable(
      OpeningTables.accept, OpeningRows(.passive), options, times,
      owner: { SocketPair(local: $0.server, remote: $0.client) }, at: { $0.time })
    try table.print(ifEmpty: "No local host took a connection; choose another with --local, or see show connect.")
  }
}

/// `show connect`, as tcpconnect.
struct ShowConnect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connect", abstract: "List connections that local hosts opened or tried to, as tcpconnect does.",
    usage: "tcptriage show connect FILE ... | -i IF [-c] [-T] [-t] [-L PORTS] [-D PORTS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      OUTCOME is established, refused (the server sent a RST), aborted (the client did), no answer, or unfinished (the \
      SYN-ACK was never acknowledged). LAT_MS is what the client waited for, timers of repeated SYNs included.

      EXAMPLES:
        tcptriage show connect trace.pcap
        tcptriage show connect trace.pcap --count
        tcptriage show connect trace.pcap -D 443 --format csv
        tcptriage show connect -i eth0 -U
      """)

  @OptionGroup var options: HostOptions
  @OptionGroup var times: TimeOptions

  @Flag(name: .shortAndLong, help: "Count the attempts from each local address to each server instead.")
  var count = false

  @Flag(name: [.customShort("U"), .customLong("print-uid")], help: "With -i, print a column UID: the user of the socket.")
  var user = false

  func validate() throws {
    if user, !options.live.isLive { throw ValidationError("Users are not in packets: --print-uid is for an interface (-i).") }
  }

  func run() throws {
    let nothing = "No local host opened a connection; choose another with --local, or see show accept."
    if count {
      try HostTable(OpeningTables.connectCounts, ConnectCountRows(), options).print(ifEmpty: nothing)
    } else {
      let table = HostTable(
        OpeningTables.connect, OpeningRows(.active), options, times, hasUser: user,
        owner: { SocketPair(local: $0.client, remote: $0.server) }, at: { $0.time })
      try table.print(ifEmpty: nothing)
    }
  }
}
