import ArgumentParser
import Dissection
import Frames
import Rendering
import Tracking
import Triage

/// The tables that operators know from the BCC tools.
enum EventTableCommands {
  static let all: [any ParsableCommand.Type] = [
    ShowLife.self, ShowRetrans.self, ShowStates.self, ShowConnlat.self, ShowAccept.self, ShowConnect.self,
    ShowTracer.self, ShowTop.self, ShowSubnet.self,
  ]
}

/// What all these tables have in common.
struct HostOptions: ParsableArguments {
  @OptionGroup var input: InputOptions
  @OptionGroup var live: LiveTableOptions

  @Option(help: "Format of the table.")
  var format = TableFormat.text

  @Option(
    help: ArgumentHelp(
      "Which hosts are local: addresses or networks, separated by commas; without it the packets tell, with -i the host's addresses.",
      valueName: "addr/net"))
  var local: AddressRanges?

  @Option(
    name: [.customShort("L"), .customLong("localport")],
    help: ArgumentHelp("Only connections with these local ports, separated by commas.", valueName: "ports"))
  var localPorts: PortList?

  @Option(
    name: [.customShort("D"), .customLong("remoteport")],
    help: ArgumentHelp("Only connections with these remote ports, separated by commas.", valueName: "ports"))
  var remotePorts: PortList?

  @Flag(name: .shortAndLong, help: "Print all columns, however wide the lines get.")
  var wide = false

  func validate() throws {
    if !live.isLive, input.files.isEmpty {
      throw ValidationError("Name captures, or a network interface with -i.")
    }
    if live.isLive, !input.files.isEmpty { throw ValidationError("Name either captures or an interface (-i).") }
    if live.isLive, input.anonymity.isAnonymous {
      throw ValidationError("Processes have names, too: --anonymize is for captures, not for an interface (-i).")
    }
  }

  /// Ranges of the local hosts as the user names them; of an interface else the host's own, of files none.
  var localRanges: [AddressRange] {
    guard live.isLive, local == nil else { return shown(local?.ranges ?? []) }
    return HostAddresses.all
  }

  /// `ranges` of real addresses as they are called in the output.
  func shown(_ ranges: [AddressRange]) -> [AddressRange] {
    guard let key = input.anonymity.key else { return ranges }
    var map = AddressMap(key)
    return ranges.map { $0.mapped(by: &map) }
  }

  var ports: PortChoice {
    var choice = PortChoice()
    choice.local = localPorts?.ports ?? []
    choice.remote = remotePorts?.ports ?? []
    return choice
  }
}

/// Times in front of the events.
struct TimeOptions: ParsableArguments {
  @Flag(
    name: [.customShort("T"), .customLong("time")],
    help: "Print a column time: time of day in UTC, in pipes and files with the date.")
  var clock = false

  @Flag(
    name: [.customShort("t"), .customLong("timestamp")],
    help: "Print a column time_s: seconds since the first packet. Formats for programs always have both.")
  var seconds = false
}

/// Addresses and networks as the user writes them: `10.0.0.0/8,2001:db8::1`.
struct AddressRanges: ExpressibleByArgument {
  let ranges: [AddressRange]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { AddressRange(String($0)) }
    ranges = parts.compactMap(\.self)
    if ranges.count != parts.count || ranges.count > 1_000 { return nil }
  }
}

/// Ports as the user writes them: `80,443`.
struct PortList: ExpressibleByArgument {
  let ports: Set<UInt16>

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { UInt16($0) }
    ports = Set(parts.compactMap(\.self))
    if parts.contains(nil) { return nil }
  }
}

/// A length of time in seconds: `1`, `0.1`, `60`.
struct Seconds: ExpressibleByArgument {
  let nanoseconds: Int64

  init?(argument: String) {
    guard let value = Double(argument), value >= 0.001, value <= 86_400 * 366 else { return nil }
    nanoseconds = Int64((value * Double(PacketTime.second)).rounded())
  }
}

/// Milliseconds, possibly with a fraction.
struct Milliseconds: ExpressibleByArgument {
  let nanoseconds: Int64

  init?(argument: String) {
    guard let value = Double(argument), value >= 0, value <= 1e12 else { return nil }
    nanoseconds = Int64((value * Double(PacketTime.millisecond)).rounded())
  }
}
