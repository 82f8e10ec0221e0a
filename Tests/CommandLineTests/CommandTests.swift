import Detection
import Foundation
import Testing

@testable import tcptriage

@Suite("Commands")
struct CommandTests {
  private let capture = Program.capture.path

  @Test("version, help and completion scripts")
  func help() throws {
    #expect(try Program.run(["--version"]).output == "0.1.0\n")
    let short = try Program.run(["-h"])
    #expect(short.status == 0 && short.output.contains("EXAMPLES") && short.output.split(separator: "\n").count < 40)
    let full = try Program.run(["--help"])
    #expect(full.status == 0 && full.output.contains("--fail-on") && full.output.contains("EXIT STATUS"))
    #expect(try Program.run(["help"]).output == full.output)
    for shell in ["bash", "zsh", "fish"] {
      let script = try Program.run(["--generate-completion-script", shell])
      #expect(script.status == 0 && script.output.contains("fail-on") && script.output.contains("smc-declined"))
    }
  }

  @Test("bash completes files and options of the default command")
  func bashCompletion() throws {
    let line = """
      source <("$P" --generate-completion-script bash); cd "$(dirname "$C")"
      try() { COMP_WORDS=(tcptriage "$@"); COMP_CWORD=$#; _tcptriage tcptriage "${@: -1}" "${COMP_WORDS[$# - 1]}"; \
        echo "${COMPREPLY[@]}"; COMPREPLY=(); }
      try cap; try expl; try --fail; try --fail-on cri; try capture.pcap cap; try capture.pcap --all
      """
    let outcome = try Program.shell(line)
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines == ["capture.pcap", "explain", "--fail-on", "critical", "capture.pcap", "--all-connections", ""])
  }

  @Test(
    "a wrong command line is a usage error",
    arguments: [
      [], ["--bogus"], ["x.pcap", "--format", "pdf"], ["x.pcap", "--max-memory", "lots"], ["explain", "smc-decline"],
      ["x.pcap", "--max-memory", "10"], ["x.pcap", "--width", "3"], ["-", "-"], ["check"], ["show", "segments"],
      ["x.pcap", "--without", "none"], ["x.pcap", "--filter", "tcp prt 80"], ["show"],
      ["shwo", "x.pcap"], ["show", "segmants", "x.pcap"],
      ["show", "segments", "x.pcap", "--kind", "retransmision"],
    ])
  func usage(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.complaint.hasPrefix("tcptriage: "))
  }

  @Test("explain knows every rule, and what may have been meant")
  func explain() throws {
    let list = try Program.run(["explain"]).output
    for rule in allRules { #expect(list.contains(rule.id)) }
    #expect(try Program.run(["explain", allRules[0].id]).output.hasPrefix(allRules[0].title))
    #expect(try Program.run(["explain", allRules[0].id, "--format", "markdown"]).output.hasPrefix("## "))
    #expect(try Program.run(["explain", "smc-decline"]).complaint.contains("did you mean 'smc-declined'?"))
    #expect(try Program.run(["explain", "retransmissions"]).complaint.contains("'spurious-retransmissions'"))
  }

  @Test("a filter chooses frames, and its mistakes are told in libpcap's words")
  func filter() throws {
    let some = try Program.run([capture, "--filter", "tcp[tcpflags] & tcp-syn != 0", "--format", "json"])
    #expect(some.output.contains("\"segments\": 2,") && some.output.contains("\"filtered\": 12"))
    let wrong = try Program.run([capture, "--filter", "tcp prt 80"])
    #expect(wrong.complaint.split(separator: "\n").count == 1 && wrong.complaint.contains("syntax error"))
  }

  @Test("show segments has the columns that programs rely on")
  func segments() throws {
    let table = try Program.run(["show", "segments", capture, "--format", "tsv"])
    let columns = table.output.prefix { $0 != "\n" }.split(separator: "\t").map(String.init)
    #expect(table.status == 0)
    #expect(Set(["frame", "kind", "cause", "spurious", "rejected"]).isSubset(of: columns))
    let rows = table.output.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    #expect(rows.allSatisfy { $0.count == columns.count })
  }

  @Test("show segments takes kinds and connections, and names the kinds when one is unknown")
  func kinds() throws {
    let loss = Program.root.appending(path: "captures/ux-440/capture.pcap").path
    func rows(_ options: [String]) throws -> [Substring] {
      try Program.run(["show", "segments", loss, "--format", "tsv"] + options).output.split(separator: "\n").dropFirst()
        .map(\.self)
    }
    let all = try rows([])
    let some = try rows(["--kind", "retransmission,duplicate-ack"])
    #expect(!some.isEmpty && some.count < all.count)
    #expect(some.allSatisfy { $0.contains("\tretransmission\t") || $0.contains("\tduplicate-ack\t") })
    let one = try rows(["--connection", "2"])
    #expect(!one.isEmpty && one.allSatisfy { $0.split(separator: "\t")[2] == "2" })
    let unknown = try Program.run(["show", "segments", loss, "--kind", "retransmision"])
    #expect(
      unknown.complaint.contains("did you mean 'retransmission'?") && unknown.complaint.contains("keep-alive-ack"))
    #expect(unknown.complaint.split(separator: "\n").count == 1)
  }

  @Test("a terminal gets the columns that fit, and is told which do not", arguments: [60, 80, 120])
  func screen(columns: Int) throws {
    let line = "script -qec 'stty cols \(columns); \"$P\" show connections \"$C\"' /dev/null"
    let lines = try Program.shell(line).output.split(separator: "\r\n")
    #expect(lines.first?.hasPrefix("ID  CLIENT") == true)
    #expect(lines.dropLast().allSatisfy { $0.count <= columns })
    #expect(lines.last?.hasPrefix("tcptriage: Left out to fit the screen: ") == true)
  }

  @Test("show connections lists each connection in every format", arguments: ["text", "csv", "tsv", "json"])
  func connections(format: String) throws {
    let table = try Program.run(["show", "connections", capture, "--format", format])
    #expect(table.status == 0 && table.output.contains("192.168.1.10:40001"))
    #expect(table.output.contains("2023-11-14T22:13:20.000000000Z"))
    if format == "json" {
      #expect(try JSONSerialization.jsonObject(with: Data(table.output.utf8)) is [Any])
    }
  }

  @Test("check passes, fails and tells the difference")
  func check() throws {
    let folder = try Folder()
    try folder.add("capture.pcap", try Data(contentsOf: Program.capture))
    let empty = try Program.run(["check", folder.url.path])
    #expect(empty.status == 1 && empty.output.hasSuffix("\n0 passed, 1 failed\n"))
    try folder.add("expected.yaml", Data("findings: [{rule: smc-declined}]".utf8))
    let passed = try Program.run(["check", folder.url.path])
    #expect(passed.status == 0 && passed.output == "1 passed, 0 failed\n")
    #expect(try Program.run(["check", folder.url.path, "--verbose"]).output.hasPrefix("✓ "))
    let junit = folder.url.appending(path: "j.xml").path
    let failed = try Program.run(["check", folder.url.path, "--without", "smc-declined", "--junit", junit])
    #expect(failed.status == 1 && failed.output.contains("Expected 1 × smc-declined, found 0."))
    #expect(try folder.text("j.xml").contains("failures=\"1\""))
    #expect(try Program.run(["check", folder.url.path + "/none"]).status == 3)
    #expect(try Program.run(["check", folder.url.path, "--only", "none"]).status == 2)
  }

  @Test("the manual page in the repository is the one that the program prints, and names every option")
  func manual() throws {
    let page = try Program.run(["manual"]).output
    let kept = try String(contentsOf: Program.root.appending(path: "man/tcptriage.1"), encoding: .utf8)
    #expect(page == kept, "renew it: tcptriage manual > man/tcptriage.1")
    for command in [["analyze"], ["explain"], ["check"], ["show", "segments"], ["show", "connections"]] {
      let help = try Program.run(command + ["--help"]).output
      let words = help.split { " ,\n[]|".contains($0) }.filter { $0.hasPrefix("--") && $0 != "--version" }
      #expect(!words.isEmpty)
      for word in words { #expect(page.contains(word.split(separator: "-").joined(separator: "\\-")), "\(word)") }
    }
  }
}

