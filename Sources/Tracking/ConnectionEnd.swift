import Dissection

/// A connection as it stands at its end, without texts: what detectors are told of every connection.
package struct ConnectionEnd: Sendable {
  package var id: ConnectionID
  package var client: Endpoint
  package var server: Endpoint
  /// No SYN was captured: who is the client is a guess by ports.
  package var rolesGuessed: Bool
  /// The capture holds no SYN of the connection.
  package var midStream: Bool
  /// Both SYN and SYN-ACK were captured.
  package var sawSYNAndSYNACK: Bool
  package var firstFrame: UInt64
  package var lastFrame: UInt64
  package var firstTime: Int64
  package var lastTime: Int64
  /// SYN, SYN-ACK and CLC facts; nil when the connection shows no sign of SMC at all.
  package var smc: SMCAccount?
  package var fromClient: DirectionEnd
  package var fromServer: DirectionEnd
  package var ending: Ending
  /// State of each end, and since when (ns since 1970 UTC).
  var clientState = EndState.unknown
  var serverState = EndState.unknown
  package var clientStateSince: Int64 = 0
  package var serverStateSince: Int64 = 0
  var phase = Phase.established
  /// The client sent the RST that ended it.
  package var resetByClient = false
  /// Nobody answered the SYN.
  package var unanswered = false
  /// TSval of the (last) SYN when nobody answered it, and how often it was sent.
  package var synTimestamp: UInt32?
  package var synCount: UInt16 = 0
  /// Time from SYN to the third segment, ns; 0 = not seen whole.
  package var handshake: Int64 = 0
  package var vantage = Vantage.unknown
  /// Where its time went.
  package var time = TimeAccount()
  /// Something about it became an observation.
  package var troubled = false

  /// How a connection's record came to its end.
  package enum Ending: UInt8, Sendable {
    case captureEnd, closed, resetByClient, resetByServer, expired, replaced, evicted
  }
}

/// What one end of a connection sent, in numbers.
package struct DirectionEnd: Sendable {
  package var packets: UInt64 = 0
  package var dataPackets: UInt64 = 0
  package var payloadBytes: UInt64 = 0
  package var retransmissions: UInt32 = 0
  package var retransmittedBytes: UInt64 = 0
  package var leastRoundTrip: Int64 = 0
  package var mss: UInt16 = 0
  package var windowScale: UInt8?
  package var hopLimit: UInt8 = 0

  init() {}

  init(_ direction: Direction) {
    packets = direction.packets
    dataPackets = direction.dataPackets
    payloadBytes = direction.payloadBytes
    retransmissions = direction.retransmissions
    retransmittedBytes = direction.retransmittedBytes
    leastRoundTrip = direction.answering.least
    mss = direction.mss
    windowScale = direction.windowScale == Direction.unknownScale ? nil : direction.windowScale
    hopLimit = direction.hopLimit
  }
}

/// Where the capture was made, seen from one connection.
package enum Vantage: UInt8, Sendable {
  case unknown, client, server, middle, loopback

  package var name: String {
    switch self {
    case .unknown: "unknown"
    case .client: "client"
    case .server: "server"
    case .middle: "middle"
    case .loopback: "loopback"
    }
  }
}

extension ConnectionEnd {
  /// State of the connection in words.
  package var phaseName: String {
    if unanswered { return "SYN unanswered" }
    switch phase {
    case .synSent: return "SYN sent"
    case .synCrossed: return "SYNs crossed"
    case .synReceived: return "SYN received"
    case .established: return midStream ? "established (mid-stream)" : "established"
    case .finOne: return "half closed"
    case .finBoth: return "closing"
    case .closed: return "closed"
    case .reset: return "reset"
    }
  }

  /// Whether packets ended it: both FINs acknowledged, or a RST.
  package var isOver: Bool { phase.isOver }

  package var clientStateName: String { clientState.name }
  package var serverStateName: String { serverState.name }

  /// Whether the server's RST ended it.
  package var isResetByServer: Bool { phase == .reset && ending != .resetByClient && !resetByClient }

  /// How it ended, in words.
  package var endingName: String {
    switch (ending, phase) {
    case (_, .reset): isResetByServer ? "RST from server" : "RST from client"
    case (_, .closed): "FIN"
    case (.captureEnd, _): "capture end"
    case (.expired, _): "idle"
    case (.replaced, _): "replaced by a new connection"
    case (.evicted, _): "dropped for memory"
    case (.closed, _): "FIN"
    case (.resetByClient, _): "RST from client"
    case (.resetByServer, _): "RST from server"
    }
  }
}
