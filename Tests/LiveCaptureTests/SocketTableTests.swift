import Dissection
import Glibc
import Testing

@testable import LiveCapture

/// Real sockets of the test itself.
@Suite("Sockets of this host")
struct SocketTableTests {
  @Test("finds a listener and both ends of a connection with the process that has them", arguments: [false, true])
  func own(isDualStack: Bool) throws {
    let pair = try #require(LoopbackPair(isDualStack: isDualStack))
    let owner = SocketOwner(pid: getpid(), command: ProcessFiles.command(of: getpid()), uid: geteuid())
    #expect(!owner.command.isEmpty)

    var table = try SocketTable()
    try table.refresh()
    let listener = table.listeners.first { $0.local.port == pair.server.port }
    #expect(listener?.state == .listen)
    #expect(listener?.sendQueue == 5)
    #expect(table.owner(local: pair.client, remote: pair.server) == owner)
    #expect(table.owner(local: pair.server, remote: pair.client) == owner)
    // Somebody who has not been accepted yet.
    let stranger = Endpoint(address: pair.client.address, port: 1)
    #expect(table.owner(local: pair.server, remote: stranger) == owner)

    var asker = try SocketTable()
    try asker.look(at: [SocketPair(local: pair.client, remote: pair.server)])
    #expect(asker.owner(local: pair.client, remote: pair.server) == owner)
    #expect(asker.connections.count == 1)

    pair.close()
    try table.refresh()
    #expect(table.owner(local: pair.client, remote: pair.server) == owner)
  }

  @Test("a connection that does not exist has no owner, and that is no error")
  func absent() throws {
    let nobody = Endpoint(address: IPAddress(v4: 0x7F00_0001), port: 1)
    var table = try SocketTable()
    try table.look(at: [SocketPair(local: nobody, remote: nobody)])
    #expect(table.owner(local: nobody, remote: nobody) == nil)
  }
}

/// A listener and a connection on loopback.
private struct LoopbackPair {
  let client: Endpoint
  let server: Endpoint
  private let descriptors: [Int32]

  /// `isDualStack`: the listener is an IPv6 socket on the wildcard address; IPv4 is used all the same.
  init?(isDualStack: Bool) {
    let listener = socket(isDualStack ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let connector = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(port: 0)
    if isDualStack {
      var any = sockaddr_in6()
      any.sin6_family = sa_family_t(AF_INET6)
      guard Self.with(&any, { bind(listener, $0, $1) }) == 0 else { return nil }
    } else {
      guard Self.with(&address, { bind(listener, $0, $1) }) == 0 else { return nil }
    }
    guard listen(listener, 5) == 0, let port = Self.port(of: listener) else { return nil }
    address = Self.loopback(port: port)
    guard Self.with(&address, { connect(connector, $0, $1) }) == 0 else { return nil }
    let accepted = accept(listener, nil, nil)
    guard accepted >= 0, let clientPort = Self.port(of: connector) else { return nil }
    descriptors = [listener, connector, accepted]
    server = Endpoint(address: IPAddress(v4: 0x7F00_0001), port: port)
    client = Endpoint(address: IPAddress(v4: 0x7F00_0001), port: clientPort)
  }

  func close() { for descriptor in descriptors { _ = Glibc.close(descriptor) } }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
  }

  private static func with<T>(_ value: inout T, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    let size = socklen_t(MemoryLayout<T>.size)
    return withUnsafePointer(to: &value) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
  }

  private static func port(of descriptor: Int32) -> UInt16? {
    // Family and port are at the same place in both kinds of address.
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return code == 0 ? UInt16(bigEndian: address.sin6_port) : nil
  }
}
