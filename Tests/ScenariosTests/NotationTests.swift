import Testing

@testable import Scenarios

/// What the notation means, and what it says when it is not understood.
@Suite struct NotationTests {
  private func play(_ text: String) throws -> [Packet] {
    try Scenario(parsing: "# test\n" + text).packets()
  }

  @Test func aHandshakeHasTheDefaultsOfTheProject() throws {
    let packets = try play("handshake")
    #expect(packets.map(\.sequence) == [1000, 5000, 1001])
    #expect(packets.map(\.acknowledgment) == [0, 1001, 5001])
    #expect(packets.map(\.time) == [0, 10_000_000, 20_000_000])
    #expect(packets.map(\.identification) == [100, 9000, 101])
    #expect(
      packets[0].options == [
        .maximumSegmentSize(1460), .sackPermitted, .timestamps(value: 100_000, echo: 0), .nop, .windowScale(7),
      ])
    #expect(packets[2].options == [.nop, .nop, .timestamps(value: 100_020, echo: 700_010)])
  }

  @Test func numbersThatAreNotGivenFollowFromTheState() throws {
    let packets = try play("handshake\n+10ms A P. next:+100\n+10ms B .\n+10ms A P. next:+50\n+1ms close B")
    #expect(packets[3].sequence == 1001)
    #expect(packets[4].acknowledgment == 1101)
    #expect(packets[5].sequence == 1101)
    #expect(packets[6].has(Flag.fin))
    #expect(packets[7].acknowledgment == 5002)
  }

  @Test func timestampEchoFreezesWhenSegmentsAreRejectedByPAWS() throws {
    let packets = try play("handshake\n+10ms A P. 1001:1101 tsval=50000\n+10ms B .")
    #expect(packets[4].acknowledgment == 1001)
    #expect(packets[4].options.last == .timestamps(value: 700_040, echo: 100_020))
  }

  @Test func timestampEchoStaysBelowAHole() throws {
    let packets = try play(
      "handshake\n30ms unseen B . 5001:6001\n+1ms B . 6001:7001\n+10ms A .\n+1ms B . 5001:6001\n+1ms A .")
    #expect(packets.count == 7)
    #expect(packets[4].acknowledgment == 5001)
    #expect(packets[4].options.contains(.timestamps(value: 100_041, echo: 700_010)))
    #expect(packets[4].options.last == .sack([SackEdges(left: 6001, right: 7001)]))
    #expect(packets[6].acknowledgment == 7001)
  }

  @Test func fatesDecideWhoSeesASegment() throws {
    let packets = try play("handshake\n+1ms unseen B . next:+10\n+1ms lost B . next:+10\n+1ms missed B . next:+10")
    #expect(packets.count == 4)
    #expect(packets[3].sequence == 5011)
  }

  @Test func loopsCountAndKeepTheirPace() throws {
    let packets = try play("repeat 2 every 100ms as k {\n  repeat 2 every 10ms {\n    +1ms A . 10*k+i\n  }\n}")
    #expect(packets.map(\.sequence) == [0, 1, 10, 11])
    #expect(packets.map(\.time) == [1_000_000, 11_000_000, 101_000_000, 111_000_000])
  }

  @Test func rowsOfHostsAndConnectionsAreComputed() throws {
    let packets = try play(
      "host S[3] 10.1.0.254\nconn f[6] S[i%3]:1000+i B:80\n0 repeat 6 every 1ms {\n  +0 f[i] S S\n}")
    #expect(packets.map(\.source.port) == [1000, 1001, 1002, 1003, 1004, 1005])
    #expect(packets[4].source.address == 0x0a01_00ff)
  }

  @Test func bulkDataIsAcknowledgedHalfARoundTripLater() throws {
    let packets = try play("handshake\n30ms B data 4x1448 burst=2 gap=1ms acks=2")
    #expect(packets.dropFirst(3).map(\.time) == [30, 31, 41, 51, 52, 62].map { $0 * 1_000_000 })
    #expect(packets.last?.acknowledgment == 10_793)
  }

  @Test func expressionsObeyPrecedenceAndWrap() throws {
    let expression = try Expression("(1+2)*3-10/4%2", line: 1)
    #expect(try expression.value { _ in nil } == 9)
    let wrapping = try Expression("9223372036854775807+1", line: 1)
    #expect(try wrapping.value { _ in nil } == .min)
  }

  @Test(arguments: [
    ("", 1, "expected a comment that says what is tested, found ''"),
    ("# t\nX . 1", 2, "expected a step, a connection, or a host of main (A, B), found 'X'"),
    ("# t\nA Q 1", 2, "expected flags (letters of SFRPUEW and . for ACK, or - for none), found 'Q'"),
    ("# t\n\n+1parsec A .", 3, "expected a duration like +10ms, found '+1parsec'"),
    ("# t\nA . 1 win", 2, "expected a window, found the end of the line"),
    ("# t\nA . 1+", 2, "expected a number or an expression without spaces, found '1+'"),
    ("# t\nrepeat 3 {\nA .", 2, "expected a } that closes this block, found the end of the line"),
    ("# t\n}", 2, "expected a step, found '}'"),
    ("# t\nA . \"x", 2, "expected a closing quotation mark, found the end of the line"),
    ("# t\nA . sack=1-2-3", 2, "expected up to four SACK blocks like 6449-7897, found '1-2-3'"),
    ("# t\nhost B 10.0.0", 2, "expected an IPv4 address, found '10.0.0'"),
  ])
  func errorsNameTheLineAndWhatWasExpected(text: String, line: Int, message: String) {
    #expect(throws: ScenarioError(line: line, message)) { try Scenario(parsing: text) }
  }

  @Test(arguments: [
    "A . 1+missing", "A . 1/0", "2s A .\n1s A .", "repeat 10000000 {\nA .\n}", "repeat -1 {\n}", "A . 1:+70000",
    "repeat 1000 {\nrepeat 1000 {\nrepeat 1000 {\n+1ns\n}\n}\n}", "A . 1:3 \"abc\"", "1000000d A .",
  ])
  func impossibleStoriesAreRefused(text: String) {
    #expect(throws: ScenarioError.self) { try play(text) }
  }

  @Test func noTextCrashesTheParser() {
    var state: UInt64 = 42
    let pieces = [
      "A ", "B ", ". ", "1:2 ", "ack ", "+1ms ", "repeat 2 ", "{\n", "}\n", "sack=", "-", "(", ")", "f[", "]", "conn ",
      "host ", "data ", "9x9 ", "\n", "0x", "\"", "hex=ab ", "opts=é ", "next", "99999999999999999999 ", "every ", "=",
    ]
    for _ in 0..<5000 {
      var text = "# fuzz\n"
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int(state >> 33) % pieces.count]
      }
      _ = try? Scenario(parsing: text).packets()
    }
  }
}
