import Detection
import Testing

/// The texts that `explain`, reports and the documentation are made of.
struct RuleTests {
  static let ids = allRules.map(\.id)

  @Test("Every rule has an identifier of its own, in kebab-case")
  func identifiers() {
    #expect(Set(Self.ids).count == Self.ids.count)
    for id in Self.ids {
      let parts = id.split(separator: "-", omittingEmptySubsequences: false)
      let isKebab = parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
      }
      #expect(isKebab && id.first?.isLetter == true, "\(id)")
    }
  }

  @Test("Every text of a rule says something and ends like a sentence", arguments: allRules.indices)
  func texts(index: Int) {
    let rule = allRules[index]
    for (name, text) in [
      ("meaning", rule.meaning), ("fires", rule.fires), ("falseAlarms", rule.falseAlarms), ("remedy", rule.remedy),
    ] {
      #expect(text.hasSuffix(".") && text.count >= 5, "\(rule.id), \(name): \(text.suffix(30))")
      #expect(!text.contains("  ") && !text.hasSuffix("..") && text.first?.isWhitespace == false, "\(rule.id), \(name)")
    }
    #expect(!rule.title.isEmpty && !rule.title.hasSuffix(".") && rule.title.count <= 80, "\(rule.id)")
    #expect(!rule.source.isEmpty, "\(rule.id)")
  }

  @Test("Every next step is a command and what its output tells", arguments: allRules.indices)
  func steps(index: Int) {
    for step in allRules[index].nextSteps {
      #expect(!step.command.isEmpty && !step.command.contains("\n"), "\(allRules[index].id)")
      #expect(!step.tells.isEmpty && !step.tells.hasSuffix("."), "\(allRules[index].id): \(step.tells)")
    }
  }

  @Test("Counters and drop reasons are single words, none twice", arguments: allRules.indices)
  func counters(index: Int) {
    let rule = allRules[index]
    let names = rule.counters + rule.dropReasons
    #expect(names.allSatisfy { !$0.isEmpty && !$0.contains(" ") }, "\(rule.id)")
    #expect(Set(names).count == names.count, "\(rule.id)")
  }

  @Test("Every detector has rules, each rule one detector, and all of them are listed")
  func lists() {
    #expect(allDetectors.allSatisfy { !$0.rules.isEmpty })
    #expect(allDetectors.flatMap { $0.rules.map(\.id) } == Self.ids)
    #expect(Set(allDetectors.map { "\($0)" }).count == allDetectors.count)
  }

  @Test("Thresholds belong to rules that exist, and say why they are what they are")
  func thresholds() {
    let listed = allDetectors.flatMap { detector in detector.thresholds.map { (detector, $0) } }
    #expect(listed.count >= 15)
    for (detector, threshold) in listed {
      let names = threshold.rule.split(separator: ",").map { String($0.drop { $0 == " " }) }
      #expect(names.allSatisfy { name in detector.rules.contains { $0.id == name } }, "\(threshold.rule)")
      #expect(!threshold.name.isEmpty && !threshold.value.isEmpty && !threshold.reason.isEmpty, "\(threshold.rule)")
    }
  }

  @Test("A detector that has seen nothing finds nothing")
  func nothing() {
    for type in allDetectors {
      var detector = type.init(DetectionSettings())
      #expect(detector.findings().isEmpty, "\(type)")
      detector.observe([])
      detector.connectionsEnded([])
      detector.captureSurveyed(CaptureFacts())
      #expect(detector.findings().isEmpty, "\(type)")
    }
  }

  @Test("Lowered confidence goes down one step and stops at the lowest")
  func confidence() {
    #expect(Confidence.certain.lowered == .likely && Confidence.likely.lowered == .possible)
    #expect(Confidence.possible.lowered == .possible)
    #expect(Severity.allCases.sorted() == [.info, .notice, .warning, .critical])
  }
}
