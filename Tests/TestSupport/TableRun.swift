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
    let feeder = Feeder(rows, local: local.compactMap { AddressRange($0) }, ports: ports)
    try run(text, feeder, variant) { _ in }
    return (feeder.out, feeder.feed?.reason)
  }

  /// The rows of a live table on `text`, whose local host is A, and how many of them had come before the end.
  package static func live<Rows: TableRows>(_ text: String, _ rows: Rows) throws -> (early: Int, rows: [Rows.Row]) {
    let feeder = Feeder(rows, local: [AddressRange("10.0.0.1")].compactMap(\.self), ports: PortChoice())
    var early = 0
    try run(text, feeder, .plain) { engine in
      engine.tellListener()
      let accounts = feeder.feed?.takeClosed().compactMap { engine.account(of: $0) } ?? []
      feeder.feed?.take(accounts.filter(\.isOver))
      early = feeder.out.count
    }
    return (early, feeder.out)
  }

  private static func run<Rows: TableRows>(
    _ text: String, _ feeder: Feeder<Rows>, _ variant: Variant, afterBatch: (inout Engine) -> Void
  ) throws {
    let scenario = try Scenario(parsing: "# A story for a test.\n" + text)
    var source = MemorySource(try scenario.frames(variant), linkType: variant.linkType ?? .ethernet)
    var settings = TriageSettings()
    settings.detectors = []
    settings.tracking.observeOrdinary = true
    let listener = Engine.Listener(observations: { feeder.feed?.take($0) }, ended: { feeder.feed?.take($0) })
    var engine = Engine(settings, listener: listener)
    while source.nextBatch({ engine.take($0) }) { afterBatch(&engine) }
    _ = engine.finish(source.description, method: Method(version: "test"))
    feeder.feed?.finish()
  }

  private final class Feeder<Rows: TableRows> {
    var out: [Rows.Row] = []
    var feed: TableFeed<Rows>?

    init(_ rows: Rows, local: [AddressRange], ports: PortChoice) {
      feed = TableFeed(rows, local: local, ports: ports) { [unowned self] in out.append($0) }
    }
  }
}
