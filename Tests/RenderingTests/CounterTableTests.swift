import Testing

@testable import Rendering
@testable import Triage

@Suite("Tables of predicted counters")
struct CounterTableTests {
  private func text(_ hosts: [HostPrediction], isFull: Bool = false) -> String {
    var report = Fixture.report()
    report.counters = CounterPrediction(hosts: hosts, isFull: isFull)
    return TerminalSummary(RenderingOptions()).text(report)
  }

  @Test("One line per counter that moved, with its word, under the name that nstat prints")
  func lines() {
    var host = Fixture.prediction()
    host.counters[1].value = 3
    let text = text([host])
    #expect(text.contains("This capture should have moved these counters of 10.0.0.1"))
    #expect(text.contains("\n  TcpRetransSegs     47  exact\n"))
    #expect(text.contains("\n  TcpExtTCPTimeouts   3  at-least: a timer may expire without sending\n"))
    #expect(text.contains("nstat -az"))
  }

  @Test("What did not move is left out, and without being asked nothing is said")
  func nothing() {
    #expect(!text([Fixture.prediction()]).contains("TCPTimeouts"))
    #expect(!TerminalSummary(RenderingOptions()).text(Fixture.report()).contains("nstat -az` on the host before"))
  }

  @Test("Of many hosts the capturing one comes first, and the rest is counted")
  func manyHosts() {
    let other = HostPrediction(
      host: "10.9.9.9",
      counters: [PredictedCounter(name: "TcpInSegs", value: 9, certainty: .estimate, reason: "not captured")])
    let text = text(Array(repeating: other, count: 12) + [Fixture.prediction()], isFull: true)
    let first = text.split(separator: "\n").first { $0.contains("should have moved") }
    #expect(first?.contains("10.0.0.1") == true)
    #expect(text.contains("+ 3 hosts more, see -o report.json") && text.contains("Only the first 4,096 hosts"))
  }
}
