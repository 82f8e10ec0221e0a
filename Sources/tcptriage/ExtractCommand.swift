import ArgumentParser
import Detection
import Dissection
import Frames
import LiveCapture
import Rendering
import Tracking
import Triage

/// `tcptriage extract IN ... OUT --finding ID --connection N`: the packets of some connections alone.
struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Copy only the packets of some findings or connections.",
    usage: "tcptriage extract FILE ... OUT --finding ID | --connection NUMBER [<options>]",
    discussion: """
      The last name is the file to write, .pcapng or .pcap. A finding stands for all packets of its connections, and \
      for the frames that prove it; reports tell its ID, of which the beginning is enough. Connections have the numbers that \
      reports and tables give them. IP fragments after the first carry no ports and are left out.

      EXAMPLES:
        tcptriage extract trace.pcap storm.pcapng --finding 5f2c9a
        tcptriage extract rotated/ two.pcap --connection 17 --connection 23
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var rules: RuleOptions

  @Option(
    name: .customLong("finding"),
    help: ArgumentHelp("Extract the packets of this finding (repeatable).", valueName: "id"))
  var findings: [String] = []

  @Option(
    name: .customLong("connection"),
    help: ArgumentHelp("Extract the packets of this connection (repeatable).", valueName: "number"))
  var connections: [UInt64] = []

  func validate() throws {
    guard input.files.count > 1 else { throw ValidationError("Name the captures, then the file to write.") }
    guard CaptureExtension(input.files.last ?? "") != nil else {
      throw ValidationError("The last name is the file to write: it must end in .pcapng or .pcap.")
    }
    guard !findings.isEmpty || !connections.isEmpty else {
      throw ValidationError("Say what to extract: --finding ID or --connection NUMBER.")
    }
  }

  func run() throws {
    let copy = try CaptureCopy(input)
    let filter = try input.makeFilter()
    var frames = ChosenFrames()
    var wanted = Set(connections.map(ConnectionID.init(rawValue:)))
    if !findings.isEmpty {
      var settings = plainSettings
      rules.apply(to: &settings.detection)
      let report = try CaptureRun(paths: copy.paths, settings: settings, filter: filter, quiet: input.quiet).report()
      if Interrupt.isPending { throw Stop(.interrupted) }
      for finding in try Self.named(findings, report) {
        frames.add(finding.evidence.map(\.segment.frame))
        wanted.formUnion(finding.connections + finding.affected)
      }
    }
    let report = try locate(wanted, copy.paths, filter, &frames)
    let capture = report.capture
    let written = try copy.write(capture.source, frames: capture.frames) { batch, index in
      frames.holds(batch, index, filter) ? [] : nil
    }
    if !input.quiet {
      try Console.output("\(Quantity.count(written)) of \(Quantity.count(capture.frames, "frame")).\n")
    }
    let status = CaptureRun.status(of: report, strict: false)
    if status != .success { throw Stop(status) }
  }

  /// Frames are looked for by their real addresses; findings and connections have the same names either way.
  private var plainSettings: TriageSettings {
    var settings = input.settings
    settings.anonymity = nil
    return settings
  }

  private static func named(_ ids: [String], _ report: Report) throws(Stop) -> [Finding] {
    let known = NamedFindings(report)
    var findings: [Finding] = []
    for id in ids {
      guard let finding = known.finding(id) else {
        throw Stop(.usage, "No finding is called '\(id)', or several begin so: \(listed(known.names)).")
      }
      guard !finding.connections.isEmpty || !finding.evidence.isEmpty else {
        throw Stop(.usage, "The finding \(id) is about the whole capture: there are no packets to extract for it.")
      }
      findings.append(finding)
    }
    return findings
  }

  /// The first of the names: there may be hundreds.
  private static func listed(_ names: [String]) -> String {
    if names.isEmpty { return "nothing was found" }
    let rest = names.count > 10 ? " and \(Quantity.count(names.count - 10)) more, see a report" : ""
    return "there are \(names.prefix(10).joined(separator: ", "))\(rest)"
  }

  /// Reads the input without judging it, and notes where the `wanted` connections lie.
  private func locate(
    _ wanted: Set<ConnectionID>, _ paths: [String], _ filter: PacketFilter?, _ frames: inout ChosenFrames
  ) throws(Stop) -> Report {
    var settings = plainSettings
    settings.detectors = []
    let found = Found(wanted)
    let listener = Engine.Listener(ended: { ends in
      for end in ends where found.missing.remove(end.id) != nil { found.connections.append(ConnectionSummary(end)) }
    })
    let run = CaptureRun(paths: paths, settings: settings, filter: filter, quiet: input.quiet, listener: listener)
    let report = try run.report()
    var told = report
    if input.anonymity.key != nil { told.capture.source = report.capture.source.anonymous }
    CaptureRun.complain(about: told, filter)
    if Interrupt.isPending { throw Stop(.interrupted) }
    if let missing = found.missing.min() {
      let all = Quantity.count(report.totals.connections, "connection")
      throw Stop(.usage, "There is no connection \(missing.rawValue): the input holds \(all).")
    }
    for connection in found.connections { frames.add(connection) }
    return report
  }

  /// What a listener has seen.
  private final class Found {
    var missing: Set<ConnectionID>
    var connections: [ConnectionSummary] = []

    init(_ wanted: Set<ConnectionID>) { missing = wanted }
  }
}

/// Frames by their numbers, and by the connections that they belong to.
private struct ChosenFrames {
  private var numbers: Set<UInt64> = []
  /// Frame ranges of connections by their ends, the lesser one first: the same ends may meet again later.
  private var ranges: [[Endpoint]: [ClosedRange<UInt64>]] = [:]
  private var dissector = Dissector()
  private var segments: [Segment] = []

  mutating func add(_ frames: [UInt64]) { numbers.formUnion(frames) }

  mutating func add(_ connection: ConnectionSummary) {
    let ends = [connection.client, connection.server].sorted()
    let last = max(connection.firstFrame, connection.lastFrame)
    ranges[ends, default: []].append(connection.firstFrame...last)
  }

  /// Whether the frame is one of them.
  mutating func holds(_ batch: borrowing FrameBatch, _ index: Int, _ filter: PacketFilter?) -> Bool {
    let record = batch.records[index]
    if numbers.contains(record.number) { return true }
    guard filter?.accepts(record, batch.bytes) ?? true else { return false }
    segments.removeAll(keepingCapacity: true)
    dissector.dissect(batch, index..<index + 1, into: &segments)
    guard let segment = segments.first else { return false }
    let known = ranges[[segment.sender, segment.receiver].sorted()] ?? []
    return known.contains { $0.contains(record.number) }
  }
}
