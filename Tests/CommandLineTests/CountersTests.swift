import Foundation
import Testing

@Suite("tcptriage counters")
struct CountersTests {
  @Test("One look is a table of what has happened, with a sentence each")
  func table() throws {
    let outcome = try Program.run(["counters"])
    let lines = outcome.output.split(separator: "\n")
    #expect(outcome.status == 0 && lines[0].hasPrefix("COUNTER") && outcome.complaint.isEmpty)
    #expect(outcome.output.contains("Segments received.") || outcome.output.contains("still 0"))
    #expect(try Program.run(["counters", "--all"]).output.contains("IpInReceives "))
  }

  @Test("Formats for programs hold every counter that matters", arguments: ["csv", "json", "ndjson"])
  func formats(format: String) throws {
    let outcome = try Program.run(["counters", "--format", format])
    #expect(outcome.status == 0 && outcome.output.contains("TcpExtPAWSEstab"))
    if format == "json" {
      let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
      #expect(rows?.first?["value"] is Int)
    }
  }

  @Test("A watch prints round after round, and what moves only")
  func watch() throws {
    let rows = try Program.run(["counters", "--watch", "0.1", "--times", "2", "--format", "csv"])
    let lines = rows.output.split(separator: "\r\n")
    #expect(rows.status == 0 && lines.first?.hasPrefix("time,name,value,rate,") == true)
    #expect(lines.count { $0.contains(",TcpOutRsts,") } == 2)
    let objects = try Program.run(["counters", "--watch", "0.1", "--times", "2", "--format", "ndjson"]).output
    for line in objects.split(separator: "\n") {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }
    #expect(try Program.run(["counters", "--watch", "0.1", "--times", "1"]).status == 0)
  }

  @Test("Ctrl-C ends a watch at once and in order")
  func interrupt() throws {
    let line = "time timeout --preserve-status -k 20 -s INT 1 \"$P\" counters --watch 60; echo status $?"
    let outcome = try Program.shell(line)
    #expect(outcome.output.hasSuffix("status 0\n") && outcome.complaint.contains("real\t0m1."))
  }

  @Test("A terminal gets one page that is written over")
  func terminal() throws {
    let line = "script -qec 'stty cols 90 rows 12; \"$P\" counters --watch 0.1 --times 3' /dev/null"
    let output = try Program.shell(line).output
    #expect(output.components(separatedBy: "Counters of this host").count == 5)
    #expect(output.contains("A\r") && output.contains("\u{1B}[J"))
  }

  @Test("A record holds everything with its time, also on standard output")
  func record() throws {
    let folder = try Folder()
    let file = folder.url.appending(path: "before.txt").path
    let outcome = try Program.run(["counters", "--record", file])
    let text = try folder.text("before.txt")
    #expect(outcome.status == 0 && outcome.output.isEmpty && text.hasPrefix("# tcptriage counters: "))
    for part in ["\nTcpExt: ", "\nTcp: ", "NET_RX:", "net.ipv4.tcp_timestamps = "] { #expect(text.contains(part)) }
    #expect(try Program.run(["counters", "--record", "-"]).output.hasPrefix("# tcptriage counters: "))
    #expect(try Program.run(["counters", "--record", "/nowhere/x"]).status == 3)
  }

  @Test(
    "A wrong command line is a usage error with one sentence",
    arguments: [
      ["--watch", "0"], ["--watch", "1e99"], ["--watch", "nan"], ["--times", "2"], ["--watch", "--times", "0"],
      ["--record", "x", "--watch"], ["--watch", "--format", "json"], ["x"], ["--format", "pdf"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Program.run(["counters"] + arguments)
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.complaint.hasPrefix("tcptriage: "))
  }
}
