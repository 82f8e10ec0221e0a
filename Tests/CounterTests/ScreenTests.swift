import Foundation
import Testing

@testable import Rendering
@testable import Triage

@Suite("Counters on screens and in lines")
struct ScreenTests {
  private func reading(_ name: String, _ value: UInt64, _ rate: Double, runs: Bool = false) -> CounterReading {
    var reading = CounterReading(name: name, value: value, rate: rate, meaning: "What it counts.")
    reading.usual = 0...2.5
    reading.runsAway = runs
    return reading
  }

  private var readings: [CounterReading] {
    [
      reading("TcpInSegs", 1_234_567, 12), reading("TcpOutRsts", 0, 0),
      reading("TcpRetransSegs", 50, 812.5, runs: true),
    ]
  }

  @Test("What runs away comes first, with a mark and the word; what is 0 is left out")
  func page() {
    let lines = CounterScreen(width: 100, color: false).page(readings, heading: "Now", height: 20)
      .split(separator: "\n")
    #expect(lines.count == 4 && lines[0] == "Now")
    #expect(lines[2].hasPrefix("TcpRetransSegs") && lines[2].contains("813  0 to 2.5  ▲ RUNS AWAY  What it counts."))
    #expect(lines[3].contains("1,234,567"))
  }

  @Test("A page fits the screen, and says what it has no room for", arguments: [4, 10, 20], [20, 60, 200])
  func fits(height: Int, width: Int) {
    let many = (0..<40).map { reading("TcpExtCounter\($0)", 5, 1) }
    let page = CounterScreen(width: width, color: false).page(many, heading: "Now", height: height)
    let lines = page.split(separator: "\n")
    #expect(lines.count <= height && lines.allSatisfy { $0.count <= width })
    #expect(lines.last?.hasPrefix("+ ") == true)
  }

  @Test("A log line stands for itself; colour is nothing but colour")
  func log() {
    let line = CounterScreen(width: 100, color: false).line(readings[2], at: 1_795_258_561_123_456_789)
    #expect(
      line == "2026-11-21 10:56:01 UTC  TcpRetransSegs 50  813/s, usually 0 to 2.5  ▲ RUNS AWAY  What it counts.\n")
    let colored = CounterScreen(width: 100, color: true).line(readings[2], at: 1_795_258_561_123_456_789)
    let pieces = colored.split(separator: "\u{1B}").map { $0.hasPrefix("[") ? $0.drop { $0 != "m" }.dropFirst() : $0 }
    #expect(pieces.joined() == line)
  }

  @Test("Names from a file cannot act on the terminal")
  func hostile() {
    let table = CounterScreen(width: 100, color: false).table([("a\u{1B}[2Jb", 5)], remarks: ["c\u{202E}d"])
    #expect(!table.unicodeScalars.contains("\u{1B}") && !table.unicodeScalars.contains("\u{202E}"))
  }

  @Test("A line of JSON is one object with all that is known")
  func json() throws {
    let line = CounterTable.line(readings[2], at: 1_795_258_561_123_456_789)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["name"] as? String == "TcpRetransSegs" && object["runs_away"] as? Bool == true)
    #expect(object["rate"] as? Double == 812.5 && object["usual_high"] as? Double == 2.5)
    let start = "{\"name\": \"TcpExtPAWSEstab\", \"value\": 7, \"meaning\":"
    #expect(CounterTable.line("TcpExtPAWSEstab", 7).hasPrefix(start))
  }
}
