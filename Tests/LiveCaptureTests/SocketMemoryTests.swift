import Dissection
import Testing
import Triage

@testable import LiveCapture

@Suite("Sockets and who has them")
struct SocketMemoryTests {
  private static let start = ContinuousClock.now
  private let server = Endpoint(address: IPAddress(v4: 0x0A00_0001), port: 80)
  private let client = Endpoint(address: IPAddress(v4: 0x0A00_0002), port: 40000)
  private let anyV4 = IPAddress(v4: 0)
  private let anyV6 = IPAddress(high: 0, low: 0)

  private func entry(
    _ local: Endpoint, _ remote: Endpoint, inode: UInt64, state: UInt8 = 1, uid: UInt32 = 1000
  ) -> SocketEntry {
    SocketEntry(
      local: local, remote: remote, state: SocketState(rawValue: state), inode: inode, uid: uid, receiveQueue: 0,
      sendQueue: 0)
  }

  private func listener(_ address: IPAddress, inode: UInt64) -> SocketEntry {
    let local = Endpoint(address: address, port: 80)
    return entry(local, Endpoint(address: address, port: 0), inode: inode, state: 10, uid: 33)
  }

  private func after(_ seconds: Int) -> ContinuousClock.Instant { Self.start.advanced(by: .seconds(seconds)) }

  /// Looks for the processes of all new sockets, and finds those of `known`.
  private func search(_ memory: inout SocketMemory, _ known: [UInt64: ProcessScan.Process]) -> Set<UInt64> {
    let wanted = memory.unowned
    memory.learn(known.filter { wanted.contains($0.key) }, of: wanted, isWhole: true)
    return wanted
  }

  @Test("an owner is known while its socket is open and for a minute after")
  func closed() {
    var memory = SocketMemory()
    let pair = SocketPair(local: client, remote: server)
    memory.replace(with: [entry(client, server, inode: 7)], at: Self.start)
    #expect(memory.owner(pair) == ProcessName(pid: nil, command: "", uid: 1000))
    #expect(search(&memory, [7: .init(pid: 42, command: "curl")]) == [7])
    let owner = ProcessName(pid: 42, command: "curl", uid: 1000)
    #expect(memory.owner(pair) == owner)
    memory.replace(with: [], at: after(1))
    memory.replace(with: [], at: after(60))
    #expect(memory.owner(pair) == owner)
    memory.replace(with: [], at: after(62))
    #expect(memory.owner(pair) == nil)
  }

  @Test("a socket that its process has closed keeps its owner while the kernel still sends")
  func lingering() {
    var memory = SocketMemory()
    let pair = SocketPair(local: client, remote: server)
    memory.replace(with: [entry(client, server, inode: 7)], at: Self.start)
    _ = search(&memory, [7: .init(pid: 42, command: "curl")])
    memory.replace(with: [entry(client, server, inode: 0, state: 4)], at: after(1))
    #expect(memory.owner(pair)?.pid == 42)
  }

  @Test("a connection that nobody has accepted yet belongs to who listens", arguments: [0, 1, 2])
  func waiting(_ place: Int) {
    let address = [server.address, anyV4, anyV6][place]
    var memory = SocketMemory()
    memory.replace(with: [listener(address, inode: 5), entry(server, client, inode: 0)], at: Self.start)
    _ = search(&memory, [5: .init(pid: 9, command: "nginx")])
    let pair = SocketPair(local: server, remote: client)
    #expect(memory.owner(pair) == ProcessName(pid: 9, command: "nginx", uid: 33))
    #expect(!memory.knows(pair))
    let accepted = entry(server, client, inode: 8)
    memory.note(accepted, at: after(1))
    #expect(search(&memory, [8: .init(pid: 10, command: "worker")]) == [8])
    #expect(memory.owner(pair)?.pid == 10)
  }

  @Test("a listener on an address of IPv6 does not take IPv4")
  func otherFamily() {
    var memory = SocketMemory()
    memory.replace(with: [listener(anyV4, inode: 5)], at: Self.start)
    let six = Endpoint(address: IPAddress(high: 1, low: 1), port: 80)
    #expect(memory.owner(SocketPair(local: six, remote: client)) == nil)
  }

  @Test("each new socket is searched for once, and one without a process three times")
  func searches() {
    var memory = SocketMemory()
    let entries = [entry(client, server, inode: 7), entry(server, client, inode: 8), listener(anyV4, inode: 9)]
    memory.replace(with: entries, at: Self.start)
    #expect(search(&memory, [7: .init(pid: 1, command: "a")]) == [7, 8, 9])
    for second in 1...2 {
      memory.replace(with: entries, at: after(second))
      #expect(search(&memory, [:]) == [8, 9])
    }
    memory.replace(with: entries, at: after(3))
    #expect(memory.unowned.isEmpty)
    #expect(memory.owner(SocketPair(local: client, remote: server))?.pid == 1)
  }

  @Test("after three quick searches only whole ones look for a socket")
  func quickSearches() {
    var memory = SocketMemory()
    memory.replace(with: [entry(client, server, inode: 7)], at: Self.start)
    for _ in 1...3 {
      #expect(memory.unownedNew == [7])
      memory.learn([:], of: memory.unownedNew, isWhole: false)
    }
    #expect(memory.unownedNew.isEmpty && memory.unowned == [7])
  }

  @Test("an inode that is used again is another socket")
  func reused() {
    var memory = SocketMemory()
    memory.replace(with: [entry(client, server, inode: 7)], at: Self.start)
    _ = search(&memory, [7: .init(pid: 1, command: "a")])
    memory.replace(with: [], at: after(1))
    memory.replace(with: [entry(client, server, inode: 7)], at: after(2))
    #expect(memory.unowned == [7])
  }

  @Test("a new connection on old ports does not inherit the owner")
  func begin() {
    var memory = SocketMemory()
    let pair = SocketPair(local: client, remote: server)
    memory.replace(with: [entry(client, server, inode: 7)], at: Self.start)
    _ = search(&memory, [7: .init(pid: 1, command: "a")])
    memory.begin(pair)
    #expect(memory.owner(pair) == nil && !memory.knows(pair))
    memory.replace(with: [entry(client, server, inode: 7)], at: after(1))
    memory.replace(with: [], at: after(2))
    #expect(memory.owner(pair)?.pid == 1)
    memory.begin(pair)
    #expect(memory.owner(pair) == nil && !memory.knows(pair))
  }

  @Test("what is remembered of closed sockets is bounded, and the oldest go")
  func bounded() {
    var memory = SocketMemory()
    func peer(_ number: Int) -> Endpoint { Endpoint(address: IPAddress(v4: UInt32(number)), port: 80) }
    for round in 0..<3 {
      let count = SocketMemory.mostClosed / 2
      let entries = (0..<count).map { entry(client, peer(round * count + $0 + 1), inode: UInt64($0 + 1)) }
      memory.replace(with: entries, at: after(round))
    }
    memory.replace(with: [], at: after(3))
    #expect(memory.owner(SocketPair(local: client, remote: peer(1))) == nil)
    #expect(memory.owner(SocketPair(local: client, remote: peer(SocketMemory.mostClosed * 3 / 2))) != nil)
  }
}
