import ArgumentParser
import Frames
import LiveCapture
import Triage

/// Where the rows of a table come from when not from files.
struct LiveTableOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Instead of files: print the rows as they happen on this network interface, with the process that has the socket; "
        + "any for all of them (repeatable).", valueName: "interface"))
  var interface: [String] = []

  @Option(help: ArgumentHelp("With -i, end after so many seconds; without it Ctrl-C does.", valueName: "seconds"))
  var duration: Seconds?

  var isLive: Bool { !interface.isEmpty }

  func validate() throws {
    if Set(interface).count < interface.count { throw ValidationError("Each interface can be named only once.") }
    if duration != nil, !isLive { throw ValidationError("--duration is for an interface (-i).") }
  }

  /// Length of the slices of time that a table sums up, ns; live, nobody wants to wait for the end.
  func interval(_ chosen: Seconds?) -> Int64? { chosen?.nanoseconds ?? (isLive ? PacketTime.second : nil) }

  /// Opens the interfaces; the kernel runs the filter.
  func open(filter: String?) throws(Stop) -> InterfaceSource {
    var settings = InterfaceSettings()
    settings.filter = filter
    // Who has opened a connection may close it in the next moment.
    settings.isImmediate = true
    do throws(LiveCaptureError) { return try InterfaceSource(interface, settings) } catch {
      if case .filter = error { throw Stop(.usage, error.description) }
      throw Stop(.live, error.description)
    }
  }
}

extension SocketPair {
  /// The local socket of a connection.
  init(_ sides: Sides) { self.init(local: sides.local, remote: sides.remote) }
}
