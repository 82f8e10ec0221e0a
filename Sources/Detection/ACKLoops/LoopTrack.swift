import Dissection
import Frames
import Tracking

/// One connection's idle ACKs since anything last moved: the raw material of every verdict of the family.
struct LoopTrack: Sendable {
  /// What one side contributed.
  struct Side: Sendable {
    var count: UInt64 = 0
    var lastTime: Int64 = 0
    var gaps: UInt64 = 0
    var limitedGaps: UInt64 = 0
    var rejections: InlineArray<6, UInt64> = .init(repeating: 0)
    /// Constant distance between the peer's acknowledgment and this side's sequence number, and how often it stood.
    var desync: Int32 = 0
    var desyncRepeats: UInt64 = 0
    var peerWindow: UInt32 = .max
    var lag: Int32 = 0
    var sender: Endpoint?
    var receiver: Endpoint?
  }

  /// Gaps that the 500 ms limiter produces, with jiffy slack and the stimulus' own period.
  static let limiterGap = 450 * PacketTime.millisecond...1100 * PacketTime.millisecond

  var client = Side()
  var server = Side()
  var echoes: UInt64 = 0
  var bytes: UInt64 = 0
  var alternations: UInt64 = 0
  var lastFromClient: Bool?
  var lastTime: Int64 = 0
  /// Echoes counted per second from the first one on; the busiest second is the rate.
  var bucketStart: Int64 = 0
  var bucket: UInt64 = 0
  var busiest: UInt64 = 0
  var evidence = Evidence(first: 8, last: 4)

  mutating func take(_ observation: Observation) {
    let time = observation.segment.time
    let other = observation.fromClient ? server.count : client.count
    withSide(observation.fromClient) { $0.take(observation) }
    bytes += observation.wireBytes
    if other > 0 { echoes += 1 }
    if let lastFromClient, lastFromClient != observation.fromClient { alternations += 1 }
    lastTime = lastFromClient == nil ? time : max(lastTime, time)
    lastFromClient = observation.fromClient
    count(time)
    evidence.add(observation) { (Self.note($0), $0.telling) }
  }

  private mutating func count(_ time: Int64) {
    if bucket == 0 || (time &- bucketStart).magnitude >= PacketTime.second.magnitude {
      bucketStart = time
      bucket = 0
    }
    bucket += 1
    busiest = max(busiest, bucket)
  }

  private mutating func withSide(_ fromClient: Bool, _ body: (inout Side) -> Void) {
    if fromClient { body(&client) } else { body(&server) }
  }

  /// ACKs per second of the busiest second, or of the whole run when it is shorter; nil when it is too short to tell.
  var rate: Double? {
    let span = lastTime &- evidence.firstTime
    guard span < PacketTime.second else { return Double(busiest) }
    return span < 10 * PacketTime.millisecond ? nil : Double(total) * 1e9 / Double(span)
  }

  /// Smaller count over larger: 1 for strict alternation, 0 for a one-sided flood.
  var balance: Double {
    let most = max(client.count, server.count)
    return most == 0 ? 0 : Double(min(client.count, server.count)) / Double(most)
  }

  var total: UInt64 { client.count + server.count }

  /// The two hosts; each side of a loop has spoken.
  var hosts: HostPair? {
    guard let sender = client.sender ?? server.sender, let receiver = client.receiver ?? server.receiver else {
      return nil
    }
    return HostPair(sender.address, receiver.address)
  }

  static func note(_ observation: Observation) -> String {
    switch observation.rejection {
    case .none: "no progress, no answer due"
    case .paws: "TSval \(observation.timestampLag) ticks behind what the peer last took"
    case .oldSequence: "sequence number below the peer's window"
    case .beyondWindow: "sequence number beyond the peer's window"
    case .ackUnsent: "acknowledges what was never sent"
    case .timestampEcho: "TSecr that the peer never sent"
    }
  }
}

extension LoopTrack.Side {
  fileprivate mutating func take(_ observation: Observation) {
    let time = observation.segment.time
    if count > 0 {
      gaps += 1
      if LoopTrack.limiterGap.contains(time &- lastTime) { limitedGaps += 1 }
    }
    count += 1
    lastTime = time
    sender = observation.sender
    receiver = observation.receiver
    rejections[Int(observation.rejection.rawValue)] += 1
    lag = max(lag, observation.timestampLag)
    peerWindow = observation.peerWindow
    if observation.desync == desync {
      desyncRepeats += 1
    } else {
      desync = observation.desync
      desyncRepeats = 1
    }
  }

  /// What most of this side's ACKs are thrown away for.
  var commonRejection: Rejection {
    let common = Rejection.allCases.filter { $0 != .none && rejections[Int($0.rawValue)] * 2 >= count && count > 0 }
    return common.max { rejections[Int($0.rawValue)] < rejections[Int($1.rawValue)] } ?? .none
  }

  /// The distance that stands between the two sequence spaces, nil when it is within the window or does not stand.
  var standingDesync: Int32? {
    let window = peerWindow == .max ? 65_535 : max(peerWindow, 1)
    return desyncRepeats >= 5 && desync.magnitude > window ? desync : nil
  }
}

extension Observation {
  /// Fields that show why the segment is taken for invalid.
  var telling: [String] {
    switch rejection {
    case .paws: ["tsval"]
    case .timestampEcho: ["tsecr"]
    case .oldSequence, .beyondWindow: ["seq"]
    case .ackUnsent: ["ack"]
    case .none: ["seq", "ack"]
    }
  }
}
