internal import Detection
internal import Frames
package import Scenarios
package import Triage

/// A scenario sent through the whole engine.
package enum Analyzed {
  /// The report on `text`, a story in the notation of `captures/README.md`.
  package static func report(
    _ text: String, _ variant: Variant = .plain, batchSize: Int = 100, settings: TriageSettings = TriageSettings()
  ) throws -> Report {
    let scenario = try Scenario(parsing: "# A story for a test.\n" + text)
    var source = MemorySource(
      try scenario.frames(variant), linkType: variant.linkType ?? .ethernet, snapLength: variant.snapLength ?? .max,
      batchSize: batchSize)
    return report(&source, settings: settings)
  }

  /// The report on frames that lie in memory.
  package static func report(_ source: inout MemorySource, settings: TriageSettings = TriageSettings()) -> Report {
    var engine = Engine(settings)
    while source.nextBatch({ engine.take($0) }) {}
    return engine.finish(source.description, method: Method(version: "test"))
  }

  /// Identifiers of the rules that fired on `text`, those about the capture itself left out.
  package static func rules(_ text: String, _ variant: Variant = .plain) throws -> [String] {
    try report(text, variant).findings.filter { $0.rule.family != .captureQuality }.map(\.rule.id)
  }
}
