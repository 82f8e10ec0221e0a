import Foundation
import Testing

@testable import Rendering
@testable import Triage

@Suite("What comes from a capture cannot act in any output")
struct SafetyTests {
  private let hostile = Fixture.hostileReport()

  private func text(_ renderer: any Renderer.Type, _ report: Report? = nil) -> String {
    renderer.init(RenderingOptions()).text(report ?? hostile)
  }

  @Test("no format holds control or formatting characters", arguments: ["text", "markdown", "html", "json"])
  func noControls(name: String) throws {
    let found = try #require(renderer(named: name))
    let output = text(found)
    // Our own zero width space keeps trackers from notifying people; nothing else that hides may be there.
    let bad = output.unicodeScalars.first { Visible.hides($0) && $0 != "\n" && $0 != "\u{200B}" }
    #expect(bad == nil)
  }

  @Test("colour is the only use of escape sequences, and only when asked for")
  func colour() {
    var options = RenderingOptions()
    options.color = true
    let output = TerminalSummary(options).text(hostile)
    let sequences = output.components(separatedBy: "\u{1B}").dropFirst()
    #expect(!sequences.isEmpty)
    #expect(sequences.allSatisfy { $0.first == "[" && $0.dropFirst().drop { "0123456789;".contains($0) }.first == "m" })
  }

  @Test("HTML holds one script and no markup from the capture")
  func html() {
    let output = text(HTMLReport.self)
    #expect(output.components(separatedBy: "<script").count == 2)
    #expect(!output.contains("<script>alert"))
    #expect(output.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
  }

  @Test("HTML asks the network for nothing", arguments: ["http:", "https:", "//", "@import", "url(", " src=", "<link"])
  func network(needle: String) {
    #expect(!text(HTMLReport.self, Fixture.report()).contains(needle))
  }

  @Test("every element of the HTML is closed, for honest and for hostile input", arguments: [true, false])
  func balanced(isHostile: Bool) {
    let output = text(HTMLReport.self, isHostile ? hostile : Fixture.report())
    for element in ["div", "span", "table", "tr", "td", "th", "ul", "li", "dl", "dt", "dd", "article", "section", "p"]
      + [
        "details", "summary", "pre", "code", "h1", "h2", "h3", "h4", "ol", "main", "header", "footer", "mark", "a", "b",
      ]
    {
      let open =
        output.components(separatedBy: "<\(element)>").count
        + output.components(separatedBy: "<\(element) ").count - 1
      #expect(open == output.components(separatedBy: "</\(element)>").count, "<\(element)>")
    }
  }

  @Test("Markdown tables keep their columns, and nobody is mentioned")
  func markdown() {
    let output = text(MarkdownReport.self)
    let plain = output.split(separator: "\n").filter { $0.hasPrefix("#") || $0.hasPrefix("**") }
    #expect(!plain.contains { $0.contains("@user") || $0.contains(" <script>") })
    var columns = 0
    for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        columns = 0
        continue
      }
      let pipes = line.replacingOccurrences(of: "\\|", with: "").filter { $0 == "|" }.count
      #expect(columns == 0 || pipes == columns, "\(line.prefix(200))")
      columns = pipes
    }
  }

  @Test(
    "Markdown escapes what would become markup",
    arguments: [
      (input: "a|b", output: "a\\|b"), (input: "*x*", output: "\\*x\\*"), (input: "<b>", output: "\\<b\\>"),
      (input: "[l](u)", output: "\\[l\\](u)"), (input: "@me", output: "@\u{200B}me"),
      (input: "a\nb", output: "a\\\\nb"),
      (input: "ftp://x", output: "ftp:/\\/x"), (input: "www.x", output: "www\\.x"), (input: "#1", output: "#\u{200B}1"),
    ])
  func markdownText(input: String, output: String) {
    #expect(("\(input)" as Markdown).text == output)
  }

  @Test("Markdown code spans and fences outgrow the backticks inside")
  func fences() {
    #expect(("\(code: "a`b``c")" as Markdown).text == "```a`b``c```")
    #expect(("\(code: "`x`")" as Markdown).text == "`` `x` ``")
    #expect(Markdown.fenced(["```", "x"]).text == "````\n```\nx\n````\n")
  }

  @Test("JSON is valid and gives back what went in")
  func json() throws {
    let data = Data(text(JSONReport.self).utf8)
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let method = try #require(root["method"] as? [String: Any])
    #expect(method["filter"] as? String == Fixture.hostile)
    let findings = try #require(root["findings"] as? [[String: Any]])
    let measures = try #require(findings[1]["measures"] as? [[String: Any]])
    #expect(measures[0]["value"] is NSNull)
  }

  @Test("visible text is idempotent, bounded, and shows what it hides")
  func visible() {
    #expect(Visible.text("a\u{1B}[31m\u{202E}\n\t\0b") == "a\\u{1B}[31m\\u{202E}\\n\\t\\u{0}b")
    let once = Visible.text(Fixture.hostile)
    #expect(Visible.text(once) == once)
    #expect(Visible.text(String(repeating: "ä", count: 100_000)).count == Visible.limit + 1)
    #expect(Visible.text("Zoë, 东京, naïve") == "Zoë, 东京, naïve")
  }
}