@Suite("Small parts")
struct PartTests {
  @Test("amounts of memory")
  func memory() {
    #expect(MemorySize(argument: "1G")?.bytes == 1 << 30)
    #expect(MemorySize(argument: "512mb")?.bytes == 512 << 20)
    #expect(MemorySize(argument: "2GiB")?.bytes == 2 << 30)
    #expect(MemorySize(argument: "12345678")?.bytes == 12_345_678)
    for wrong in ["", "G", "-1", "1.5G", "99999999999999999999", "9999999999T", "1X"] {
      #expect(MemorySize(argument: wrong) == nil, "\(wrong)")
    }
  }

  @Test("the line of progress, with and without a known size")
  func progress() {
    let second: Int64 = 1_000_000_000
    let known = Progress.line(bytes: 1_500_000_000, total: 3_000_000_000, frames: 4_000_000, elapsed: 2 * second)
    #expect(known == "50 %  1.5 GB of 3 GB  750 MB/s  2 M packets/s  0:02 left")
    let pipe = Progress.line(bytes: 12_340, total: nil, frames: 10, elapsed: second)
    #expect(pipe == "12.3 kB  12.3 kB/s  10 packets/s")
    #expect(!Progress.line(bytes: .max, total: 1, frames: .max, elapsed: 0).isEmpty)
  }

  @Test("the worse exit status wins")
  func status() {
    #expect(ExitStatus.found.worse(.input) == .input && ExitStatus.success.worse(.damaged) == .damaged)
    #expect(ExitStatus.damaged.worse(.found) == .found && ExitStatus.input.worse(.interrupted) == .interrupted)
  }
}
