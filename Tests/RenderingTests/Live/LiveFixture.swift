import Dissection
import Frames

@testable import Detection
@testable import Tracking
@testable import Triage

/// Moments of live mode made by hand: a host between an ACK storm, lossy transfers and a clock that ran backwards.
enum LiveFixture {
  static let start: Int64 = 1_790_000_000_000_000_000
  static let second: Int64 = 1_000_000_000
  static let now = start + 754 * second

  static func live(_ number: Int, _ finding: Finding, opened: Int64, rate: Double?) -> LiveFinding {
    var live = LiveFinding(number: number, finding: finding, opened: now - opened * second, lastGrew: now)
    live.rate = rate
    return live
  }

  static func storm() -> LiveFinding {
    var finding = Fixture.storm()
    finding.rule = rule("ack-storm")
    finding.nextSteps = finding.rule.nextSteps
    finding.remedy = finding.rule.remedy
    var live = live(1, finding, opened: 12, rate: 1_990)
    live.owners = [ProcessName(pid: 1_234, command: "python3", uid: 1_000)]
    live.counters = [
      CounterPairing(counters: ["TcpExtTCPACKSkippedSeq"], rate: 0, expected: 995, verdict: .mismatch),
      CounterPairing(counters: ["TcpExtTCPPureAcks"], rate: 1_004, expected: 995, verdict: .matches),
    ]
    return live
  }

  static func burst() -> LiveFinding {
    var finding = Finding(
      rule("retransmission-burst"), .warning, .certain, proof: .proven,
      summary: "212 retransmissions on 9 connections within 1.2 s: something on the path lost packets of all of them.")
    finding.hosts = ["10.0.0.7"]
    (finding.firstFrame, finding.lastFrame) = (10_012, 17_119)
    finding.measures = [Measure("retransmissions", 212, "segments")]
    var live = live(2, finding, opened: 41, rate: 56)
    live.owners = [
      ProcessName(pid: 812, command: "nginx", uid: 33), ProcessName(pid: 813, command: "nginx", uid: 33),
    ]
    live.counters = [CounterPairing(counters: ["TcpRetransSegs"], rate: 57, expected: 56, verdict: .matches)]
    live.settings = ["net.core.somaxconn is 128 here.", "net.ipv4.tcp_syncookies is 1 here."]
    return live
  }

  static func paws() -> LiveFinding {
    var finding = Fixture.paws()
    finding.rule = rule("paws-reject")
    var live = live(3, finding, opened: 95, rate: 0.5)
    live.owners = [ProcessName(pid: nil, command: "", uid: 110)]
    live.counters = [CounterPairing(counters: ["TcpExtPAWSEstab"], rate: 0.5, expected: 0.5, verdict: .matches)]
    return live
  }

  static func refused() -> LiveFinding {
    var finding = Fixture.smc()
    finding.rule = rule("smc-not-answered")
    var live = live(4, finding, opened: 300, rate: nil)
    live.isOpen = false
    live.lastGrew = now - 250 * second
    return live
  }

  static func snapshot() -> LiveSnapshot {
    let findings = [storm(), burst(), paws(), refused()]
    var report = Fixture.report(findings: findings.map(\.finding))
    report.capture.frames = 1_234_567
    report.method.filter = "tcp port 443"
    var snapshot = LiveSnapshot(started: start, time: now, report: report)
    snapshot.findings = findings
    snapshot.history = history(LiveSnapshot.historySeconds)
    snapshot.retransmissions = [
      LiveCause(cause: .fast, total: 1_902, lastSecond: 50), LiveCause(cause: .rto, total: 204, lastSecond: 6),
      LiveCause(cause: .tailLossProbe, total: 31, lastSecond: 0),
    ]
    snapshot.top = (0..<12).map { top(UInt64($0)) }
    snapshot.openConnections = 1_234
    snapshot.interfaces = [LiveInterface(name: "eth0")]
    snapshot.interfaces[0].received = 1_234_567
    snapshot.counters = counters()
    return snapshot
  }

  /// The same with what can go wrong with the run itself.
  static func troubled() -> LiveSnapshot {
    var snapshot = snapshot()
    snapshot.interfaces.append(LiveInterface(name: "veth-lab"))
    (snapshot.interfaces[0].droppedByRing, snapshot.interfaces[1].isUp) = (4_711, false)
    snapshot.history[snapshot.history.count - 1].dropped = 12
    var writing = LiveWriting(directory: "evidence/2026-09-21")
    (writing.files, writing.frames, writing.bytes) = (3, 1_229_856, 312_000_000)
    snapshot.writing = writing
    snapshot.remarks = ["Interface veth-lab went down.", "The packets around finding 1 are kept in finding-1.pcapng."]
    return snapshot
  }

  static func history(_ seconds: Int) -> [LiveSecond] {
    (0..<seconds).map { index in
      var entry = LiveSecond(time: now - Int64(seconds - 1 - index) * second)
      let wave = UInt64(40 + index % 17 * 3)
      (entry.frames, entry.bytes) = (wave * 250, wave * 190_000)
      (entry.segments, entry.retransmissions) = (wave * 248, 56)
      return entry
    }
  }

