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
}
