import Frames
import Tracking

/// Silences of a path that a connection outlived: timeouts of the same bytes, each after a longer wait, and then it
/// went on.
struct Blackout: Sendable {
  static let leastTimeouts: UInt64 = 2
  static let least = PacketTime.second
  static let critical = 5 * PacketTime.second

  static let thresholds = [
    Threshold(
      "blackout", "silence", "2 timeouts with back-off and 1 s", because: "a single timeout repairs an ordinary loss"),
    Threshold("blackout", "critical silence", "5 s", because: "users and programs give up"),
  ]

  /// The longest of them.
  private(set) var longest: StallTrack
  let connection: ConnectionID
  private(set) var count: UInt64 = 0
  private(set) var silence: Int64 = 0
  private(set) var segments: UInt64 = 0
  private(set) var bytes: UInt64 = 0

  init(_ track: StallTrack, on connection: ConnectionID) {
    longest = track
    self.connection = connection
  }

  mutating func take(_ track: StallTrack) {
    count += 1
    silence &+= track.silence
    segments += track.tries + track.repairs
    bytes += track.bytes
    if track.silence > longest.silence { longest = track }
  }

  /// Whether at least half of some retransmissions of the connection are tries and repairs of the silences.
  func explains(_ segments: UInt64) -> Bool { segments <= 2 * self.segments }

  var finding: Finding {
    let more = count > 1 ? ", the longest of \(Words.count(count, "silence"))" : ""
    var finding = Finding(
      LossEpisodeRules.blackout, silence >= Self.critical ? .critical : .warning, .certain, proof: .proven,
      summary: "No answer of \(longest.receiver) reached \(longest.sender) for "
        + "\(Words.duration(longest.silence))\(more): \(Words.count(longest.timeouts, "timeout")) of the same bytes, "
        + "each after a longer wait, until the connection went on.")
    finding.connections = [connection]
    finding.attach(longest.evidence)
    finding.measures = [
      Measure("silence", Words.seconds(silence), "s"), Measure("longest", Words.seconds(longest.silence), "s"),
      Measure("timeouts", Double(longest.timeouts)), Measure("silences", Double(count)),
      Measure("segments", Double(segments), "segments"),
    ]
    finding.cost.time = silence
    finding.cost.packets = segments
    finding.cost.bytes = bytes
    return finding
  }
}
