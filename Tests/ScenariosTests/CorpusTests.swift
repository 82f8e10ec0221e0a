import Foundation
import Testing

@testable import Scenarios

/// The archived captures are what their scenarios say.
@Suite struct CorpusTests {
  private static let captures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("captures")

  private static let cases: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: captures.path)) ?? []
    return names.filter {
      FileManager.default.fileExists(atPath: captures.appendingPathComponent("\($0)/scenario.txt").path)
    }.sorted()
  }()

  private func scenario(_ name: String) throws -> Scenario {
    let data = try Data(contentsOf: Self.captures.appendingPathComponent("\(name)/scenario.txt"))
    return try Scenario(parsing: String(decoding: data, as: UTF8.self))
  }

  @Test(arguments: cases)
  func anArchivedCaptureIsWhatItsScenarioSays(name: String) throws {
    let scenario = try scenario(name)
    let file = try Data(contentsOf: Self.captures.appendingPathComponent("\(name)/\(scenario.fileName)"))
    #expect(try Array(file) == scenario.capture(), "run `scenario build captures`")
    #expect(file.count <= 300_000)
  }

  @Test(arguments: cases)
  func aCaseSaysWhereItComesFromAndWhatIsExpected(name: String) throws {
    for file in ["origin.md", "expected.yaml"] {
      #expect(FileManager.default.fileExists(atPath: Self.captures.appendingPathComponent("\(name)/\(file)").path))
    }
  }

  @Test(arguments: [("ux-440", 440), ("ux-clean", 46), ("ux-doubled", 92), ("clean-bulk", 156)])
  func knownCasesHaveTheirNumberOfFrames(name: String, count: Int) throws {
    #expect(try scenario(name).packets().count == count)
  }

  @Test func theStormFreezesWhatPAWSRejects() throws {
    let packets = try scenario("ack-storm-paws").packets().dropFirst(3)
    #expect(packets.count == 2000)
    let echoes = packets.compactMap { packet -> UInt32? in
      guard case .timestamps(_, let echo)? = packet.options.last else { return nil }
      return echo
    }
    #expect(Set(echoes) == [100_000, 700_000])
  }
}
