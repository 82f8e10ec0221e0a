import Foundation
import Testing

@Suite("Output")
struct OutputTests {
  private let folder: Folder
  private let capture = Program.capture.path

  init() throws { folder = try Folder() }

  @Test("reports go to files by their extension, and the summary to standard output")
  func files() throws {
    let names = ["r.html", "r.json", "r.md", "r.txt"]
    let outputs = names.flatMap { ["-o", folder.url.appending(path: $0).path] }
    let outcome = try Program.run([capture] + outputs)
    #expect(outcome.status == 0 && outcome.complaint.isEmpty)
    #expect(outcome.output.contains("smc-declined") && !outcome.output.contains("\u{1B}"))
    #expect(folder.names == names, "no temporary file is left")
    #expect(try folder.text("r.html").lowercased().hasPrefix("<!doctype html>"))
    #expect(try folder.text("r.json").contains("\"schema_version\": 1"))
  }

  @Test("the same input gives the same bytes")
  func deterministic() throws {
    let first = try Program.run([capture, "--format", "json"])
    #expect(try Program.run([capture, "--format", "json"]).output == first.output)
  }

  @Test("an unknown extension is a usage error that names the known ones")
  func unknownExtension() throws {
    let outcome = try Program.run([capture, "-o", "report.pdf"])
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.complaint.contains("'report.pdf' names no format; known are .txt, .md"))
  }

  @Test("a file that cannot be written: a sentence, exit status 3, and the summary still")
  func unwritable() throws {
    let outcome = try Program.run([capture, "-o", folder.url.appending(path: "none/r.html").path])
    #expect(outcome.status == 3 && outcome.output.contains("smc-declined"))
    #expect(outcome.complaint.contains("The file cannot be written (No such file or directory)."))
  }

  @Test("an output that stands already is replaced, and a link to one stays a link")
  func replaced() throws {
    try folder.add("old.md", Data("old".utf8))
    let link = folder.url.appending(path: "link.md")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder.url.appending(path: "old.md"))
    #expect(try Program.run([capture, "--quiet", "-o", link.path]).status == 0)
    #expect(try folder.text("old.md").contains("smc-declined"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path).hasSuffix("old.md"))
  }

  @Test("a reader that goes away ends the program quietly")
  func brokenPipe() throws {
    let outcome = try Program.shell(
      "for i in $(seq 200); do echo \"$C\"; done | xargs \"$P\" show segments --format json | true; "
        + "echo ${PIPESTATUS[1]}; \"$P\" \"$C\" --format html | true; echo ${PIPESTATUS[0]}")
    #expect(outcome.output == "0\n0\n" && outcome.complaint.isEmpty)
  }

  @Test("a closed or full standard output is said in one sentence")
  func closedOutput() throws {
    for place in ["&-", "/dev/full"] {
      let outcome = try Program.shell("\"$P\" \"$C\" >\(place)")
      #expect(outcome.status == 3)
      #expect(outcome.complaint.hasPrefix("tcptriage: Standard output cannot be written ("))
      #expect(outcome.complaint.split(separator: "\n").count == 1)
    }
    let report = folder.url.appending(path: "r.md").path
    #expect(try Program.shell("\"$P\" \"$C\" --quiet -o '\(report)' >&-").status == 0)
    #expect(try folder.text("r.md").contains("smc-declined"))
  }

  @Test("standard input, and several files as one timeline or each for itself")
  func inputs() throws {
    let piped = try Program.run(["-"], input: try Data(contentsOf: Program.capture))
    #expect(piped.status == 0 && piped.output.contains("standard input"))
    let both = try Program.run([capture, capture])
    #expect(both.output.contains("28 frames"))
    let each = try Program.run([capture, capture, "--per-file", "-o", folder.url.appending(path: "r.json").path])
    #expect(each.output.components(separatedBy: "14 frames").count == 3)
    #expect(folder.names == ["r.capture.pcap-2.json", "r.capture.pcap.json"])
  }

  @Test("- is standard output, in the format that --format names, also with --quiet")
  func standardOutput() throws {
    let plain = try Program.run([capture]).output
    #expect(try Program.run([capture, "-o", "-"]).output == plain)
    let report = try Program.run([
      capture, "-q", "-o", "-", "--format", "markdown", "-o", folder.url.appending(path: "r.md").path,
    ])
    #expect(report.output.hasPrefix("# TCP triage of ") && folder.names == ["r.md"])
  }

  @Test("the summaries of single files are told apart")
  func separated() throws {
    let two = try Program.run([capture, capture, "--per-file"]).output
    #expect(two.components(separatedBy: "\n\n────").count == 2)
  }

  @Test("--fail-on decides about exit status 1")
  func failOn() throws {
    #expect(try Program.run([capture, "--fail-on", "warning", "-q"]).status == 1)
    #expect(try Program.run([capture, "--fail-on", "critical", "-q"]).status == 0)
    #expect(try Program.run([capture, "--fail-on", "warning", "--without", "smc-declined", "-q"]).status == 0)
    #expect(try Program.run([capture, "--fail-on", "severe", "-q"]).status == 2)
  }

  @Test("--all-connections lists as many connections as there are, in every JSON report")
  func allConnections() throws {
    let many = try folder.add("many.pcap", Self.unanswered(30_000))
    let file = folder.url.appending(path: "r.json")
    for (path, count) in [(capture, 1), (many.path, 30_000)] {
      let outcome = try Program.run([path, "--all-connections", "--format", "json", "-o", file.path])
      let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
      let listed = try #require(json?["connections"] as? [[String: Any]])
      #expect(Set(listed.compactMap { $0["id"] as? Int }) == Set(1...count) && listed.count == count)
      let again = try Program.run([path, "--all-connections", "--format", "json", "-o", file.path])
      #expect(again.output == outcome.output, "the same input gives the same bytes")
      #expect(try folder.text("r.json") == outcome.output)
    }
  }

  @Test("a list of connections that cannot be kept is said, and the other reports are written")
  func fullDisk() throws {
    let many = try folder.add("many.pcap", Self.unanswered(30_000))
    let report = folder.url.appending(path: "r.md")
    let line = "ulimit -f 1000; trap '' XFSZ; \"$P\" '\(many.path)' --all-connections -q -o '\(report.path)' -o "
    let outcome = try Program.shell(line + "'\(folder.url.path)/r.json'")
    #expect(outcome.status == 3)
    #expect(outcome.complaint.contains("A temporary file cannot take all connections (File too large)"))
    #expect(folder.names == ["many.pcap", "r.md"])
  }

  /// A capture of SYNs, each of a connection of its own, that nobody answers.
  private static func unanswered(_ count: Int) -> Data {
    var bytes: [UInt8] = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0]
    for number in 0..<count {
      let (high, low) = (UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF))
      bytes += [UInt8(number / 1000), 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 40, 0, 0, 0]
      bytes += [0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 1, high, low, 10, 0, 0, 2]
      bytes += [0x9C, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xFF, 0xFF, 0, 0, 0, 0]
    }
    return Data(bytes)
  }

  @Test("colour only where it is wanted")
  func color() throws {
    #expect(try Program.run([capture, "--color", "always"]).output.contains("\u{1B}["))
    #expect(try Program.shell("script -qec '\"$P\" \"$C\"' /dev/null").output.contains("\u{1B}[1"))
    #expect(try !Program.shell("NO_COLOR=1 script -qec '\"$P\" \"$C\"' /dev/null").output.contains("\u{1B}["))
    #expect(try !Program.shell("TERM=dumb script -qec '\"$P\" \"$C\"' /dev/null").output.contains("\u{1B}["))
  }

  @Test("Ctrl-C prints what there is so far and exits with 130", .timeLimit(.minutes(1)))
  func interrupted() throws {
    // Job control, because a shell without it lets its background jobs ignore Ctrl-C.
    let line = "set -m; { cat \"$C\"; exec sleep 3; } | timeout --preserve-status -s INT 1 \"$P\" -"
    let outcome = try Program.shell(line)
    #expect(outcome.status == 130)
    #expect(outcome.output.contains("14 frames") && outcome.complaint.contains("interrupted after 14 frames"))
  }
}
