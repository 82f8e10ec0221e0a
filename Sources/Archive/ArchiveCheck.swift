/// What became of one case.
package struct CaseResult: Sendable {
  package var name: String
  package var path: String
  package var captures: [CaptureResult] = []

  package var passed: Bool { captures.allSatisfy(\.failures.isEmpty) }
}

/// What became of one capture of a case; `capture` is empty for what concerns the folder itself.
package struct CaptureResult: Sendable {
  package var capture: String
  package var failures: [CaseFailure]
  /// The command that shows the report of this capture.
  package var command: String
}

/// How many cases passed.
package struct CheckSummary: Sendable, Hashable {
  package var passed = 0
  package var failed = 0

  package var line: String { "\(passed) passed, \(failed) failed" }
}

/// Why nothing could be checked.
package enum ArchiveError: Error, Sendable, CustomStringConvertible {
  case notAFolder(String)
  case noCases(String)
  case noSuchCase(String, hint: String)

  package var description: String {
    switch self {
    case .notAFolder(let path): "\(path): This is not a folder that can be read; check the path."
    case .noCases(let path):
      "\(path): There is no case in this folder; a case is a folder with a capture and its expected.yaml."
    case .noSuchCase(let name, let hint): "There is no case '\(name)'\(hint); --only takes names, or patterns with *."
    }
  }
}

/// Checks an archive of captures against what must be found in them.
package struct ArchiveCheck {
  package var directory: String
  /// Names or patterns of the cases to check; empty for all.
  package var only: [String] = []
  /// Rules whose findings are left out, as if their detectors did not exist.
  package var without: Set<String> = []
  package var makeFilter: ArchiveCase.FilterMaker

  package init(
    directory: String, only: [String] = [], without rules: Set<String> = [],
    makeFilter: @escaping ArchiveCase.FilterMaker
  ) {
    self.directory = directory
    self.only = only
    self.without = rules
    self.makeFilter = makeFilter
  }

  /// The cases that will be checked, by name.
  package func cases() throws(ArchiveError) -> [ArchiveCase] {
    guard let all = ArchiveCase.all(in: directory) else { throw .notAFolder(directory) }
    guard !all.isEmpty else { throw .noCases(directory) }
    for pattern in only where !all.contains(where: { ArchiveFolder.matches($0.name, pattern) }) {
      throw .noSuchCase(pattern, hint: NearestNames.hint(pattern, among: all.map(\.name)))
    }
    let chosen = all.filter { candidate in
      only.isEmpty || only.contains { ArchiveFolder.matches(candidate.name, $0) }
    }
    return chosen.sorted { $0.name < $1.name }
  }

  /// Checks case by case, hands each result to `report`, and goes on while that returns true.
  @discardableResult
  package func run(report: (CaseResult) -> Bool) throws(ArchiveError) -> CheckSummary {
    var summary = CheckSummary()
    for archiveCase in try cases() {
      let result = archiveCase.analyzed(makeFilter).judged(without: without)
      if result.passed { summary.passed += 1 } else { summary.failed += 1 }
      if !report(result) { break }
    }
    return summary
  }
}
