import Detection
import Testing

@testable import Rendering
@testable import Triage

/// The text format read strictly, as the specification has it: what is not allowed is an error.
struct ScrapedPage {
  struct Failure: Error { var line: String }
  var types: [String: String] = [:]
  /// Values by metric and labels, the labels as pairs in their order.
  var samples: [(name: String, labels: [String: String], value: Double)] = []

  init(_ text: String) throws {
    #expect(text.hasSuffix("\n") && !text.contains("\n\n"))
    var helped: Set<String> = []
    var latest = ""
    var seen: Set<String> = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      if line.hasPrefix("# HELP ") {
        guard words.count == 4, helped.insert(words[2]).inserted else { throw Failure(line: String(line)) }
        latest = words[2]
      } else if line.hasPrefix("# TYPE ") {
        guard words.count == 4, words[2] == latest, types[latest] == nil else { throw Failure(line: String(line)) }
        types[latest] = words[3]
      } else {
        let sample = try Self.sample(String(line))
        guard sample.name == latest, types[latest] != nil else { throw Failure(line: String(line)) }
        guard seen.insert("\(sample.name) \(sample.labels.sorted { $0.key < $1.key })").inserted else {
          throw Failure(line: String(line))
        }
        samples.append(sample)
      }
    }
  }

  /// `name{label="value",...} number`.
  private static func sample(_ line: String) throws -> (name: String, labels: [String: String], value: Double) {
    var rest = Substring(line)
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard let first = name.first, !first.isNumber else { throw Failure(line: line) }
    rest.removeFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      repeat {
        rest.removeFirst()
        let label = rest.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
        rest.removeFirst(label.count)
        guard !label.isEmpty, rest.hasPrefix("=\"") else { throw Failure(line: line) }
        rest.removeFirst(2)
        labels[String(label)] = try quoted(&rest, line)
      } while rest.first == ","
      guard rest.first == "}" else { throw Failure(line: line) }
      rest.removeFirst()
    }
    guard rest.first == " ", let value = Double(rest.dropFirst()) else { throw Failure(line: line) }
    return (String(name), labels, value)
  }

  private static func quoted(_ rest: inout Substring, _ line: String) throws -> String {
    var value = ""
    while let letter = rest.popFirst(), letter != "\"" {
      guard letter == "\\" else {
        value.append(letter)
        continue
      }
      switch rest.popFirst() {
      case "\\": value += "\\"
      case "\"": value += "\""
      case "n": value += "\n"
      default: throw Failure(line: line)
      }
    }
    return value
  }

  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }
}

@Suite("Metrics are what a scraper accepts")
struct PrometheusTests {
  private func snapshot() -> LiveSnapshot {
    var snapshot = LiveSnapshot(started: Fixture.start, time: Fixture.start + 5_000_000_001, report: Fixture.report())
    snapshot.report.rules = []
    for finding in [Fixture.storm(), Fixture.paws()] {
      var tally = RuleTally(finding.rule)
      tally.add(finding.severity)
      tally.add(.notice)
      snapshot.report.rules.append(tally)
    }
    snapshot.findings = [LiveFinding(number: 1, finding: Fixture.storm(), opened: 0, lastGrew: 0)]
    snapshot.openings = [LiveOpening(rule: "ack-storm", severity: .warning, count: 3)]
    snapshot.retransmissions = [LiveCause(cause: .rto, total: 12, lastSecond: 2)]
    snapshot.connections = 100
    snapshot.openConnections = 7
    return snapshot
  }

