import Detection
import Dissection
import Foundation
import Frames
import Rendering
import Scenarios
import TestSupport
import Testing
import Tracking
import Triage

/// The pipeline as a whole: sums, filters, and the same bytes for the same packets.
struct EngineTests {
  /// Trouble of several kinds on several connections, and quality defects besides.
  private static let busy = """
    host S[12] 10.1.0.1
    conn f[12] S[i]:40000+i B:80
    repeat 12 every 1ms {
      +0  handshake f[i]
    }
    1s  repeat 12 every 1ms {
      +0  lost f[i] S P.  next:+1000
    }
    1300ms  repeat 12 every 1ms {
      +0    f[i] S P.  1001:2001
      +10ms f[i] B .
    }
    2s  repeat 400 every 2ms {
      +0    f[3] S .  500  ack 5001
      +1ms  f[3] B .  4500  ack 2001
    }
    4s  repeat 12 every 10ms {
      +0    f[i] S P.  2001:2101  tsval=50
      +5ms  f[i] B .   5001  ack 2001
    }
    6s  repeat 30 every 10ms {
      +0  A S
    }
    """

  private func json(_ report: Report) -> [UInt8] { JSONReport(RenderingOptions()).bytes(report) }

  @Test("The same packets make the same bytes, however they are cut into batches", arguments: [1, 7, 64, 1000])
  func determinism(batchSize: Int) throws {
    let expected = json(try Analyzed.report(Self.busy))
    #expect(expected.count > 2000)
    #expect(json(try Analyzed.report(Self.busy, batchSize: batchSize)) == expected)
  }

  @Test("Every output format is the same twice, with findings of several rules", arguments: allRenderers.indices)
  func formats(index: Int) throws {
    let (one, two) = (try Analyzed.report(Self.busy), try Analyzed.report(Self.busy))
    #expect(Set(one.findings.map(\.rule.id)).count >= 3)
    let renderer = allRenderers[index].init(RenderingOptions())
    #expect(renderer.bytes(one) == renderer.bytes(two))
  }

  @Test("Another process, with other hash seeds, writes the same bytes", .enabled(if: Self.program != nil))
  func processes() throws {
    let program = try #require(Self.program)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let captures = ["path-event", "smc-not-answered-many", "ux-440"].map {
      root.appending(path: "captures/\($0)/capture.pcap").path
    }.filter { FileManager.default.fileExists(atPath: $0) }
    #expect(!captures.isEmpty)
    for capture in captures {
      let outputs = try (0..<2).map { _ in
        let process = Process()
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = [capture, "--format", "json"]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return output
      }
      #expect(outputs[0] == outputs[1] && outputs[0].count > 100, "\(capture)")
    }
  }

  /// The built program beside the test bundle; nil when it was not built.
  static let program: URL? = {
    let running = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let places = [running] + CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
    return places.map { $0.appending(path: "tcptriage") }.first {
      FileManager.default.isExecutableFile(atPath: $0.path)
    }
  }()

  @Test("Sums of the report add up")
  func sums() throws {
    let report = try Analyzed.report(Self.busy)
    let capture = report.capture
    #expect(capture.frames == capture.segments + capture.notAnalyzed.reduce(0) { $0 + $1.frames })
    #expect(capture.linkTypes.reduce(0) { $0 + $1.frames } == capture.frames)
    #expect(report.totals.packets == capture.segments, "no copies here")
    #expect(report.totals.connections == UInt64(report.connections.count) && report.totals.connections == 13)
    let listed = report.connections.reduce(0) { $0 + $1.fromClient.payloadBytes + $1.fromServer.payloadBytes }
    #expect(listed == report.totals.payloadBytes)
    #expect(capture.lastTime > capture.firstTime && capture.wireBytes == capture.capturedBytes)
    #expect(Set(report.findings.flatMap(\.connections)).isSubset(of: Set(report.connections.map(\.id))))
  }

  private struct PortFilter: FrameFilter {
    var number: UInt64
    func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool { record.number.isMultiple(of: number) }
  }

  @Test("What a filter leaves out is counted and not analyzed", arguments: [1, 2, 5] as [UInt64])
  func filter(number: UInt64) throws {
    let scenario = try Scenario(parsing: "# A story.\n" + Self.busy)
    var source = MemorySource(try scenario.frames())
    var engine = Engine(TriageSettings())
    while source.nextBatch({ engine.take($0, filter: PortFilter(number: number)) }) {}
    let capture = engine.finish(source.description, method: Method(version: "test")).capture
    #expect(capture.segments == capture.frames / number)
    let left = capture.notAnalyzed.filter { $0.reason == .filtered }.reduce(0) { $0 + $1.frames }
    #expect(left == capture.frames - capture.segments)
  }

  @Test("A disabled rule is silent, and only that one")
  func disabled() throws {
    let all = try Analyzed.report(Self.busy).findings.map(\.rule.id)
    let victim = try #require(all.first { !$0.hasPrefix("capture-") })
    var settings = TriageSettings()
    settings.detection.disabledRules = [victim]
    let rest = try Analyzed.report(Self.busy, settings: settings).findings.map(\.rule.id)
    #expect(Set(rest) == Set(all).subtracting([victim]))
  }

  @Test("Nothing at all makes a report too")
  func empty() {
    var source = MemorySource([])
    let report = Analyzed.report(&source)
    #expect(report.capture.frames == 0 && report.connections.isEmpty && report.totals.connections == 0)
    #expect(!json(report).isEmpty && !report.thresholds.isEmpty)
    #expect(report.findings.allSatisfy { $0.rule.family == .captureQuality })
  }

  @Test("Listeners see every segment, observation and end once")
  func listener() throws {
    final class Seen { var segments = 0, observations = 0, ended = 0 }
    let seen = Seen()
    let listener = Engine.Listener(
      observations: { seen.observations += $0.count }, ended: { seen.ended += $0.count },
      segments: { seen.segments += $0.count })
    let scenario = try Scenario(parsing: "# A story.\n" + Self.busy)
    var source = MemorySource(try scenario.frames())
    var engine = Engine(TriageSettings(), listener: listener)
    while source.nextBatch({ engine.take($0) }) {}
    let report = engine.finish(source.description, method: Method(version: "test"))
    #expect(UInt64(seen.segments) == report.capture.segments && UInt64(seen.ended) == report.totals.connections)
    #expect(seen.observations > 800)
  }

  @Test(
    "Frames out of order and far away times neither trap nor hang",
    arguments: [.min, -1, 0, .max - 1_000_000_000] as [Int64])
  func times(start: Int64) throws {
    let scenario = try Scenario(parsing: "# A story.\n" + Self.busy)
    var frames = try scenario.frames()
    let first = frames[0].time
    for index in frames.indices {
      frames[index].time = start &+ (frames[index].time &- first) / (index.isMultiple(of: 97) ? -7 : 40)
    }
    var source = MemorySource(frames)
    let report = Analyzed.report(&source)
    #expect(report.totals.packets + (report.capture.frames - report.capture.segments) <= report.capture.frames)
    #expect(!json(report).isEmpty)
  }
}
