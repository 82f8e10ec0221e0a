import Testing

@testable import Frames

/// Packet time in words: calendar, digits, and the ends of the range.
struct PacketTimeTests {
  struct Moment: Sendable, CustomTestStringConvertible {
    var label: String
    var time: Int64
    var text: String
    var testDescription: String { label }
  }

  static let moments = [
    Moment(label: "the epoch", time: 0, text: "1970-01-01T00:00:00.000000000Z"),
    Moment(label: "all nine digits", time: 123_456_789, text: "1970-01-01T00:00:00.123456789Z"),
    Moment(label: "one nanosecond before the epoch", time: -1, text: "1969-12-31T23:59:59.999999999Z"),
    Moment(label: "a whole second before the epoch", time: -1_000_000_000, text: "1969-12-31T23:59:59.000000000Z"),
    Moment(label: "a day before the epoch", time: -86_400_000_000_000, text: "1969-12-31T00:00:00.000000000Z"),
    Moment(label: "the last second of a day", time: 86_399_999_999_999, text: "1970-01-01T23:59:59.999999999Z"),
    Moment(label: "a leap day", time: 951_782_400 * 1_000_000_000, text: "2000-02-29T00:00:00.000000000Z"),
    Moment(
      label: "the day after a leap day", time: 951_868_800 * 1_000_000_000, text: "2000-03-01T00:00:00.000000000Z"),
    Moment(
      label: "a year without leap day", time: 1_772_323_200 * 1_000_000_000, text: "2026-03-01T00:00:00.000000000Z"),
    Moment(label: "2100 has no leap day", time: 4_107_542_400 * 1_000_000_000, text: "2100-03-01T00:00:00.000000000Z"),
    Moment(
      label: "the end of 32-bit seconds", time: 4_294_967_295 * 1_000_000_000, text: "2106-02-07T06:28:15.000000000Z"),
    Moment(label: "the latest time", time: .max, text: "2262-04-11T23:47:16.854775807Z"),
    Moment(label: "the earliest time", time: .min, text: "1677-09-21T00:12:43.145224192Z"),
  ]

  @Test("A time is written as RFC 3339 says, in UTC and with nine digits", arguments: moments)
  func rfc3339(_ moment: Moment) {
    #expect(PacketTime.rfc3339(moment.time) == moment.text)
  }

  static let counts = [
    Moment(label: "zero", time: 0, text: "0.000000000"),
    Moment(label: "a nanosecond", time: 1, text: "0.000000001"),
    Moment(label: "less than a second before", time: -1, text: "-0.000000001"),
    Moment(label: "a usual time", time: 1_732_152_915_123_456_789, text: "1732152915.123456789"),
    Moment(label: "the latest time", time: .max, text: "9223372036.854775807"),
    Moment(label: "the earliest time", time: .min, text: "-9223372036.854775808"),
  ]

  @Test("Seconds are written with nine digits and one sign", arguments: counts)
  func seconds(_ moment: Moment) {
    #expect(PacketTime.seconds(moment.time) == moment.text)
  }

  @Test("Every second is written later than the second before")
  func monotonous() {
    // Steps of a prime number of seconds over four centuries, leap years of every kind included.
    var before = PacketTime.rfc3339(-6_000_000_000 * PacketTime.second)
    for second in stride(from: -5_999_000_000, through: 9_000_000_000, by: 1_000_003) {
      let text = PacketTime.rfc3339(Int64(second) * PacketTime.second)
      #expect(before < text && text.utf8.count == 30)
      before = text
    }
  }

  @Test("The units are multiples of each other")
  func units() {
    #expect(PacketTime.second == 1000 * PacketTime.millisecond)
    #expect(PacketTime.millisecond == 1000 * PacketTime.microsecond)
  }
}
