import Dissection
import Frames

/// The addresses of this host.
///
///     | family| prefix| flags | scope |  0   then attributes:
///     | interface                     |  4   | length | type | value |
///
/// Source: rtnetlink(7), `struct ifaddrmsg` in linux/if_addr.h.
package enum HostAddresses {
  /// `RTM_NEWADDR`, `RTM_GETADDR`.
  private static let newAddress: UInt16 = 20
  private static let getAddress: UInt16 = 22
  private static let length = 8
  /// `IFA_ADDRESS`; `IFA_LOCAL` is the own one where that names the other end of a link.
  private static let addressAttribute: UInt16 = 1
  private static let localAttribute: UInt16 = 2

  /// All of them, in order.
  ///
  /// - Throws: when the kernel does not answer.
  package static func all() throws(SocketError) -> [IPAddress] {
    var route = try NetlinkSocket(.route)
    var found: Set<IPAddress> = []
    let question = [UInt8](repeating: 0, count: length)
    let code = try route.ask({
      NetlinkReply.request(type: getAddress, flags: NetlinkReply.dumpFlag, sequence: $0, body: question)
    }) { type, message in
      if let address = address(type, message) { found.insert(address) }
    }
    guard code == 0 else { throw .refused(SystemWords.of(code)) }
    return found.sorted()
  }

  /// The address that a message tells of; nil when it tells of none.
  package static func address(_ type: UInt16, _ message: RawSpan) -> IPAddress? {
    guard type == newAddress, message.byteCount >= length else { return nil }
    let family = message.byte(0)
    guard family == SocketDiagnostics.ipv4 || family == SocketDiagnostics.ipv6 else { return nil }
    let width = family == SocketDiagnostics.ipv4 ? 4 : 16
    var (own, other): (IPAddress?, IPAddress?)
    var offset = length
    while message.byteCount - offset >= 4 {
      let size = Int(message.native(offset, as: UInt16.self))
      guard size >= 4, size <= message.byteCount - offset else { break }
      let type = message.native(offset + 2, as: UInt16.self)
      if size >= 4 + width {
        let address = SocketDiagnostics.address(message, offset + 4, family)
        if type == localAttribute { own = address } else if type == addressAttribute { other = address }
      }
      offset += min((size + 3) & ~3, message.byteCount - offset)
    }
    return own ?? other
  }
}
