import Dissection
import Glibc
import TestSupport
import Testing
import Triage

@testable import LiveCapture

@Suite("Sockets of the connections that are seen")
struct SocketWatchTests {
  private static let start = ContinuousClock.now

  private func after(_ milliseconds: Int) -> ContinuousClock.Instant {
    Self.start.advanced(by: .milliseconds(milliseconds))
  }

  private func segment(_ sender: Endpoint, _ receiver: Endpoint, _ flags: TCPFlags) -> Segment {
    var segment = Segment()
    (segment.source, segment.sourcePort) = (sender.address, sender.port)
    (segment.destination, segment.destinationPort) = (receiver.address, receiver.port)
    segment.flags = flags
    return segment
  }

  private func watch(_ ranges: String...) throws -> SocketWatch {
    try SocketWatch(LocalHosts(ranges.compactMap { AddressRange($0) }))
  }

  @Test("a connection that is new to the watch is asked for, with or without its SYN", arguments: [TCPFlags.syn, .ack])
  func fresh(_ flags: TCPFlags) throws {
    let watch = try watch("127.0.0.0/8")
    let pair = try #require(LoopbackPair(isDualStack: false))
    watch.take([segment(pair.client, pair.server, flags)])
    // Only the answer to a question can tell whose it is: everything was asked for a moment ago.
    #expect(watch.owner(pair.client, pair.server)?.uid == geteuid())
    #expect(watch.owner(pair.server, pair.client)?.uid == geteuid())
    // The process is found when a search is due again.
    for _ in 1...1_000 where watch.owner(pair.client, pair.server)?.pid == nil {
      watch.keepUp()
      usleep(10_000)
    }
    #expect(watch.owner(pair.client, pair.server)?.pid == getpid())
    pair.close()
    // Another connection on the same ports is somebody else's.
    watch.take([segment(pair.client, pair.server, .syn)])
    #expect(watch.owner(pair.client, pair.server) == nil)
    #expect(watch.takeRemarks().isEmpty)
  }

  @Test("an end of another host has no owner here")
  func elsewhere() throws {
    let watch = try watch("192.0.2.0/24")
    let pair = try #require(LoopbackPair(isDualStack: false))
    defer { pair.close() }
    watch.take([segment(pair.client, pair.server, .syn)])
    #expect(watch.owner(pair.client, pair.server) == nil)
  }

  @Test("more questions than a second has time for wait for the next look at everything")
  func questions() throws {
    var table = try SocketTable()
    let pair = try #require(LoopbackPair(isDualStack: false))
    defer { pair.close() }
    let others = (0..<60_000).map { Endpoint(address: pair.client.address, port: $0) }
    try table.look(at: others.map { SocketPair(local: pair.server, remote: $0) })
    let own = SocketPair(local: pair.client, remote: pair.server)
    try table.look(at: [own])
    #expect(table.owner(own) == nil)
    try table.keepUp()
    #expect(table.owner(own)?.pid == getpid())
  }

  @Test("work rests nine times as long as it took, and at least for its interval")
  func pace() {
    var pace = Pace()
    #expect(pace.isDue(at: after(0), interval: .seconds(1)))
    pace.worked(from: after(0), to: after(10))
    #expect(!pace.isDue(at: after(99)) && pace.isDue(at: after(100)))
    #expect(!pace.isDue(at: after(1_009), interval: .seconds(1)) && pace.isDue(at: after(1_010), interval: .seconds(1)))
    pace.worked(from: after(0), to: after(1_000))
    #expect(!pace.isDue(at: after(9_999), interval: .seconds(1)))
    #expect(pace.isDue(at: after(10_000), interval: .seconds(1)))
  }
}
