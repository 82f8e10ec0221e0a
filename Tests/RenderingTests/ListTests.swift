import Detection
import Foundation
import Testing

@testable import Rendering
@testable import Triage

@Suite("Findings as lines, rows and results")
struct ListTests {
  private func object(_ text: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("NDJSON: the capture first, totals last, between them the elements of the JSON report")
  func ndjson() throws {
    for report in [Fixture.report(), Fixture.hostileReport(), Fixture.report(findings: [])] {
      let text = NDJSONReport(RenderingOptions()).text(report)
      #expect(text.hasSuffix("}\n"))
      let lines = try text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map { try object($0) }
      let types = lines.map { $0["type"] as? String ?? "" }
      #expect(types.first == "capture" && types.last == "totals")
      let json = try object(JSONReport(RenderingOptions()).text(report))
      for (type, list) in [("finding", "findings"), ("connection", "connections")] {
        let expected = try #require(json[list] as? [[String: Any]])
        let found = lines.filter { $0["type"] as? String == type }.map { line in line.filter { $0.key != "type" } }
        #expect(found as NSArray == expected as NSArray)
      }
      for key in ["totals", "rules", "smc", "thresholds", "method"] {
        #expect(lines.last?[key] as? NSObject == json[key] as? NSObject, "\(key)")
      }
    }
  }

  @Test("CSV: a header and one row for each finding, each with all columns")
  func csv() {
    let report = Fixture.hostileReport()
    let text = CSVReport(RenderingOptions()).text(report)
    #expect(text.hasPrefix("id,severity,confidence,proof,rule,") && text.hasSuffix("\r\n"))
    let rows = Self.rows(text)
    #expect(rows.count == report.findings.count + 1)
    #expect(rows.allSatisfy { $0.count == CSVReport.columns.count })
    #expect(!text.unicodeScalars.contains { Visible.hides($0) && $0 != "\r" && $0 != "\n" })
  }

  @Test("SARIF: results name rules that are there, with help, level, place and a fingerprint")
  func sarif() throws {
    for report in [Fixture.report(), Fixture.hostileReport(), Fixture.report(findings: [])] {
      let root = try object(SARIFReport(RenderingOptions()).text(report))
      #expect(root["version"] as? String == "2.1.0")
      let run = try #require((root["runs"] as? [[String: Any]])?.first)
      let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
      let rules = try #require(driver["rules"] as? [[String: Any]])
      let results = try #require(run["results"] as? [[String: Any]])
      #expect(results.count == report.findings.count)
      for rule in rules {
        let help = try #require(rule["help"] as? [String: String])
        #expect(help["text"]?.isEmpty == false && help["markdown"]?.isEmpty == false)
      }
      for (result, finding) in zip(results, report.findings) {
        let index = try #require(result["ruleIndex"] as? Int)
        #expect(rules[index]["id"] as? String == finding.rule.id)
        #expect(["error", "warning", "note"].contains(result["level"] as? String ?? ""))
        #expect((result["message"] as? [String: String])?["text"]?.isEmpty == false)
        #expect((result["locations"] as? [Any])?.count == report.capture.source.files.count)
      }
      let prints = results.compactMap { ($0["partialFingerprints"] as? [String: String])?["ruleAndHosts/v1"] }
      #expect(prints.count == results.count && Set(prints).count == prints.count)
    }
  }

  @Test("a fingerprint does not depend on frames, times and client ports, but on rule and hosts")
  func fingerprint() {
    let report = Fixture.report()
    func prints(_ report: Report) -> [String] {
      Fingerprint.all(report, Dictionary(uniqueKeysWithValues: report.connections.map { ($0.id, $0) }))
    }
    var later = report
    for index in later.findings.indices {
      later.findings[index].firstFrame += 100
      later.findings[index].summary += " again"
    }
    for index in later.connections.indices { later.connections[index].client.port += 7 }
    #expect(prints(later) == prints(report))
    for index in later.connections.indices { later.connections[index].server.port += 7 }
    #expect(prints(later) != prints(report))
  }

  @Test("file names become references that keep their parts apart")
  func references() {
    #expect(FileReference.uri("captures/a-1.pcap") == "captures/a-1.pcap")
    #expect(FileReference.uri("/var/a b.pcap") == "file:///var/a%20b.pcap")
    #expect(FileReference.uri("a:b?c#d%.pcap") == "a%3Ab%3Fc%23d%25.pcap")
    #expect(FileReference.uri("é\n") == "%C3%A9%0A" && FileReference.uri("-") == "stdin")
  }

  /// The cells of RFC 4180 text, read byte by byte.
  private static func rows(_ text: String) -> [[String]] {
    var (rows, row, cell, quoted) = ([[String]](), [String](), "", false)
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\"" where quoted && rest.first == "\"": cell.append(rest.removeFirst())
      case "\"": quoted.toggle()
      case "," where !quoted:
        row.append(cell)
        cell = ""
      case "\r\n" where !quoted:
        rows.append(row + [cell])
        (row, cell) = ([], "")
      default: cell.append(character)
      }
    }
    return rows
  }
}
