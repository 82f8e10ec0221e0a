import ArgumentParser
import Detection
import LiveCapture
import Tracking
import Triage

/// What all commands that read captures have in common.
struct InputOptions: ParsableArguments {
  @Argument(help: "Captures: files, folders, patterns, or - for standard input.", completion: .file())
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Look only at frames that this pcap filter lets pass, as in 'tcp port 443'.", valueName: "expression"))
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "Memory for connections, as in 512M or 4G; beyond it the least useful are dropped.", valueName: "size"))
  var maxMemory = MemorySize.standard

  @Flag(
    name: .shortAndLong,
    help: "Show no progress and no summary, only what went wrong; reports and tables are still written.")
  var quiet = false

  @OptionGroup var anonymity: AnonymityOptions

  func validate() throws {
    if maxMemory.bytes < MemorySize.least {
      throw ValidationError("--max-memory \(maxMemory) is too little: give at least 1M.")
    }
    if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("Standard input (-) can be read only once.") }
  }

  /// The settings of the engine as far as they are chosen here.
  var settings: TriageSettings {
    var settings = TriageSettings()
    settings.tracking.maxMemory = maxMemory.bytes
    settings.anonymity = anonymity.key
    return settings
  }

  /// The compiled filter, nil without an expression.
  func makeFilter() throws(Stop) -> PacketFilter? { try Self.compiled(filter) }

  /// The same of an expression that stands in no option group.
  static func compiled(_ expression: String?) throws(Stop) -> PacketFilter? {
    guard let expression else { return nil }
    do throws(PacketFilterError) { return try PacketFilter(expression) } catch { throw Stop(.usage, error.description) }
  }
}
