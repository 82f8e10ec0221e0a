import Detection
import Dissection
import TestSupport
import Testing

@testable import Triage

@Suite("Counters beside findings")
struct PairingTests {
  private let second: Int64 = 1_000_000_000
  private static let here = IPAddress(v4: 0x0A00_0001)
  private static let there = IPAddress(v4: 0x0A00_0002)

  /// A live finding of `rule` whose evidence went from here to there, or back.
  private func finding(
    _ id: String, _ measure: String, _ count: Double, cause: String = "", sign: String = "len", isSent: Bool = true,
    flags: TCPFlags = .ack, began: Int64 = 0
  ) throws -> LiveFinding {
    let rule = try #require(allRules.first { $0.id == id })
    var finding = Finding(rule, .warning, .certain, proof: .proven, summary: "A test.")
    finding.measures = [Measure(measure, count, "segments")]
    finding.cause = cause
    finding.firstTime = began
    var segment = Segment.made(1, frame: 1, time: 0, flags: flags)
    (segment.source, segment.destination) = isSent ? (Self.here, Self.there) : (Self.there, Self.here)
    finding.evidence = [EvidenceFrame(segment, telling: [sign])]
    return LiveFinding(number: 1, finding: finding, opened: 0, lastGrew: 0)
  }

  /// Pairings after ten seconds in which a finding grew to its count from nothing and counters moved by these.
  private func pairings(_ live: LiveFinding, _ counters: [String: UInt64]) throws -> [CounterPairing] {
    var pairer = CounterPairer()
    _ = pairer.take(try CounterSnapshot(counters.mapValues { _ in 1_000 }), at: 0)
    _ = pairer.take(try CounterSnapshot(counters.mapValues { $0 + 1_000 }), at: 10 * second)
    var findings = [live]
    pairer.pair(&findings) { $0 == Self.here }
    return findings[0].counters
  }

  @Test(
    "Within twice of each other they match, beyond it is a mismatch with its reason",
    arguments: [
      (100, .matches, ""), (50, .matches, ""), (200, .matches, ""), (49, .mismatch, "less than half"),
      (0, .mismatch, "counts nothing"), (201, .mismatch, "more than twice"),
    ] as [(UInt64, CounterPairing.Verdict, String)])
  func verdicts(counted: UInt64, verdict: CounterPairing.Verdict, reason: String) throws {
    let all = try pairings(try finding("retransmission-burst", "segments", 100), ["TcpRetransSegs": counted])
    #expect(all.count == 1 && all[0].verdict == verdict && all[0].expected == 10)
    #expect(all[0].rate == Double(counted) / 10 && all[0].name == "TcpRetransSegs")
    #expect(reason.isEmpty ? all[0].reason.isEmpty : all[0].reason.contains(reason))
  }

  @Test("A counter that the kernel has not is unavailable, never 0")
  func unavailable() throws {
    let all = try pairings(try finding("retransmission-burst", "segments", 100), ["TcpOutRsts": 5])
    #expect(all.map(\.verdict) == [.unavailable] && all[0].rate == nil)
  }

  @Test("The receiver counts what it rejects, not the sender")
  func side() throws {
    let counters: [String: UInt64] = ["TcpExtPAWSEstab": 100]
    let received = try finding("paws-reject", "segments", 100, sign: "tsval", isSent: false)
    #expect(try pairings(received, counters).map(\.verdict) == [.matches])
    let sent = try pairings(try finding("paws-reject", "segments", 100, sign: "tsval"), counters)
    #expect(sent.map(\.verdict) == [.unavailable] && sent[0].reason.hasPrefix("The other host's kernel"))
  }

