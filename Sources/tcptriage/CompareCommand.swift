import ArgumentParser
import Detection
import Glibc
import Rendering

/// `tcptriage compare BEFORE AFTER`: the same traffic at two points, or traffic before and after a change.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two captures: of the same traffic at two points, or before and after.",
    usage: "tcptriage compare BEFORE AFTER [--points | --before-after] [-o OUT] ... [<options>]",
    discussion: """
      Captures that hold the same segments were taken at two points: then it is said where segments were lost, what was \
      changed on the way and how long the way takes. Else the findings of both are compared; for these, BEFORE and AFTER \
      may also be JSON reports of this program, and the exit status is 1 when something is new or worse.

      EXAMPLES:
        tcptriage compare client.pcap server.pcap
        tcptriage compare yesterday.pcap today.pcap -o changes.md
        tcptriage compare baseline.json today.pcap --fail-on critical
      """)

  @Argument(help: "A capture or a JSON report.", completion: .file())
  var before: String

  @Argument(help: "Another one.", completion: .file())
  var after: String

  @Flag(help: "Take them for the same traffic at two points, whatever is in them.")
  var points = false

  @Flag(help: "Take them for different traffic before and after a change.")
  var beforeAfter = false

  @Option(help: ArgumentHelp("Look only at frames that this pcap filter lets pass.", valueName: "expression"))
  var filter: String?

  @Option(
    help: ArgumentHelp("Memory for what is remembered of both captures, as in 512M or 4G.", valueName: "size"))
  var maxMemory = MemorySize.standard

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write the comparison to this file, in the format that its extension names (repeatable).", valueName: "file"),
    completion: .file(extensions: ["md", "json", "txt"]))
  var outputs: [String] = []

  @Option(help: "Format of what goes to standard output.")
  var format = ComparisonFormat.text

  @Option(
    help: ArgumentHelp(
      "Before and after: exit with 1 when something of this severity or more is new or worse; without it, warning.",
      valueName: "severity"))
  var failOn: Severity?

  @Flag(name: .shortAndLong, help: "Show no progress and print no comparison; files are still written.")
  var quiet = false

  @Option(help: "Colours on the terminal.")
  var color = ColorChoice.auto

  @Option(help: ArgumentHelp("Columns of the printed text; else those of the terminal.", valueName: "columns"))
  var width: Int?

  func validate() throws {
    if points, beforeAfter { throw ValidationError("--points and --before-after exclude each other.") }
    if before == "-", after == "-" { throw ValidationError("Standard input (-) can be read only once.") }
    if maxMemory.bytes < MemorySize.least {
      throw ValidationError("--max-memory \(maxMemory) is too little: give at least 1M.")
    }
    for path in outputs where ComparisonFormat(file: path) == nil {
      throw ValidationError("The extension of '\(path)' names no format; known are .md, .json, .txt.")
    }
    if let width, !(20...1000).contains(width) { throw ValidationError("--width takes 20 to 1000 columns.") }
  }

  func run() throws {
    let inputs = [before, after].compactMap { FileIdentity($0) }
    // A comparison is no report: written over the baseline, it would be lost.
    for path in outputs where FileIdentity(path).map({ $0.isRegular && inputs.contains($0) }) ?? false {
      throw Stop(.usage, "\(path) is one of the files that are compared: name another file to write.")
    }
    let run = ComparisonRun(
      paths: [before, after], maxMemory: maxMemory.bytes, filter: filter, quiet: quiet)
    let outcome = try run.outcome(mode: points ? .points : beforeAfter ? .beforeAfter : .either)
    var status = ExitStatus.success
    for path in outputs {
      let bytes = outcome.bytes(ComparisonFormat(file: path) ?? .text, RenderingOptions())
      // What cannot be written keeps nothing else from being written.
      do throws(Stop) { try OutputFile.write(path) { $0.write(bytes) } } catch {
        Console.complain(error.sentence ?? "")
        status = status.worse(error.status)
      }
    }
    if !quiet { try Console.output { $0.write(outcome.bytes(format, renderingOptions)) } }
    if Interrupt.isPending { throw Stop(.interrupted) }
    if outcome.isWorse(failOn ?? .warning) { status = status.worse(.found) }
    if status != .success { throw Stop(status) }
  }

  private var renderingOptions: RenderingOptions {
    var options = RenderingOptions()
    options.width = width ?? Terminal.size(STDOUT_FILENO)?.columns ?? options.width
    options.color = color.applies(to: STDOUT_FILENO)
    return options
  }
}

extension ComparisonFormat: ExpressibleByArgument {}
