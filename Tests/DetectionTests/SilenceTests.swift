import TestSupport
import Testing
import Triage

/// Healthy traffic that resembles trouble must be met with silence, in every dress.
struct SilenceTests {
  struct Calm: Sendable, CustomTestStringConvertible {
    var label: String
    var story: String
    var testDescription: String { label }
  }

  /// Source: the shared false-positive checklist, tcp-pathologies section E.
  static let calm = [
    Calm(label: "bulk transfer", story: "handshake\n+10ms B data 100x1448 burst=10 acks=2\n+10ms close B"),
    Calm(
      label: "keep-alives of no byte",
      story: "handshake\n+60s repeat 100 every 75s {\n+0 A . 1000 ack 5001\n+10ms B . 5001 ack 1001\n}"),
    Calm(
      label: "keep-alives of one byte",
      story: "handshake\n+60s repeat 100 every 75s {\n+0 A . 1000:1001 ack 5001\n+10ms B . 5001 ack 1001\n}"),
    Calm(
      label: "window updates of both sides",
      story: "handshake\n+1s repeat 100 every 20ms {\n+0 A . win 502+i\n+10ms B . win 600+i\n}"),
    Calm(
      label: "Multipath TCP signals",
      story: """
        handshake
        +1s repeat 100 every 20ms {
          +0    A . opts=1e0820aa00000000
          +5ms  B . opts=1e0820bb00000001
          +5ms  A . opts=1e0820aa00000002
          +5ms  B . opts=1e0820bb00000003
        }
        """),
    Calm(
      label: "ECN flags that change",
      story: "handshake\n+1s repeat 100 every 20ms {\n+0 A .E\n+5ms A .\n+5ms B .E\n+5ms B .\n}"),
    Calm(
      label: "ping-pong",
      story: "handshake\n+1s repeat 200 every 20ms {\n+0 A P. next:+100\n+10ms B P. next:+100\n}\n+10ms A ."),
    Calm(
      label: "half-closed transfer",
      story: "handshake\n+1s A F.\n+10ms B .\n+10ms B data 100x1448 burst=10 acks=2\n+10ms B F.\n+10ms A ."),
    Calm(
      label: "both SYNs without timestamps",
      story: "conn main A:40000 B:80 nots\nhandshake\n+10ms B data 100x1448 acks=2"),
    Calm(
      label: "a clock at 100 Hz",
      story:
        "host A 10.0.0.1 clock=5000 hz=100\nhandshake\n+1s repeat 100 every 500ms {\n+0 A P. next:+100\n+10ms B .\n}"),
    Calm(
      label: "a clock at 1 MHz",
      story:
        "host A 10.0.0.1 clock=5000 hz=1000000\nhandshake\n+1s repeat 100 every 500ms {\n+0 A P. next:+100\n+10ms B .\n}"
    ),
    Calm(
      label: "a clock that wraps",
      story: "clock A 4294966000\nhandshake\n+1s repeat 10 every 500ms {\n+0 A P. next:+100\n+10ms B .\n}"),
    Calm(
      label: "the port is used again",
      story: "handshake\n+1s close A\n+70s A S 300000\n+10ms B S. 800000 ack 300001\n+10ms A . 300001 ack 800001"),
  ]

  @Test("Nothing is told of healthy traffic", arguments: calm)
  func silence(_ one: Calm) throws {
    #expect(try Analyzed.rules(one.story).isEmpty)
  }

  @Test("Nothing is told of it in another dress", arguments: calm)
  func variants(_ one: Calm) throws {
    for name in ["isn-near-wrap", "ipv6", "snap-96", "roles-swapped", "doubled"] {
      #expect(try Analyzed.rules(one.story, Stories.variant(name)).isEmpty, "\(name)")
    }
  }
}
