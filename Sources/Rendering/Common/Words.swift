import Detection
import Frames

/// Numbers and times for people; JSON never uses these.
enum Words {
  /// `1,234,567`.
  static func count(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return value < 0 ? "-" + result : result
  }

  /// `1 frame`, `2 frames`, `1,000 frames`.
  static func count(_ value: some BinaryInteger, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// `999 bytes`, `1.23 kB`, `45.6 MB`: decimal units, three digits.
  static func bytes(_ value: UInt64) -> String {
    guard value >= 1_000 else { return count(value, "byte") }
    var scaled = Double(value) / 1_000
    for unit in ["kB", "MB", "GB"] {
      if scaled < 999.5 { return "\(significant(scaled)) \(unit)" }
      scaled /= 1_000
    }
    return "\(significant(scaled)) TB"
  }

  /// `850 ns`, `1.5 ms`, `12.3 s`, `4.2 min`, `3 h`, `2.5 days`.
  static func duration(_ nanoseconds: Int64) -> String { duration(seconds: Double(nanoseconds) / 1e9) }

  /// The same from seconds.
  static func duration(seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown" }
    let magnitude = abs(seconds)
    if magnitude == 0 { return "0 s" }
    let scales: [(below: Double, factor: Double, unit: String)] = [
      (0.999_5e-6, 1e9, "ns"), (0.999_5e-3, 1e6, "µs"), (0.999_5, 1e3, "ms"), (120, 1, "s"), (7_200, 1 / 60, "min"),
      (172_800, 1 / 3_600, "h"),
    ]
    for scale in scales where magnitude < scale.below { return "\(significant(seconds * scale.factor)) \(scale.unit)" }
    return "\(significant(seconds / 86_400)) days"
  }

  /// Three telling digits without trailing zeros; whole numbers above 1,000 with separators.
  static func significant(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return "\(value)" }
    let magnitude = abs(value)
    if magnitude >= 999.5 || magnitude == magnitude.rounded() { return count(Int64(value.rounded())) }
    let digits = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.995 ? 2 : magnitude >= 0.0995 ? 3 : 4
    return decimal(value, digits)
  }

  /// `12.3 %` style measures: the value with its unit, in the unit that reads best.
  static func measure(_ measure: Measure) -> String {
    switch measure.unit {
    case "s": return duration(seconds: measure.value)
    case "ms": return duration(seconds: measure.value / 1e3)
    case "ns": return duration(seconds: measure.value / 1e9)
    case "percent": return "\(significant(measure.value)) %"
    case "bytes" where measure.value >= 10_000 && measure.value < 1e18: return bytes(UInt64(measure.value))
    case "": return significant(measure.value)
    case let unit where measure.value == 1 && unit.hasSuffix("s") && !unit.contains("/"):
      return "1 \(unit.dropLast())"
    case let unit: return "\(significant(measure.value)) \(unit)"
    }
  }

  /// `share of connection` for `share-of-connection`.
  static func name(_ measure: Measure) -> String { measure.name.split(separator: "-").joined(separator: " ") }

  /// `rate 12 packets/s`, but `5 segments` where the name is the unit.
  static func named(_ measure: Measure) -> String {
    measure.name == measure.unit ? Self.measure(measure) : "\(name(measure)) \(Self.measure(measure))"
  }

  /// `segments rejected` for `Segments rejected`, but `ACK storm` stays: lower case unless it is an abbreviation.
  static func inSentence(_ title: String) -> String {
    guard let first = title.first, let second = title.dropFirst().first, second.isLowercase else { return title }
    return first.lowercased() + title.dropFirst()
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String]) -> String {
    guard items.count > 1, let last = items.last else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }

  private static func decimal(_ value: Double, _ digits: Int) -> String {
    let factor: [Double] = [1, 10, 100, 1_000, 10_000]
    let scaled = Int64((abs(value) * factor[digits]).rounded())
    let whole = String(scaled / Int64(factor[digits]))
    var fraction = String(scaled % Int64(factor[digits]))
    fraction = String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    let text = digits == 0 || fraction.isEmpty ? whole : "\(whole).\(fraction)"
    return value < 0 && scaled != 0 ? "-" + text : text
  }
}