  @Test("A listener counts the SYNs that it ignores, and the last ACKs for which it sends SYN-ACKs again")
  func listener() throws {
    let counters: [String: UInt64] = ["TcpExtListenOverflows": 10]
    for (flags, isSent, isHere) in [
      (.syn, false, true), ([.syn, .ack], true, true), (.syn, true, false), ([.syn, .ack], false, false),
    ] as [(TCPFlags, Bool, Bool)] {
      let live = try finding(
        "listen-overflow", "ignored-segments", 10, sign: "flags", isSent: isSent, flags: flags)
      #expect(try pairings(live, counters).map(\.verdict) == [isHere ? .matches : .unavailable])
    }
  }

  @Test("Counters that share the events are added up, those that are not there left out")
  func sums() throws {
    let live = try finding("paws-reject", "segments", 100, sign: "tsval", isSent: false)
    let both = try pairings(live, ["TcpExtPAWSEstab": 40, "TcpExtPAWSOldAck": 50])
    #expect(both[0].rate == 9 && both[0].verdict == .matches && both[0].name == "TcpExtPAWSEstab + TcpExtPAWSOldAck")
    #expect(both[0].counters == ["TcpExtPAWSEstab", "TcpExtPAWSOldAck"])
  }

  @Test("Of what two hosts exchange each counts half; what lies below the window shows in the sum of segments only")
  func loops() throws {
    let counters: [String: UInt64] = ["TcpExtPAWSEstab": 500, "TcpExtBeyondWindow": 500]
    let paws = try pairings(try finding("ack-storm", "acks", 1_000, cause: "paws"), counters)
    #expect(paws.map(\.expected) == [50] && paws[0].verdict == .matches)
    let below = try pairings(try finding("ack-storm", "acks", 1_000, cause: "seq-old"), ["TcpInSegs": 9_000])
    // Whatever else the host receives is counted there, too.
    #expect(below.map(\.name) == ["TcpInSegs"] && below[0].expected == 50 && below[0].verdict == .matches)
  }

  @Test("What several findings do together is held against the counter from above")
  func together() throws {
    var pairer = CounterPairer()
    _ = pairer.take(try CounterSnapshot(["TcpRetransSegs": 0]), at: 0)
    _ = pairer.take(try CounterSnapshot(["TcpRetransSegs": 300]), at: 10 * second)
    var findings = try (1...3).map { number in
      var live = try finding("retransmission-burst", "segments", 100)
      live.number = number
      return live
    }
    pairer.pair(&findings) { _ in true }
    #expect(findings.flatMap(\.counters).map(\.verdict) == [.matches, .matches, .matches])
  }

