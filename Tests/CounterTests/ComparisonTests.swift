import Dissection
import Foundation
import Rendering
import TestSupport
import Testing

@testable import Triage

@Suite("Two snapshots beside a capture")
struct ComparisonTests {
  private static let here = "10.77.1.2"
  private static let there = "10.77.2.2"

  private func compared(
    _ capture: String, _ host: String, before: CounterSnapshot, after: CounterSnapshot,
    settings: KernelSettings = KernelSettings()
  ) throws -> (Report, CounterComparison) {
    var choice = TriageSettings()
    choice.predictsCounters = true
    var report = try Fixture.report(capture, settings: choice)
    let address = try #require(AddressRange(host)?.start)
    let comparison = CounterComparison(
      report, host: (address, "A test."), before: before, after: after, settings: settings)
    report.counterComparison = comparison
    report.counters = nil
    return (report, comparison)
  }

  @Test(
    "What recorded kernels counted goes with what is found in their captures, at the host that counts",
    arguments: [
      "kernel-loss-2", "kernel-loss-both", "kernel-paws-persistent", "kernel-ack-loop-ts-storm", "kernel-lost-rtx",
      "kernel-reorder-heavy", "kernel-rto-blackout-tso", "kernel-tail-loss-rto", "kernel-challenge-rst",
    ], ["client", "server"])
  func recorded(name: String, side: String) throws {
    let (before, after) = try Fixture.recorded(name, side)
    let host = side == "client" ? Self.here : Self.there
    let (_, comparison) = try compared("\(name)/\(side)", host, before: before, after: after)
    for match in comparison.checks.flatMap(\.matches) { #expect(match.verdict != .mismatch, "\(match)") }
    let told = comparison.rows.filter { $0.predicted?.certainty == .exact }
    #expect(told.count { $0.verdict == .matches } >= 3)
    #expect(!told.contains { $0.verdict == .mismatch } && comparison.remarks.isEmpty)
  }

  @Test("The counters of the wrong host are a mismatch, and the reason says so")
  func wrongHost() throws {
    let (before, after) = try Fixture.recorded("kernel-loss-2", "server")
    let (report, comparison) = try compared("kernel-loss-2/client", Self.here, before: before, after: after)
    let matches = comparison.checks.flatMap(\.matches)
    #expect(!matches.isEmpty && matches.allSatisfy { $0.verdict == .mismatch && $0.reason.contains("another host") })
    let row = try #require(comparison.rows.first { $0.name == "TcpRetransSegs" })
    #expect(row.verdict == .mismatch && row.moved == 0 && row.predicted?.value ?? 0 > 40)
    let text = TerminalSummary(RenderingOptions()).text(report)
    #expect(text.contains("  Kernel ✗ TcpRetransSegs moved by 0, the packets show 47: mismatch. The kernel counts"))
  }

  @Test("Every report shows the table, the verdict beside the finding, and the setting that explains it")
  func reports() throws {
    let (before, after) = try Fixture.recorded("kernel-loss-2", "client")
    let settings = KernelSettings(parsing: Array("net.ipv4.tcp_sack = 0\n".utf8))
    let (report, _) = try compared(
      "kernel-loss-2/client", Self.here, before: before, after: after, settings: settings)
    for text in [
      TerminalSummary(RenderingOptions()).text(report), MarkdownReport(RenderingOptions()).text(report),
      HTMLReport(RenderingOptions()).text(report),
    ] {
      let words = text.split { $0 == "\n" || $0 == " " }.joined(separator: " ")
      #expect(words.contains("the packets show 47: matches."))
      #expect(words.contains("sack is 0 here") && words.contains("the counters of 10.77.1.2 moved so much."))
      #expect(words.contains("TcpExtTCPDSACK") || words.contains("TcpExtTCPFastRetrans"))
    }
    #expect(JSONReport(RenderingOptions()).text(report).contains("\"counter_comparison\": {"))
  }

  @Test("Without snapshots no report says a word of them")
  func silent() throws {
    let report = try Fixture.report("kernel-loss-2/client")
    for text in [TerminalSummary(RenderingOptions()).text(report), JSONReport(RenderingOptions()).text(report)] {
      #expect(!text.contains("snapshot") && !text.contains("counter_comparison"))
    }
  }

  @Test("Snapshots that are swapped, equal, of two kernels or of another time are doubted")
  func doubts() throws {
    let (before, after) = try Fixture.recorded("kernel-loss-2", "client")
    func remarks(_ before: CounterSnapshot, _ after: CounterSnapshot) throws -> [String] {
      try compared("kernel-loss-2/client", Self.here, before: before, after: after).1.remarks
    }
    #expect(try remarks(after, before)[0].contains("swapped"))
    #expect(try remarks(before, before)[0].contains("No counter moved"))
    var (first, second) = (before, after)
    (first.kernel, second.kernel) = ("5.10", "6.1")
    (first.time, second.time) = (0, 1)
    let both = try remarks(first, second)
    #expect(both.count == 2 && both[0].contains("5.10, 6.1") && both[1].contains("do not span the capture"))
    (first.kernel, first.time, second.time) = ("6.1", 0, .max)
    #expect(try remarks(first, second).isEmpty)
  }

  @Test("A counter that a snapshot lacks is not available, never 0")
  func missing() throws {
    let before = try CounterSnapshot(["TcpInSegs": 0, "TcpOutSegs": 1])
    let after = try CounterSnapshot(["TcpInSegs": 500, "TcpOutSegs": 900])
    let (_, comparison) = try compared("kernel-loss-2/client", Self.here, before: before, after: after)
    #expect(comparison.checks.flatMap(\.matches).map(\.verdict) == [.unavailable])
    let row = try #require(comparison.rows.first { $0.name == "TcpRetransSegs" })
    #expect(row.moved == nil && row.verdict == .unavailable)
  }

  @Test("The host is the one that captured, else the local one, else the busiest, and it is said how")
  func host() throws {
    var settings = TriageSettings()
    settings.predictsCounters = true
    for (side, host) in [("client", Self.here), ("server", Self.there)] {
      let prediction = try #require(try Fixture.report("kernel-loss-2/\(side)", settings: settings).counters)
      let chosen = try #require(CounterHost.choose(prediction, LocalFinder(), option: "--x"))
      #expect("\(chosen.address)" == host && chosen.choice.contains("was made at \(host); choose with --x"))
    }
    func made(_ hosts: [(String, UInt64)]) -> CounterPrediction {
      let list = hosts.map { host, value in
        HostPrediction(
          host: host,
          counters: [PredictedCounter(name: "TcpInSegs", value: value, certainty: .estimate, reason: "A test")])
      }
      return CounterPrediction(hosts: list, isFull: false)
    }
    let busiest = try #require(
      CounterHost.choose(made([("10.0.0.1", 3), ("10.0.0.2", 9), ("10.0.0.3", 9)]), LocalFinder(), option: "--x"))
    #expect("\(busiest.address)" == "10.0.0.2" && busiest.choice.contains("which is a guess"))
    #expect(CounterHost.choose(made([]), LocalFinder(), option: "--x") == nil)
  }
}
