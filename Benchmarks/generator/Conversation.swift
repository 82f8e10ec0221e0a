/// The control bits that the generator sets (RFC 9293 section 3.1).
struct ControlBits: OptionSet {
  let rawValue: UInt8
  static let fin = Self(rawValue: 0x01)
  static let syn = Self(rawValue: 0x02)
  static let psh = Self(rawValue: 0x08)
  static let ack = Self(rawValue: 0x10)
}

/// What one frame is to say; `CaptureWriter` knows how it is written.
struct OutgoingSegment {
  var fromServer = false
  var flags: ControlBits = .ack
  var sequence: UInt32
  var acknowledgment: UInt32 = 0
  /// Payload length in bytes.
  var payload = 0
  var carriesSACK = false
  var window: UInt16 = 502
}

/// One TCP connection: a handshake, then whatever the profile asks for, and an end if it asks for one.
struct Conversation {
  struct Traits: OptionSet {
    let rawValue: UInt8
    static let ipv6 = Self(rawValue: 1)
    static let vlan = Self(rawValue: 2)
    static let withoutTimestamps = Self(rawValue: 4)
    /// A source of a SYN flood: it repeats its SYN and is never answered.
    static let flood = Self(rawValue: 8)
  }

  struct Endpoint {
    var next: UInt32
    /// What this end acknowledged last.
    var acknowledged: UInt32 = 0
    /// Offset of this end's TCP timestamp clock, in milliseconds.
    let clockOffset: UInt32
  }

  private enum Stage: UInt8 { case closed, synSent, synAnswered, established, finSent, finAnswered, over }

  let id: UInt32
  let clientPort: UInt16
  var traits: Traits
  var client: Endpoint
  var server: Endpoint
  private var stage = Stage.closed

  var isEstablished: Bool { stage == .established }
  var isOver: Bool { stage == .over }

  /// Everything about a conversation follows from its number.
  ///
  /// - Parameters:
  ///   - id: the number, from 0.
  ///   - mixed: whether VLAN tags and missing timestamps occur, beside IPv6.
  init(id: UInt32, mixed: Bool) {
    var random = SplitMix64(seed: UInt64(id) << 20)
    self.id = id
    traits =
      switch random.below(100) {
      case 0..<10: .ipv6
      case 10..<20 where mixed: .vlan
      case 20..<30 where mixed: .withoutTimestamps
      default: []
      }
    clientPort = UInt16(1_024 + random.below(64_000))
    client = Endpoint(next: UInt32(truncatingIfNeeded: random.next()), clockOffset: UInt32(random.next() >> 32))
    server = Endpoint(next: UInt32(truncatingIfNeeded: random.next()), clockOffset: UInt32(random.next() >> 32))
  }

  /// The next packet of the handshake, or `nil` when it is over.
  mutating func handshake() -> OutgoingSegment? {
    switch stage {
    case .closed:
      stage = .synSent
      defer { client.next &+= 1 }
      return OutgoingSegment(flags: .syn, sequence: client.next, window: 64_240)
    case .synSent where traits.contains(.flood):
      return OutgoingSegment(flags: .syn, sequence: client.next &- 1, window: 64_240)
    case .synSent:
      stage = .synAnswered
      defer { server.next &+= 1 }
      return OutgoingSegment(
        fromServer: true, flags: [.syn, .ack], sequence: server.next, acknowledgment: client.next, window: 65_160)
    case .synAnswered:
      stage = .established
      client.acknowledged = server.next
      server.acknowledged = client.next
      return OutgoingSegment(sequence: client.next, acknowledgment: server.next)
    case .established, .finSent, .finAnswered, .over:
      return nil
    }
  }

  /// The next packet of an orderly end, begun by the client, or `nil` when it is over.
  mutating func goodbye() -> OutgoingSegment? {
    switch stage {
    case .established:
      stage = .finSent
      defer { client.next &+= 1 }
      return OutgoingSegment(flags: [.fin, .ack], sequence: client.next, acknowledgment: server.next)
    case .finSent:
      stage = .finAnswered
      defer { server.next &+= 1 }
      return OutgoingSegment(
        fromServer: true, flags: [.fin, .ack], sequence: server.next, acknowledgment: client.next)
    case .finAnswered:
      stage = .over
      return OutgoingSegment(sequence: client.next, acknowledgment: server.next)
    case .closed, .synSent, .synAnswered, .over:
      return nil
    }
  }

  /// One packet of small talk from either end: mostly data and ACKs, with a pinch of everything else.
  ///
  /// Of 1,000 packets 400 carry new data, 560 are ACKs, 15 retransmissions, 10 duplicate ACKs, 5 zero windows,
  /// 5 come after a gap in the sequence, and 5 are keep-alives.
  mutating func smallTalk(_ random: inout SplitMix64) -> OutgoingSegment {
    let fromServer = random.next() & 1 == 1
    let kind = random.below(1_000)
    let length = 1 + random.below(mostPayload)
    var speaker = fromServer ? server : client
    let listener = fromServer ? client : server
    defer { if fromServer { server = speaker } else { client = speaker } }

    var segment = OutgoingSegment(fromServer: fromServer, sequence: speaker.next, acknowledgment: listener.next)
    switch kind {
    case 0..<400:
      speaker.send(length, as: &segment)
      speaker.acknowledged = listener.next
    case 400..<960:
      segment.window = 500 + UInt16(kind & 3)
      speaker.acknowledged = listener.next
    case 960..<975:
      segment.sequence = speaker.next &- UInt32(length)
      segment.flags = [.psh, .ack]
      segment.payload = length
    case 975..<985:
      segment.acknowledgment = speaker.acknowledged
      segment.carriesSACK = !traits.contains(.ipv6)
    case 985..<990:
      segment.window = 0
    case 990..<995:
      speaker.next &+= UInt32(length)
      speaker.send(length, as: &segment)
    default:
      segment.sequence = speaker.next &- 1
    }
    return segment
  }

  /// The longest payload in bytes that keeps a frame of small talk within 90 bytes.
  private var mostPayload: Int {
    if traits.contains(.ipv6) { return 4 }
    return traits.contains(.vlan) ? 20 : 24
  }
}

extension Conversation.Endpoint {
  /// Turns `segment` into the next `length` bytes of this end's stream.
  mutating func send(_ length: Int, as segment: inout OutgoingSegment) {
    segment.sequence = next
    segment.flags = [.psh, .ack]
    segment.payload = length
    next &+= UInt32(length)
  }
}
