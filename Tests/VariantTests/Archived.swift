import CaptureFiles
import Detection
import Foundation
import Frames
import FuzzInputs
import LiveCapture
import Testing
import Triage

@testable import Archive

/// The archived cases, and the analysis of bytes that stand for a capture file.
enum Archived {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "captures")

  /// Names of all cases, sorted.
  static let cases: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { exists($0, "origin.md") }.sorted()
  }()

  /// Names of the cases that are made from a scenario.
  static let scenarios = cases.filter { exists($0, "scenario.txt") }

  /// Names of all capture files, with their case in front.
  static let captures: [String] = cases.flatMap { name in
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)) ?? []
    return files.filter { $0.contains(".pcap") }.sorted().map { "\(name)/\($0)" }
  }

  static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: path))) }

  static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  private static func exists(_ name: String, _ file: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "\(name)/\(file)").path)
  }

  /// What is found in the capture at `path`, analyzed as the expectation asks.
  static func report(
    _ path: String, _ options: Archive.Expectation.Options = .init(), settings: TriageSettings = TriageSettings()
  ) throws -> Report {
    var settings = settings
    settings.detection.expectSMC = options.expectSMC
    let filter = options.filter.isEmpty ? nil : try PacketFilter(options.filter)
    var reader = try CaptureReader.open(paths: [path])
    var engine = Engine(settings)
    while reader.nextBatch({ engine.take($0, filter: filter) }) {}
    return engine.finish(reader.description, method: Method(version: ""))
  }
}

extension MemoryFile {
  func hold(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { hold($0) } }
}
