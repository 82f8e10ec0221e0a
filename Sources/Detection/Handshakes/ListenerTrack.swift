import Dissection
import Frames
import Tracking

/// An address and port as the key of a table that every answered SYN and every ended connection asks.
struct ListenerKey: Hashable, Sendable {
  let endpoint: Endpoint

  private static let secret = UInt64.random(in: .min ... .max)

  init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  /// One keyed multiplication, for the same reason as that of ``HostPair``.
  // swift-format-ignore: NoLeadingUnderscores
  func _rawHashValue(seed: Int) -> Int {
    let key = Self.secret ^ UInt64(bitPattern: Int64(seed)) ^ UInt64(endpoint.port) << 32
    let product = (endpoint.address.low ^ key)
      .multipliedFullWidth(by: endpoint.address.high ^ Self.secret ^ 0x9E37_79B9_7F4A_7C15 | 1)
    return Int(truncatingIfNeeded: product.high ^ product.low)
  }

  static func == (a: Self, b: Self) -> Bool {
    a.endpoint.port == b.endpoint.port && a.endpoint.address.low == b.endpoint.address.low
      && a.endpoint.address.high == b.endpoint.address.high
  }
}

/// What went wrong with handshakes at one address and port.
struct ListenerTrack: Sendable {
  /// Connections that a finding names.
  static let mostNamed = 20
  /// Clients that are told apart: more than a scan uses for decoys.
  static let mostClients = 64

  let listener: Endpoint
  /// It had answered a SYN before there was trouble.
  let answeredBefore: Bool
  /// SYNs answered since.
  var answered: UInt64 = 0
  var refusals = Trouble()
  var silences = Trouble()
  var repeats = Trouble()
  /// Connections that are over, or had to make room.
  private(set) var past: AttemptSums = [:]
  /// Hop limit of the last RST.
  var resetHopLimit: UInt8 = 0
  /// When it last answered, ns since 1970 UTC.
  var lastAnswer: Int64 = .min
  /// It answered between two SYNs that it let wait.
  var answersMeanwhile = false
  /// A client's packets have passed no router either: nothing tells whose host captured them.
  var isBesideClient = false
  /// A connection to it was captured where the server answers at once.
  var isAtServer = false

  init(_ listener: Endpoint, answeredBefore: Bool) {
    self.listener = listener
    self.answeredBefore = answeredBefore
  }

  /// Keeps of a connection what a finding needs.
  mutating func fold(_ id: ConnectionID, _ attempt: HandshakeAttempt, _ outcome: AttemptSum.Outcome) {
    past[outcome, default: AttemptSum()].add(id, attempt)
    past[outcome]?.trim()
  }

  /// When it last gave trouble.
  var lastTrouble: Int64 { max(refusals.evidence.lastTime, silences.evidence.lastTime, repeats.evidence.lastTime) }

  /// One kind of trouble: on which connections, shown by which frames.
  struct Trouble: Sendable {
    private(set) var connections: [ConnectionID] = []
    var count: UInt64 = 0
    private(set) var clients: [IPAddress] = []
    /// There were more clients than ``clients`` holds.
    private(set) var hasMoreClients = false
    private(set) var evidence = Evidence(first: 12, last: 4)

    /// Takes a frame; `isNew` when its connection was not counted before.
    mutating func add(_ observation: Observation, isNew: Bool, _ describe: @escaping Evidence.Describe) {
      if isNew {
        count += 1
        if connections.count < ListenerTrack.mostNamed { connections.append(observation.connection) }
      }
      let client = observation.fromClient ? observation.segment.source : observation.segment.destination
      if !clients.contains(client) {
        if clients.count < ListenerTrack.mostClients { clients.append(client) } else { hasMoreClients = true }
      }
      evidence.add(observation, describe)
    }

    /// `10.0.0.1`, or how many connections there were from several hosts.
    var whose: String {
      let connections = Words.count(count, "connection")
      return clients.count == 1 ? "\(connections) of \(clients[0])" : "\(connections) of several hosts"
    }
  }
}

/// A connection that waits for its handshake.
struct HandshakeAttempt: Sendable {
  let listener: Endpoint
  /// SYNs after the first.
  var retries: UInt64 = 0
  /// SYN-ACKs after the first, sent although the client had acknowledged it.
  var repeats: UInt64 = 0
  var isAnswered = false
  /// The third segment was one that the server's kernel does not take.
  var isRejected = false
  var firstTime: Int64 = 0
  /// When the first of ``repeats`` came.
  var firstRepeat: Int64 = 0
  var lastTime: Int64 = 0

  /// Whether its SYNs were left without an answer, as far as the capture tells at the time `now`.
  ///
  /// A SYN that was sent again once and answered then is ordinary loss, and so may be one that is on its way.
  func isSilent(at now: Int64) -> Bool {
    // No timer is that quick: somebody floods, or plays a capture back.
    guard waited >= Self.patience / 2 else { return false }
    return retries >= 2 || retries == 1 && !isAnswered && now &- lastTime >= Self.patience
  }

  /// Segments that the listener has not taken: SYNs without an answer, and an ACK before each repeated SYN-ACK.
  var ignored: UInt64 { (retries > 0 ? retries + (isAnswered ? 0 : 1) : 0) + repeats }

  /// From the first try to the last, ns.
  var waited: Int64 { max(0, lastTime &- firstTime) }

  /// Whether the server repeats its SYN-ACK by its timer although it has the ACK; a shorter pause is another matter.
  var isLeftOpen: Bool { repeats >= 2 && !isRejected && lastTime &- firstRepeat >= Self.patience / 2 }

  /// After that long a client asks again: the initial retransmission timeout (RFC 6298 §2.1).
  private static let patience = PacketTime.second
}
