import Dissection
import Frames

@testable import Detection
@testable import Tracking
@testable import Triage

/// Reports made by hand.
enum Fixture {
  static let start: Int64 = 1_790_000_000_123_456_789

  static func rule(_ id: String, _ family: Rule.Family, _ title: String) -> Rule {
    Rule(
      id: id, family: family, title: title,
      meaning: "Two hosts answer each other's acknowledgments although neither has anything new to say.",
      fires: "At least 17 bare ACKs in a row repeat the same numbers in both directions.",
      falseAlarms: "A capture that stands on two taps can show each frame twice; see `capture-duplicates`.",
      remedy: "Reset the connection on both ends, for example with `ss -K`, then look for what rewrote the numbers.",
      nextSteps: [
        NextStep("ss -tniem dst 10.0.0.2", tells: "Whether the socket still exists, and which numbers it expects."),
        NextStep("nstat -az | grep -i TCPACKSkipped", tells: "How many answers the kernel has held back already."),
      ],
      counters: ["TCPACKSkippedSeq", "TCPChallengeACK"], dropReasons: ["TCP_INVALID_ACK_SEQUENCE"],
      source: "RFC 9293 §3.10.7.4; RFC 5961 §5; Linux tcp_validate_incoming()")
  }

  static func endpoint(_ last: UInt32, _ port: UInt16) -> Endpoint {
    Endpoint(address: IPAddress(v4: 0x0A00_0000 | last), port: port)
  }

  static func connection(_ id: UInt64) -> ConnectionSummary {
    var client = DirectionSummary()
    client.packets = 200 &+ id
    client.payloadBytes = 12_345 &* id
    client.retransmissions = id % 7
    client.mss = 1_460
    client.windowScale = 7
    var server = client
    server.payloadBytes = 1_234_567
    let first = start + Int64(id) * 1_000_000_000
    return ConnectionSummary(
      id: ConnectionID(rawValue: id), client: endpoint(1, UInt16(clamping: 40_000 + id)), server: endpoint(2, 443),
      rolesGuessed: id == 3, firstFrame: id * 10, lastFrame: id * 10 + 400, firstTime: first,
      lastTime: first + 12_345_678_901, fromClient: client, fromServer: server, state: "established",
      clientState: "ESTABLISHED", serverState: "ESTABLISHED", ending: "capture end", midStream: id == 3,
      handshake: id == 3 ? nil : 1_234_000, leastRoundTrip: id == 3 ? nil : 345_000, vantage: "client",
      smc: id == 1 ? "offered" : "")
  }

  static func frame(
    _ number: UInt64, _ note: String = "", _ telling: [String] = [], _ change: (inout Segment) -> Void = { _ in }
  ) -> EvidenceFrame {
    var segment = Segment()
    segment.frame = number
    segment.time = start + Int64(number) * 500_000
    segment.source = endpoint(number % 2 == 0 ? 2 : 1, 0).address
    segment.destination = endpoint(number % 2 == 0 ? 1 : 2, 0).address
    segment.sourcePort = number % 2 == 0 ? 443 : 40_001
    segment.destinationPort = number % 2 == 0 ? 40_001 : 443
    segment.sequence = SequenceNumber(number % 2 == 0 ? 2_000_999 : 1_000)
    segment.acknowledgment = SequenceNumber(number % 2 == 0 ? 1_999 : 2_000_000)
    segment.flags = .ack
    segment.window = 501
    segment.options = .timestamps
    segment.timestampValue = 100_010
    segment.timestampEcho = 99_999
    change(&segment)
    return EvidenceFrame(segment, note: note, telling: telling)
  }

  static func storm() -> Finding {
    var finding = Finding(
      rule("ack-storm", .ackLoop, "ACK storm"), .critical, .certain, proof: .proven,
      summary: "398 bare ACKs in 199 ms: both ends repeat the same numbers and disagree by 999 bytes.")
    finding.cause = "desynchronized"
    finding.connections = [ConnectionID(rawValue: 3)]
    (finding.firstFrame, finding.lastFrame) = (41, 440)
    (finding.firstTime, finding.lastTime) = (start + 20_500_000, start + 220_000_000)
    finding.evidence = [
      frame(41, "acknowledges 999 bytes less than the peer has sent", ["ack"]), frame(42, "", ["seq", "ack"]),
      frame(43),
      frame(440, "still the same numbers, 400 frames later", ["seq", "ack"]),
    ]
    finding.measures = [
      Measure("packets", 398, "packets"), Measure("rate", 1_990.5, "packets/s"), Measure("offset", 999, "bytes"),
      Measure("duration", 0.1995, "s"), Measure("share-of-connection", 99.5, "percent"),
    ]
    finding.cost.packets = 398
    finding.cost.bytes = 26_268
    finding.caveats = ["No handshake was captured, so it is unknown which end opened the connection."]
    return finding
  }