  static func top(_ index: UInt64) -> LiveConnection {
    var connection = LiveConnection(
      local: Fixture.endpoint(1, 443), remote: Fixture.endpoint(UInt32(20 + index), UInt16(40_000 + index)),
      sent: 9_000_000 / (index + 1), received: 12_000 / (index + 1), segments: 7_000 / (index + 1))
    connection.owner = ProcessName(pid: 812, command: "nginx", uid: 33)
    return connection
  }

  static func counters() -> [CounterReading] {
    var readings = [
      CounterReading(
        name: "TcpRetransSegs", value: 2_137, rate: 57, meaning: "Segments that this host has sent again."),
      CounterReading(
        name: "TcpExtPAWSEstab", value: 48, rate: 0.5,
        meaning: "Segments of open connections dropped because their timestamp was old."),
      CounterReading(
        name: "TcpExtTCPACKSkippedSeq", value: 0, rate: 0,
        meaning: "Answers to segments out of sequence that the kernel has held back."),
      CounterReading(name: "TcpExtTCPPureAcks", value: 90_113, rate: 1_004, meaning: "ACKs without data received."),
      CounterReading(
        name: "softnet.time_squeeze", value: 77, rate: 12,
        meaning: "Times that the kernel had more packets to receive than time for them."),
      CounterReading(name: "TcpCurrEstab", value: 1_234, rate: 0, meaning: "Connections that are open now."),
    ]
    for index in readings.indices.dropLast() { readings[index].usual = 0...Double(2 + index) }
    for index in [0, 3, 4] { readings[index].runsAway = true }
    return readings
  }

  /// Everything that comes from packets or the host is hostile.
  static func hostile() -> LiveSnapshot {
    let huge = String(repeating: Fixture.hostile + jamo, count: 1_000)
    var snapshot = snapshot()
    snapshot.report = Fixture.hostileReport()
    let findings = snapshot.report.findings
    for index in snapshot.findings.indices {
      snapshot.findings[index].finding = findings[index % findings.count]
      snapshot.findings[index].rate = [.nan, .infinity, -1e300, 1e300][index]
      snapshot.findings[index].opened = index % 2 == 0 ? .min : .max
      snapshot.findings[index].lastGrew = index % 2 == 0 ? .max : .min
      snapshot.findings[index].number = [.max, .min, 0, -1][index]
      snapshot.findings[index].owners = [
        ProcessName(pid: .min, command: huge, uid: .max), ProcessName(pid: nil, command: jamo, uid: 0),
      ]
      snapshot.findings[index].counters = [
        CounterPairing(counters: [huge], rate: .nan, expected: .infinity, verdict: .mismatch),
        CounterPairing(counters: [jamo + "\(index)"], rate: nil, expected: -.infinity, verdict: .unavailable),
      ]
    }
    snapshot.interfaces = [LiveInterface(name: huge), LiveInterface(name: Fixture.hostile)]
    snapshot.interfaces[0].droppedByRing = .max
    snapshot.interfaces[1].droppedByInterface = .max
    snapshot.interfaces[1].isUp = false
    for index in snapshot.history.indices {
      snapshot.history[index].bytes = index % 2 == 0 ? .max : 0
      snapshot.history[index].length = index % 3 == 0 ? 0 : index % 3 == 1 ? .max : -1
      snapshot.history[index].dropped = .max
    }
    for index in snapshot.top.indices {
      snapshot.top[index].owner = ProcessName(pid: .max, command: huge, uid: 0)
      (snapshot.top[index].sent, snapshot.top[index].received) = (.max, .max)
      snapshot.top[index].local = Endpoint(address: IPAddress(high: .max, low: .max), port: .max)
    }
    for index in snapshot.counters.indices {
      snapshot.counters[index].name = huge + "\(index)"
      snapshot.counters[index].meaning = huge
      (snapshot.counters[index].rate, snapshot.counters[index].usual) = (.infinity, -.infinity ... .infinity)
    }
    snapshot.retransmissions = RetransmissionCause.allCases.map {
      LiveCause(cause: $0, total: .max, lastSecond: .max)
    }
    snapshot.openConnections = .max
    snapshot.remarks = [huge, Fixture.hostile, jamo]
    snapshot.writing = LiveWriting(directory: huge)
    snapshot.writing?.failure = huge
    return snapshot
  }

  /// One `Character` each, but many columns: Hangul letters, an emoji with tones of skin, and words in Hebrew.
  static let jamo =
    String(repeating: "\u{1100}", count: 40) + "\u{1F44D}" + String(repeating: "\u{1F3FD}", count: 40)
    + "\u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{65E5}\u{672C}\u{8A9E} \u{301}\u{301} \u{2764}\u{FE0F} \u{1F1E9}\u{1F1EA}"

  static func rule(_ id: String) -> Rule {
    allRules.first { $0.id == id } ?? Fixture.rule(id, .ackLoop, "No such rule: \(id)")
  }
}
