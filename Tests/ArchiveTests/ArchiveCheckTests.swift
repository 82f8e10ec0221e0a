import Detection
import Foundation
import LiveCapture
import Testing

@testable import Archive

@Suite("Archive checks")
struct ArchiveCheckTests {
  static let captures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "captures")

  /// A folder that holds the files of `contents`, and copies of one archived capture by the names in `captures`.
  private func archive(_ contents: [String: String], captures: [String] = []) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
    let capture = try Data(contentsOf: Self.captures.appending(path: "smc-ueid-mismatch/capture.pcap"))
    let files = contents.mapValues { Data($0.utf8) }.merging(captures.map { ($0, capture) }) { first, _ in first }
    for (name, data) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    }
    return folder
  }

  private func run(_ folder: URL, only: [String] = [], without: Set<String> = []) throws -> [CaseResult] {
    var results: [CaseResult] = []
    let check = ArchiveCheck(directory: folder.path, only: only, without: without) { try PacketFilter($0) }
    try check.run { result in
      results.append(result)
      return true
    }
    return results
  }

  @Test("each capture of a case is judged by its own expectation or the common one")
  func expectations() throws {
    let folder = try archive(
      [
        "one/expected.yaml": "findings: [{rule: smc-declined}]", "one/expected.server.yaml": "absent: [smc-declined]",
        "one/notes.bin": "not a capture", "deep/er/expected.yaml": "absent: [smc-declined]",
      ], captures: ["one/client.pcap", "one/server.anything", "deep/er/c.pcap"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let results = try run(folder)
    #expect(results.map(\.name) == ["deep/er", "one"])
    #expect(results[1].captures.map(\.capture) == ["client.pcap", "server.anything"])
    #expect(results[1].captures.map(\.failures.isEmpty) == [true, false])
    #expect(results[0].captures[0].failures[0].sentence == "The rule smc-declined must not fire here, but it did.")
    #expect(results[0].captures[0].failures[0].found.first?.hasPrefix("smc-declined (warning, likely") == true)
  }

  @Test("a folder without its other half fails")
  func halves() throws {
    let folder = try archive(
      ["a/expected.yaml": "only: true", "c/expected.x.yaml": "only: true"], captures: ["b/capture.pcap", "c/y.pcap"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let results = try run(folder)
    #expect(results.map(\.passed) == [false, false, false])
    #expect(results[0].captures[0].failures[0].sentence == "There is no capture in this folder.")
    #expect(results[1].captures[0].failures[0].sentence.hasPrefix("There is no expected.yaml"))
  }

  @Test("a mistake in an expectation and a damaged capture fail their case, not the run")
  func mistakes() throws {
    let folder = try archive(
      [
        "a/expected.yaml": "findigs: []", "b/expected.yaml": "only: true", "b/capture.pcap": "\u{0A}\r\r\n",
        "c/expected.yaml": "options: {filter: tcp prt 1}", "d/expected.yaml": "findings: [{rule: smc-declined}]",
      ], captures: ["a/capture.pcap", "c/capture.pcap", "d/capture.pcap"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let results = try run(folder)
    #expect(results.map(\.passed) == [false, false, false, true])
    #expect(results[0].captures[0].failures[0].sentence.contains("a/expected.yaml:1: Unknown key 'findigs'"))
    #expect(results[2].captures[0].failures[0].sentence.contains("tcp prt 1"))
  }

  @Test("options reach the analysis")
  func options() throws {
    let folder = try archive(
      ["a/expected.yaml": "absent: [smc-declined]\noptions: {filter: udp}"], captures: ["a/capture.pcap"])
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run(folder).map(\.passed) == [true])
    #expect(try run(folder)[0].captures[0].command.hasSuffix("capture.pcap --filter udp"))
  }

  @Test("names, patterns, unknown names and empty folders")
  func names() throws {
    let folder = try archive(["a1/expected.yaml": "only: true", "a2/expected.yaml": "only: true", "e/x.md": "x"])
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run(folder, only: ["a*"]).map(\.name) == ["a1", "a2"])
    #expect(try run(folder, only: ["a2"]).map(\.name) == ["a2"])
    #expect(try run(folder.appending(path: "a2")).map(\.name) == ["a2"])
    #expect(throws: ArchiveError.self) { try run(folder, only: ["a3"]) }
    #expect(throws: ArchiveError.self) { try run(folder.appending(path: "e")) }
    #expect(throws: ArchiveError.self) { try run(folder.appending(path: "missing")) }
  }

  @Test("what is printed names the case, what was expected and found, and the commands to repeat it")
  func text() throws {
    let folder = try archive(["a b/expected.yaml": "absent: [smc-declined]"], captures: ["a b/capture.pcap"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(folder)[0]
    let lines = CheckText.lines(result, archive: "dir", verbose: false)
    #expect(lines.first == "✗ a b")
    #expect(lines.contains { $0.contains("See the report: tcptriage '") })
    #expect(lines.last == "  Check again: tcptriage check dir --only 'a b'")
  }

  @Test("JUnit XML is well-formed whatever a case is called")
  func junit() throws {
    var results = [CaseResult(name: "ok<&>\"\u{1}", path: "d/x")]
    results.append(CaseResult(name: "bad", path: "d/bad"))
    let failure = CaseFailure("1 < 2 & \"3\"", found: ["]]>\n\u{1B}[31m"])
    results[1].captures.append(CaptureResult(capture: "c.pcap", failures: [failure], command: "tcptriage x"))
    let xml = JUnitReport.xml(results)
    #expect(xml.contains("tests=\"2\" failures=\"1\"") && !xml.contains("\u{1B}") && !xml.contains("\u{1}"))
    #expect(xml.contains("name=\"ok&lt;&amp;&gt;&quot;\u{FFFD}\"/>"))
    #expect(xml.contains("<failure message=\"c.pcap: 1 &lt; 2 &amp; &quot;3&quot;\">"))
  }

  @Test("without any one rule at least one archived case fails")
  func everyRuleIsNeeded() throws {
    let check = ArchiveCheck(directory: Self.captures.path) { try PacketFilter($0) }
    let analyzed = try check.cases().map { $0.analyzed { try PacketFilter($0) } }
    #expect(analyzed.count >= 60)
    for rule in allRules {
      // Cases that fail anyway prove nothing.
      let needed = analyzed.contains { $0.judged().passed && !$0.judged(without: [rule.id]).passed }
      #expect(needed, "no case fails without \(rule.id)")
    }
  }

  @Test("every archived case passes")
  func archivedCases() throws {
    for result in try run(Self.captures) where !result.passed {
      Issue.record("\(CheckText.lines(result, archive: "captures", verbose: false).joined(separator: "\n"))")
    }
  }
}
