/// Sentences of our own rule texts, where a pair of backticks marks words to be set as code.
enum Prose {
  /// A run of text.
  struct Run: Equatable {
    var text: String
    var isCode: Bool
  }

  /// Splits `text` at paired backticks; an unpaired one stays as it is.
  static func runs(_ text: String) -> [Run] {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return [Run(text: text, isCode: false)] }
    var runs: [Run] = []
    for (index, part) in parts.enumerated() where !part.isEmpty {
      let isCode = index % 2 == 1 && index < parts.count - 1
      let unpaired = index % 2 == 1 && !isCode
      runs.append(Run(text: (unpaired ? "`" : "") + part, isCode: isCode))
    }
    return runs
  }

  /// Programs that our texts tell people to run.
  private static let programs: Set<Substring> = [
    "ss", "sysctl", "ethtool", "ip", "tcpdump", "modprobe", "nft", "iptables", "reordercap", "smc_run",
  ]

  /// Whole commands in `text`, those in backticks and those in parentheses, each once.
  static func commands(_ text: String) -> [String] {
    let codes = runs(text).filter(\.isCode).map(\.text)
    let asides = text.split(separator: "(").dropFirst().compactMap { part in
      part.firstIndex(of: ")").map { String(part[..<$0]) }
    }
    var seen: Set<String> = []
    return (codes + asides).filter { command in
      let words = command.split(separator: " ")
      return words.count > 1 && programs.contains(words[0]) && seen.insert(command).inserted
    }
  }
}
