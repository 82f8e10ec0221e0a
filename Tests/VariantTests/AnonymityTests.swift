import CaptureFiles
import Detection
import Dissection
import Foundation
import Frames
import FuzzInputs
import Rendering
import Testing
import Triage

@Suite("Archived captures without names")
struct AnonymityTests {
  private static let key = AnonymityKey("archive")

  private static var settings: TriageSettings {
    var settings = TriageSettings()
    settings.anonymity = key
    return settings
  }

  @Test("the report of an anonymous capture is the anonymous report of the capture", arguments: Archived.captures)
  func roundTrip(_ capture: String) throws {
    let path = Archived.folder.appending(path: capture).path
    let expected = try Archived.report(path, settings: Self.settings)
    let memory = try #require(MemoryFile())
    #expect(memory.hold(try Self.anonymous(path, expected.capture.source.interfaces)))
    let found = try Archived.report(memory.path)
    #expect(Self.comparable(found) == Self.comparable(expected))
    // Why a frame was not analyzed does not change, either.
    #expect(found.capture.notAnalyzed.map(\.frames) == expected.capture.notAnalyzed.map(\.frames))
    #expect(found.capture.notAnalyzed.map(\.reason) == expected.capture.notAnalyzed.map(\.reason))
  }

  @Test("no real address is left in any format", arguments: Archived.captures)
  func leaks(_ capture: String) throws {
    let path = Archived.folder.appending(path: capture).path
    let plain = try Archived.report(path)
    let ends = plain.connections.flatMap { [$0.client.address, $0.server.address] }
    let real = Set(ends.map(\.description)).subtracting(["127.0.0.1", "::1", "0.0.0.0"])
    let anonymous = try Archived.report(path, settings: Self.settings)
    #expect(anonymous.connections.count == plain.connections.count)
    // The report is the same in all formats: the slow ones are looked at in one case.
    for renderer in capture.hasPrefix("ux-440/") ? allRenderers : [JSONReport.self] {
      let text = renderer.init(RenderingOptions()).text(anonymous)
      let words = Set(text.split { !"0123456789abcdef.:".contains($0) }.map(Self.withoutPort))
      #expect(words.isDisjoint(with: real), "\(renderer.name)")
    }
  }

  @Test(
    "SMC messages tell neither identifiers nor host names, and what was made of them stays",
    arguments: Archived.captures.filter { $0.hasPrefix("smc-") })
  func messages(_ capture: String) throws {
    let path = Archived.folder.appending(path: capture).path
    let (plain, anonymous) = (try Archived.report(path), try Archived.report(path, settings: Self.settings))
    let notes = anonymous.findings.flatMap(\.evidence).map(\.note).joined(separator: "\n")
    for match in notes.matches(of: /(?:enterprise ID|; host) ([^;,\n]+)/) {
      #expect(match.1.hasPrefix("name-"), "\(match.0)")
    }
    // A message across two segments is not read; that nothing wrong is made of it is all that can be asked.
    if capture.contains("split-segments") {
      #expect(Set(anonymous.findings.map(\.rule.id)).isSubset(of: plain.findings.map(\.rule.id)))
    } else {
      #expect(anonymous.findings.map(\.rule.id) == plain.findings.map(\.rule.id))
      #expect(anonymous.findings.map(\.cause) == plain.findings.map(\.cause))
    }
  }

  /// `10.0.0.1` for `10.0.0.1:80`; the brackets of IPv6 have parted it from its port already.
  private static func withoutPort(_ word: Substring) -> String {
    String(word.contains(".") ? word.prefix { $0 != ":" } : word)
  }

  /// The capture as `annotate --anonymize` would write it, without comments.
  private static func anonymous(_ path: String, _ interfaces: [CaptureInterface]) throws -> [UInt8] {
    var anonymizer = FrameAnonymizer(key)
    var encoder = CaptureEncoder(.pcapng, interfaces: interfaces)
    var reader = try CaptureReader.open(paths: [path])
    while reader.nextBatch({ batch in
      for index in batch.records.indices {
        let record = batch.records[index]
        let start = Int(record.offset)
        let frame = batch.bytes.extracting(start..<start + Int(record.capturedLength))
        let left = anonymizer.anonymized(frame, record.linkType)
        encoder.add(record, left.span.bytes)
      }
    }) {}
    return encoder.bytes
  }

  /// Findings about TCP and all connections as JSON; SMC is told by payload, quality by what the capture kept.
  private static func comparable(_ report: Report) -> NSDictionary {
    let data = Data(JSONReport(RenderingOptions()).bytes(report))
    let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    let findings = (root?["findings"] as? [[String: Any]] ?? []).filter {
      !["SMC", "capture quality"].contains($0["family"] as? String)
    }
    let connections = (root?["connections"] as? [[String: Any]] ?? []).map { $0.filter { $0.key != "smc" } }
    return ["findings": findings, "connections": connections]
  }
}
