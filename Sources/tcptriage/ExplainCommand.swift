import ArgumentParser
import Detection
import Glibc
import Rendering

/// `tcptriage explain [RULE]`: what a rule means, proves, and how to repair what it finds.
struct ExplainCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, markdown
  }

  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain a rule, or list all rules.",
    usage: "tcptriage explain [RULE] [--format text|markdown]",
    discussion: """
      EXAMPLES:
        tcptriage explain                         all rules, one line each
        tcptriage explain ack-storm               what it means, when it fires, what repairs it
        tcptriage explain --format markdown       the list as a table
      """)

  @Argument(
    help: "The rule, as reports name it; without it all rules are listed.", completion: .list(allRules.map(\.id)))
  var rule: String?

  @Option(help: "Format of what is printed.")
  var format = Format.text

  @Option(help: "Colours on the terminal.")
  var color = ColorChoice.auto

  func validate() throws {
    if let rule { try RuleName.check([rule]) }
  }

  func run() throws {
    let width = Terminal.size(STDOUT_FILENO)?.columns ?? 100
    let isColored = color.applies(to: STDOUT_FILENO)
    let chosen = allRules.first { $0.id == rule }
    switch (chosen, format) {
    case (let rule?, .text): try Console.output(Explain.text(rule, width: width, color: isColored))
    case (let rule?, .markdown): try Console.output(Explain.markdown(rule))
    case (nil, .text): try Console.output(Explain.list(allRules, width: width, color: isColored))
    case (nil, .markdown): try Console.output(Explain.table(allRules))
    }
  }
}