  static func paws() -> Finding {
    var finding = Finding(
      rule("paws-reject", .timestamps, "Segments rejected by PAWS"), .warning, .likely, proof: .inferred,
      summary: "5 segments carry timestamps 95,006 ticks older than the stored one; the peer drops them.")
    finding.connections = [ConnectionID(rawValue: 2)]
    (finding.firstFrame, finding.lastFrame) = (26, 40)
    (finding.firstTime, finding.lastTime) = (start + 13_000_000, start + 4_020_000_000)
    finding.evidence = [
      frame(27, "the newest timestamp that the receiver stored", ["tsval"]) { $0.payloadLength = 100 },
      frame(31, "95,006 ticks older: dropped", ["tsval", "len"]) {
        ($0.timestampValue, $0.payloadLength) = (5_004, 100)
      },
      frame(32, "answered by a repeated ACK", ["ack", "sack"]) {
        $0.sackCount = 1
        $0.sack[0] = SACKBlock(left: .init(5), right: .init(10))
      },
    ]
    finding.measures = [Measure("segments", 5, "segments"), Measure("distance", 95_006, "ticks")]
    finding.cost.time = 4_007_000_000
    return finding
  }

  static func smc() -> Finding {
    var finding = Finding(
      rule("smc-not-answered", .smc, "SMC offer not answered"), .notice, .possible, proof: .needsHost,
      summary: "10.0.0.1 offered SMC in its SYN, 10.0.0.2:443 answered without: the connection runs over plain TCP.")
    finding.hosts = ["10.0.0.2:443"]
    (finding.firstFrame, finding.lastFrame) = (1, 2)
    (finding.firstTime, finding.lastTime) = (start, start + 1_000_000)
    finding.evidence = [
      frame(1, "", ["options"]) { ($0.flags, $0.options, $0.mssOrDigest) = (.syn, [.smc, .mss, .timestamps], 1_460) },
      frame(2, "the option is missing here", ["options"]) {
        ($0.flags, $0.options, $0.mssOrDigest) = ([.syn, .ack], [.mss, .timestamps], 1_460)
      },
    ]
    return finding
  }

  static func quality() -> Finding {
    var finding = Finding(
      rule("capture-cut-frames", .captureQuality, "Frames cut by the snap length"), .notice, .certain, proof: .proven,
      summary: "12 of 440 frames were cut inside the TCP options, so SACK blocks may be missing.")
    finding.measures = [Measure("cut", 12, "frames")]
    finding.remedy = "Capture again with `tcpdump -s 128`."
    return finding
  }

  static func report(connections: UInt64 = 3, findings: [Finding] = [storm(), paws(), smc()]) -> Report {
    var capture = CaptureSummary(source: CaptureDescription())
    let file = CaptureFile(
      name: "captures/trace.pcap.gz", format: "gzip pcap", bytes: 40_123, firstFrame: 1, frames: 440)
    capture.source.files = [file]
    (capture.frames, capture.segments, capture.capturedBytes, capture.wireBytes) = (440, 438, 40_123, 51_234)
    (capture.firstTime, capture.lastTime) = (start, start + 12_345_678_901)
    capture.linkTypes = [(.ethernet, 440)]
    capture.notAnalyzed = [(.notIP, 2)]
    let words = [("duplicates", "none"), ("loss", "none"), ("one-sided", "both directions"), ("mid-stream", "1 of 3")]
    capture.quality = words.map {
      QualityMark(rule: rule("capture-\($0.0)", .captureQuality, $0.0), severity: nil, words: $0.1)
    }
    capture.quality.append(QualityMark(rule: quality().rule, severity: .notice, words: "12 (2.7 %)"))
    var totals = ConnectionTotals()
    (totals.connections, totals.packets, totals.payloadBytes, totals.retransmissions) = (connections, 438, 1_250_000, 6)
    var ledger = SMCLedgerEntry(server: endpoint(2, 443), client: endpoint(1, 0).address)
    (ledger.offered, ledger.answered, ledger.notOffered) = (3, 1, 2)
    ledger.declines = [(code: 0x0303_0000, name: "no SMC device", fromClient: false, count: 1)]
    return Report(
      capture: capture, findings: [quality()] + findings, connections: (0..<connections).map { connection($0 + 1) },
      totals: totals, traffic: traffic(), smcLedger: [ledger],
      thresholds: [
        ThresholdInForce(
          rule: "ack-loop", name: "bare ACKs in a row", value: "17 packets", reason: "Four times a reordering burst.")
      ],
      method: Method(version: "0.1.0", commandLine: "tcptriage captures/trace.pcap.gz -o report.html"))
  }

