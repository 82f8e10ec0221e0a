import Detection

/// A list of commands that can be sent to a customer as it is.
///
/// At most `limit` commands and about `budget` bytes.
enum QuestionList {
  static func lines(_ steps: [NextStep], limit: Int, budget: Int = .max) -> [String] {
    var lines = ["Please run the following and send us the complete output, with the time at which it was taken:", ""]
    var left = budget
    for (index, step) in steps.prefix(limit).enumerated() {
      let tells = Visible.text(step.tells, limit: 200)
      let command = "\(index + 1). \(Visible.text(step.command, limit: 300))"
      left -= command.utf8.count + tells.utf8.count
      guard left > 0 else { break }
      lines.append(command)
      if !tells.isEmpty { lines.append("   (\(tells))") }
    }
    return lines
  }
}
