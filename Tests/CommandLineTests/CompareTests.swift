import Foundation
import Testing

/// `tcptriage compare`, run as a user would.
@Suite("compare")
struct CompareTests {
  private func archived(_ path: String) -> String { Program.root.appending(path: "captures/\(path)").path }

  @Test("two points of the same traffic: the verdict comes first and fits a screen")
  func points() throws {
    let outcome = try Program.run([
      "compare", archived("kernel-loss-both/client.pcap.gz"), archived("kernel-loss-both/server.pcap.gz"),
    ])
    #expect(outcome.status == 0 && outcome.complaint.isEmpty)
    #expect(
      outcome.output.hasPrefix("Segments were lost between the points: 52 of 2,128 segments (2.44 %) from client"))
    #expect(outcome.output.contains("36 of 1,662") && outcome.output.split(separator: "\n").count < 40)
    let again = try Program.run([
      "compare", archived("kernel-loss-both/client.pcap.gz"), archived("kernel-loss-both/server.pcap.gz"),
    ])
    #expect(again.output == outcome.output)
  }

  @Test("different traffic is compared before and after, and it is said why")
  func different() throws {
    let outcome = try Program.run([
      "compare", archived("kernel-clean-cubic/client.pcap.gz"), archived("kernel-loss-2/client.pcap.gz"),
    ])
    #expect(outcome.status == 1 && outcome.output.hasPrefix("Worse than before: 1 new."))
    #expect(outcome.output.contains("different traffic"))
    let lenient = try Program.run([
      "compare", archived("kernel-clean-cubic/client.pcap.gz"), archived("kernel-loss-2/client.pcap.gz"), "--fail-on",
      "critical", "--format", "markdown",
    ])
    #expect(lenient.status == 0 && lenient.output.hasPrefix("# Before and after"))
  }

  @Test("a JSON report stands for its capture")
  func reports() throws {
    let folder = try Folder()
    let report = folder.url.appending(path: "a.json").path
    let page = folder.url.appending(path: "b.md").path
    for name in ["smc-ueid-mismatch/capture.pcap", "paws-data-reject/capture.pcap", "path-event/capture.pcap"] {
      #expect(try Program.run([archived(name), "-q", "-o", report]).status == 0)
      let outcome = try Program.run(["compare", report, archived(name), "-o", page])
      #expect(outcome.status == 0 && outcome.output.hasPrefix("Nothing has changed"))
      #expect(
        try String(contentsOfFile: page, encoding: .utf8).hasPrefix("# Before and after\n\n**Nothing has changed"))
      #expect(try Program.run(["compare", report, report, "--format", "json"]).status == 0)
    }
    #expect(try Program.run(["compare", report, report, "--points"]).status == 2)
  }

  @Test(
    "what is no report is no input",
    arguments: [
      "{", "{}", "{\"schema_version\": 1}", "{\"schema_version\": 2}", "{\"a\": &x [1], \"b\": *x}",
      "{\"schema_version\": 1, \"capture\": [], \"totals\": 7, \"findings\": {}}",
      String(repeating: "{\"a\":[", count: 50_000), "{\u{0}\u{1}", "{\"schema_version\": \"\\ud83d\"}",
      "{\"schema_version\": 9223372036854775807:59:59}", "{\"schema_version\": \"99999999999999:59:59:59:59:59\"}",
    ])
  func noReport(text: String) throws {
    let folder = try Folder()
    let file = try folder.add("x.json", Data(text.utf8)).path
    let outcome = try Program.run(["compare", file, file])
    #expect(outcome.status == 3 && outcome.output.isEmpty && outcome.complaint.contains("x.json: "))
  }

  @Test(
    "a wrong command line is a usage error",
    arguments: [
      ["compare"], ["compare", "a.pcap"], ["compare", "-", "-"], ["compare", "a", "b", "--points", "--before-after"],
      ["compare", "a", "b", "-o", "x.html"], ["compare", "a", "b", "--fail-on", "bad"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.complaint.hasPrefix("tcptriage: "))
  }

  @Test("what is compared is not written over, whatever it is called")
  func overwriting() throws {
    let folder = try Folder()
    let report = folder.url.appending(path: "a.json")
    #expect(try Program.run([archived("dsack/capture.pcap"), "-q", "-o", report.path]).status == 0)
    let before = try Data(contentsOf: report)
    let other = folder.url.appending(path: "b.json")
    try FileManager.default.createSymbolicLink(at: other, withDestinationURL: report)
    for path in [report.path, other.path] {
      let outcome = try Program.run(["compare", report.path, archived("dsack/capture.pcap"), "-o", path])
      #expect(outcome.status == 2 && outcome.complaint.contains("name another file"))
    }
    #expect(try Data(contentsOf: report) == before)
  }

  @Test("a file that is not there is no input")
  func missing() throws {
    #expect(try Program.run(["compare", "nowhere.pcap", archived("dsack/capture.pcap")]).status == 3)
  }
}
