import Foundation
import Testing

@Suite("The README shows what the program prints")
struct ReadmeTests {
  private static let command = "tcptriage captures/ux-440/capture.pcap"

  @Test("the output of the demo is the real one")
  func demo() throws {
    let readme = try String(contentsOf: Program.root.appending(path: "README.md"), encoding: .utf8)
    let arguments = Self.command.dropFirst("tcptriage ".count)
    let outcome = try Program.shell("cd '\(Program.root.path)' && \"$P\" \(arguments)")
    #expect(outcome.status == 0)
    #expect(readme.contains("\n```\n$ \(Self.command)\n\(outcome.output)```\n"), "run `make readme`")
  }

  @Test("the examples beside other programs' classes are what the program says of these frames")
  func comparison() throws {
    let readme = try String(contentsOf: Program.root.appending(path: "README.md"), encoding: .utf8)
    let example = /`([a-z0-9-]+\/[a-z]+)` ([0-9]+): [^|;]*?here ((?:`[a-z-]+` ?)+)/
    let examples = readme.matches(of: example)
    #expect(examples.count == 12)
    for found in examples {
      let files = [".pcap", ".pcap.gz"].map { Program.root.appending(path: "captures/\(found.1)\($0)").path }
      let file = try #require(files.first { FileManager.default.fileExists(atPath: $0) })
      let table = try Program.run(["show", "segments", file, "--format", "tsv"]).output
      let row = try #require(table.split(separator: "\n").first { $0.hasPrefix("\(found.2)\t") }, "\(found.0)")
      let cells = row.split(separator: "\t").map(String.init)
      for word in found.3.split(separator: " ") {
        #expect(cells.contains(word.filter { $0 != "`" }), "\(found.0): \(row)")
      }
    }
  }

  @Test("every exit status of the help is in the README")
  func exitStatus() throws {
    let readme = try String(contentsOf: Program.root.appending(path: "README.md"), encoding: .utf8)
    let help = try Program.run(["--help"]).output
    let afterHeading = try #require(help.components(separatedBy: "EXIT STATUS:\n").last)
    for line in afterHeading.split(separator: "\n\n")[0].split(separator: "\n") {
      let status = line.split(separator: " ")[0]
      #expect(readme.contains("\n| \(status) | "), "the README does not tell of exit status \(status)")
    }
  }
}
