import Dissection
import Frames

/// Questions about TCP sockets in the words of the kernel, and its answers.
///
///     | family| state | timer |retrans|  0
///     | local port    | remote port   |  4   big-endian, as the addresses
///     | local address (16 bytes)      |  8
///     | remote address (16 bytes)     | 24
///     | interface                     | 40
///     | cookie (8 bytes)              | 44
///     | expires                       | 52
///     | receive queue                 | 56
///     | send queue                    | 60
///     | uid                           | 64
///     | inode                         | 68
///
/// Source: sock_diag(7), `struct inet_diag_msg` in linux/inet_diag.h.
package enum SocketDiagnostics {
  private static let length = 72
  /// `SOCK_DIAG_BY_FAMILY`, `IPPROTO_TCP`.
  private static let byFamily: UInt16 = 20
  private static let tcp: UInt8 = 6
  /// `AF_INET` and `AF_INET6` of linux/socket.h.
  static let ipv4: UInt8 = 2
  static let ipv6: UInt8 = 10
  /// All states but TIME_WAIT, which no process owns and of which there may be very many.
  private static let states: UInt32 = 0x1FFE & ~(1 << UInt32(SocketState.timeWait.rawValue))

  /// Asks for all sockets of a family.
  package static func dump(family: UInt8, sequence: UInt32) -> [UInt8] {
    let question = [family, tcp, 0, 0] + NetlinkReply.native(states) + [UInt8](repeating: 0, count: 48)
    return NetlinkReply.request(type: byFamily, flags: NetlinkReply.dumpFlag, sequence: sequence, body: question)
  }

  /// Asks for the socket of one connection; where there is none, the kernel answers with the listener that would take it.
  package static func query(_ pair: SocketPair, sequence: UInt32) -> [UInt8] {
    let isV4 = pair.local.address.isV4 && pair.remote.address.isV4
    let ports = bigEndian(pair.local.port) + bigEndian(pair.remote.port)
    let addresses = field(pair.local.address, isV4) + field(pair.remote.address, isV4)
    // Interface: any; cookie: `INET_DIAG_NOCOOKIE`.
    let rest = [UInt8](repeating: 0, count: 4) + [UInt8](repeating: 0xFF, count: 8)
    let question = [isV4 ? ipv4 : ipv6, tcp, 0, 0] + NetlinkReply.native(states) + ports + addresses + rest
    return NetlinkReply.request(type: byFamily, flags: 0, sequence: sequence, body: question)
  }

  /// The socket that a message tells of; nil when it is too short, or of another family.
  package static func entry(_ type: UInt16, _ message: RawSpan) -> SocketEntry? {
    guard type == byFamily, message.byteCount >= length else { return nil }
    let family = message.byte(0)
    guard family == ipv4 || family == ipv6 else { return nil }
    return SocketEntry(
      local: Endpoint(address: address(message, 8, family), port: message.bigEndian(4)),
      remote: Endpoint(address: address(message, 24, family), port: message.bigEndian(6)),
      state: SocketState(rawValue: message.byte(1)), inode: UInt64(message.native(68, as: UInt32.self)),
      uid: message.native(64, as: UInt32.self), receiveQueue: message.native(56, as: UInt32.self),
      sendQueue: message.native(60, as: UInt32.self))
  }

  /// An address of a socket; that of IPv4 over an IPv6 socket is already in its mapped form.
  static func address(_ message: RawSpan, _ offset: Int, _ family: UInt8) -> IPAddress {
    family == ipv4
      ? IPAddress(v4: message.bigEndian(offset))
      : IPAddress(high: message.bigEndian(offset), low: message.bigEndian(offset + 8))
  }

  private static func field(_ address: IPAddress, _ isV4: Bool) -> [UInt8] {
    isV4
      ? bigEndian(UInt32(truncatingIfNeeded: address.low)) + [UInt8](repeating: 0, count: 12)
      : bigEndian(address.high) + bigEndian(address.low)
  }

  private static func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (1...T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T(T.bitWidth - 8 * $0)) }
  }
}
