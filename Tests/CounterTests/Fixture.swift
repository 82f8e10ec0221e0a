import CaptureFiles
import Foundation
import TestSupport

@testable import Triage

/// What one host with a little traffic said in every way there is, all at one moment (Linux 6.18, net-tools 2.10).
enum Fixture {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/counters")

  private static let captures = folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "captures")

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: "\(name).txt")))
  }

  /// What is found in an archived capture, `case/file` without its extension.
  static func report(_ name: String, settings: TriageSettings = TriageSettings()) throws -> Report {
    let path = ["pcap", "pcap.gz", "pcapng"].map { captures.appending(path: "\(name).\($0)").path }
      .first { FileManager.default.fileExists(atPath: $0) }
    var reader = try CaptureReader.open(paths: [path ?? name])
    var engine = Engine(settings)
    while reader.nextBatch({ engine.take($0) }) {}
    return engine.finish(reader.description, method: Method(version: ""))
  }

  /// Snapshots from before and after a recorded case: every counter of the kernel, moved by what it counted meanwhile.
  static func recorded(_ name: String, _ side: String) throws -> (before: CounterSnapshot, after: CounterSnapshot) {
    let file = captures.appending(path: "\(name)/about.json")
    let about = try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any]
    let moved = (about?["counters"] as? [String: [String: Int]])?[side] ?? [:]
    let before = try snapshot("nstat-az").dictionary
    var after = before
    for (name, value) in moved {
      for known in [name, "TcpExt\(name)"] where before[known] != nil { after[known, default: 0] += UInt64(value) }
    }
    return (try CounterSnapshot(before), try CounterSnapshot(after))
  }

  static func snapshot(_ name: String) throws -> CounterSnapshot {
    try CounterSnapshot(parsing: bytes(name), from: name)
  }
}

extension CounterSnapshot {
  init(_ text: String) throws { try self.init(parsing: Array(text.utf8), from: "test") }

  /// Counters by name, made.
  init(_ values: [String: UInt64]) throws {
    try self.init(values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) 0.0\n" }.joined())
  }

  var dictionary: [String: UInt64] { Dictionary(uniqueKeysWithValues: counters.map { ($0.name, $0.value) }) }
}
