import Dissection

/// Compares the two sightings of each segment: what a device between the points changed.
struct AlterationCensus {
  /// Kinds with more different details than this are summed up without them.
  private static let mostKinds = 100

  private struct Key: Hashable {
    var kind: Alteration.Kind
    var travel: Travel
    var detail: String
  }

  /// Difference of the time to live, as long as all segments agree on it.
  struct Hops {
    private var least = Int.max
    private var most = Int.min

    /// Nil before the first segment, and when they differ.
    var value: Int? { least == most ? least : nil }

    mutating func take(_ hops: Int) {
      least = min(least, hops)
      most = max(most, hops)
    }
  }

  private var found: [Key: Alteration] = [:]
  private(set) var hops = [Hops(), Hops()]

  /// By kind, the more frequent first.
  var ordered: [Alteration] {
    found.values.sorted { a, b in
      (a.kind.rawValue, b.segments, a.travel.rawValue, a.detail)
        < (b.kind.rawValue, a.segments, b.travel.rawValue, b.detail)
    }
  }

  mutating func take(_ pair: PairedFlow, _ direction: Int, _ travel: Travel, _ matcher: SegmentMatcher) {
    for index in pair.lanes[direction].first {
      let first = matcher.first.records[Int(index)]
      guard first.isMatched else { continue }
      let second = matcher.second.records[Int(first.partner)]
      let (from, to) = travel == .forth ? (first, second) : (second, first)
      hops[travel.rawValue].take(Int(from.hopLimit) - Int(to.hopLimit))
      var note = Note(travel: travel, first: first.frame, second: second.frame)
      if first.mark.contains(.pieces) {
        if from.length != to.length { note.add(.pieces, from.length > to.length ? "cut" : "joined") }
      } else {
        compareHeaders(from, to, &note)
        compareOptions(from, to, &note)
      }
      if pair.isTranslated { note.add(.addresses, "") }
      for (kind, detail) in note.found { add(kind, detail, note) }
    }
  }

  private struct Note {
    var travel: Travel
    var first: UInt32
    var second: UInt32
    var found: [(Alteration.Kind, String)] = []

    mutating func add(_ kind: Alteration.Kind, _ detail: String) { found.append((kind, detail)) }
  }

  private mutating func add(_ kind: Alteration.Kind, _ detail: String, _ note: Note) {
    var key = Key(kind: kind, travel: note.travel, detail: detail)
    if found[key] == nil, found.count >= Self.mostKinds { key.detail = "" }
    let new = Alteration(
      kind: kind, travel: note.travel, detail: key.detail, segments: 0, firstFrame: note.first,
      secondFrame: note.second)
    found[key, default: new].segments &+= 1
  }

  private func compareHeaders(_ from: Sighting, _ to: Sighting, _ note: inout Note) {
    if from.sequence != to.sequence { note.add(.sequenceShift, "") }
    let (fromECN, toECN) = (from.trafficClass & 3, to.trafficClass & 3)
    if fromECN != toECN {
      note.add(
        toECN == 3 && fromECN != 0 ? .congestionMarked : .ecnCleared, Self.ecn(fromECN) + " → " + Self.ecn(toECN))
    }
    if from.trafficClass >> 2 != to.trafficClass >> 2 {
      note.add(.dscp, "\(from.trafficClass >> 2) → \(to.trafficClass >> 2)")
    }
    if from.flags != to.flags { note.add(.flags, "\(from.flags.letters) → \(to.flags.letters)") }
    if from.window != to.window { note.add(.window, "") }
    if from.identification != to.identification { note.add(.identification, "") }
    if from.digest != 0, to.digest != 0, from.digest != to.digest { note.add(.payload, "") }
  }

  private static func ecn(_ bits: UInt8) -> String { ["Not-ECT", "ECT(1)", "ECT(0)", "CE"][Int(bits & 3)] }

  private func compareOptions(_ from: Sighting, _ to: Sighting, _ note: inout Note) {
    if from.isSYN, from.options.contains(.mss), to.options.contains(.mss), from.mss != to.mss {
      note.add(.mss, "\(from.mss) → \(to.mss)")
    }
    if from.isSYN, from.options.contains(.windowScale), to.options.contains(.windowScale),
      from.windowScale != to.windowScale
    {
      note.add(.windowScale, "\(from.windowScale) → \(to.windowScale)")
    }
    if from.hasTimestamps, to.hasTimestamps,
      from.timestampValue != to.timestampValue || from.timestampEcho != to.timestampEcho
    {
      note.add(.timestamps, "")
    }
    if !from.isSYN, from.options.contains(.sack), to.options.contains(.sack),
      from.acknowledgment != to.acknowledgment, from.extra == to.extra
    {
      note.add(.sackUntranslated, "")
    }
    // What a capture has cut off was not removed on the way.
    guard from.options != to.options, !from.options.union(to.options).contains(.cut) else { return }
    let hasSMC = from.options.union(to.options).contains(.smc)
    for (option, name) in Self.names where option != .experiment || !hasSMC {
      let words = from.isSYN ? "\(name) (in SYNs)" : name
      if from.options.contains(option), !to.options.contains(option) { note.add(.optionRemoved, words) }
      if to.options.contains(option), !from.options.contains(option) { note.add(.optionAdded, words) }
    }
  }

  private static let names: [(TCPOptions, String)] = [
    (.smc, "SMC"), (.mss, "MSS"), (.windowScale, "window scale"), (.sackPermitted, "SACK permitted"),
    (.timestamps, "timestamps"), (.sack, "SACK"), (.fastOpen, "Fast Open"), (.multipath, "Multipath TCP"),
    (.accurateECN, "Accurate ECN"), (.experiment, "experimental"), (.authentication, "authentication"),
    (.unknown, "unknown"),
  ]
}