  @Test("Only what grew in the same ten seconds counts, and rest keeps the last word")
  func windows() throws {
    var pairer = CounterPairer()
    var counter: UInt64 = 0
    var count = 1_000.0
    var seen: [LiveFinding] = []
    for index in 0...40 {
      _ = pairer.take(try CounterSnapshot(["TcpRetransSegs": counter]), at: Int64(index) * second)
      seen = [try finding("retransmission-burst", "segments", count, began: -60 * second)]
      pairer.pair(&seen) { _ in true }
      if index == 25 { #expect(seen[0].counters.map(\.expected) == [20] && seen[0].counters[0].verdict == .matches) }
      if index < 25 {
        counter += 20
        count += 20
      }
    }
    #expect(seen[0].counters.count == 1 && seen[0].counters[0].verdict == .matches)
    var none: [LiveFinding] = []
    pairer.pair(&none) { _ in true }
    pairer.pair(&seen) { _ in true }
  }

  @Test("Every expectation names counters and measures that exist")
  func expectations() throws {
    var seen = 0
    for rule in allRules {
      for cause in ["", "paws", "seq-beyond"] {
        var finding = Finding(rule, .warning, .certain, proof: .proven, summary: "A test.")
        finding.cause = cause
        for expectation in CounterExpectation.of(finding) {
          seen += 1
          for name in expectation.counters { #expect(CounterMeaning.of(name) != nil, "\(name)") }
        }
      }
    }
    #expect(seen >= 15)
  }

  @Test(
    "Findings in archived captures have the measure and the frames that expectations look for",
    arguments: [
      ("kernel-paws-persistent/server", "paws-reject"), ("paws-predicted/capture", "paws-predicted"),
      ("ack-storm-paws/capture", "ack-storm"), ("ack-loop-limited/capture", "ack-loop-limited"),
      ("rst-ack-loop/capture", "rst-ack-loop"), ("dupack-flood-one-sided/capture", "dupack-flood"),
      ("kernel-loss-2/client", "retransmission-rate"), ("retransmission-burst-pair/capture", "retransmission-burst"),
      ("blackout/capture", "blackout"), ("mtu-blackhole/capture", "retransmission-stall"),
      ("tail-loss/capture", "tail-loss"), ("nat-timestamps/capture", "syn-ts-drop"),
    ])
  func archived(name: String, rule: String) throws {
    let report = try Fixture.report(name)
    let findings = report.findings.filter { $0.rule.id == rule }
    for finding in findings {
      for expectation in CounterExpectation.of(finding) {
        #expect(expectation.count(in: finding) ?? 0 > 0, "\(expectation.measure)")
        #expect(!expectation.hosts(finding).isEmpty)
      }
      #expect(!CounterExpectation.of(finding).isEmpty || finding.cause.hasPrefix("seq"))
    }
    #expect(!findings.isEmpty)
  }
}

@Suite("Settings that explain a verdict")
struct SettingsTests {
  private func settings(_ values: [String: String], kernel: String = "6.1.0") -> KernelSettings {
    var settings = KernelSettings()
    for (name, value) in values { settings[name] = value }
    (settings.kernel, settings.isComplete) = (kernel, true)
    return settings
  }

  @Test("A loop quotes the limiter")
  func limiter() {
    let name = "net.ipv4.tcp_invalid_ratelimit"
    for rule in ["ack-storm", "ack-loop", "ack-loop-limited", "rst-ack-loop"] {
      #expect(
        settings([name: "0"]).remarks(for: rule)
          == ["\(name) is 0 here: nothing limits the answers; 500 is the default."])
    }
    #expect(settings([name: "500"]).remarks(for: "ack-loop")[0].hasSuffix("every 500 ms at most."))
    #expect(settings([name: "100"]).remarks(for: "ack-loop")[0].hasSuffix("; 500 is the default."))
    #expect(settings([:]).remarks(for: "ack-loop")[0].contains("4.0 brought it"))
    #expect(KernelSettings().remarks(for: "ack-loop").isEmpty)
    // What a customer did not send says nothing.
    let some = KernelSettings(parsing: Array("net.ipv4.tcp_sack = 1\n".utf8))
    #expect(some.remarks(for: "ack-loop").isEmpty && some.remarks(for: "smc-declined").isEmpty)
  }

  @Test("bbr needs fq before 4.13 only")
  func pacing() {
    let bbr = ["net.ipv4.tcp_congestion_control": "bbr", "net.core.default_qdisc": "pfifo_fast"]
    func remarks(_ kernel: String, _ queues: [String: String] = [:]) -> [String] {
      var settings = settings(bbr, kernel: kernel)
      settings.queues = queues
      return settings.remarks(for: "retransmission-rate")
    }
    #expect(remarks("4.9.0")[0].contains("4.13 bbr needs fq, but net.core.default_qdisc is pfifo_fast"))
    #expect(remarks("4.12.14", ["eth0": "pfifo_fast", "lo": "noqueue"])[0].contains("the queue of eth0 is pfifo_fast"))
    #expect(remarks("4.9.0", ["eth0": "fq", "lo": "noqueue"]).isEmpty)
    #expect(remarks("4.13.0").isEmpty && remarks("6.1").isEmpty && remarks("x").isEmpty && remarks("4").isEmpty)
  }

  @Test(
    "Each setting speaks where it matters",
    arguments: [
      ("net.ipv4.tcp_timestamps", "0", "paws-reject", "agrees to no timestamps"),
      ("net.ipv4.tcp_timestamps", "2", "tw-paws-syn", "no random offset"),
      ("net.ipv4.tcp_tw_reuse", "1", "tw-paws-syn", "after a second"),
      ("net.ipv4.tcp_rfc1337", "1", "tw-paws-syn", "does not end TIME-WAIT"),
      ("net.ipv4.tcp_tw_recycle", "1", "syn-ts-drop", "set it to 0"),
      ("net.ipv4.tcp_sack", "0", "retransmission-burst", "one is repaired in each round trip"),
      ("net.ipv4.vs.run_estimation", "1", "path-event", "every two seconds"),
      ("net.ipv4.tcp_syncookies", "2", "smc-not-answered", "no room for SMC"),
      ("net.ipv4.tcp_abort_on_overflow", "1", "smc-clc-timeout", "answers with RST"),
      ("net.ipv4.tcp_sack", "1", "smc-declined", "the module smc is not loaded"),
      ("net.ipv4.tcp_abort_on_overflow", "0", "listen-overflow", "a full queue answers nothing"),
      ("net.ipv4.tcp_syncookies", "0", "syn-unanswered", "ignores further SYNs"),
      ("net.ipv4.tcp_syncookies", "1", "listen-overflow", "answers SYNs by cookies"),
      ("net.ipv4.tcp_rmem", "4096 131072 6291456", "zero-window", "begins with 131072 bytes and grows to 6291456"),
      ("net.ipv4.tcp_window_scaling", "0", "zero-window", "no window is larger than 65,535 bytes"),
      ("net.smc.limit_smc_hs", "1", "smc-never-offered", "stay TCP"),
    ])
  func quoted(name: String, value: String, rule: String, words: String) {
    let remarks = settings([name: value]).remarks(for: rule)
    #expect(remarks.contains { $0.contains(words) }, "\(remarks)")
    #expect(settings([name: value]).remarks(for: "capture-loss").isEmpty)
  }

  @Test("The lengths of a listener's queues are quoted together, and a strange value is passed over")
  func listener() {
    let known = settings(["net.core.somaxconn": "4096", "net.ipv4.tcp_max_syn_backlog": "512"])
    for rule in ["listen-overflow", "syn-unanswered"] {
      #expect(known.remarks(for: rule)[0].contains("somaxconn is 4096 and net.ipv4.tcp_max_syn_backlog is 512"))
    }
    #expect(settings(["net.ipv4.tcp_rmem": "x 1 \(UInt64.max)"]).remarks(for: "zero-window").isEmpty)
  }

  @Test("Devices for SMC are named, and none is said to be none")
  func devices() {
    var known = settings(["net.smc.wmem": "65536"])
    #expect(known.remarks(for: "smc-declined").isEmpty)
    known.smcDevices = []
    #expect(known.remarks(for: "smc-declined")[0].contains("neither an RDMA nor an ISM device"))
    known.smcDevices = ["mlx5_0", "mlx5_1"]
    #expect(known.remarks(for: "smc-declined") == ["Devices for SMC on this host: mlx5_0, mlx5_1."])
  }

  @Test("sysctl's lines are read, what is not asked for is passed over")
  func parsed() {
    let text = """
      # tcptriage counters: 1.000000000 s since 1970 UTC, kernel 5.10.0
      net.ipv4.tcp_rmem = 4096\t131072   6291456
      net.ipv4.tcp_sack=1
      kernel.hostname = secret
      net.ipv4.secret = 5
      net.smc.autocorking_size = 65536
      junk
      """
    let settings = KernelSettings(parsing: Array(text.utf8))
    #expect(
      settings.lines == [
        "net.ipv4.tcp_rmem = 4096 131072 6291456", "net.ipv4.tcp_sack = 1", "net.smc.autocorking_size = 65536",
      ])
    #expect(settings.kernel == "5.10.0" && !settings.isComplete)
    let long = "net.ipv4.tcp_sack = \(String(repeating: "9", count: 5_000))"
    #expect(KernelSettings(parsing: Array(long.utf8)).lines[0].count < 300)
  }
}
