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
