import Detection
import Frames

/// Measures and titles for people; JSON never uses these.
enum Words {
  /// `12.3 %` style measures: the value with its unit, in the unit that reads best.
  static func measure(_ measure: Measure) -> String {
    switch measure.unit {
    case "s": return Quantity.duration(seconds: measure.value)
    case "ms": return Quantity.duration(seconds: measure.value / 1e3)
    case "ns": return Quantity.duration(seconds: measure.value / 1e9)
    case "percent": return "\(Quantity.significant(measure.value)) %"
    case "bytes" where measure.value >= 1_000 && measure.value < 1e18: return Quantity.bytes(UInt64(measure.value))
    case "": return Quantity.significant(measure.value)
    case let unit: return counted(measure.value, unit)
    }
  }

  /// `share of connection` for `share-of-connection`, `ACKs` for `acks`.
  static func name(_ measure: Measure) -> String {
    measure.name.split(separator: "-").map { abbreviations[String($0)] ?? String($0) }.joined(separator: " ")
  }

  /// `rate: 12 packets/s`, but `5 segments`, `399 ACKs`, `2 data segments`, `1 connection` where the name says what is
  /// counted.
  static func named(_ measure: Measure) -> String {
    if measure.name == measure.unit { return Self.measure(measure) }
    let isCount = ["", "packets", "segments", "frames"].contains(measure.unit)
    let isPlural = measure.name.hasSuffix("s") && !measure.name.hasSuffix("ss")
    guard isCount, isPlural else { return "\(name(measure)): \(Self.measure(measure))" }
    return counted(measure.value, name(measure))
  }

  /// How much of it there is, with a unit in any case: `15.9 kB`, `1 connection`.
  static func extent(_ measure: Measure) -> String { measure.unit.isEmpty ? named(measure) : Self.measure(measure) }

  /// `segments rejected` for `Segments rejected`, but `ACK storm` stays: lower case unless it is an abbreviation.
  static func inSentence(_ title: String) -> String {
    guard let first = title.first, let second = title.dropFirst().first, second.isLowercase else { return title }
    return first.lowercased() + title.dropFirst()
  }

  /// `Frames` for `frames`, at the head of a column.
  static func title(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }

  /// `1 packet`, `2,000 packets`; rates stay as they are.
  private static func counted(_ value: Double, _ plural: String) -> String {
    value == 1 && !plural.contains("/") ? "1 \(Quantity.singular(plural))" : "\(Quantity.significant(value)) \(plural)"
  }

  /// Parts of measures' names that are not words of their own.
  private static let abbreviations = [
    "ack": "ACK", "acks": "ACKs", "syn": "SYN", "syns": "SYNs", "rst": "RST", "rsts": "RSTs", "rto": "RTO",
    "rtt": "RTT", "tlp": "TLP", "mss": "MSS", "smc": "SMC", "ip": "IP", "tcp": "TCP",
  ]
}
