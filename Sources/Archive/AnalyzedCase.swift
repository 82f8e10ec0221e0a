import CaptureFiles
import Detection
import Frames
import Triage

/// A case whose captures have been analyzed once, to be judged as often as wanted.
package struct AnalyzedCase: Sendable {
  package var archiveCase: ArchiveCase
  var captures: [AnalyzedCapture] = []
  /// What is wrong with the folder itself.
  var failures: [CaseFailure] = []

  /// Compares what was found with what is expected, as if the rules in `without` did not exist.
  package func judged(without rules: Set<String> = []) -> CaseResult {
    var result = CaseResult(name: archiveCase.name, path: archiveCase.path)
    if !failures.isEmpty { result.captures.append(CaptureResult(capture: "", failures: failures, command: "")) }
    for capture in captures {
      let found = capture.findings.filter { !rules.contains($0.rule.id) }
      let failures = capture.failures + (capture.expectation?.failures(in: found) ?? [])
      result.captures.append(
        CaptureResult(capture: capture.name, failures: failures, command: capture.command(without: rules)))
    }
    return result
  }
}

/// One capture of a case with what was found in it.
struct AnalyzedCapture: Sendable {
  var name: String
  var path: String
  var expectation: Expectation?
  var findings: [Finding] = []
  var failures: [CaseFailure] = []

  /// The command that shows the whole report of this capture.
  func command(without rules: Set<String>) -> String {
    var words = ["tcptriage", path]
    if let options = expectation?.options {
      if options.expectSMC { words.append("--expect-smc") }
      if !options.filter.isEmpty { words += ["--filter", options.filter] }
    }
    for rule in rules.sorted() { words += ["--without", rule] }
    return ShellWords.quoted(words)
  }
}

extension ArchiveCase {
  /// Makes a frame filter of a pcap filter expression; throws an error whose description is a sentence.
  package typealias FilterMaker = (String) throws -> any FrameFilter

  /// Analyzes every capture of the case.
  package func analyzed(_ makeFilter: FilterMaker) -> AnalyzedCase {
    var result = AnalyzedCase(archiveCase: self)
    if captures.isEmpty { result.failures.append(CaseFailure("There is no capture in this folder.")) }
    for capture in captures { result.captures.append(analyzed(capture, makeFilter)) }
    for name in expectations where !captures.contains(where: { expectation(for: $0) == name }) && !captures.isEmpty {
      result.failures.append(CaseFailure("\(name) does not belong to any capture in this folder."))
    }
    return result
  }

  private func analyzed(_ capture: String, _ makeFilter: FilterMaker) -> AnalyzedCapture {
    var result = AnalyzedCapture(name: capture, path: ArchiveFolder.join(path, capture))
    guard let name = expectation(for: capture) else {
      result.failures.append(CaseFailure("There is no expected.yaml that says what must be found in \(capture)."))
      return result
    }
    let file = ArchiveFolder.join(path, name)
    do {
      guard let text = ArchiveFolder.text(of: file) else {
        throw ExpectationError(file: file, line: 0, sentence: "The file cannot be read.")
      }
      let expectation = try Expectation(parsing: text, file: file)
      result.expectation = expectation
      result.findings = try Self.findings(in: result.path, expectation.options, makeFilter)
    } catch {
      // A judgement without findings would only repeat what went wrong here.
      result.expectation = nil
      result.failures.append(CaseFailure("\(error)"))
    }
    return result
  }

  private static func findings(
    in path: String, _ options: Expectation.Options, _ makeFilter: FilterMaker
  ) throws -> [Finding] {
    var settings = TriageSettings()
    settings.detection.expectSMC = options.expectSMC
    let filter = options.filter.isEmpty ? nil : ChosenFrames(filter: try makeFilter(options.filter))
    var reader = try CaptureReader.open(paths: [path])
    var engine = Engine(settings)
    while reader.nextBatch({ engine.take($0, filter: filter) }) {}
    return engine.finish(reader.description, method: Method(version: "")).findings
  }
}

/// A filter whose type is known only when the program runs.
private struct ChosenFrames: FrameFilter {
  let filter: any FrameFilter

  func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool { filter.accepts(record, bytes) }
}