  static func traffic() -> TrafficSummary {
    var traffic = TrafficSummary()
    traffic.hosts = [9, 1, 2].map { HostTraffic(address: endpoint($0, 0).address) }
    for (index, packets) in [900, 200, 100].enumerated() {
      traffic.hosts[index].activity.packetsSent = UInt64(packets)
    }
    traffic.hostsLeftOut = 12
    traffic.subnets = [
      SubnetTraffic(network: endpoint(0, 0).address, prefixLength: 24, hosts: 3),
      SubnetTraffic(network: IPAddress(v4: 0xC0A8_0000), prefixLength: 24, hosts: 1),
    ]
    traffic.listeners = [ListenerTraffic(endpoint: endpoint(2, 443), tried: 3, answered: 2, refused: 1)]
    traffic.versions = [VersionTraffic(name: "IPv4", connections: 3)]
    traffic.endings = [Occurrence("FIN", 2), Occurrence("capture end", 1)]
    traffic.segmentSizes = [Occurrence("1460", 4)]
    traffic.vantages = [Occurrence("middle", 3)]
    traffic.time = [(.recovery, 3_000_000_000), (.idle, 1_000_000_000)]
    return traffic
  }

  static func prediction() -> HostPrediction {
    HostPrediction(
      host: "10.0.0.1",
      counters: [
        PredictedCounter(name: "TcpRetransSegs", value: 47, certainty: .exact, reason: ""),
        PredictedCounter(
          name: "TCPTimeouts", value: 0, certainty: .atLeast, reason: "a timer may expire without sending"),
      ])
  }

  /// Everything that a stranger could put where text is expected.
  static let hostile =
    "<script>alert(1)</script>|`x`*b*_i_[l](u)\u{1B}[31m\u{202E}\u{0}\r\n## h\n@user #1 \"q\" 'a' &amp; "
    + "a\u{300}\u{300}\u{300}\u{300}\u{300}\u{300} \u{85}\u{2028}\u{FEFF} "

  /// A report in which every text is hostile, some of them huge.
  static func hostileReport() -> Report {
    let huge = String(repeating: hostile, count: 1_000)
    var report = report()
    report.capture.source.files = [huge, hostile].map { CaptureFile(name: $0, format: hostile) }
    report.capture.source.interfaces = [CaptureInterface(name: hostile, linkType: .raw, snapLength: 0)]
    report.capture.source.problems = [
      CaptureProblem(kind: .damaged, file: hostile, offset: 1, sentence: huge)
    ]
    for index in report.capture.quality.indices { report.capture.quality[index].words = hostile }
    for index in report.findings.indices { poison(&report.findings[index], huge) }
    for index in report.connections.indices {
      report.connections[index].state = hostile
      report.connections[index].ending = huge
      report.connections[index].smc = hostile
      report.connections[index].vantage = hostile
    }
    report.smcLedger[0].declines[0].name = huge
    report.traffic.endings = [Occurrence(huge, 1), Occurrence(hostile, 2)]
    report.traffic.versions[0].name = hostile
    report.thresholds[0].reason = hostile
    report.method = Method(version: hostile, commandLine: huge, filter: hostile)
    return report
  }

  private static func poison(_ finding: inout Finding, _ huge: String) {
    finding.summary = huge
    finding.cause = hostile
    finding.hosts = [hostile, huge]
    finding.measures = [Measure(hostile, .nan, hostile), Measure("x", .infinity, "s"), Measure("y", 1e300, "bytes")]
    finding.caveats = [hostile, huge]
    finding.nextSteps = [NextStep(hostile, tells: huge)]
    finding.remedy = huge
    finding.rule.title = hostile
    finding.rule.meaning = huge
    finding.rule.counters = [hostile]
    finding.rule.source = hostile
    for index in finding.evidence.indices {
      finding.evidence[index].note = hostile
      finding.evidence[index].segment.time = index % 2 == 0 ? .min : .max
    }
    (finding.firstTime, finding.lastTime) = (.min, .max)
  }
}
