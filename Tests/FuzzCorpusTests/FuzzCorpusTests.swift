import Foundation
import FuzzInputs
import Testing

/// What the fuzzers found worth keeping, once more: nothing may crash.
@Suite struct FuzzCorpusTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz/corpus")

  private func inputs(_ target: String) throws -> [Data] {
    let folder = Self.corpus.appending(path: target)
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }.map { try Data(contentsOf: $0) }
  }

  @Test func readersTakeEveryKeptInput() throws {
    let file = try #require(MemoryFile())
    let inputs = try inputs("ReadersFuzz")
    #expect(!inputs.isEmpty)
    for input in inputs {
      try #require(input.withUnsafeBytes { file.hold($0) })
      let outcome = ReadersInput.run(file, count: input.count)
      #expect(outcome == ReadersInput.run(file, count: input.count), "The same bytes give the same frames.")
    }
  }

  @Test func theEngineTakesEveryKeptInput() throws {
    let inputs = try inputs("EngineFuzz")
    #expect(!inputs.isEmpty)
    for input in inputs {
      let report = input.withUnsafeBytes { EngineInput.run(RawSpan(_unsafeBytes: $0)) }
      #expect(!report.isEmpty)
    }
  }
}
