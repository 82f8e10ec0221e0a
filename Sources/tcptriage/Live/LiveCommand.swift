import ArgumentParser
import CaptureFiles
import Detection
import Frames
import Glibc
import LiveCapture
import Rendering
import Tracking
import Triage

/// `tcptriage live -i IF`: the same analysis on a network interface, while it happens.
struct LiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live", abstract: "Say what is wrong with the TCP on an interface while it happens.",
    usage: "tcptriage live -i IF [-i IF] ... ['tcp port 443'] [<options>]",
    discussion: """
      On a terminal one page is kept up to date; q ends it, ? lists the keys. Elsewhere a line is printed for each thing \
      that happens, or JSON with --format ndjson. However it ends, the report comes last. A filter of \
      several words needs quotes.

      EXAMPLES:
        tcptriage live -i eth0
        tcptriage live -i eth0 'tcp port 443' --duration 60 -o report.html
        tcptriage live -i any --write /var/tmp/evidence --rotate 100MB --keep 10 --until ack-storm
        tcptriage live -i eth0 --user nobody --metrics 9464 --format ndjson
      """)

  @OptionGroup var source: LiveSourceOptions
  @OptionGroup var ending: LiveEndingOptions
  @OptionGroup var writing: LiveWritingOptions
  @OptionGroup var rules: RuleOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write the final report to this file, in the format that its extension names (repeatable).", valueName: "file"),
    completion: .file(extensions: allRenderers.flatMap { $0.extensions }))
  var outputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Serve metrics for Prometheus (/metrics) and the report of the moment (/) on this port, for this host only unless "
        + "an address is given.", valueName: "[address:]port"))
  var metrics: MetricsAddress?

  @Option(help: "Format of standard output: ndjson tells each event as it comes, the others print the final report.")
  var format: ReportFormat?

  @Option(
    help: ArgumentHelp(
      "Memory for connections, as in 512M or 4G; beyond it the least useful are dropped.", valueName: "size"))
  var maxMemory = MemorySize.modest

  @Flag(name: .shortAndLong, help: "Print nothing but what went wrong; reports are still written.")
  var quiet = false

  @Option(help: "Colours on the terminal.")
  var color = ColorChoice.auto

  func validate() throws {
    if source.replay != nil, writing.write != nil || writing.keepEvidence != nil {
      throw ValidationError("What is replayed is on disk already: --write and --keep-evidence go with interfaces.")
    }
    for path in outputs where renderer(forFile: path) == nil {
      let known = allRenderers.flatMap { $0.extensions }.map { ".\($0)" }.joined(separator: ", ")
      throw ValidationError("The extension of '\(path)' names no format; known are \(known).")
    }
  }

  func run() throws {
    if source.listInterfaces { return try InterfaceTable.print() }
    let status = try LiveRun(self).run()
    if status != .success { throw Stop(status) }
  }

  /// The settings of the engine as far as they are chosen here.
  var settings: TriageSettings {
    var settings = TriageSettings()
    settings.tracking.maxMemory = maxMemory.bytes
    rules.apply(to: &settings.detection)
    return settings
  }

  var wantsPictures: Bool {
    let renderers = outputs.map { renderer(forFile: $0) } + [format?.renderer]
    return renderers.contains { $0 == HTMLReport.self || $0 == MarkdownReport.self }
  }

  var renderingOptions: RenderingOptions {
    var options = RenderingOptions()
    let size = Terminal.size(STDOUT_FILENO)
    options.width = size?.columns ?? options.width
    options.height = size?.rows ?? 1_000
    options.color = color.applies(to: STDOUT_FILENO)
    return options
  }
}

/// Where frames come from.
struct LiveSourceOptions: ParsableArguments {
  @Argument(help: "Look only at frames that this pcap filter lets pass, as in 'tcp port 443'.")
  var filter: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Network interface to capture on, or any for all of them (repeatable).", valueName: "interface"))
  var interface: [String] = []

  @Flag(help: "List the interfaces that can be captured on.")
  var listInterfaces = false

  @Option(
    help: ArgumentHelp(
      "Instead of an interface: show a capture (or - for standard input) as if it happened now, as fast as it is read.",
      valueName: "file"),
    completion: .file())
  var replay: String?

  @Option(
    help: ArgumentHelp(
      "Bytes kept of each frame; 128 hold all headers with all options, and little of anybody's data.",
      valueName: "bytes"))
  var snaplen: Int = 128

  @Option(
    help: ArgumentHelp(
      "Size of the kernel's ring, as in 32M; a larger one bridges longer pauses of the program.", valueName: "size"))
  var buffer = MemorySize(argument: "32M") ?? .standard

  @Flag(help: "Capture frames for other hosts, too, where the network brings them here.")
  var promiscuous = false

  @Option(help: ArgumentHelp("Go on as this user once the interfaces are open.", valueName: "name"))
  var user: String?

  func validate() throws {
    if listInterfaces { return }
    if !interface.isEmpty, replay != nil {
      throw ValidationError("Capture on an interface (-i) or show a capture (--replay), not both.")
    }
    if interface.isEmpty, replay == nil {
      throw ValidationError("Name an interface with -i (--list-interfaces lists them), or a capture with --replay.")
    }
    if Set(interface).count < interface.count { throw ValidationError("Each interface can be named only once.") }
    if !(64...262_144).contains(snaplen) { throw ValidationError("--snaplen takes 64 to 262144 bytes.") }
    if !((1 << 16)...(1 << 30)).contains(buffer.bytes) { throw ValidationError("--buffer takes 64K to 1G.") }
  }

  var interfaceSettings: InterfaceSettings {
    var settings = InterfaceSettings()
    settings.snapLength = Int32(snaplen)
    settings.bufferSize = Int32(buffer.bytes)
    settings.isPromiscuous = promiscuous
    settings.filter = filter
    return settings
  }
}

/// When it ends without being told.
struct LiveEndingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("End after so many seconds.", valueName: "seconds"))
  var duration: Seconds?

  @Option(
    help: ArgumentHelp("End as soon as there is a finding of this rule (repeatable).", valueName: "rule"),
    completion: .list(allRules.map(\.id)))
  var until: [String] = []

  @Option(
    help: ArgumentHelp("End after so many frames, and those that came together with the last.", valueName: "frames"))
  var stopAfter: UInt64?

  func validate() throws { try RuleName.check(until) }
}

/// `--list-interfaces`.
enum InterfaceTable {
  static func print() throws(Stop) {
    let all: [InterfaceEntry]
    do throws(LiveCaptureError) { all = try InterfaceEntry.all() } catch {
      throw Stop(.live, error.description)
    }
    // libpcap also lists what carries no IP: Bluetooth, D-Bus, netfilter's queues.
    let entries = all.filter { entry in
      // `access` only reads the terminated path.
      let isThere = unsafe access("/sys/class/net/\(entry.name)", F_OK) == 0
      return isThere || entry.name == "any"
    }
    guard !entries.isEmpty else { throw Stop(.live, "This user may capture on no interface; try it as root.") }
    let columns = [Column("interface"), Column("state"), Column("addresses"), Column("about")]
    var table = TableWriter(columns, .text, room: Terminal.size(STDOUT_FILENO)?.columns)
    try Console.output { sink in
      for entry in entries {
        let state = (entry.isUp ? "up" : "down") + (entry.isLoopback ? ", loopback" : "")
        let addresses = entry.addresses.joined(separator: " ")
        table.row([.text(entry.name), .text(state), .text(addresses), .text(entry.about)], to: &sink)
      }
      table.finish(to: &sink)
    }
  }
}
