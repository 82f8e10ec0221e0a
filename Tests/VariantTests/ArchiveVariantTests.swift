import Detection
import FuzzInputs
import Scenarios
import Testing

@testable import Archive

/// What is found in a story must not depend on its dress.
@Suite struct ArchiveVariantTests {
  /// A case that legitimately tells another story in one variant.
  private struct Exception {
    var name: String
    var variant: String
    var reason: String
  }

  private static let exceptions =
    [
      Exception(
        name: "capture-truncated", variant: "snap-96",
        reason: "The file is cut at its 20,000th byte; with shorter frames it ends before.")
    ]
    + ["path-event-host", "path-event-host-near-miss", "path-event-remote"].map {
      Exception(name: $0, variant: "ipv6", reason: "The networks apart in IPv4 (/24) are one in IPv6 (/64).")
    }
    + [
      "listen-overflow-syn-acks", "listen-overflow-syns", "listen-overflow-syns-near-miss", "port-scan-silent",
      "refused-then-started",
    ].map {
      Exception(
        name: $0, variant: "roles-swapped", reason: "Many clients of one listener become one client of many listeners.")
    }

  @Test(arguments: Archived.scenarios)
  func everyVariantOfACaseHoldsTheSameFindings(name: String) throws {
    let scenario = try Scenario(parsing: try Archived.text("\(name)/scenario.txt"))
    let expectation = try Archive.Expectation(parsing: try Archived.text("\(name)/expected.yaml"), file: name)
    let file = try #require(MemoryFile())
    for variant in [.plain] + Variant.all where !isExcepted(name, variant) {
      try #require(file.hold(try scenario.capture(variant)))
      let findings = try Archived.report(file.path, expectation.options).findings
      let failures = expectation.adapted(to: variant).failures(in: findings)
      #expect(failures.isEmpty, "\(variant.name): \(Self.words(failures))")
    }
  }

  @Test func everyExceptionNamesACaseAndAVariant() {
    for exception in Self.exceptions {
      #expect(Archived.scenarios.contains(exception.name))
      #expect(Variant.all.contains { $0.name == exception.variant })
      #expect(!exception.reason.isEmpty)
    }
  }

  private func isExcepted(_ name: String, _ variant: Variant) -> Bool {
    Self.exceptions.contains { $0.name == name && $0.variant == variant.name }
  }

  private static func words(_ failures: [CaseFailure]) -> String {
    failures.map { "\($0.sentence) \($0.found.joined(separator: "; "))" }.joined(separator: " | ")
  }
}

extension Archive.Expectation {
  /// The same expectation for a variant whose dress itself is worth a finding.
  fileprivate func adapted(to variant: Variant) -> Archive.Expectation {
    var expectation = self
    if variant.copyDelay != nil {
      expectation.absent.removeAll { $0 == "capture-duplicates" }
      if !findings.contains(where: { $0.rule == "capture-duplicates" }) {
        expectation.findings.append(Entry(rule: "capture-duplicates"))
      }
    }
    if variant.snapLength != nil { expectation.absent.removeAll { $0 == "capture-cut-frames" } }
    return expectation
  }
}
