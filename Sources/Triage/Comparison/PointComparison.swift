import Dissection

/// The way that a segment takes between two capture points.
package enum Travel: Int, Sendable, CaseIterable {
  /// Past the first point, then past the second.
  case forth
  /// Past the second point, then past the first.
  case back
}

/// What became of the segments that went one way.
package struct TravelCount: Sendable {
  /// Segments that the point passed first saw while the other captured, in the sizes of the wire.
  package var sent: UInt64 = 0
  /// Of those, lost between the points.
  package var lost: UInt64 = 0
  /// Payload bytes of the lost ones.
  package var lostBytes: UInt64 = 0
  /// Acknowledged although the second point never saw them: that capture missed them, or they took another way.
  package var missed: UInt64 = 0
  /// Seen before the other capture began or after it ended: not counted.
  package var outside: UInt64 = 0
  /// Seen only behind: missed by the capture in front, on another way, or made between the points.
  package var onlyBehind: UInt64 = 0
  /// Resent data that fills a hole which the first point passed had seen: lost before both points.
  package var lostBefore: UInt64 = 0
  /// Sent again although both points had seen it.
  package var sentAgain: UInt64 = 0
  /// Of those, acknowledged at the point behind before they came there: needless.
  package var needless: UInt64 = 0
  /// The same packet once more, by the point passed first and by the other.
  package var copiesInFront: UInt64 = 0
  package var copiesBehind: UInt64 = 0
  /// Router hops between the points, by the time to live; nil when it was rewritten or differs.
  package var hops: Int?

  static func += (a: inout TravelCount, b: TravelCount) {
    a.sent &+= b.sent
    a.lost &+= b.lost
    a.lostBytes &+= b.lostBytes
    a.missed &+= b.missed
    a.outside &+= b.outside
    a.onlyBehind &+= b.onlyBehind
    a.lostBefore &+= b.lostBefore
    a.sentAgain &+= b.sentAgain
    a.needless &+= b.needless
    a.copiesInFront &+= b.copiesInFront
    a.copiesBehind &+= b.copiesBehind
  }
}

/// One connection that both captures saw.
package struct PointConnection: Sendable {
  package var client: Endpoint
  package var server: Endpoint
  /// The client's and the server's end in the second capture, where they are others: translated on the way.
  package var translated: (client: Endpoint, server: Endpoint)?
  /// Which way the client's segments go; the server's go the other.
  package var clientTravel: Travel
  /// From client to server, and from server to client.
  package var fromClient: TravelCount
  package var fromServer: TravelCount

  package var lost: UInt64 { fromClient.lost &+ fromServer.lost }
}

/// Something that a device between the points did to segments.
package struct Alteration: Sendable {
  package enum Kind: Int, Sendable, CaseIterable {
    case optionRemoved, optionAdded, mss, windowScale, sequenceShift, sackUntranslated, timestamps, addresses, payload
    case congestionMarked, ecnCleared, dscp, flags, window, identification, pieces
  }

  package var kind: Kind
  package var travel: Travel
  /// What it was about: an option's name, `1460 → 1380`; may be empty.
  package var detail: String
  /// Segments that it happened to.
  package var segments: UInt64
  /// Frame of the first one in the first and in the second capture.
  package var firstFrame: UInt32
  package var secondFrame: UInt32
}

/// Two captures of the same traffic at two points, compared.
package struct PointComparison: Sendable {
  /// Sums by way.
  package var totals: [TravelCount] = [TravelCount(), TravelCount()]
  /// Delays by way, without the clocks' difference; nil when nothing went that way.
  package var delays: [DelaySpread?] = [nil, nil]
  package var clock = ClockComparison()
  /// Connections that both saw, those with most losses first; bounded.
  package var connections: [PointConnection] = []
  /// How many connections both saw, listed or not.
  package var connectionCount = 0
  /// Of those, the ones of which segments were lost between the points.
  package var lossyConnections = 0
  /// Of those, how many have the client nearer to the first point, to the second, or neither.
  package var clientNearFirst = 0
  package var clientNearSecond = 0
  package var samePlace = 0
  /// Connections with translated addresses or ports.
  package var translatedConnections = 0
  /// What was changed on the way, the most telling first.
  package var alterations: [Alteration] = []
  /// Connections and their segments that only one of the captures saw: first, second.
  package var lonelyConnections = [0, 0]
  package var lonelySegments: [UInt64] = [0, 0]
  /// Of these, connections of which only one side was heard: attempts that may have been lost on the way.
  package var unanswered = [0, 0]
  /// Segments in each capture.
  package var segments: [UInt64] = [0, 0]
  /// Segments that both captures saw.
  package var matched: UInt64 = 0
  /// Nanoseconds that both captures cover; negative when there is a gap between them.
  package var overlap: Int64 = 0
  /// What limits the answer, each one sentence.
  package var limits: [String] = []

  /// Fewer connections are listed than there may be; the rest is in the sums.
  static let mostListed = 200
  /// Three segments alike in 100 bits are no chance, and one in a hundred is no odd leftover of an older capture.
  private static let leastMatched: UInt64 = 3
  /// A way that loses more than nine of ten segments is no way: connections that begin alike are other traffic then.
  private static let leastShare: UInt64 = 10

  /// Whether this is the same traffic at all.
  package var isSameTraffic: Bool {
    let fewest = min(segments[0], segments[1])
    let sent = totals.reduce(0) { $0 &+ $1.sent }
    return matched > 0 && matched >= min(Self.leastMatched, fewest) && matched &* 100 >= fewest
      && matched &* Self.leastShare >= sent
  }
}
