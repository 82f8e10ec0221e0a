/// Completion scripts, with what the parser's own leave out: that the default command takes files and options, too.
enum Completions {
  /// `message` is what the parser prints; anything but a completion script comes back as it is.
  static func completed(_ message: String) -> String {
    if message.contains("\ncomplete -o filenames -F _tcptriage tcptriage") { return bash(message) }
    if message.hasPrefix("#compdef tcptriage") { return zsh(message) }
    return message.contains("function __tcptriage_should_offer") ? fish(message) : message
  }

  /// What is no subcommand is completed as the default command's.
  private static func bash(_ script: String) -> String {
    inserting("        _tcptriage_analyze", after: "        # Offer subcommand completions", lines: 1, in: script)
  }

  private static func zsh(_ script: String) -> String {
    inserting(
      "        _files && ret=0", after: "        _describe -V subcommand subcommands && ret=0", lines: 0, in: script)
  }

  private static func fish(_ script: String) -> String {
    let condition = "__tcptriage_should_offer_completions_for_positional \"tcptriage\" -ge 1"
    return script + (script.hasSuffix("\n") ? "" : "\n") + "complete -c 'tcptriage' -n '\(condition)' -F"
  }

  /// Adds a line `lines` lines after the first one that reads `mark`.
  private static func inserting(_ line: String, after mark: String, lines: Int, in script: String) -> String {
    var all = script.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let index = all.firstIndex(of: mark), index + lines < all.count else { return script }
    all.insert(line, at: index + lines + 1)
    return all.joined(separator: "\n")
  }
}
