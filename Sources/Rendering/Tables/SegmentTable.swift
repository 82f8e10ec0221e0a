import Dissection
import Frames
import Tracking

/// The columns of `show segments`.
package enum SegmentTable {
  package static let columns: [Column] = [
    Column("frame", isNumber: true), Column("time", isNumber: true), Column("connection", isNumber: true),
    Column("from"), Column("to"), Column("kind"), Column("cause"), Column("spurious"), Column("rejected"),
    Column("confidence"), Column("flags"), Column("seq", isNumber: true), Column("ack", isNumber: true),
    Column("length", isNumber: true), Column("window", isNumber: true), Column("tsval", isNumber: true),
    Column("tsecr", isNumber: true), Column("desync", isNumber: true), Column("flight", isNumber: true),
    Column("stall", isNumber: true),
  ]

  /// One segment that is anything but ordinary.
  ///
  /// `time` is seconds since 1970 UTC, `stall` seconds, sequence numbers as they stand in the packet; `desync` is told of
  /// bare ACKs only.
  package static func row(_ observation: Observation) -> [Cell] {
    let segment = observation.segment
    let hasACK = segment.flags.contains(.ack)
    return [
      .unsigned(segment.frame), .seconds(segment.time), .unsigned(observation.connection.rawValue),
      .text("\(observation.sender)"), .text("\(observation.receiver)"), .text(observation.kind.name),
      .text(observation.cause.name), .flag(observation.anomalies.contains(.needless)),
      .text(observation.rejection.name), .text(observation.certainty.name), .text(segment.flags.letters),
      .integer(Int64(segment.sequence.rawValue)), hasACK ? .integer(Int64(segment.acknowledgment.rawValue)) : .none,
      .integer(Int64(segment.payloadLength)), .integer(Int64(segment.window)),
      segment.hasTimestamps ? .integer(Int64(segment.timestampValue)) : .none,
      segment.hasTimestamps ? .integer(Int64(segment.timestampEcho)) : .none,
      segment.isBareACK ? .integer(Int64(observation.desync)) : .none, .integer(Int64(observation.flight)),
      .seconds(observation.stall),
    ]
  }
}
