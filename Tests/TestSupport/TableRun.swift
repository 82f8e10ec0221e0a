package import Scenarios
package import Triage

internal import CaptureFiles
internal import Frames
internal import Tracking

/// A scenario sent through the engine and the maker of a table.
package enum TableRun {
  /// All rows of the table on `text`, a story in the notation of `captures/README.md`, and how the local hosts were found.
  package static func rows<Rows: TableRows>(
    _ text: String, _ rows: Rows, local: [String] = [], ports: PortChoice = PortChoice(), _ variant: Variant = .plain
  ) throws -> (rows: [Rows.Row], reason: String?) {
    let scenario = try Scenario(parsing: "# A story for a test.\n" + text)
    var source = MemorySource(try scenario.frames(variant), linkType: variant.linkType ?? .ethernet)
    let feeder = Feeder(rows, local: local.compactMap { AddressRange($0) }, ports: ports)
    var settings = TriageSettings()
    settings.detectors = []
    settings.tracking.observeOrdinary = true
    let listener = Engine.Listener(observations: { feeder.feed?.take($0) }, ended: { feeder.feed?.take($0) })
    var engine = Engine(settings, listener: listener)
    while source.nextBatch({ engine.take($0) }) {}
    _ = engine.finish(source.description, method: Method(version: "test"))
    feeder.feed?.finish()
    return (feeder.out, feeder.feed?.reason)
  }

  private final class Feeder<Rows: TableRows> {
    var out: [Rows.Row] = []
    var feed: TableFeed<Rows>?

    init(_ rows: Rows, local: [AddressRange], ports: PortChoice) {
      feed = TableFeed(rows, local: local, ports: ports) { [unowned self] in out.append($0) }
    }
  }
}
