internal import Dissection
internal import Frames
package import Scenarios
package import Tracking

/// A scenario sent through dissection and tracking: what each of its segments is, and what became of its connections.
package struct Story {
  /// Everything that tracking told, in its order.
  package private(set) var observations: [Observation] = []
  /// Ends of all connections, by number.
  package private(set) var ended: [ConnectionEnd] = []
  /// Segments that tracking took.
  package private(set) var segments = 0
  package private(set) var copies: UInt64 = 0
  /// Segments that were compared with those before them.
  package private(set) var lookedAt: UInt64 = 0
  package private(set) var missedBytes: UInt64 = 0
  package private(set) var evicted: UInt64 = 0
  private var frames: [String: UInt64] = [:]

  /// Plays `text` in the notation of `captures/README.md`; tags (`@late`) name single segments.
  package init(_ text: String, _ variant: Variant = .plain, maxMemory: Int? = nil) throws {
    let scenario = try Scenario(parsing: "# A story for a test.\n" + text)
    let packets = variant.apply(to: try scenario.packets())
    for (index, packet) in packets.enumerated() where !packet.tag.isEmpty { frames[packet.tag] = UInt64(index + 1) }
    var settings = TrackingSettings()
    settings.observeEverything = true
    if let maxMemory { settings.maxMemory = maxMemory }
    var tracker = Tracker(settings)
    var source = MemorySource(
      try scenario.frames(variant), linkType: variant.linkType ?? .ethernet, snapLength: variant.snapLength ?? .max,
      batchSize: Tracker.batchSize)
    var dissector = Dissector()
    var count = 0
    while source.nextBatch({ batch in
      var segments: [Segment] = []
      dissector.dissect(batch, 0..<batch.records.count, into: &segments)
      count += segments.count
      tracker.track(segments, batch.bytes)
    }) {}
    while tracker.finish() {}
    segments = count
    observations = tracker.observations
    ended = tracker.ended.sorted { $0.id < $1.id }
    copies = tracker.copies.copies
    lookedAt = tracker.copies.segments
    missedBytes = tracker.missedBytes
    evicted = tracker.evicted
  }

  /// Frame number of the segment tagged `tag`; 0 when there is none.
  package func frame(_ tag: String) -> UInt64 { frames[tag] ?? 0 }

  /// Words on the segment tagged `tag`, the later ones included.
  package func words(on tag: String) -> [Observation] {
    observations.filter { frame(tag) == ($0.amends == 0 ? $0.segment.frame : $0.amends) }
  }

  /// What the segment tagged `tag` is in the end: kind, cause, rejection, and whether it was needless.
  ///
  /// `ordinary` when nobody had anything to tell of it.
  package func verdict(_ tag: String) -> String {
    var (kind, cause, rejection, needless) = ("ordinary", "", "", false)
    for word in words(on: tag) {
      if word.amends == 0 || word.kind != .pureACK { kind = word.kind.name }
      if !word.cause.name.isEmpty { cause = word.cause.name }
      if word.rejection != .none { rejection = word.rejection.name }
      if word.anomalies.contains(.rejectionRefuted) { rejection = "" }
      if word.anomalies.contains(.needless) { needless = true }
    }
    return [kind, cause, rejection, needless ? "needless" : ""].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// All oddities told of the segment tagged `tag`.
  package func anomalies(_ tag: String) -> Anomalies {
    words(on: tag).reduce(into: []) { $0.formUnion($1.anomalies) }
  }

  /// Kinds that were told of any segment, each once.
  package var kinds: Set<String> { Set(observations.map(\.kind.name)) }
}
