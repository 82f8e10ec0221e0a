import Detection
import Foundation
import Rendering
import Testing

@Suite("The README tells of the rules that there are")
struct ReadmeTests {
  private static let readme = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "README.md")

  @Test("the table of rules is the one that the program prints")
  func tableOfRules() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    let renewed = try #require(Explain.replacingTable(in: text, rules: allRules), "a marker is missing")
    #expect(renewed == text, "run `make readme`")
  }
}
