import CaptureFiles
import Frames
import Testing

@testable import Scenarios

/// Variants change the dress, never the story.
@Suite struct VariantTests {
  private let story = """
    # a small story
    handshake
    +10ms unseen B . 5001:6449
    +1ms  B . 6449:7897
    +10ms A .
    +10ms B . 5001:6449
    +10ms A R. 0 ack 7897
    """

  private func variant(_ name: String) throws -> Variant {
    try #require(Variant.all.first { $0.name == name })
  }

  @Test func thereAreNineVariantsWithDifferentNames() {
    #expect(Set(Variant.all.map(\.name)).count == 9)
  }

  @Test func everyVariantGivesADifferentFile() throws {
    let scenario = try Scenario(parsing: story)
    let files = try ([.plain] + Variant.all).map { try scenario.capture($0) }
    // The snap length of 96 cuts data segments only; they are there.
    #expect(Set(files).count == 10)
  }

  @Test func theSequenceOffsetMovesAcksAndBlocksToo() throws {
    let packets = try Scenario(parsing: story).packets()
    let moved = try variant("isn-near-wrap").apply(to: packets)
    #expect(moved[0].sequence == 4_294_966_000)
    #expect(moved[1].sequence == 4_294_966_000)
    #expect(moved[1].acknowledgment == 4_294_966_001)
    #expect(moved[4].options.last == .sack([SackEdges(left: 153, right: 1601)]))
    #expect(moved[6].sequence == 0)
  }

  @Test func swappedRolesKeepTheStoryAndExchangeTheEnds() throws {
    let packets = try Scenario(parsing: story).packets()
    let swapped = try variant("roles-swapped").apply(to: packets)
    #expect(swapped[0].source == Endpoint(address: 0x0a00_0002, port: 80))
    #expect(swapped.map(\.sequence) == packets.map(\.sequence))
  }

  @Test func doubledWritesEachFrameAgainTwoMicrosecondsLater() throws {
    let scenario = try Scenario(parsing: story)
    let frames = try scenario.frames(try variant("doubled"))
    let once = try scenario.frames()
    #expect(frames.count == 2 * once.count)
    for index in once.indices {
      #expect(frames[2 * index] == once[index])
      #expect(frames[2 * index + 1].bytes == once[index].bytes)
      #expect(frames[2 * index + 1].time == once[index].time + 2000)
    }
  }

  @Test(arguments: [("plain", 14), ("vlan", 18), ("sll2", 20)])
  func linkHeadersHaveTheirLength(name: String, length: Int) throws {
    let variant = name == "plain" ? Variant.plain : try variant(name)
    let frame = try #require(try Scenario(parsing: story).frames(variant).first)
    #expect(frame.bytes[length] == 0x45)
    #expect(frame.bytes.count == length + 20 + 40)
  }

  @Test func checksumsAddUpUnlessTheyAreMeantToBeWrong() throws {
    let scenario = try Scenario(parsing: "# sums\nA P. 1:+101\nA . sum=bad\nA . sum=partial\n")
    let sums = try scenario.frames().map { frame in verify(Array(frame.bytes.dropFirst(14))) }
    #expect(sums == [true, false, false])
  }

  /// Whether the TCP checksum of an IPv4 packet without IP options is right.
  private func verify(_ packet: [UInt8]) -> Bool {
    let segment = Array(packet.dropFirst(20))
    var words = Array(packet[12..<20]) + [0, 6, UInt8(segment.count >> 8), UInt8(segment.count & 255)] + segment
    if !words.count.isMultiple(of: 2) { words.append(0) }
    var sum = stride(from: 0, to: words.count, by: 2).reduce(0) { $0 + Int(words[$1]) << 8 + Int(words[$1 + 1]) }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return sum == 0xffff
  }

  @Test func playingTwiceGivesTheSameBytes() throws {
    let scenario = try Scenario(parsing: story)
    #expect(try scenario.capture() == scenario.capture())
    #expect(Listing.lines(try scenario.packets()).count == 7)
  }
}
