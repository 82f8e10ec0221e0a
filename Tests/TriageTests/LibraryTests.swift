import Foundation
import Testing
// What a program has that uses this package: nothing but the library product.
import Triage

/// The library's way in.
struct LibraryTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Frames of a classic pcap file of this machine's byte order: time in nanoseconds, bytes, length on the wire.
  private func frames(of path: String) throws -> [(time: Int64, bytes: ArraySlice<UInt8>, length: Int)] {
    let file = Array(try Data(contentsOf: Self.root.appending(path: path)))
    func number(at offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) } }
    let unit: Int64 = number(at: 0) == 0xA1B2_3C4D ? 1 : 1000
    var frames: [(time: Int64, bytes: ArraySlice<UInt8>, length: Int)] = []
    var at = 24
    while at < file.count {
      let time = Int64(number(at: at)) * 1_000_000_000 + Int64(number(at: at + 4)) * unit
      let end = at + 16 + number(at: at + 8)
      frames.append((time, file[at + 16..<end], number(at: at + 12)))
      at = end
    }
    return frames
  }

  @Test("Frames in, report out: what the demo's capture holds is found")
  func demo() throws {
    var analyzer = CaptureAnalyzer()
    for frame in try frames(of: "captures/ux-440/capture.pcap") {
      analyzer.take(frame.bytes, at: frame.time, linkType: .ethernet, originalLength: frame.length)
    }
    let report = analyzer.report()
    #expect(report.capture.frames == 440 && report.totals.connections == 3 && report.connections.count == 3)
    let problems = report.findings.filter { $0.severity >= .warning }
    #expect(problems.map(\.rule.id) == ["ack-loop", "paws-reject", "smc-not-answered"])
    #expect(problems.map(\.firstFrame) == [42, 31, 1] && problems.allSatisfy { !$0.evidence.isEmpty })
    #expect(report.rules.map { $0.findings() } == [1, 1, 1, 1])
    #expect(report.connections.map { "\($0.client)" }.contains("10.0.0.1:40002"))
  }

  @Test("A clock that stands before 1970 changes nothing but the times")
  func longAgo() throws {
    let shift: Int64 = 4_000_000_000_000_000_000
    var now = CaptureAnalyzer()
    var then = CaptureAnalyzer()
    for frame in try frames(of: "captures/ux-440/capture.pcap") {
      now.take(frame.bytes, at: frame.time, linkType: .ethernet, originalLength: frame.length)
      then.take(frame.bytes, at: frame.time - shift, linkType: .ethernet, originalLength: frame.length)
    }
    let report = now.report()
    let old = then.report()
    #expect(report.capture.lastTime > 0 && old.capture.lastTime < 0)
    #expect(report.findings.map(\.summary) == old.findings.map(\.summary))
    #expect(report.findings.map(\.firstTime) == old.findings.map { $0.firstTime + shift })
    #expect(report.findings.map(\.lastTime) == old.findings.map { $0.lastTime + shift })
    #expect(report.connections.map(\.lastTime) == old.connections.map { $0.lastTime + shift })
  }

  @Test("Rules can be switched off")
  func settings() throws {
    var settings = CaptureAnalyzer.Settings()
    settings.disabledRules = ["ack-loop", "capture-mid-stream"]
    var analyzer = CaptureAnalyzer(settings, maxMemory: 1 << 24)
    for frame in try frames(of: "captures/ux-440/capture.pcap") {
      analyzer.take(frame.bytes, at: frame.time, linkType: .ethernet)
    }
    #expect(analyzer.report().findings.map(\.rule.id) == ["paws-reject", "smc-not-answered"])
  }

  @Test("Frames that make no sense are counted, in batches of any size")
  func nonsense() {
    var analyzer = CaptureAnalyzer()
    for number in 0..<5_000 {
      let size = number % 7 == 0 ? 100_000 : number % 60
      analyzer.take(
        repeatElement(UInt8(number & 0xFF), count: size), at: .min + Int64(number), linkType: .raw,
        originalLength: number % 2 == 0 ? -5 : .max)
    }
    let capture = analyzer.report().capture
    #expect(capture.frames == 5_000 && capture.segments == 0)
    #expect(capture.notAnalyzed.reduce(0) { $0 + $1.frames } == 5_000)
    let next = analyzer.report()
    #expect(next.capture.frames == 0 && next.findings.isEmpty, "another capture, of which nothing has come")
  }
}
