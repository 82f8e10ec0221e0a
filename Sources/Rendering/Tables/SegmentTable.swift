import Dissection
import Frames
import Tracking

/// The columns of `show segments`.
package enum SegmentTable {
  package static let columns: [Column] = [
    Column("frame", isNumber: true), Column("time", isNumber: true),
    Column("connection", isNumber: true, short: "conn", rank: 2), Column("from"), Column("to", rank: 4),
    Column("kind"), Column("cause", rank: 1), Column("spurious", rank: 5), Column("rejected", rank: 3),
    Column("confidence", short: "sure", rank: 7), Column("flags", rank: 8), Column("seq", isNumber: true, rank: 10),
    Column("ack", isNumber: true, rank: 11), Column("length", isNumber: true, short: "len", rank: 7),
    Column("window", isNumber: true, rank: 16), Column("tsval", isNumber: true, rank: 12),
    Column("tsecr", isNumber: true, rank: 13), Column("desync", isNumber: true, rank: 15),
    Column("flight", isNumber: true, rank: 14), Column("stall", isNumber: true, rank: 9), Column("signs", rank: 6),
  ]

  /// One segment that is anything but ordinary.
  ///
  /// `time` is seconds since 1970 UTC, `stall` seconds, sequence numbers as they stand in the packet; `desync` is told of
  /// bare ACKs only.
  package static func row(_ observation: Observation) -> [Cell] {
    let segment = observation.segment
    let hasACK = segment.flags.contains(.ack)
    return [
      .unsigned(segment.frame), .time(segment.time), .unsigned(observation.connection.rawValue),
      .text("\(observation.sender)"), .text("\(observation.receiver)"), .text(observation.kind.name),
      .text(observation.cause.name), .flag(isSpurious(observation.anomalies)),
      .text(observation.rejection.name), .text(observation.certainty.name), .text(segment.flags.letters),
      .integer(Int64(segment.sequence.rawValue)), hasACK ? .integer(Int64(segment.acknowledgment.rawValue)) : .none,
      .integer(Int64(segment.payloadLength)), .integer(Int64(segment.window)),
      segment.hasTimestamps ? .integer(Int64(segment.timestampValue)) : .none,
      segment.hasTimestamps ? .integer(Int64(segment.timestampEcho)) : .none,
      segment.isBareACK ? .integer(Int64(observation.desync)) : .none, .integer(Int64(observation.flight)),
      .seconds(observation.stall), .text(signs(observation.anomalies)),
    ]
  }

  /// Needless, and not because its original was merely late.
  private static func isSpurious(_ anomalies: Anomalies) -> Bool {
    anomalies.contains(.needless) && !anomalies.contains(.crossedOriginal)
  }

  /// What else is odd about a segment, in words with a space between.
  private static func signs(_ anomalies: Anomalies) -> String {
    names.filter { anomalies.contains($0.sign) }.map(\.name).joined(separator: " ")
  }

  /// Signs that no other column tells.
  private static let names: [(sign: Anomalies, name: String)] = [
    (.opensGap, "opens-gap"), (.fillsGap, "fills-gap"), (.alreadyAcknowledged, "already-acknowledged"),
    (.crossedOriginal, "crossed-original"), (.partlyNew, "partly-new"), (.zeroWindow, "zero-window"), (.superPacket, "super-packet"),
    (.timestampMissing, "timestamp-missing"), (.timestampAppears, "timestamp-appears"),
    (.timestampJump, "timestamp-jump"), (.echoInvalid, "echo-invalid"), (.rejectionRefuted, "taken-after-all"),
    (.oldConnectionAnswers, "old-connection-answers"), (.synInside, "syn-inside-connection"),
    (.inexactReset, "inexact-reset"), (.synAnswered, "answers-syn"), (.synUnanswered, "syn-unanswered"),
  ]
}
