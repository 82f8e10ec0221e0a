import Archive
import ArgumentParser
import Detection
import LiveCapture
import Rendering

/// `tcptriage check DIR`: compares archived captures with what must be found in them.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check archived captures against what must be found in them.",
    usage: "tcptriage check DIR [--junit FILE] [--only NAME] ... [<options>]",
    discussion: """
      A case is a folder with captures and an expected.yaml (or expected.NAME.yaml for the capture NAME.pcap).

      EXAMPLES:
        tcptriage check captures/
        tcptriage check captures/ --only 'smc-*' --verbose
        tcptriage check captures/ --junit results.xml
      """)

  @Argument(help: "A folder of cases, or one case.", completion: .directory)
  var directory: String

  @Option(help: ArgumentHelp("Write the results as JUnit XML to this file.", valueName: "file"), completion: .file())
  var junit: String?

  @Option(help: ArgumentHelp("Check only this case, or those that match a pattern (repeatable).", valueName: "name"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Leave out the findings of this rule (repeatable).", valueName: "rule"),
    completion: .list(allRules.map(\.id)))
  var without: [String] = []

  @Flag(help: "Name the cases that pass, too.")
  var verbose = false

  @Flag(name: .shortAndLong, help: "Print nothing but the last line.")
  var quiet = false

  func validate() throws { try RuleName.check(without) }

  func run() throws {
    let check = ArchiveCheck(directory: directory, only: only, without: Set(without)) { try PacketFilter($0) }
    var results: [CaseResult] = []
    let summary: CheckSummary
    do throws(ArchiveError) {
      summary = try check.run { result in
        results.append(result)
        return show(result) && !Interrupt.isPending
      }
    } catch {
      throw Stop(Self.status(error), error.description)
    }
    if let junit {
      try OutputFile.write(junit) { sink in sink.write(JUnitReport.xml(results)) }
    }
    try Console.output(summary.line + "\n")
    if Interrupt.isPending { throw Stop(.interrupted) }
    if summary.failed > 0 { throw Stop(.found) }
  }

  /// Prints what there is to say about a case; false when nobody listens any longer.
  private func show(_ result: CaseResult) -> Bool {
    if quiet { return true }
    let lines = CheckText.lines(result, archive: directory, verbose: verbose).map { Visible.text($0, limit: 4_000) }
    var sink = DescriptorSink(1)
    for line in lines { sink.write(line + "\n") }
    return sink.isOpen
  }

  private static func status(_ error: ArchiveError) -> ExitStatus {
    switch error {
    case .notAFolder, .noCases: .input
    case .noSuchCase: .usage
    }
  }
}
