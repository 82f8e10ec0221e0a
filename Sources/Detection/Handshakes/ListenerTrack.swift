import Dissection
import Tracking

/// What went wrong with handshakes at one address and port.
struct ListenerTrack: Sendable {
  /// Connections that a finding names.
  static let mostNamed = 64

  let listener: Endpoint
  /// It had answered a SYN before there was trouble.
  let answeredBefore: Bool
  /// SYNs answered since.
  var answered: UInt64 = 0
  var refusals = Trouble()
  var silences = Trouble()
  var repeats = Trouble()
  /// Hop limit of the last RST.
  var resetHopLimit: UInt8 = 0
  /// When it last answered, ns since 1970 UTC.
  var lastAnswer: Int64 = .min
  /// It answered between two SYNs that it let wait.
  var answersMeanwhile = false

  init(_ listener: Endpoint, answeredBefore: Bool) {
    self.listener = listener
    self.answeredBefore = answeredBefore
  }

  /// One kind of trouble: on which connections, shown by which frames.
  struct Trouble: Sendable {
    private(set) var connections: [ConnectionID] = []
    var count: UInt64 = 0
    private(set) var client: Endpoint?
    private(set) var hasManyClients = false
    private(set) var evidence = Evidence(first: 12, last: 4)

    /// Takes a frame; `isNew` when its connection was not counted before.
    mutating func add(_ observation: Observation, isNew: Bool, _ describe: @escaping Evidence.Describe) {
      if isNew {
        count += 1
        if connections.count < ListenerTrack.mostNamed { connections.append(observation.connection) }
      }
      let end = observation.fromClient ? observation.sender : observation.receiver
      if let client, client.address != end.address { hasManyClients = true }
      client = client ?? end
      evidence.add(observation, describe)
    }

    /// `10.0.0.1`, or how many connections there were from several hosts.
    var whose: String {
      let connections = Words.count(count, "connection")
      return hasManyClients
        ? "\(connections) of several hosts" : "\(connections) of \(client?.address.description ?? "")"
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
  var lastTime: Int64 = 0
}
