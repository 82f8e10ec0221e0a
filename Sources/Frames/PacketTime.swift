/// Packet time in words and digits.
///
/// All times in the project are nanoseconds since 1970-01-01 UTC.
public enum PacketTime {
  /// Nanoseconds in a second.
  @inlinable public static var second: Int64 { 1_000_000_000 }
  /// Nanoseconds in a millisecond.
  @inlinable public static var millisecond: Int64 { 1_000_000 }
  /// Nanoseconds in a microsecond.
  @inlinable public static var microsecond: Int64 { 1_000 }

  /// RFC 3339 in UTC with nine digits: `2026-11-21T01:35:15.123456789Z`.
  ///
  /// - Complexity: O(1). Civil-from-days after Howard Hinnant's published algorithm (the formula, not the code).
  package static func rfc3339(_ time: Int64) -> String {
    let seconds = floorDivide(time, second)
    let days = floorDivide(seconds, 86_400)
    let inDay = seconds - days * 86_400
    let (year, month, day) = civil(fromDays: days)
    let clock = "\(pad(inDay / 3600, 2)):\(pad(inDay / 60 % 60, 2)):\(pad(inDay % 60, 2))"
    // Not `time - seconds * second`: the product lies below Int64.min for the earliest times.
    let rest = time % second
    let fraction = rest < 0 ? rest + second : rest
    return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock).\(pad(fraction, 9))Z"
  }

  /// Seconds with nine digits: `1732152915.123456789`.
  package static func seconds(_ time: Int64) -> String {
    let magnitude = time.magnitude
    let sign = time < 0 ? "-" : ""
    return "\(sign)\(magnitude / 1_000_000_000).\(pad(Int64(magnitude % 1_000_000_000), 9))"
  }

  private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }

  private static func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
  }
}
