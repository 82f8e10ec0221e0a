import Archive
import ArgumentParser
import Frames
import Glibc

/// The program: parses the command line, runs a command, and turns what happens into an exit status.
@main
struct Tcptriage: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "tcptriage",
    abstract: "Says what is wrong with the TCP in a packet capture, and which packets prove it.",
    usage: """
      tcptriage FILE ... [-o report.html] [<options>]
      tcptriage <command> ...
      """,
    discussion: """
      EXAMPLES:
        tcptriage trace.pcap                      what is wrong, on one screen
        tcptriage trace.pcap -o report.html       the whole report
        tcptriage explain paws-reject             what a finding means
        tcptriage show connections trace.pcap     tables
      """,
    version: version,
    subcommands: [
      AnalyzeCommand.self, LiveCommand.self, ExplainCommand.self, CheckCommand.self, ShowCommand.self,
      CompareCommand.self, AnnotateCommand.self, ExtractCommand.self, CountersCommand.self, ManualCommand.self,
    ],
    defaultSubcommand: AnalyzeCommand.self)

  static let nothingNamed =
    "Name a capture, a folder of captures, or - for standard input; see tcptriage --help."

  /// Runs the program.
  static func main() {
    Interrupt.prepare()
    Glibc.exit(status(of: Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func status(of arguments: [String]) -> ExitStatus {
    do {
      if arguments == ["--help"] || arguments == ["help"] {
        try Console.output(Manual.fullHelp)
        return .success
      }
      if arguments.isEmpty {
        throw Stop(.usage, nothingNamed)
      }
      try checkNames(arguments)
      var command = try parseAsRoot(arguments)
      try command.run()
      return .success
    } catch let stop as Stop {
      if let sentence = stop.sentence { Console.complain(sentence) }
      return stop.status
    } catch {
      return answer(error)
    }
  }

  /// Tells a misspelled command or table from a file that is not there.
  private static func checkNames(_ arguments: [String]) throws(Stop) {
    let commands = configuration.subcommands.map { $0.configuration.commandName ?? "" } + ["help"]
    let tables = ShowCommand.tableNames
    guard let first = arguments.first, !first.hasPrefix("-") else { return }
    if first == "show", arguments.count > 1, !arguments[1].hasPrefix("-"), !tables.contains(arguments[1]) {
      if let answer = NotInPackets.answer(arguments[1]) { throw Stop(.usage, answer) }
      let hint = NearestNames.hint(arguments[1], among: tables)
      throw Stop(.usage, "There is no table '\(arguments[1])'\(hint); the tables are \(Quantity.list(tables)).")
    }
    let hint = NearestNames.hint(first, among: commands)
    // `access` only reads the terminated path.
    guard !commands.contains(first), !hint.isEmpty, unsafe access(first, F_OK) != 0 else { return }
    if first.contains(where: { "./*?".contains($0) }) { return }
    throw Stop(.usage, "There is neither a file nor a command '\(first)'\(hint); see tcptriage --help.")
  }

  /// Prints what the parser has to say: help and completion scripts, or what is wrong with the command line.
  private static func answer(_ error: any Error) -> ExitStatus {
    let message = fullMessage(for: error)
    guard exitCode(for: error) == .success else {
      let plain = message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message
      Console.complain(plain)
      return .usage
    }
    do throws(Stop) {
      try Console.output(Completions.completed(message) + "\n")
      return .success
    } catch {
      return error.status
    }
  }
}
