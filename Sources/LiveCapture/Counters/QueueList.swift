import Frames
import Glibc

/// The queueing disciplines of this host's interfaces, by route netlink.
///
/// ```
/// request   0 length  4 type  6 flags  8 sequence  12 port  16 tcmsg: family, index, handle, parent, info (20 bytes)
/// answer    the same, then attributes: 0 length  2 type  4 value, padded to 4
/// ```
/// Source: rtnetlink(7), Linux `tc_dump_qdisc`. Unsafe here: `send` and `recv` take pointers, those of arrays that live
/// through the call; `if_indextoname` fills the array that it is given.
enum QueueList {
  private static let getQueues: UInt16 = 38  // RTM_GETQDISC
  private static let newQueue: UInt16 = 36  // RTM_NEWQDISC
  private static let root: UInt32 = 0xFFFF_FFFF  // TC_H_ROOT
  private static let kind: UInt16 = 1  // TCA_KIND
  private static let headerSize = 36
  private static let mostAnswers = 64
  /// The kernel answers at once; nobody waits for it longer, in seconds.
  private static let patience = 1
  /// Disciplines that only spread packets over the queues of a card, each of which has its own.
  private static let spreading: Set = ["mq", "mqprio"]

  /// One discipline of an interface.
  struct Queue: Equatable {
    var interface: UInt32
    /// Its own number in the upper half; 0 for those that the kernel has set up.
    var handle: UInt32
    /// Number of the discipline above in the upper half, the queue in the lower half.
    var parent: UInt32
    var kind: String
  }

  /// Disciplines by the interface's name; empty when the kernel does not tell.
  static func read() -> [String: String] {
    let connection = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard connection >= 0 else { return [:] }
    defer { close(connection) }
    var request = [UInt8](repeating: 0, count: headerSize)
    request[0] = UInt8(headerSize)
    request[4] = UInt8(getQueues)
    request[6] = 0x01  // NLM_F_REQUEST
    request[7] = 0x03  // NLM_F_DUMP
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    // The size is that of the local, which lives through the call.
    unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard unsafe request.withUnsafeBytes({ unsafe send(connection, $0.baseAddress, $0.count, 0) }) > 0 else {
      return [:]
    }
    var queues: [Queue] = []
    var answer = [UInt8](repeating: 0, count: 32_768)
    for _ in 0..<mostAnswers {
      let count = unsafe answer.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
      guard count > 0, take(answer.prefix(count), &queues) else { break }
    }
    let found = byInterface(queues).compactMap { entry in name(of: entry.key).map { ($0, entry.value) } }
    return Dictionary(found) { first, _ in first }
  }

  /// What each interface sends by: the root, or where that only spreads over queues, what these have; one that is not
  /// fq when they differ, as all of them carry connections.
  ///
  /// Nothing is said of an interface whose queues did not come.
  static func byInterface(_ queues: [Queue]) -> [UInt32: String] {
    var kinds: [UInt32: String] = [:]
    for top in queues where top.parent == root {
      guard spreading.contains(top.kind) else {
        kinds[top.interface] = top.kind
        continue
      }
      let below = queues.filter { $0.interface == top.interface && $0.parent >> 16 == top.handle >> 16 }
      kinds[top.interface] = (below.first { $0.kind != "fq" } ?? below.first)?.kind
    }
    return kinds
  }

  /// Takes the messages of one datagram; false when no more will come.
  static func take(_ bytes: ArraySlice<UInt8>, _ queues: inout [Queue]) -> Bool {
    var rest = bytes
    while rest.count >= 16 {
      let length = Int(load32(rest, 0))
      guard length >= 16, length <= rest.count else { return false }
      guard load16(rest, 4) == newQueue else { return false }
      takeQueue(rest.prefix(length), &queues)
      rest = rest.dropFirst((length + 3) & ~3)
    }
    return true
  }

  private static func takeQueue(_ message: ArraySlice<UInt8>, _ queues: inout [Queue]) {
    guard message.count >= headerSize else { return }
    var rest = message.dropFirst(headerSize)
    while rest.count >= 4 {
      let length = Int(load16(rest, 0))
      guard length >= 4, length <= rest.count else { return }
      if load16(rest, 2) == kind {
        let kind = String(decoding: rest.prefix(length).dropFirst(4).prefix { $0 != 0 }, as: UTF8.self)
        queues.append(
          Queue(
            interface: load32(message, 20), handle: load32(message, 24), parent: load32(message, 28), kind: kind))
        return
      }
      rest = rest.dropFirst((length + 3) & ~3)
    }
  }

  private static func name(of index: UInt32) -> String? {
    var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE) + 1)
    guard unsafe if_indextoname(index, &name) != nil else { return nil }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Netlink has the byte order of the host.
  private static func load16(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt16 {
    let at = bytes.startIndex + offset
    return UInt16(littleEndian: UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8)
  }

  private static func load32(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32 {
    let at = bytes.startIndex + offset
    let value = bytes[at..<at + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return UInt32(littleEndian: value)
  }
}
