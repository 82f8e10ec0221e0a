import Detection
import Dissection
import Foundation
import FoundationXML
import Testing

@testable import Rendering
@testable import Tracking
@testable import Triage

/// Pictures as they stand in the report.
struct PictureRenderingTests {
  private static let cases = [
    "kernel-loss-2/client.pcap.gz", "paws-data-reject/capture.pcap", "ack-storm-paws-ipv6/capture.pcap",
    "smc-ueid-mismatch/capture.pcap", "tw-paws-syn/capture.pcap",
  ]

  private static func html(_ report: Report) -> String { HTMLReport(RenderingOptions()).text(report) }

  private static func pictures(_ text: String) -> [String] {
    text.components(separatedBy: "<svg viewBox=\"0 0 1000").dropFirst().map { part in
      // A picture holds another one within its axes.
      var (rest, depth, result) = (Substring("<svg viewBox=\"0 0 1000" + part), 0, "")
      while let end = rest.range(of: ">") {
        let tag = rest[..<end.upperBound]
        if tag.contains("<svg") { depth += 1 }
        if tag.contains("</svg") { depth -= 1 }
        result += tag
        rest = rest[end.upperBound...]
        if depth == 0 { break }
      }
      return result
    }
  }

  @Test("every picture is well-formed, named and described, and has its data behind it", arguments: cases)
  func wellFormed(name: String) throws {
    let text = Self.html(try PictureTests.illustrated(name))
    let pictures = Self.pictures(text)
    #expect(pictures.count >= 2)
    for picture in pictures {
      let parser = XMLParser(data: Data(picture.utf8))
      #expect(parser.parse(), "\(String(describing: parser.parserError)) in \(picture.prefix(300))")
      #expect(picture.contains("aria-labelledby="))
      #expect(picture.contains("<title id=") && picture.contains("<desc id="))
      #expect(picture.contains("role=\"img\"") != picture.contains("<a href="), "links are for a group")
      #expect(!picture.contains("nan") && !picture.contains("inf"))
    }
    #expect(text.components(separatedBy: "Data of this picture").count - 1 == pictures.count)
    #expect(text.utf8.count < HTMLReport.limit)
  }

