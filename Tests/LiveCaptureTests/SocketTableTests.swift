import Dissection
import Glibc
import TestSupport
import Testing
import Triage

@testable import LiveCapture

/// Real sockets of the test itself.
@Suite("Sockets of this host")
struct SocketTableTests {
  @Test("finds a listener and both ends of a connection with the process that has them", arguments: [false, true])
  func own(isDualStack: Bool) throws {
    let pair = try #require(LoopbackPair(isDualStack: isDualStack))
    let owner = ProcessName(pid: getpid(), command: ProcessFiles.command(of: getpid()), uid: geteuid())
    #expect(!owner.command.isEmpty)

    var table = try SocketTable()
    try table.refresh()
    #expect(table.owner(SocketPair(local: pair.client, remote: pair.server)) == owner)
    #expect(table.owner(SocketPair(local: pair.server, remote: pair.client)) == owner)
    // Somebody who has not been accepted yet.
    let stranger = Endpoint(address: pair.client.address, port: 1)
    #expect(table.owner(SocketPair(local: pair.server, remote: stranger)) == owner)

    var asker = try SocketTable()
    try asker.look(at: [SocketPair(local: pair.client, remote: pair.server)])
    #expect(asker.owner(SocketPair(local: pair.client, remote: pair.server)) == owner)
    #expect(asker.memory.connections.count == 1)

    pair.close()
    try table.refresh()
    #expect(table.owner(SocketPair(local: pair.client, remote: pair.server)) == owner)
  }

  @Test("a socket that a child has inherited is its parent's")
  func inherited() throws {
    let pair = try #require(LoopbackPair(isDualStack: false))
    defer { pair.close() }
    var scan = ProcessScan()
    // Only processes that begin from now on.
    _ = scan.owners(of: [], isQuick: true, at: .now)
    var child = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("20"), nil]
    let status = posix_spawn(&child, "/bin/sleep", nil, nil, &arguments, nil)
    try #require(status == 0)
    defer {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
      for argument in arguments { free(argument) }
    }
    var table = try SocketTable()
    try table.refresh()
    let inodes = Set(table.memory.connections.values.filter { $0.pair.local == pair.client }.map(\.inode))
    #expect(inodes.count == 1)
    #expect(scan.owners(of: inodes, isQuick: true, at: .now).values.map(\.pid) == [getpid()])
    #expect(ProcessFiles.parent(of: child) == getpid())
    #expect(ProcessFiles.parent(of: 1) == nil)
  }

  @Test("a connection that does not exist has no owner, and that is no error")
  func absent() throws {
    let nobody = Endpoint(address: IPAddress(v4: 0x7F00_0001), port: 1)
    var table = try SocketTable()
    try table.look(at: [SocketPair(local: nobody, remote: nobody)])
    #expect(table.owner(SocketPair(local: nobody, remote: nobody)) == nil)
  }
}
