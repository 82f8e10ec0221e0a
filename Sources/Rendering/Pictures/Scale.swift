import Frames

/// Maps values onto pixels, linearly.
struct Scale {
  let low: Double
  let high: Double
  /// Pixels of the two ends; `start` may lie behind `end`, as in axes that point upward.
  let start: Double
  let end: Double

  /// Ends that are equal, or no numbers, are moved apart.
  init(_ low: Double, _ high: Double, from start: Double, to end: Double) {
    let isUsable = low.isFinite && high.isFinite && high > low
    self.low = low.isFinite ? low : 0
    self.high = isUsable ? high : self.low + 1
    self.start = start
    self.end = end
  }

  /// Pixel of a value, at most a little beyond the ends.
  func callAsFunction(_ value: Double) -> Double {
    let share = (value - low) / (high - low)
    guard share.isFinite else { return start }
    return start + min(1.02, max(-0.02, share)) * (end - start)
  }

  /// The value at a pixel.
  func value(at pixel: Double) -> Double { low + (pixel - start) / (end - start) * (high - low) }
}

/// Round values along an axis with their labels.
struct Ticks {
  /// One of them.
  struct Tick {
    var value: Double
    var label: String
  }

  let ticks: [Tick]

  /// About `count` multiples of 1, 2 or 5 times a power of ten within the scale; whole numbers only, where wanted.
  init(_ scale: Scale, count: Int, isWhole: Bool = false) {
    var (mantissa, exponent) = Self.step(atLeast: (scale.high - scale.low) / Double(max(1, count)))
    if isWhole, exponent < 0 { (mantissa, exponent) = (1, 0) }
    let step = Double(mantissa) * Self.power(exponent)
    let first = (scale.low / step).rounded(.up)
    guard first.isFinite, abs(first) < 1e12, step > 0, max(abs(scale.low), abs(scale.high)) < 1e15 else {
      ticks = []
      return
    }
    var result: [Tick] = []
    for offset in 0..<(4 * max(1, count)) {
      let number = Int64(first) + Int64(offset)
      let value = Double(number) * step
      if value > scale.high * (1 + 1e-12) { break }
      result.append(Tick(value: value, label: Self.label(number &* Int64(mantissa), exponent)))
    }
    ticks = result
  }

  /// The least of 1, 2 and 5 times a power of ten that is not less than `wish`.
  private static func step(atLeast wish: Double) -> (mantissa: Int, exponent: Int) {
    guard wish.isFinite, wish > 0 else { return (1, 0) }
    for exponent in -9...18 {
      for mantissa in [1, 2, 5] where Double(mantissa) * power(exponent) >= wish * (1 - 1e-9) {
        return (mantissa, exponent)
      }
    }
    return (1, 19)
  }

  private static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }

  /// `number` times ten to the `exponent`, in digits.
  private static func label(_ number: Int64, _ exponent: Int) -> String {
    if exponent >= 0 {
      var value = number
      for _ in 0..<exponent { value = value.multipliedReportingOverflow(by: 10).partialValue }
      return Quantity.count(value)
    }
    var digits = String(number.magnitude)
    digits = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
    let whole = digits.dropLast(-exponent)
    return "\(number < 0 ? "-" : "")\(whole).\(digits.suffix(-exponent))"
  }
}

/// A decimal prefix for a whole axis.
struct Magnitude {
  let divisor: Double
  let prefix: String

  init(_ greatest: Double) {
    (divisor, prefix) =
      greatest >= 2e9 ? (1e9, "G") : greatest >= 2e6 ? (1e6, "M") : greatest >= 2e3 ? (1e3, "k") : (1, "")
  }

  /// `kB`, or `bytes` where there is no prefix.
  var bytes: String { prefix.isEmpty ? "bytes" : "\(prefix)B" }

  /// The prefix for things that have none in the language, with a space behind.
  var word: String { ["k": "thousand ", "M": "million ", "G": "billion "][prefix] ?? "" }
}
