import Dissection
import Frames
import Testing

@testable import Tracking

@Suite("CLC messages from strangers")
struct CLCRobustnessTests {
  /// Reads the bytes as a message and as a stream of either side; nothing may trap.
  private func feed(_ bytes: [UInt8]) -> Int {
    let message = parse(bytes)
    var machine = SMCHandshake()
    for fromClient in [true, false] {
      var segment = Segment()
      segment.payloadLength = UInt32(bytes.count)
      segment.flags = .ack
      machine.payload(segment, fromClient: fromClient, streamOffset: 0, bytes: bytes.span.bytes)
    }
    let account = machine.account
    return (message?.faults.count ?? 0) + account.messages.count + account.word.count + "\(account.verdict)".count
  }

  @Test("every vector may be cut anywhere", arguments: Vectors.messages.keys.sorted())
  func cut(name: String) {
    let bytes = Vectors.message(name)
    for end in 0...bytes.count {
      _ = feed(Array(bytes[..<end]))
      let message = parse(Array(bytes[..<end]))
      // What is not there is no fault: only the header may be blamed.
      if end < bytes.count { #expect(message?.faults.contains { $0.key == "trailer" } != true) }
    }
  }

  @Test("every byte of every vector may have any value", arguments: Vectors.messages.keys.sorted())
  func changed(name: String) {
    let bytes = Vectors.message(name)
    var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    for index in bytes.indices {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      for value in [0, 0xFF, 0x80, UInt8(truncatingIfNeeded: random >> 33), bytes[index] &+ 1] {
        var changed = bytes
        changed[index] = value
        _ = feed(changed)
      }
    }
  }

  @Test("streams of random pieces stay bounded and never trap")
  func pieces() {
    var random: UInt64 = 42
    func next(_ limit: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % limit
    }
    let names = Vectors.messages.keys.sorted()
    for _ in 0..<2000 {
      var machine = SMCHandshake()
      let stream = (0..<3).flatMap { _ in Vectors.message(names[next(names.count)]) }
      for _ in 0..<20 {
        let start = next(stream.count)
        let count = next(min(200, stream.count - start)) + 1
        var segment = Segment()
        segment.payloadLength = UInt32(count + (next(4) == 0 ? next(3000) : 0))
        segment.flags = next(2) == 0 ? [.ack] : []
        segment.acknowledgment = SequenceNumber(UInt32(truncatingIfNeeded: random >> 20))
        let offset = [Int64(start), Int64(start), Int64(start) - 3, .max, .min, Int64(next(70_000)) - 30_000][next(6)]
        let piece = Array(stream[start..<start + count])
        machine.payload(segment, fromClient: next(2) == 0, streamOffset: offset, bytes: piece.span.bytes)
      }
      machine.closed(by: next(2) == 0, reset: next(2) == 0, segment: Segment())
      #expect(machine.account.messages.count <= 8)
    }
  }

  @Test("coverage merges what touches and forgets what finds no room")
  func coverage() {
    var coverage = Coverage()
    let isNew = [10..<20, 12..<18, 0..<10].map { coverage.insert($0) }
    #expect(isNew == [true, false, true])
    #expect(coverage.end(from: 0) == 20)
    for index in 0..<100 { _ = coverage.insert(100 + 2 * index..<101 + 2 * index) }
    #expect(coverage.last < 200)
  }

  @Test("the machine stays small")
  func size() {
    #expect(MemoryLayout<SMCHandshake>.size <= 300)
  }
}
