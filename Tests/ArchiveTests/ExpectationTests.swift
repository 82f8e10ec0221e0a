import Archive
import Detection
import Testing

@Suite("Expectation files")
struct ExpectationTests {
  @Test("every key of the format is read")
  func wholeFormat() throws {
    let expectation = try Expectation(
      parsing: """
        # why
        findings:
          - rule: smc-declined
            severity: warning
            confidence: likely+
            cause: some-cause
            count: 2
            measures: {connections: [1, 2.5]}
        absent: [smc-not-answered]
        only: true
        options: {expect-smc: true, filter: "tcp port 80"}
        """, file: "expected.yaml")
    let entry = try #require(expectation.findings.first)
    #expect(entry.rule == "smc-declined" && entry.severity == .warning && entry.count == 2)
    #expect(entry.confidence?.confidence == .likely && entry.confidence?.orMore == true)
    #expect(entry.cause == "some-cause" && entry.measures.first?.range == 1...2.5)
    #expect(expectation.absent == ["smc-not-answered"] && expectation.only)
    #expect(expectation.options.expectSMC && expectation.options.filter == "tcp port 80")
  }

  @Test("an empty list may be left empty, and an entry counts once unless it says more")
  func defaults() throws {
    let expectation = try Expectation(parsing: "findings:\nabsent: []\n", file: "e")
    #expect(expectation.findings.isEmpty && expectation.absent.isEmpty && !expectation.only)
    let entry = try Expectation(parsing: "findings: [{rule: smc-declined}]", file: "e").findings[0]
    #expect(entry.count == 1 && entry.severity == nil && entry.confidence == nil && entry.cause == nil)
  }

  @Test(
    "a mistake is an error that names file, line and word",
    arguments: [
      ("absent:\n- smc-declinde", "e.yaml:2: There is no rule 'smc-declinde' (did you mean 'smc-declined'?)."),
      ("only: true\nabsend: []", "e.yaml:2: Unknown key 'absend' (did you mean 'absent'?); known are "),
      ("findings:\n  - severity: warning", "e.yaml:2: An entry of 'findings' has no 'rule'."),
      ("findings: [{rule: smc-declined, severity: x}]", "'severity' is one of info, notice, warning, critical"),
      ("findings: [{rule: smc-declined, confidence: sure}]", "'confidence' is one of possible, likely, certain"),
      ("findings: [{rule: smc-declined, count: 0}]", "'count' is a whole number of at least 1"),
      ("findings: [{rule: smc-declined, measures: {rate: [5, 1]}}]", "The measure 'rate' needs a range"),
      ("findings: [{rule: smc-declined, measures: {rate: 5}}]", "'rate' must be a list"),
      ("only: perhaps", "'only' is true or false"), ("absent: smc-declined", "'absent' must be a list"),
      ("- a", "must be a list of 'key: value'"), ("a: [", "This is not YAML"), ("", "The file says nothing"),
      ("options: {speed: 1}", "Unknown key 'speed'"),
    ])
  func mistakes(text: String, words: String) {
    let error = #expect(throws: ExpectationError.self) { try Expectation(parsing: text, file: "e.yaml") }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("e.yaml") == true)
  }
}

@Suite("Judgement")
struct JudgementTests {
  private let rules = allRules

  private func finding(
    _ rule: Int, _ severity: Severity = .warning, _ confidence: Confidence = .likely, cause: String = "",
    measures: [Measure] = []
  ) -> Finding {
    var finding = Finding(rules[rule], severity, confidence, proof: .proven, summary: "Something.")
    finding.cause = cause
    finding.measures = measures
    return finding
  }

  private func failures(_ text: String, _ findings: [Finding]) throws -> [String] {
    try Expectation(parsing: text, file: "e").failures(in: findings).map(\.sentence)
  }

  @Test("what is expected and found is no failure")
  func match() throws {
    let text = """
      findings:
        - rule: \(rules[0].id)
          severity: warning
          confidence: possible+
          cause: a
          measures: {rate: [10, 20]}
      """
    #expect(try failures(text, [finding(0, cause: "a", measures: [Measure("rate", 15)])]) == [])
    #expect(try failures(text, [finding(0, cause: "b", measures: [Measure("rate", 15)])]).count == 1)
    #expect(try failures(text, [finding(0, .notice, cause: "a", measures: [Measure("rate", 15)])]).count == 1)
    #expect(try failures(text, [finding(0, cause: "a", measures: [Measure("rate", 21)])]).count == 1)
    #expect(try failures(text, [finding(0, cause: "a")]).count == 1)
    let words = "Expected 1 × \(rules[0].id) (warning, possible or more, cause a, rate 10 to 20), found 0."
    #expect(try failures(text, []) == [words])
  }

  @Test("too many of the same are a failure, too")
  func count() throws {
    let text = "findings: [{rule: \(rules[0].id)}]"
    #expect(try failures(text, [finding(0), finding(0)]) == ["Expected 1 × \(rules[0].id), found 2."])
  }

  @Test("confidence is exact without a plus")
  func confidence() throws {
    let text = "findings: [{rule: \(rules[0].id), confidence: likely}]"
    #expect(try failures(text, [finding(0, .warning, .certain)]).count == 1)
    #expect(try failures(text, [finding(0, .warning, .likely)]) == [])
  }

  @Test("a rule that must be absent and `only` both catch what should not be there")
  func absent() throws {
    #expect(try failures("absent: [\(rules[1].id)]", [finding(1)]).count == 1)
    #expect(try failures("only: true", [finding(1)]).count == 1)
    #expect(try failures("only: true", [finding(1, .info)]) == [])
    #expect(try failures("only: false", [finding(1)]) == [])
  }
}

@Suite("Nearest names")
struct NearestNamesTests {
  @Test("typing errors, parts and nonsense")
  func names() {
    let names = ["ack-loop", "ack-storm", "paws-reject", "smc-declined"]
    #expect(NearestNames.of("ack-lop", among: names) == ["ack-loop"])
    #expect(NearestNames.of("paws", among: names) == ["paws-reject"])
    #expect(NearestNames.of("xyzzy", among: names) == [])
    #expect(NearestNames.of(String(repeating: "a", count: 1_000_000), among: names) == [])
  }
}
