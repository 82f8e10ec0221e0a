import Detection

/// What has changed between two reports on different traffic, by rule and place.
package struct ReportComparison: Sendable {
  package enum Kind: Int, Sendable, CaseIterable {
    case new, worse, gone, better, same
  }

  package struct Change: Sendable {
    package var kind: Kind
    package var before: ReportFigures.Entry?
    package var after: ReportFigures.Entry?

    /// Whichever there is; the later one first.
    package var entry: ReportFigures.Entry? { after ?? before }
    package var severity: Severity { max(before?.severity ?? .info, after?.severity ?? .info) }
  }

  package let before: ReportFigures
  package let after: ReportFigures
  /// By kind, then by harm; what is about the captures themselves is not among them.
  package private(set) var changes: [Change] = []
  /// What is new or worse about the capture itself: a different capture, not a different network.
  package private(set) var quality: [Change] = []
  /// Whether places were left out of account because the captures have none in common.
  package private(set) var ignoresPlaces = false
  /// What limits the answer, each one sentence.
  package private(set) var limits: [String] = []

  /// A rate or a share must change by so much to be told: a quarter more, or a fifth less.
  private static let telling = 1.25
  /// Standard deviations that a count must be away from what the other leads to expect.
  private static let deviations = 2.0

  package init(_ before: ReportFigures, _ after: ReportFigures) {
    self.before = before
    self.after = after
    let (old, new) = comparable()
    let judged = Self.matched(old, new).map { Change(kind: kind($0, $1), before: $0, after: $1) }
    changes = Self.ordered(judged.filter { !($0.entry?.isQuality ?? false) })
    quality = Self.ordered(judged.filter { $0.entry?.isQuality ?? false }).filter { $0.kind.isHarm }
    if ignoresPlaces {
      limits.append("The captures have no place in common, so rules are compared wherever they fired.")
    }
    if max(before.unlisted, after.unlisted) > 0 {
      limits.append("Of rules that fired very often only the worst findings are listed; the others are not compared.")
    }
    if before.segments == 0 || after.segments == 0 { limits.append("One of the two holds no TCP segment.") }
  }

  /// Whether something of this severity or more is new or worse.
  package func isWorse(_ severity: Severity) -> Bool {
    changes.contains { $0.kind.isHarm && ($0.after?.severity ?? .info) >= severity }
  }

  package func count(_ kind: Kind) -> Int { changes.count { $0.kind == kind } }

  /// The entries of both, without their places when not one of these is in both.
  private mutating func comparable() -> ([ReportFigures.Entry], [ReportFigures.Entry]) {
    let places = [before, after].map { Set($0.entries.map(\.place).filter { !$0.isEmpty }) }
    guard !places[0].isEmpty, !places[1].isEmpty, places[0].isDisjoint(with: places[1]),
      !Set(before.entries.map(\.rule)).isDisjoint(with: after.entries.map(\.rule))
    else { return (before.entries, after.entries) }
    ignoresPlaces = true
    return (Self.placeless(before), Self.placeless(after))
  }

  private static func placeless(_ figures: ReportFigures) -> [ReportFigures.Entry] {
    var result = ReportFigures()
    for var entry in figures.entries {
      entry.place = ""
      result.add(entry)
    }
    return result.entries
  }

  private static func matched(
    _ before: [ReportFigures.Entry], _ after: [ReportFigures.Entry]
  ) -> [(ReportFigures.Entry?, ReportFigures.Entry?)] {
    struct Key: Hashable {
      var rule: String
      var place: String
    }
    var left: [Key: ReportFigures.Entry] = [:]
    for entry in before { left[Key(rule: entry.rule, place: entry.place)] = entry }
    var pairs = after.map { (left.removeValue(forKey: Key(rule: $0.rule, place: $0.place)), Optional($0)) }
    for entry in before where left[Key(rule: entry.rule, place: entry.place)] != nil { pairs.append((entry, nil)) }
    return pairs
  }

  private static func ordered(_ changes: [Change]) -> [Change] {
    changes.enumerated().sorted { a, b in
      let (x, y) = (a.element, b.element)
      return (x.kind.rawValue, y.severity.rawValue, a.offset) < (y.kind.rawValue, x.severity.rawValue, b.offset)
    }.map(\.element)
  }

  private func kind(_ before: ReportFigures.Entry?, _ after: ReportFigures.Entry?) -> Kind {
    guard let before else { return .new }
    guard let after else { return .gone }
    if after.severity != before.severity { return after.severity > before.severity ? .worse : .better }
    guard let old = before.measure, let new = after.measure, old.name == new.name else {
      return kind(Double(before.findings), Double(after.findings))
    }
    if old.isCount { return kind(old.value, new.value) }
    if new.value > old.value * Self.telling { return .worse }
    return new.value < old.value / Self.telling ? .better : .same
  }

  /// Compares counts in so many segments each: chance differences are none.
  private func kind(_ old: Double, _ new: Double) -> Kind {
    let (a, b) = (Double(max(1, before.segments)), Double(max(1, after.segments)))
    let (expected, found) = (old * b, new * a)
    let deviation = (max(0, old + new) * a * b).squareRoot()
    guard abs(found - expected) > Self.deviations * deviation else { return .same }
    if found > expected * Self.telling { return .worse }
    return found < expected / Self.telling ? .better : .same
  }
}

extension ReportComparison.Kind {
  /// New trouble, or more of it.
  package var isHarm: Bool { self == .new || self == .worse }
}
