import Foundation
import Frames
import Testing

@testable import Detection
@testable import Rendering
@testable import Triage

@Suite("The HTML report holds together")
struct HTMLTests {
  private func html(_ report: Report) -> String { HTMLReport(RenderingOptions()).text(report) }

  private func names(_ attribute: String, _ output: String) -> [String] {
    output.components(separatedBy: " \(attribute)=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
  }

  @Test("every link lands and no name is given twice, however many findings there are", arguments: [1, 200, 1_000])
  func links(count: Int) {
    let findings = (0..<count).map { number -> Finding in
      var finding = Fixture.storm()
      finding.firstFrame = UInt64(number + 1)
      return finding
    }
    let output = html(Fixture.report(findings: findings))
    let all = names("id", output)
    let ids = Set(all)
    #expect(ids.count == all.count)
    let lost = names("href", output).filter { !ids.contains(String($0.dropFirst())) }
    #expect(lost.isEmpty, "\(lost.prefix(3))")
    #expect(output.utf8.count < 2_000_000)
  }

  @Test("only the report's own script may run: its digest is in the policy")
  func policy() throws {
    var report = Fixture.hostileReport()
    report.counters = CounterPrediction(
      hosts: [HostPrediction(host: Fixture.hostile, counters: Fixture.prediction().counters)], isFull: true)
    let output = html(report)
    let start = try #require(output.range(of: "<script>")).upperBound
    let end = try #require(output.range(of: "</script>", range: start..<output.endIndex)).lowerBound
    let digest = SHA256.base64(String(output[start..<end]))
    #expect(output.contains("script-src &#39;sha256-\(digest)&#39;"))
    #expect(output.contains("default-src &#39;none&#39;"))
  }

  @Test("digests are those of the standard")
  func digests() {
    func hexadecimal(_ text: String) -> String {
      SHA256.digest(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    // FIPS 180-4, examples of one block, of two blocks, and of nothing.
    #expect(hexadecimal("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hexadecimal("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(hexadecimal("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    // RFC 4648 §10.
    let encoded = ["", "f", "fo", "foo", "foob"].map { SHA256.base64(Array($0.utf8)) }
    #expect(encoded == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
  }

  @Test("a table has a caption, headings with a scope, and what its columns sort by")
  func table() {
    let table = HTMLTable(caption: "Things", columns: [.text("Name"), .number("Size")])
    let rows: [[HTMLTable.Cell]] = [[.text("\("<a>")"), .bytes(1_500)], [.text("b"), .duration(nil)]]
    let (output, shown) = table.filled(rows, budget: 10_000)
    #expect(shown == 2)
    #expect(output.text.contains("<caption>Things</caption>"))
    #expect(output.text.contains("<th scope=\"col\">Name</th><th scope=\"col\" class=\"n\">Size</th>"))
    #expect(output.text.contains("<th scope=\"row\">&lt;a&gt;</th>"))
    #expect(output.text.contains("<td class=\"n\" data-v=\"1500\">1.5 kB</td>"))
    #expect(output.text.contains("<td class=\"n\" data-v=\"-1\"></td>"))
  }

  @Test("a table ends where its budget does, and says how many rows it has")
  func budget() {
    let table = HTMLTable(caption: "Things", columns: [.text("Name")])
    let rows = (0..<1_000).lazy.map { [HTMLTable.Cell.text("\($0)")] }
    let (output, shown) = table.filled(rows, budget: 2_000)
    #expect((10..<100).contains(shown))
    #expect(output.text.components(separatedBy: "<tr>").count == shown + 2)
    #expect(HTMLTable.rest(1_000 - shown, "thing").text.contains("\(1_000 - shown) things more"))
    #expect(HTMLTable.rest(0, "thing").text.isEmpty)
  }

  @Test("a long leap between proving frames is told, a short one is not")
  func leaps() {
    let listing = FrameListing(Fixture.storm().evidence, Digest(Fixture.report()))
    #expect(listing.lines.map(\.skipped) == [0, 0, 0, 396])
    #expect(listing.lines.map(\.frame) == [41, 42, 43, 440])
    let short = FrameListing([Fixture.frame(1), Fixture.frame(10), Fixture.frame(12)], Digest(Fixture.report()))
    #expect(short.lines.allSatisfy { $0.skipped == 0 })
    #expect(html(Fixture.report()).contains("396 frames</span>"))
    #expect(MarkdownReport(RenderingOptions()).text(Fixture.report()).contains("⋮ 396 frames"))
  }

  @Test("what was lost stands first under the measures")
  func costs() throws {
    let output = html(Fixture.report())
    #expect(output.contains("<div class=\"cost\"><dt>packets wasted</dt><dd>398</dd></div>"))
    let cost = try #require(output.range(of: "bytes wasted")).lowerBound
    #expect(cost < (try #require(output.range(of: "<dt>rate</dt>")).lowerBound))
  }

  @Test("sections without content are missing, and Method says why")
  func missing() {
    var report = Fixture.report()
    #expect(!html(report).contains("id=\"counters\""))
    #expect(html(report).contains("they are predicted with --counters only"))
    report.counters = CounterPrediction(hosts: [Fixture.prediction()], isFull: false)
    #expect(html(report).contains("<code>TcpRetransSegs</code>"))
    report.smcLedger = []
    #expect(!html(report).contains("id=\"smc\""))
    #expect(Digest(report).missingParts.contains { $0.hasPrefix("SMC ledger: ") })
    report.capture.segments = 0
    #expect(Digest(report).missingParts.count == 1)
  }
}
