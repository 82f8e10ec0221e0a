import Testing

@testable import Rendering
@testable import Triage

@Suite("Why the host's counters say what they say of a finding")
struct LiveCounterTests {
  private static let few = "So few tell nothing: some may lie outside of the capture, or of the snapshots."
  private static let elsewhere = "The other host's kernel counts this, not this one's."

  /// The clock that ran backwards, with both counters that may have counted it.
  private static func snapshot(_ verdict: CounterPairing.Verdict, _ reason: String) -> LiveSnapshot {
    var snapshot = LiveFixture.snapshot()
    var live = LiveFixture.paws()
    live.counters = [
      CounterPairing(
        counters: ["TcpExtPAWSEstab", "TcpExtPAWSOldAck"], rate: 0.5, expected: 0.5, verdict: verdict, reason: reason)
    ]
    snapshot.findings = [live]
    snapshot.counters[1].runsAway = true
    return snapshot
  }

  @Test("A log line has the reason in short, the explanation in full", arguments: [few, elsewhere])
  func reasons(reason: String) {
    let snapshot = Self.snapshot(.unavailable, reason)
    var log = LiveLog()
    let line = log.lines([.opened(snapshot.findings[0])], snapshot)[0]
    let short = reason == Self.few ? "so few tell nothing" : "the other host's kernel counts this, not this one's"
    #expect(line.contains("counters tell nothing (\(short)): "))
    let lines = LiveExplanation.lines(3, snapshot, 160, color: false)
    #expect(lines.contains { $0.hasSuffix(reason) } && !lines.contains { $0.contains("not available on this host") })
  }

  @Test("Counters that share the events are told once, with what is known of each")
  func shared() throws {
    let snapshot = Self.snapshot(.matches, "")
    let telling = snapshot.tellingCounters
    #expect(telling.count { $0.counters.contains("TcpExtPAWSEstab") } == 1)
    let first = try #require(telling.first)
    #expect(first.runsAway && first.usual == 0...3 && first.words.contains("because their timestamp was old"))
    let text = LiveExplanation.lines(3, snapshot, 160, color: false).joined(separator: "\n")
    #expect(text.contains("PAWSEstab + PAWSOldAck") && text.contains("TcpExtPAWSEstab · usual 0-3/s · runs away · "))
    let page = LivePage(columns: 100, rows: 40, color: false).lines(snapshot, LivePageState())
    #expect(page.contains { $0.contains("  PAWSEstab + PAWSOldAck") && $0.contains("#3: agrees") })
  }

  @Test("Names lose their prefix before they are cut")
  func names() {
    let both = ["TcpExtTCPChallengeACK", "TcpExtTCPACKSkippedChallenge"]
    #expect(LiveWords.names(both, width: 60) == "TcpExtTCPChallengeACK + TcpExtTCPACKSkippedChallenge")
    #expect(LiveWords.names(both, width: 40) == "TCPChallengeACK + TCPACKSkippedChallenge")
    #expect(LiveWords.names(both, width: 28) == "TCPChallengeACK +1")
    #expect(LiveWords.names(["TcpExtTCPACKSkippedChallenge"], width: 24) == "TCPACKSkippedChallenge")
    #expect(LiveWords.names([], width: 24).isEmpty)
  }
}