  @Test("names are unique and links land", arguments: cases)
  func names(name: String) throws {
    let text = Self.html(try PictureTests.illustrated(name))
    let names = text.components(separatedBy: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(Set(names).count == names.count)
    let links = text.components(separatedBy: "href=\"#").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(Set(links).isSubset(of: Set(names)))
    #expect(names.contains { $0.hasPrefix("p-") })
  }

  @Test("the same capture gives the same bytes", arguments: cases)
  func deterministic(name: String) throws {
    #expect(Self.html(try PictureTests.illustrated(name)) == Self.html(try PictureTests.illustrated(name)))
  }

  @Test("every retransmission of an archived capture has its mark")
  func marks() throws {
    let text = Self.html(try PictureTests.illustrated("kernel-loss-2/client.pcap.gz"))
    let whole = try #require(Self.pictures(text).first)
    let plot = try #require(whole.components(separatedBy: "class=\"plot\"").last)
    let alone = plot.components(separatedBy: "fast retransmission, bytes").count - 1
    let shared = plot.components(separatedBy: "(and ").dropFirst().compactMap { Int($0.prefix { $0 != " " }) }
    #expect(alone + shared.reduce(0, +) == 47 + 14, "47 marks and 14 rings")
    #expect(text.contains("Close-up of frame 57"))
  }

  @Test("marks that share a spot become one, and no spot gets lost")
  func sifting() {
    var layer = MarkLayer()
    for index in 0..<20_000 { layer.add(.fast, Double(index % 900), Double(index / 900) * 9, "x") }
    let text = layer.html.text
    let places = text.components(separatedBy: "translate(").dropFirst().map { part in
      part.prefix { $0 != ")" }.split(separator: " ").compactMap { Double($0) }
    }
    #expect(places.count <= 500)
    for index in stride(from: 0, to: 20_000, by: 7) {
      let (x, y) = (Double(index % 900), Double(index / 900) * 9)
      let nearest = places.map { max(abs($0[0] - x), abs($0[1] - y)) }.min() ?? .infinity
      #expect(nearest <= 32, "\(x) \(y)")
    }
  }

  @Test("bars of one column are joined and keep every byte")
  func columns() {
    var bars = BarColumns()
    bars.add(10.2, 100, 110)
    bars.add(9.8, 110, 130)
    bars.add(10, 300, 310)
    #expect(bars.path.text == "M10 100V130M10 300V310")
    var line = LineColumns()
    for y in [50.0, 20, 80, 60] { line.add(3, y) }
    line.add(9, 60)
    #expect(line.stairs(until: 20).text == "M3 50V20V80V60H9H20")
  }

  @Test("twelve of the largest pictures stay within their budget, and the report within its limit")
  func budget() throws {
    var report = try PictureTests.illustrated("kernel-loss-2/client.pcap.gz")
    let finding = try #require(report.findings.first { $0.rule.id == "retransmission-rate" })
    report.findings = (0..<40).map { index in
      var copy = finding
      copy.firstFrame += UInt64(index)
      return copy
    }
    report.pictures?.shown = (0..<40).map { ($0, 0) }
    let digest = Digest(report)
    let gallery = Gallery(digest)
    let sizes = digest.findings.map { gallery[$0.id].text.utf8.count }
    #expect(sizes.reduce(0, +) <= Gallery.budget + 40 * 100)
    #expect(sizes[0] > 20_000)
    #expect(gallery[digest.findings[39].id].text.contains("used up the room"))
    #expect(Self.html(report).utf8.count < HTMLReport.limit)
  }

  @Test("titles from strangers stay text in pictures")
  func hostile() throws {
    var report = try PictureTests.illustrated("paws-data-reject/capture.pcap")
    for index in report.findings.indices {
      report.findings[index].rule.title = "</title><script>alert(1)</script>\u{202E}\"'"
      (report.findings[index].firstTime, report.findings[index].lastTime) = (.min, .max)
    }
    if var pictures = report.pictures {
      for index in pictures.traces[0].points.indices {
        pictures.traces[0].points[index].time = index % 2 == 0 ? .min : .max
        pictures.traces[0].points[index].sequence = SequenceNumber(UInt32(index) &* 0x7000_0000)
        pictures.traces[0].points[index].window = .max - 1
        pictures.traces[0].points[index].roundTrip = .max
      }
      report.pictures = pictures
    }
    let text = Self.html(report)
    #expect(!text.contains("<script>alert"))
    #expect(text.unicodeScalars.allSatisfy { $0 != "\u{202E}" })
    for picture in Self.pictures(text) { #expect(XMLParser(data: Data(picture.utf8)).parse()) }
    #expect(!MarkdownReport(RenderingOptions()).text(report).isEmpty)
  }

  @Test("lines and marks stand out on their card, in light and in dark")
  func contrast() throws {
    let schemes = PictureStyle.sheet.text.components(separatedBy: ":root{")
    for (card, colors) in [("ffffff", schemes[1]), ("191f28", schemes[2])] {
      let found = colors.prefix { $0 != "}" }.components(separatedBy: "--p-").dropFirst()
      #expect(found.count == 9)
      for color in found where !color.hasPrefix("area") {
        let value = try #require(color.components(separatedBy: "#").last).prefix(6)
        #expect(Self.contrast(String(value), card) >= 3, "\(color)")
      }
    }
  }

  /// Source: WCAG 2, relative luminance.
  private static func contrast(_ a: String, _ b: String) -> Double {
    let light = [a, b].map { text -> Double in
      let number = Int(text, radix: 16) ?? 0
      let parts = [number >> 16, number >> 8 & 255, number & 255].map { part -> Double in
        let share = Double(part) / 255
        return share <= 0.040_45 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    return ((light.max() ?? 0) + 0.05) / ((light.min() ?? 0) + 0.05)
  }

  @Test("Markdown draws with text")
  func markdown() throws {
    let text = MarkdownReport(RenderingOptions()).text(try PictureTests.illustrated("kernel-loss-2/client.pcap.gz"))
    #expect(text.contains("Throughput over 7.13 s"))
    #expect(text.contains("Retransmissions over"))
    #expect(Sparkline.line([0, 1, 8]) == "\u{00B7}\u{2582}\u{2588}")
    #expect(Sparkline.line([0, 0]) == "\u{00B7}\u{00B7}")
  }

  @Test("axes have round numbers with as many digits as they need")
  func ticks() {
    let labels = { (low: Double, high: Double) in Ticks(Scale(low, high, from: 0, to: 100), count: 5).ticks.map(\.label)
    }
    #expect(labels(0, 10) == ["0", "2", "4", "6", "8", "10"])
    #expect(labels(12.345, 12.360) == ["12.345", "12.350", "12.355", "12.360"])
    #expect(labels(-1, 1) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"])
    #expect(labels(0, 5_000) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000"])
    #expect(labels(.nan, .infinity).count > 1)
    #expect(labels(7, 7).count > 1)
    #expect(labels(0, 1e300).isEmpty)
  }
}
