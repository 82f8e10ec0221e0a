import Dissection
import Frames
import Tracking

/// The idle ACKs of all connections between two hosts: each loop may be slow, and all together are a storm.
struct PairStorm: Sendable {
  private var fromLow: UInt64 = 0
  private var fromHigh: UInt64 = 0
  private var bytes: UInt64 = 0
  /// Idle ACKs counted per second from the first one on; the busiest second is the rate.
  private var bucketStart: Int64 = 0
  private var bucket: UInt64 = 0
  private var busiest: UInt64 = 0
  private var lastConnection = ConnectionID(rawValue: 0)
  private var connections: Set<ConnectionID> = []
  private var evidence = Evidence(first: 12, last: 8)

  /// Takes an idle ACK of a run.
  ///
  /// The first one stands for those before it, too, which nobody knew to be a run: they came from both sides in turn.
  mutating func take(_ observation: Observation) {
    let time = observation.segment.time
    let before = observation.idleRun == IdleRuns.patience + 1 ? UInt64(IdleRuns.patience) : 0
    let isFromLow = observation.segment.source < observation.segment.destination
    fromLow += isFromLow ? 1 + before / 2 : before - before / 2
    fromHigh += isFromLow ? before - before / 2 : 1 + before / 2
    bytes += observation.wireBytes * (1 + before)
    if bucket == 0 || (time &- bucketStart).magnitude >= PacketTime.second.magnitude {
      bucketStart = time
      bucket = 0
    }
    bucket += 1 + before
    busiest = max(busiest, bucket)
    if observation.connection != lastConnection, connections.count < 1000 {
      connections.insert(observation.connection)
    }
    lastConnection = observation.connection
    evidence.add(observation) { (LoopTrack.note($0), $0.telling) }
  }

  /// Connections that a finding may name.
  var mayName: ArraySlice<ConnectionID> { connections.sorted().prefix(20) }

  var isStorm: Bool {
    let (fewest, most) = (min(fromLow, fromHigh), max(fromLow, fromHigh))
    return busiest >= ACKLoopDetector.pairRate && connections.count >= ACKLoopDetector.pairConnections
      && Double(fewest) >= ACKLoopDetector.leastBalance * Double(most)
  }

  /// One finding for the two hosts; `parts` are the loops of single connections that it stands for.
  func finding(_ hosts: HostPair, _ parts: [LoopFinding]) -> Finding {
    let span = evidence.lastTime &- evidence.firstTime
    var finding = Finding(
      ACKLoopRules.storm, .critical, .certain, proof: .proven,
      summary: "\(hosts.low) and \(hosts.high) answered each other's empty ACKs on "
        + "\(Words.count(connections.count, "connection")) at once, up to \(Words.grouped(busiest)) in a second and "
        + "\(Words.grouped(fromLow + fromHigh)) in \(Words.duration(span)), without any progress.")
    finding.cause = commonCause(parts)
    finding.hosts = hosts.names
    finding.connections = Array(mayName)
    finding.affected = connections.sorted()
    finding.attach(evidence)
    finding.measures = [
      Measure("acks", Double(fromLow + fromHigh), "packets"), Measure("rate", Double(busiest), "packets/s"),
      Measure("connections", Double(connections.count)), Measure("duration", Words.seconds(span), "s"),
      Measure("bytes", Double(bytes), "bytes"),
    ]
    finding.cost.packets = fromLow + fromHigh
    finding.cost.bytes = bytes
    return finding
  }

  /// The label that most of the single loops have.
  private func commonCause(_ parts: [LoopFinding]) -> String {
    let labels = Dictionary(grouping: parts, by: \.cause).mapValues(\.count)
    return labels.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "unknown"
  }
}