  @Test("findings, retransmissions, traffic and times")
  func usual() throws {
    let page = try ScrapedPage(PrometheusText.page(snapshot()))
    #expect(page.value("tcptriage_findings_open", ["rule": "ack-storm", "severity": "critical"]) == 1)
    #expect(page.value("tcptriage_findings_open", ["rule": "ack-storm", "severity": "notice"]) == 0)
    #expect(page.value("tcptriage_findings", ["rule": "paws-reject", "severity": "warning"]) == 1)
    #expect(page.value("tcptriage_findings_opened_total", ["rule": "ack-storm", "severity": "warning"]) == 3)
    #expect(page.value("tcptriage_retransmissions_total", ["cause": "rto"]) == 12)
    #expect(page.value("tcptriage_retransmissions_total", ["cause": "fast"]) == 0)
    #expect(page.value("tcptriage_connections_total") == 100 && page.value("tcptriage_connections_open") == 7)
    #expect(page.value("tcptriage_frames_total") == Double(snapshot().report.capture.frames))
    #expect(page.value("tcptriage_start_time_seconds") == 1_790_000_000.123456789)
    for (name, type) in page.types {
      #expect(["counter", "gauge"].contains(type) && name.hasPrefix("tcptriage_"))
      #expect(name.hasSuffix("_total") == (type == "counter"), "\(name)")
    }
  }

  @Test("interfaces, kernel counters and files have their own metrics when they are there")
  func parts() throws {
    var snapshot = snapshot()
    var interface = LiveInterface(name: "eth0")
    (interface.received, interface.droppedByRing, interface.droppedByInterface) = (1_000, 5, 3)
    interface.isUp = false
    snapshot.interfaces = [interface]
    snapshot.counters = [
      CounterReading(name: "TcpExtPAWSEstab", value: 9, rate: 1, meaning: ""),
      CounterReading(name: "TcpInSegs", value: 4, rate: 0, meaning: ""),
    ]
    snapshot.counters[0].runsAway = true
    var writing = LiveWriting(directory: "x")
    (writing.files, writing.lostFrames, writing.failure) = (2, 8, "full")
    snapshot.writing = writing
    let page = try ScrapedPage(PrometheusText.page(snapshot))
    let ring = ["interface": "eth0", "place": "ring"]
    #expect(page.value("tcptriage_capture_dropped_frames_total", ring) == 5)
    #expect(page.value("tcptriage_interface_up", ["interface": "eth0"]) == 0)
    #expect(page.value("tcptriage_kernel_counter_total", ["name": "TcpExtPAWSEstab"]) == 9)
    #expect(page.value("tcptriage_kernel_counter_runs_away", ["name": "TcpExtPAWSEstab"]) == 1)
    #expect(page.value("tcptriage_kernel_counter_total", ["name": "TcpInSegs"]) == 4)
    #expect(page.value("tcptriage_kernel_counter_runs_away", ["name": "TcpInSegs"]) == 0)
    #expect(page.value("tcptriage_evidence_files_total") == 2 && page.value("tcptriage_evidence_failing") == 1)
    #expect(page.value("tcptriage_evidence_lost_frames_total") == 8)
  }

  @Test(
    "labels from strangers change neither lines nor other labels",
    arguments: [
      "a\"} 1\n# TYPE evil counter\nevil 666", "\\", "\\\"", "\u{1B}[2J\r\n", "x\u{2028}y\u{202E}z", "", "é\u{0}",
      String(repeating: "\n", count: 10_000),
    ])
  func hostile(_ name: String) throws {
    var snapshot = snapshot()
    snapshot.interfaces = [LiveInterface(name: name), LiveInterface(name: "b"), LiveInterface(name: name)]
    snapshot.counters = [CounterReading(name: name, value: 1, rate: 0, meaning: "")]
    snapshot.report.method.version = name
    let text = PrometheusText.page(snapshot)
    #expect(!text.unicodeScalars.contains { $0 != "\n" && Visible.hides($0) } && text.utf8.count < 20_000)
    let page = try ScrapedPage(text)
    #expect(page.types["evil"] == nil)
    #expect(page.value("tcptriage_interface_up", ["interface": Visible.text(name)]) == 1)
    #expect(page.value("tcptriage_interface_up", ["interface": "b"]) == 1)
    #expect(page.samples.count { $0.name == "tcptriage_interface_up" } == 2)
  }

  @Test("the same snapshot gives the same bytes")
  func stable() {
    #expect(PrometheusText.page(snapshot()) == PrometheusText.page(snapshot()))
  }
}
