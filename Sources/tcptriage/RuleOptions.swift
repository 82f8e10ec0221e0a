import ArgumentParser
import Detection

/// What all commands that judge have in common.
struct RuleOptions: ParsableArguments {
  @Flag(name: .customLong("expect-smc"), help: "SMC was expected: say so where a connection never offered it.")
  var expectSMC = false

  @Option(
    help: ArgumentHelp("Leave out the findings of this rule (repeatable).", valueName: "rule"),
    completion: .list(allRules.map(\.id)))
  var without: [String] = []

  func validate() throws { try RuleName.check(without) }

  /// Puts what was chosen here into `settings`.
  func apply(to settings: inout DetectionSettings) {
    settings.disabledRules = Set(without)
    settings.expectSMC = expectSMC
  }
}
