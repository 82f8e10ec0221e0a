import Frames

/// Packet times for people: UTC, with the distance from the start of the capture beside it.
enum Moment {
  /// `2026-11-21 01:35:15 UTC`; `digits` of the second's fraction, 0 to 9.
  static func utc(_ time: Int64, digits: Int = 0) -> String {
    let full = exact(time)
    let day = full.prefix { $0 != "T" }
    let clock = full.dropFirst(day.count + 1).dropLast(1)
    let kept = digits == 0 ? clock.prefix { $0 != "." } : clock.dropLast(max(0, 9 - digits))
    return "\(day) \(kept) UTC"
  }

  /// `01:35:15.123456`, the time of day in UTC.
  static func clock(_ time: Int64) -> String {
    let full = exact(time)
    return String(full.drop { $0 != "T" }.dropFirst().dropLast(4))
  }

  /// `01:35:15`, with as many digits of the second as are not zero.
  static func slice(_ time: Int64) -> String {
    var clock = clock(time)
    guard clock.contains(".") else { return clock }
    while clock.last == "0" { clock.removeLast() }
    return clock.last == "." ? String(clock.dropLast()) : clock
  }

  /// `+12.345678 s` after `start`.
  static func relative(_ time: Int64, from start: Int64) -> String {
    (time < start ? "" : "+") + relativeSeconds(time, from: start) + " s"
  }

  /// `12.345678`, negative for a time before `start`; the packets' own digits down to microseconds.
  static func relativeSeconds(_ time: Int64, from start: Int64) -> String {
    String(PacketTime.seconds(elapsed(from: start, to: time)).dropLast(3))
  }

  /// RFC 3339 with nanoseconds; damaged captures can hold any 64-bit time.
  static func exact(_ time: Int64) -> String { PacketTime.rfc3339(max(time, Int64.min + PacketTime.second)) }

  /// Nanoseconds between two packet times, saturated.
  static func elapsed(from start: Int64, to end: Int64) -> Int64 {
    let (difference, overflow) = end.subtractingReportingOverflow(start)
    return overflow ? (end < start ? -Int64.max : Int64.max) : difference
  }
}
