import Detection
import TestSupport
import Testing
import Triage

/// One trouble with a handshake is told once.
struct HandshakeSettlingTests {
  /// B drops the SYN whose clock went back.
  private static let oldClock = """
    host C 10.0.0.3
    conn one A:40001 B:80
    conn two A:40002 B:80
    conn three C:40003 B:80
    conn four A:40004 B:80
    clock A 900000
    handshake one
    handshake four
    +1s  clock A 100
    +0   two A S
    +1s  two A S
    +1s  two A S

    """

  @Test("A full listener takes over the stall of the data that nobody took")
  func takesOver() throws {
    let story = """
      host B 10.0.0.2 ttl=64
      conn main A:40000 B:80 rtt=20ms
      0       A S   1000
      +0.1ms  B S.  5000  ack 1001
      +20ms   A .   1001  ack 5001
      +1ms    lost A P.  1001:1101  ack 5001
      +220ms  lost A P.  1001:1101  ack 5001
      +440ms  lost A P.  1001:1101  ack 5001
      1s      B S.  5000  ack 1001  tsecr=100000
      +20ms   A .   1101  ack 5001
      1.6s    lost A P.  1001:1101  ack 5001
      3s      B S.  5000  ack 1001  tsecr=100000
      +20ms   A .   1101  ack 5001
      3.4s    lost A P.  1001:1101  ack 5001
      """
    let found = try Analyzed.report(story).findings
    #expect(found.map(\.rule.id) == ["listen-overflow"])
    #expect(found.map(\.severity) == [.critical])
    #expect(found.map(\.confidence) == [.likely])
  }

  @Test("An old timestamp speaks for SYNs without an answer")
  func explained() throws {
    #expect(try Analyzed.rules(Self.oldClock) == ["syn-ts-drop"])
  }

  @Test("Where each connection has a timestamp offset of its own, none is old")
  func offsets() throws {
    let story = Self.oldClock.replacing("    handshake four", with: "").replacing(
      "handshake four\n", with: "clock A 3742887746\nhandshake four\nclock A 900000\n")
    #expect(try Analyzed.rules(story) == ["syn-unanswered"])
  }

  @Test("It does not speak for those that it does not explain")
  func notAll() throws {
    let found = try Analyzed.rules(Self.oldClock + "+1s three C S\n+1s three C S\n+2s three C S\n")
    #expect(Set(found) == ["syn-ts-drop", "syn-unanswered"])
  }

  @Test("TIME-WAIT's answer to a SYN is an answer")
  func timeWait() throws {
    let story = """
      conn again A:40000 B:80 isn=90000000,300000000
      handshake
      +10ms   A P.  1001:2449
      +10ms   B .   ack 2449
      +10ms   B P.  5001:6449
      +10ms   A .   ack 6449
      880ms   B F.
      900ms   A F.
      910ms   B .
      2900ms  clock A 40000
      +0      repeat 4 every 1s {
        +0      lost again A S  90000000
        +10ms   B .   6450  ack 2450  id=0
        +10ms   unseen A R  2450  nots  id=0
      }
      """
    let found = try Analyzed.rules(story)
    #expect(found.contains("tw-paws-syn") && !found.contains("syn-unanswered"))
  }

  @Test("Frames that were recorded in another order tell the same")
  func disordered() throws {
    // The SYN-ACK stands before its SYN, the RST before the SYN that it refuses.
    let calm = "0 A S 1000\n+10ms B S. 5000 ack 1001\n-1ms A S 1000\n+5ms A . 1001 ack 5001\n+5s A P. next:+9"
    #expect(try Analyzed.rules(calm).isEmpty)
    let early = "1s B S. 5000 ack 1001\n-1us A S 1000\n+20ms A . 1001 ack 5001\n+5s A P. next:+9"
    #expect(try Analyzed.rules(early).isEmpty)
  }
}
