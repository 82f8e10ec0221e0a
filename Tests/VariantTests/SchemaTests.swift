import Foundation
import Rendering
import Testing
import Triage

@Suite("The JSON report is what schema/report.schema.json says")
struct SchemaTests {
  private static let file = Archived.folder.deletingLastPathComponent().appending(path: "schema/report.schema.json")

  private static func json(_ report: Report) throws -> [String: Any] {
    let data = Data(JSONReport(RenderingOptions()).bytes(report))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("the reports of all archived captures are valid", arguments: Archived.captures)
  func archive(_ capture: String) throws {
    let schema = try JSONSchema(try Data(contentsOf: Self.file))
    let report = try Archived.report(Archived.folder.appending(path: capture).path)
    #expect(schema.faults(in: try Self.json(report)) == [])
  }

  @Test("predicted counters are valid, too")
  func counters() throws {
    let schema = try JSONSchema(try Data(contentsOf: Self.file))
    var settings = TriageSettings()
    settings.predictsCounters = true
    let path = Archived.folder.appending(path: "ux-440/capture.pcap").path
    let root = try Self.json(try Archived.report(path, settings: settings))
    #expect(root["counters"] != nil && schema.faults(in: root) == [])
  }

  @Test("counters of a host set beside the packets are valid, too", arguments: ["client", "server"])
  func comparison(side: String) throws {
    let schema = try JSONSchema(try Data(contentsOf: Self.file))
    var settings = TriageSettings()
    settings.predictsCounters = true
    let path = Archived.folder.appending(path: "kernel-loss-2/\(side).pcap.gz").path
    var report = try Archived.report(path, settings: settings)
    let address = try #require(AddressRange("10.77.1.2")?.start)
    let before = try CounterSnapshot(parsing: Array("TcpRetransSegs 5 0.0\nTcpOutRsts 9 0.0\n".utf8), from: "")
    let after = try CounterSnapshot(parsing: Array("TcpRetransSegs 50 0.0\nTcpOutRsts 9 0.0\n".utf8), from: "")
    let quoted = KernelSettings(parsing: Array("net.ipv4.tcp_sack = 0\n".utf8))
    report.counterComparison = CounterComparison(
      report, host: (address, "By hand."), before: before, after: after, settings: quoted)
    let root = try Self.json(report)
    #expect(schema.faults(in: root) == [])
    let comparison = try #require(root["counter_comparison"] as? [String: Any])
    let findings = try #require(comparison["findings"] as? [[String: Any]])
    let names = (root["findings"] as? [[String: Any]])?.compactMap { $0["id"] as? String } ?? []
    #expect(!findings.isEmpty && findings.allSatisfy { names.contains($0["finding"] as? String ?? "") })
    #expect(findings.allSatisfy { ($0["settings"] as? [String])?.isEmpty == false })
  }

  @Test("the schema is strict: every object lists its members, forbids others, and requires all but optional ones")
  func strict() throws {
    let root = try JSONSerialization.jsonObject(with: try Data(contentsOf: Self.file)) as? [String: Any]
    let definitions = try #require(root?["$defs"] as? [String: Any])
    let optional: Set = [
      "counters", "counters_complete", "client", "server", "file", "frame_in_file", "ack", "tsval", "tsecr", "sack",
      "reason", "counter_comparison", "predicted", "certainty", "verdict",
    ]
    func visit(_ value: Any, _ name: String) {
      if let list = value as? [Any] { for item in list { visit(item, name) } }
      guard let object = value as? [String: Any] else { return }
      for (key, child) in object { visit(child, "\(name)/\(key)") }
      guard let properties = object["properties"] as? [String: Any] else { return }
      #expect(object["additionalProperties"] as? Bool == false, "\(name)")
      if name.hasSuffix("not_analyzed") { return }
      let required = Set(object["required"] as? [String] ?? [])
      #expect(required.isSubset(of: properties.keys), "\(name)")
      #expect(Set(properties.keys).subtracting(required).isSubset(of: optional), "\(name)")
    }
    visit(definitions, "")
  }

  @Test("the validator finds what is wrong: a missing, a surplus, a mistyped member")
  func negative() throws {
    let schema = try JSONSchema(try Data(contentsOf: Self.file))
    let path = Archived.folder.appending(path: "ux-440/capture.pcap").path
    let good = try Self.json(try Archived.report(path))
    var bad = good
    bad["verdict"] = nil
    #expect(schema.faults(in: bad) == ["/: lacks verdict"])
    bad = good
    bad["more"] = 1
    #expect(schema.faults(in: bad) == ["/: has a member more"])
    bad = good
    bad["verdict"] = true
    #expect(schema.faults(in: bad) == ["/verdict: is no string"])
    var connections = try #require(good["connections"] as? [[String: Any]])
    connections[1]["vantage"] = "moon"
    connections[2]["client"] = "10.0.0.1"
    bad = good
    bad["connections"] = connections
    #expect(schema.faults(in: bad).count == 2)
  }
}
