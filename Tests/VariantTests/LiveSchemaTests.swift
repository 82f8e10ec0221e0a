import Detection
import Foundation
import Rendering
import Testing
import Tracking

@testable import Triage

@Suite("The JSON lines of live mode are what schema/live.schema.json says")
struct LiveSchemaTests {
  private static let folder = Archived.folder.deletingLastPathComponent().appending(path: "schema")

  private static func schema() throws -> JSONSchema {
    let report = "report.schema.json"
    let reports = try JSONSchema(try Data(contentsOf: folder.appending(path: report)))
    let file = folder.appending(path: "live.schema.json")
    return try JSONSchema(try Data(contentsOf: file), others: [report: reports])
  }

  /// What live mode would know at the end of an archived capture.
  private static func snapshot(_ capture: String) throws -> LiveSnapshot {
    let report = try Archived.report(Archived.folder.appending(path: capture).path)
    let time = report.capture.lastTime
    var snapshot = LiveSnapshot(started: report.capture.firstTime, time: time, report: report)
    snapshot.findings = report.findings.enumerated().map { index, finding in
      var live = LiveFinding(number: index + 1, finding: finding, opened: finding.firstTime, lastGrew: finding.lastTime)
      live.rate = index == 0 ? nil : 12.5
      live.owners = [ProcessName(pid: nil, command: "", uid: 0), ProcessName(pid: 7, command: "nginx", uid: 33)]
      live.counters = [
        CounterPairing(counters: ["TcpRetransSegs"], rate: nil, expected: 0, verdict: .unavailable),
        CounterPairing(counters: ["TcpExtPAWSEstab"], rate: 1, expected: .infinity, verdict: .mismatch),
      ]
      return live
    }
    snapshot.history = [LiveSecond(time: time)]
    snapshot.retransmissions = RetransmissionCause.allCases.map { LiveCause(cause: $0, total: 3, lastSecond: 1) }
    snapshot.interfaces = [LiveInterface(name: "eth0")]
    var reading = CounterReading(name: "TcpExtPAWSEstab", value: 3, rate: .nan, meaning: "")
    reading.runsAway = true
    snapshot.counters = [reading]
    reading.usual = 0...1
    snapshot.counters.append(reading)
    snapshot.writing = LiveWriting(directory: "ring")
    return snapshot
  }

  private static func lines(_ snapshot: LiveSnapshot) -> [[UInt8]] {
    let findings = snapshot.findings.flatMap { live -> [LiveEvent] in
      [.opened(live), .worse(live, from: .info), .rested(live), .reopened(live), .withdrawn(live)]
    }
    var calm = snapshot
    calm.writing = nil
    let events = (findings + [.remark("eth0 is down."), .summary]).map { LiveNDJSON.lines([$0], snapshot) }
    return [LiveNDJSON.start(snapshot)] + events
      + [LiveNDJSON.lines([.summary], calm), LiveNDJSON.end(snapshot), LiveNDJSON.end(calm)]
  }

  @Test("every event of findings in archived captures is valid", arguments: Archived.captures)
  func archive(_ capture: String) throws {
    let schema = try Self.schema()
    for line in Self.lines(try Self.snapshot(capture)) {
      #expect(schema.faults(in: try JSONSerialization.jsonObject(with: Data(line))) == [])
    }
  }

  @Test("the validator finds what is wrong with a line")
  func negative() throws {
    let schema = try Self.schema()
    for line in Self.lines(try Self.snapshot("ux-440/capture.pcap")) {
      let good = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      for name in good.keys where name != "from" {
        var bad = good
        bad[name] = nil
        #expect(schema.faults(in: bad) != [], "\(name)")
        bad[name] = ["no": "such"]
        #expect(schema.faults(in: bad) != [], "\(name)")
      }
      var bad = good
      bad["more"] = 1
      #expect(schema.faults(in: bad) != [])
      if var finding = good["finding"] as? [String: Any] {
        finding["remedy"] = nil
        bad = good
        bad["finding"] = finding
        #expect(schema.faults(in: bad) != [])
      }
    }
  }
}
