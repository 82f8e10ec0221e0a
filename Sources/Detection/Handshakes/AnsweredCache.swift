import Dissection

/// Listeners that answered a SYN, and the hop limit that their hosts' packets had, as far as a small table remembers.
///
/// A million handshakes pass here, so each costs two stores: a newer entry takes the place of an older one, and what
/// was forgotten counts as never seen.
struct AnsweredCache: Sendable {
  private static let size = 4_096

  private var listeners = [UInt64](repeating: 0, count: AnsweredCache.size)
  private var hosts = [UInt64](repeating: 0, count: AnsweredCache.size)
  private var hopLimits = [UInt8](repeating: 0, count: AnsweredCache.size)

  mutating func note(synACK segment: Segment) {
    let host = Self.print(segment.source)
    let listener = Self.print(host, segment.sourcePort)
    listeners[Self.place(listener)] = listener
    hosts[Self.place(host)] = host
    hopLimits[Self.place(host)] = segment.hopLimit
  }

  func hasAnswered(_ listener: Endpoint) -> Bool {
    let known = Self.print(Self.print(listener.address), listener.port)
    return listeners[Self.place(known)] == known
  }

  /// The hop limit of the last SYN-ACK of a host.
  func hopLimit(of host: IPAddress) -> UInt8? {
    let known = Self.print(host)
    return hosts[Self.place(known)] == known ? hopLimits[Self.place(known)] : nil
  }

  /// Whether no router has counted the hop limit down: systems begin with these.
  static func isFresh(_ hopLimit: UInt8) -> Bool { routers(passedWith: hopLimit) == 0 }

  /// How many routers a packet has passed, if its host began with what systems begin with.
  ///
  /// A host may begin with several: BGP's packets start at 255 (RFC 5082 §3), other answers of the same host at 64.
  static func routers(passedWith hopLimit: UInt8) -> Int {
    ([64, 128, 255].first { $0 >= hopLimit } ?? 255) - Int(hopLimit)
  }

  /// Unkeyed, so that the same capture always remembers the same; whoever makes addresses collide is forgotten.
  private static func print(_ address: IPAddress) -> UInt64 {
    let product = (address.low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: address.high ^ 0xD6E8_FEB8_6659_FD93)
    return (product.high ^ product.low) | 1
  }

  private static func print(_ host: UInt64, _ port: UInt16) -> UInt64 {
    (host ^ UInt64(port)) &* 0xA076_1D64_78BD_642F | 1
  }

  private static func place(_ print: UInt64) -> Int { Int(truncatingIfNeeded: print >> 48) & (size - 1) }
}
