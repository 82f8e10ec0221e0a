import Frames
import TestSupport
import Testing

@testable import Tracking

/// Where the time of a connection went.
struct TimeAccountTests {
  /// The account of the first connection of a story, in whole milliseconds, and whether its parts are its life.
  private static func account(_ story: String) throws -> (parts: [TimeUse: Int64], addsUp: Bool) {
    let end = try #require(try Story(story).ended.first)
    let parts = TimeUse.allCases.map { ($0, end.time[$0] / PacketTime.millisecond) }
    let life = (end.lastTime >> 16 - end.firstTime >> 16) << 16
    return (Dictionary(uniqueKeysWithValues: parts), end.time.total == life)
  }

  @Test("A timeout is recovery, a pause of the program is idle, a closed window is the receiver's")
  func parts() throws {
    let (parts, addsUp) = try Self.account(
      """
      handshake
      100ms   lost A P. next:+1000
      400ms   A P. 1001:2001
      +10ms   B . ack 2001
      1000ms  A P. next:+1000
      +10ms   B . ack 3001 win 0
      2000ms  B . ack 3001 win 500
      +10ms   A P. next:+1000
      +10ms   B . ack 4001
      """)
    #expect(addsUp)
    #expect((300...340).contains(parts[.recovery] ?? 0))
    #expect((980...992).contains(parts[.receiverWindow] ?? 0))
    #expect((660...690).contains(parts[.idle] ?? 0))
    #expect((parts[.handshake] ?? 0) > 0 && (parts[.network] ?? 0) < 40)
  }

  @Test("Unanswered SYNs are handshake, until the last of them and after")
  func handshake() throws {
    let (parts, addsUp) = try Self.account(
      """
      0s      lost A S 1000 @syn
      1s      lost A S 1000
      3s      A S 1000
      +10ms   B S. 5000 ack 1001
      +10ms   A . 1001 ack 5001
      """)
    #expect(addsUp)
    #expect(parts[.handshake] == 3019 || parts[.handshake] == 3020)
  }

  @Test("Connections account for their whole life")
  func everything() throws {
    for example in ClassificationTests.repetitions {
      for end in try Story(example.story).ended where end.lastTime > end.firstTime {
        #expect(end.time.total == (end.lastTime >> 16 - end.firstTime >> 16) << 16)
      }
    }
  }
}
