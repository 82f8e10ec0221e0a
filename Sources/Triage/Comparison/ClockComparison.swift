/// What the clock of the second capture shows beyond that of the first, found from segments that both saw.
///
/// The time between two sightings is offset plus delay. Forth, the least of it bounds the offset from above, back from
/// below; halfway between lies the offset if the way takes equally long in both directions, which no capture can tell.
/// Drift is the slope of the line under all points that lies closest to them, the edge of their lower convex hull over
/// their mean. Source: Moon, Skelly, Towsley, "Estimation and removal of clock skew from network delay measurements",
/// INFOCOM 1999.
package struct ClockComparison: Sendable {
  /// Second clock minus first clock at ``base``, nanoseconds, beyond ``coarse``.
  private var offset: Double = 0
  /// The whole part of the clocks' difference, so that years do not cost the digits of microseconds.
  private(set) var coarse: Int64 = 0
  /// Nanoseconds per nanosecond; 0 when it cannot be told from nothing.
  package private(set) var drift: Double = 0
  /// Time of the first clock that `offset` is for.
  private var base: Int64 = 0
  /// Whether segments went both ways; else the least delay is taken for nothing, and only its variation is known.
  package private(set) var isTwoWay = false
  /// Whether there was anything to measure.
  package private(set) var isKnown = false

  /// Half of the least round trip between the points: the offset may be wrong by so much, nanoseconds.
  package private(set) var uncertainty: Double = 0

  /// One segment at both points: time of the first clock since `base`, and how far the second clock was beyond it.
  struct Sample {
    var time: Double
    var ahead: Double
  }

  /// Drift beyond this is no clock: 500 parts per million.
  private static let mostDrift = 500e-6
  /// Both directions must agree to this much before drift is believed.
  private static let agreement = 5e-6
  /// Drift that moves the clocks less than this over the whole capture is not worth telling, nanoseconds.
  private static let leastEffect = 50_000.0

  init() {}

  /// - Parameters:
  ///   - base: time of the first clock that samples count from.
  ///   - coarse: difference of the clocks that samples count from.
  ///   - forth: segments that passed the first point first.
  ///   - back: segments that passed the second point first.
  /// - Complexity: O(samples).
  init(base: Int64, coarse: Int64, forth: [Sample], back: [Sample]) {
    self.base = base
    self.coarse = coarse
    guard !forth.isEmpty || !back.isEmpty else { return }
    isKnown = true
    isTwoWay = !forth.isEmpty && !back.isEmpty
    // Seen upside down, what came back is bounded from below, too.
    let mirrored = back.map { Sample(time: $0.time, ahead: -$0.ahead) }
    let slopes = (Self.slope(forth), Self.slope(mirrored).map { -$0 })
    if let up = slopes.0, let down = slopes.1 {
      let mean = (up + down) / 2
      let span = max(forth.last?.time ?? 0, back.last?.time ?? 0)
      let agrees = abs(up - down) <= max(Self.agreement, abs(mean) / 4)
      if agrees, abs(mean) <= Self.mostDrift, abs(mean) * span >= Self.leastEffect { drift = mean }
    }
    let drift = self.drift
    let least = forth.map { $0.ahead - drift * $0.time }.min()
    let most = back.map { $0.ahead - drift * $0.time }.max()
    switch (least, most) {
    case (let least?, let most?):
      offset = (least + most) / 2
      uncertainty = max(0, (least - most) / 2)
    case (let only?, nil), (nil, let only?): offset = only
    default: break
    }
  }

  /// Slope of the hull's edge over the mean time; nil for fewer points than make a line worth drawing.
  private static func slope(_ samples: [Sample]) -> Double? {
    let points = lowest(samples)
    guard points.count >= 8 else { return nil }
    var hull: [Sample] = []
    for point in points {
      while hull.count >= 2, !turnsUp(hull[hull.count - 2], hull[hull.count - 1], point) { hull.removeLast() }
      hull.append(point)
    }
    let mean = points.reduce(0) { $0 + $1.time } / Double(points.count)
    for (left, right) in zip(hull, hull.dropFirst()) where right.time >= mean && right.time > left.time {
      return (right.ahead - left.ahead) / (right.time - left.time)
    }
    return nil
  }

  private static func turnsUp(_ a: Sample, _ b: Sample, _ c: Sample) -> Bool {
    (b.ahead - a.ahead) * (c.time - b.time) < (c.ahead - b.ahead) * (b.time - a.time)
  }

  /// The lowest point of each of 1,024 equal spans of time: no other can be on the hull, and they are few.
  private static func lowest(_ samples: [Sample]) -> [Sample] {
    guard let start = samples.map(\.time).min(), let end = samples.map(\.time).max(), end > start else { return [] }
    var spans = [Sample?](repeating: nil, count: 1_024)
    for sample in samples {
      let span = min(1_023, Int((sample.time - start) / (end - start) * 1_024))
      if spans[span].map({ sample.ahead < $0.ahead }) ?? true { spans[span] = sample }
    }
    return spans.compactMap { $0 }
  }

  /// Second clock minus first clock when the captures began, nanoseconds.
  package var difference: Double { Double(coarse) + offset }

  /// The clocks' difference at the time of a sample, beyond `coarse`.
  func ahead(at time: Double) -> Double { offset + drift * time }

  /// A time of the second clock as the first would have shown it.
  func onFirst(_ time: Int64) -> Int64 {
    let shifted = Double(time &- coarse &- base) - offset
    return base &+ Int64(clampedTo: shifted / (1 + drift))
  }
}

extension Int64 {
  /// The nearest integer, saturated; 0 for what is no number.
  init(clampedTo value: Double) {
    self = value.isNaN ? 0 : value >= 9.2e18 ? .max : value <= -9.2e18 ? .min : Int64(value)
  }
}

/// Least, median, 95th percentile and greatest of some delays, in nanoseconds.
package struct DelaySpread: Sendable {
  package var least: Double
  package var median: Double
  package var high: Double
  package var most: Double
  package var count: Int

  /// Nil for no delays.
  ///
  /// - Complexity: O(n log n).
  init?(_ delays: [Double]) {
    guard !delays.isEmpty else { return nil }
    let sorted = delays.sorted()
    func at(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
    least = sorted[0]
    median = at(0.5)
    high = at(0.95)
    most = sorted[sorted.count - 1]
    count = sorted.count
  }
}
