import Frames

/// Walks over what the kernel answers on a netlink socket.
///
///     | length, with header           |  0
///     | type          | flags         |  4
///     | sequence number               |  8
///     | port                          | 12
///
/// All numbers are in the byte order of the machine; messages begin at multiples of four bytes.
/// Source: netlink(7), linux/netlink.h.
package enum NetlinkReply {
  static let headerLength = 16
  /// Flags of requests and answers: `NLM_F_REQUEST`, `NLM_F_MULTI`, `NLM_F_DUMP`.
  static let requestFlag: UInt16 = 0x1
  static let multiFlag: UInt16 = 0x2
  static let dumpFlag: UInt16 = 0x300
  /// Types below 16 are netlink's own: `NLMSG_ERROR`, `NLMSG_DONE`.
  private static let errorType: UInt16 = 2
  private static let doneType: UInt16 = 3
  private static let firstOwnType: UInt16 = 16

  /// What a datagram leaves to be done.
  package enum Step: Hashable, Sendable {
    /// More will come.
    case more
    case done
    /// The kernel's error number.
    case failed(Int32)
  }

  /// Hands the bodies of a datagram's messages to `body`; others than those that answer `sequence` are left out.
  ///
  /// What does not make sense ends the datagram, not the program.
  package static func read(_ datagram: RawSpan, sequence: UInt32, _ body: (UInt16, RawSpan) -> Void) -> Step {
    var offset = 0
    while datagram.byteCount - offset >= headerLength {
      let length = Int(datagram.native(offset, as: UInt32.self))
      guard length >= headerLength, length <= datagram.byteCount - offset else { return .more }
      let message = datagram.extracting(offset..<offset + length)
      offset += min((length + 3) & ~3, datagram.byteCount - offset)
      guard message.native(8, as: UInt32.self) == sequence else { continue }
      let type = message.native(4, as: UInt16.self)
      let content = message.extracting(headerLength..<length)
      if type == errorType || type == doneType { return end(content) }
      if type >= firstOwnType { body(type, content) }
      if message.native(6, as: UInt16.self) & multiFlag == 0 { return .done }
    }
    return .more
  }

  /// An error number of 0 is an acknowledgment; failures are negative.
  private static func end(_ content: RawSpan) -> Step {
    guard content.byteCount >= 4 else { return .done }
    let code = content.native(0, as: Int32.self)
    return code < 0 ? .failed(0 &- code) : .done
  }

  /// A request: the header, then `body`.
  static func request(type: UInt16, flags: UInt16, sequence: UInt32, body: [UInt8]) -> [UInt8] {
    native(UInt32(headerLength + body.count)) + native(type) + native(flags | requestFlag) + native(sequence)
      + native(UInt32(0)) + body
  }

  static func native<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    let little = T(littleEndian: value)
    return (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: little >> T(8 * $0)) }
  }
}

extension RawSpan {
  /// Reads an integer in the byte order of this machine; traps past the end.
  func native<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
    // Where it is big-endian, both steps swap.
    T(littleEndian: littleEndian(offset, as: T.self))
  }
}
