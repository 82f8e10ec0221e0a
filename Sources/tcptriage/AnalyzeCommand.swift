import ArgumentParser
import CaptureFiles
import Detection
import Glibc
import LiveCapture
import Rendering
import Tracking
import Triage

/// `tcptriage FILE ...`: reads captures and reports what is wrong in them.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze", abstract: "Say what is wrong with the TCP in captures (the default command).",
    usage: "tcptriage FILE ... [-o OUT] ... [<options>]",
    discussion: """
      Several files are one timeline in the order of their times. What a file is, is told by its first bytes; gzip \
      and zstd are unpacked on the way.

      EXAMPLES:
        tcptriage trace.pcap                        summary on the terminal
        tcptriage trace.pcap -o report.html -o report.json
        tcptriage rotated/ --filter 'host 10.0.0.7' --fail-on warning
        ssh host tcpdump -U -s 128 -w - tcp | tcptriage -
      """)

  @OptionGroup var input: InputOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write a report to this file, in the format that its extension names, or - to standard output (repeatable).",
      valueName: "file"),
    completion: .file(extensions: allRenderers.flatMap { $0.extensions }))
  var outputs: [String] = []

  @Option(
    name: .customLong("sqlite"),
    help: ArgumentHelp(
      "Write connections, findings, measures and proving segments to a new SQLite database.", valueName: "file"),
    completion: .file(extensions: ["db", "sqlite"]))
  var database: String?

  @Option(help: "Format of what goes to standard output.")
  var format: ReportFormat?

  @Option(help: ArgumentHelp("Exit with 1 when there is a finding of this severity or worse.", valueName: "severity"))
  var failOn: Severity?

  @Flag(help: "Exit with 4 when a capture was cut off or damaged.")
  var strict = false

  @Flag(help: "Make one report for each file instead of one for all; -o report.html writes report.NAME.html.")
  var perFile = false

  @Flag(
    help:
      "List every connection in JSON reports, in the order of their ends, not only those with findings and large ones."
  )
  var allConnections = false

  @OptionGroup var rules: RuleOptions

  @Flag(help: "Predict from the packets by how much each host's kernel counters (nstat) should have moved.")
  var counters = false

  @OptionGroup var hostCounters: CounterOptions

  @Option(help: "Colours on the terminal.")
  var color = ColorChoice.auto

  @Option(help: ArgumentHelp("Columns of the printed summary; else those of the terminal.", valueName: "columns"))
  var width: Int?

  func validate() throws {
    for path in outputs where path != "-" && renderer(forFile: path) == nil {
      let known = allRenderers.flatMap { $0.extensions }.map { ".\($0)" }.joined(separator: ", ")
      throw ValidationError("The extension of '\(path)' names no format; known are \(known).")
    }
    if let width, !(20...1000).contains(width) { throw ValidationError("--width takes 20 to 1000 columns.") }
  }

  func run() throws {
    let filter = try input.makeFilter()
    let status = perFile ? try analyzeEach(filter) : try analyze(input.files, name: nil, filter)
    if status != .success { throw Stop(status) }
  }

  /// Makes one report of all `paths`; `name` goes into the names of the output files.
  private func analyze(
    _ paths: [String], name: String?, _ filter: PacketFilter?, separator: String = ""
  ) throws(Stop) -> ExitStatus {
    var settings = input.settings
    rules.apply(to: &settings.detection)
    let question = try hostCounters.question(input.anonymity.key)
    settings.predictsCounters = counters || question != nil
    settings.summarizesTraffic = writes(HTMLReport.self) || writes(MarkdownReport.self)
    let connections = allConnections && writes(JSONReport.self) ? try ConnectionSpool() : nil
    let spooling = connections.map { spool in Engine.Listener(ended: { spool.take($0) }) }
    let listener = question?.listening(beside: spooling) ?? spooling
    let run = CaptureRun(paths: paths, settings: settings, filter: filter, quiet: input.quiet, listener: listener)
    var report = wantsPictures ? try run.illustratedReport() : try run.report()
    try question?.answer(&report)
    if !counters { report.counters = nil }
    connections?.finish()
    let isSummarized = isPrinting && (format?.renderer ?? TerminalSummary.self) == TerminalSummary.self
    CaptureRun.complain(about: report, filter, isSummarized: isSummarized)
    var status = CaptureRun.status(of: report, strict: strict)
    if let failOn, report.findings.contains(where: { $0.severity >= failOn }) { status = status.worse(.found) }
    let writer = ReportWriter(report: report, connections: connections, options: renderingOptions)
    status = status.worse(writer.write(files: outputs.filter { $0 != "-" }, database: database, for: name))
    if isPrinting { try writer.print(format?.renderer ?? TerminalSummary.self, separator: separator) }
    return status
  }

  /// Makes one report for each file.
  private func analyzeEach(_ filter: PacketFilter?) throws(Stop) -> ExitStatus {
    let inputs = InputPaths(input.files)
    var status = ExitStatus.success
    for failure in inputs.failures {
      Console.complain(failure.description)
      status = status.worse(.input)
    }
    var names = ReportNames()
    var reports = 0
    for entry in inputs.entries where !Interrupt.isPending {
      do throws(Stop) {
        let separator = reports == 0 ? "" : self.separator
        let end = try analyze([entry.path], name: names.name(for: entry.path), filter, separator: separator)
        status = status.worse(end)
        reports += 1
      } catch {
        guard error.status == .input, error.sentence != nil else { throw error }
        // What lies in a folder besides captures is passed over.
        if entry.directory != nil { continue }
        Console.complain(error.sentence ?? "")
        status = status.worse(.input)
      }
    }
    if reports == 0, status == .success { throw Stop(.input, "There is no capture in what was named.") }
    return Interrupt.isPending ? .interrupted : status
  }

  private func writes(_ kind: any Renderer.Type) -> Bool {
    isPrinting && format?.renderer == kind || outputs.contains { renderer(forFile: $0) == kind }
  }

  /// Whether a report is made that shows packets.
  private var wantsPictures: Bool {
    let renderers = outputs.map { renderer(forFile: $0) } + (isPrinting ? [format?.renderer] : [])
    return renderers.contains { $0 == HTMLReport.self || $0 == MarkdownReport.self }
  }

  /// Whether a report goes to standard output.
  private var isPrinting: Bool { !input.quiet || outputs.contains("-") }

  /// What stands between the reports of two files; JSON documents follow each other as they are.
  private var separator: String {
    switch format?.renderer {
    case nil, is TerminalSummary.Type: "\n\(String(repeating: "─", count: min(renderingOptions.width, 100)))\n\n"
    case is MarkdownReport.Type: "\n---\n\n"
    default: ""
    }
  }

  private var renderingOptions: RenderingOptions {
    var options = RenderingOptions()
    let size = Terminal.size(STDOUT_FILENO)
    options.width = width ?? size?.columns ?? options.width
    // What goes into a pipe or a file has no screen to fit on.
    options.height = size?.rows ?? 1_000
    options.color = color.applies(to: STDOUT_FILENO)
    return options
  }
}
