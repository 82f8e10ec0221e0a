import Dissection
import Testing

@testable import LiveCapture

@Suite("Answers of the kernel")
struct NetlinkTests {
  private let loopback = IPAddress(v4: 0x7F00_0001)

  private func endpoint(_ port: UInt16) -> Endpoint { Endpoint(address: loopback, port: port) }

  private func sockets(_ bytes: [UInt8], sequence: UInt32 = 7) -> (entries: [SocketEntry], step: NetlinkReply.Step) {
    var entries: [SocketEntry] = []
    let step = bytes.withUnsafeBytes {
      NetlinkReply.read(RawSpan(_unsafeBytes: $0), sequence: sequence) { type, message in
        if let entry = SocketDiagnostics.entry(type, message) { entries.append(entry) }
      }
    }
    return (entries, step)
  }

  @Test("a dump names each socket with its state, queues and inode")
  func ipv4() {
    let (entries, step) = sockets(Recorded.ipv4Dump)
    #expect(step == .more)
    #expect(entries.map(\.state.name) == ["LISTEN", "ESTABLISHED", "ESTABLISHED", "ESTABLISHED"])
    #expect(entries.map(\.inode) == [0x2E22EF, 0x2E27B7, 0, 0x2E27B5])
    let listener = entries[0]
    #expect(listener.local == endpoint(8080))
    #expect((listener.receiveQueue, listener.sendQueue) == (1, 5))
    #expect(entries[1].pair == SocketPair(local: endpoint(48206), remote: endpoint(8080)))
  }

  @Test("IPv4 over an IPv6 socket has the addresses of IPv4")
  func mapped() {
    let (entries, _) = sockets(Recorded.ipv6Dump)
    #expect(entries.count == 2)
    #expect(entries[0].local == Endpoint(address: IPAddress(high: 0, low: 0), port: 9090))
    #expect(entries[1].pair == SocketPair(local: endpoint(9090), remote: endpoint(39794)))
    #expect(entries[1].receiveQueue == 5)
  }

  @Test("the end of a dump, a single answer and a refusal are told apart")
  func ends() {
    #expect(sockets(Recorded.ipv4Dump + Recorded.done).step == .done)
    #expect(sockets(Recorded.single).step == .done)
    #expect(sockets(Recorded.single).entries.count == 1)
    #expect(sockets(Recorded.absent).step == .failed(2))
  }

  @Test("answers to another question are left out")
  func otherSequence() {
    let (entries, step) = sockets(Recorded.ipv4Dump + Recorded.done, sequence: 8)
    #expect(entries.isEmpty)
    #expect(step == .more)
  }

  @Test("a question about one connection is what the kernel expects")
  func question() {
    let pair = SocketPair(local: endpoint(1), remote: endpoint(2))
    let message = SocketDiagnostics.query(pair, sequence: 7)
    #expect(message.count == 72)
    // The kernel quotes the question in its refusal: header at 20, question at 36; the port of the asker differs.
    #expect(Array(message.dropFirst(16)) == Array(Recorded.absent.dropFirst(36)))
  }

  @Test("no cut and no wild length brings the program down", arguments: Recorded.all.indices)
  func damage(_ index: Int) {
    let whole = Recorded.all[index]
    var damaged = (0...whole.count).map { Array(whole.prefix($0)) }
    for offset in whole.indices {
      for value: UInt8 in [0, 1, 3, 15, 17, 0x7F, 0x80, 0xFF] {
        var bytes = whole
        bytes[offset] = value
        damaged.append(bytes)
      }
    }
    for bytes in damaged {
      var messages = 0
      bytes.withUnsafeBytes {
        _ = NetlinkReply.read(RawSpan(_unsafeBytes: $0), sequence: 7) { type, message in
          _ = SocketDiagnostics.entry(type, message)
          messages += 1
        }
      }
      #expect(messages <= bytes.count / 16)
    }
  }

  @Test("only the link of a socket has an inode")
  func links() {
    func inode(_ text: String) -> UInt64? { SocketLink.inode(text.utf8.map { CChar(bitPattern: $0) }[...]) }
    #expect(inode("socket:[4026]") == 4026)
    let others = ["pipe:[4026]", "socket:[]", "socket:[-1]", "socket:[4026", "/socket:[4026]", "socket:]", ""]
    #expect(others.allSatisfy { inode($0) == nil })
    #expect(inode("socket:[\(String(repeating: "9", count: 25))]") == nil)
  }
}
