import ArgumentParser
import LiveCapture
import Rendering
import Triage

/// `show top`, as tcptop.
struct ShowTop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "List the connections that moved most bytes, as tcptop does.",
    usage: "tcptriage show top FILE ... | -i IF [--interval SECONDS] [--rows N] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      RX_KB and TX_KB are what the local end received and sent, in units of 1,024 bytes, each byte counted once. With \
      --interval there are rows for each interval of packet time that has packets, TIME is its beginning; without it one \
      list for the whole capture, and on an interface (-i) one for each second. What is not listed is summed in the row `other`.

      EXAMPLES:
        tcptriage show top trace.pcap
        tcptriage show top trace.pcap --interval 1 --rows 5
        tcptriage show top -i eth0
      """)

  @OptionGroup var options: HostOptions

  @Option(help: ArgumentHelp("Length of an interval in seconds, 0.001 or more.", valueName: "seconds"))
  var interval: Seconds?

  @Option(name: .shortAndLong, help: ArgumentHelp("Rows of each interval; 0 = all.", valueName: "n"))
  var rows = 20

  func validate() throws {
    if rows < 0 { throw ValidationError("--rows must be 0 or more.") }
  }

  func run() throws {
    let top = TopRows(interval: options.live.interval(interval), most: rows == 0 ? .max : rows)
    let table = HostTable(VolumeTables.top, top, options) { row in
      row.pair.map { SocketPair(local: $0.local, remote: $0.remote) }
    }
    try table.print(ifEmpty: "No connection was chosen.")
  }
}

/// `show subnet`, as tcpsubnet.
struct ShowSubnet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subnet", abstract: "Sum the bytes to and from each subnet, as tcpsubnet does.",
    usage: "tcptriage show subnet FILE ... | -i IF [--subnets LIST] [--interval SECONDS] [--local ADDR/NET] [--format FORMAT]",
    discussion: """
      BYTES were sent by the local hosts to the subnet, RX_BYTES came from it, payload only, each byte counted once. The \
      first subnet of the list that holds the remote address counts it; `other` is what none of them holds. With \
      --interval there are rows for each interval of packet time that has packets, TIME is its beginning; on an interface (-i) an interval is a second.

      EXAMPLES:
        tcptriage show subnet trace.pcap
        tcptriage show subnet trace.pcap --subnets 10.80.0.0/16,0.0.0.0/0 --interval 1
        tcptriage show subnet -i eth0 --interval 10
      """)

  @OptionGroup var options: HostOptions

  @Option(
    help: ArgumentHelp(
      "Subnets, separated by commas; without it those of private, local and all other addresses.", valueName: "list"))
  var subnets: AddressRanges?

  @Option(help: ArgumentHelp("Length of an interval in seconds, 0.001 or more.", valueName: "seconds"))
  var interval: Seconds?

  func run() throws {
    let rows = SubnetRows(options.shown(subnets?.ranges ?? SubnetRows.usual), interval: options.live.interval(interval))
    try HostTable(VolumeTables.subnet, rows, options).print(ifEmpty: "No connection was chosen.")
  }
}
