/// What some observations are about, in a few bits: who is not concerned need not look at them.
package struct Topics: Sendable, Equatable {
  /// One bit per ``SegmentKind``.
  var kinds: UInt32 = 0
  var anomalies = Anomalies()
  var hasRejection = false
  var hasMissedBytes = false

  package init() {}

  package init(
    kinds: [SegmentKind] = [], _ anomalies: Anomalies = [], rejections: Bool = false, missedBytes: Bool = false
  ) {
    for kind in kinds { self.kinds |= 1 << UInt32(kind.rawValue) }
    self.anomalies = anomalies
    hasRejection = rejections
    hasMissedBytes = missedBytes
  }

  /// Concerned by whatever there is.
  package static let everything = Topics(
    kinds: SegmentKind.allCases, Anomalies(rawValue: .max), rejections: true, missedBytes: true)

  @inline(__always)
  mutating func insert(_ observation: Observation) {
    kinds |= 1 << UInt32(observation.kind.rawValue)
    anomalies.formUnion(observation.anomalies)
    if observation.rejection != .none { hasRejection = true }
    if observation.missedBytes != 0 { hasMissedBytes = true }
  }

  /// Whether anything in `other` is among these topics.
  package func meets(_ other: Topics) -> Bool {
    kinds & other.kinds != 0 || !anomalies.isDisjoint(with: other.anomalies) || hasRejection && other.hasRejection
      || hasMissedBytes && other.hasMissedBytes
  }
}
