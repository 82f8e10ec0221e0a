/// Numbers, plurals, sizes and times as people read them, the same in findings and in every report.
///
/// For programs there are raw numbers; nothing of this goes into JSON fields or table cells.
package enum Quantity {
  /// `1,234,567`.
  package static func count(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return value < 0 ? "-" + result : result
  }

  /// `1 frame`, `2 frames`, `1,000 frames`, `2 copies`; `noun` is the singular.
  package static func count(_ value: some BinaryInteger, _ noun: String) -> String {
    "\(count(value)) \(value == 1 ? noun : plural(noun))"
  }

  /// `999 bytes`, `1.23 kB`, `45.6 MB`: decimal units, three digits.
  package static func bytes(_ value: UInt64) -> String {
    guard value >= 1_000 else { return count(value, "byte") }
    var scaled = Double(value) / 1_000
    for unit in ["kB", "MB", "GB"] {
      if scaled < 999.5 { return "\(significant(scaled)) \(unit)" }
      scaled /= 1_000
    }
    return "\(significant(scaled)) TB"
  }

  /// `850 ns`, `1.5 ms`, `12.3 s`, `4.2 min`, `3 h 20 min`, `2.5 days`.
  package static func duration(_ nanoseconds: Int64) -> String { duration(seconds: Double(nanoseconds) / 1e9) }

  /// The same from seconds.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown" }
    let magnitude = abs(seconds)
    if magnitude == 0 { return "0 s" }
    let scales: [(below: Double, factor: Double, unit: String)] = [
      (0.999_5e-6, 1e9, "ns"), (0.999_5e-3, 1e6, "µs"), (0.999_5, 1e3, "ms"), (120, 1, "s"), (7_200, 1 / 60, "min"),
    ]
    for scale in scales where magnitude < scale.below { return "\(significant(seconds * scale.factor)) \(scale.unit)" }
    guard magnitude < 172_800 else { return "\(significant(seconds / 86_400)) days" }
    let minutes = Int64((magnitude / 60).rounded())
    let rest = minutes % 60 == 0 ? "" : " \(minutes % 60) min"
    return "\(seconds < 0 ? "-" : "")\(minutes / 60) h\(rest)"
  }

  /// Three telling digits without trailing zeros; whole numbers above 1,000 with separators.
  package static func significant(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return "\(value)" }
    let magnitude = abs(value)
    if magnitude >= 999.5 || magnitude == magnitude.rounded() { return count(Int64(value.rounded())) }
    let digits = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.995 ? 2 : magnitude >= 0.0995 ? 3 : 4
    return decimal(value, digits)
  }

  /// `a`, `a and b`, `a, b and c`.
  package static func list(_ items: [String]) -> String {
    guard items.count > 1, let last = items.last else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }

  /// `frames` for `frame`, `copies` for `copy`, `losses` for `loss`.
  package static func plural(_ noun: String) -> String {
    if noun.hasSuffix("y"), let before = noun.dropLast().last, !"aeiou".contains(before) {
      return noun.dropLast() + "ies"
    }
    return ["s", "x", "ch", "sh"].contains { noun.hasSuffix($0) } ? noun + "es" : noun + "s"
  }

  /// The noun of which ``plural(_:)`` makes `plural`; what is no plural comes back as it is.
  package static func singular(_ plural: String) -> String {
    if plural.hasSuffix("ies") { return plural.dropLast(3) + "y" }
    let isLong = ["ses", "xes", "ches", "shes"].contains { plural.hasSuffix($0) }
    return plural.hasSuffix("s") ? String(plural.dropLast(isLong ? 2 : 1)) : plural
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
