import ArgumentParser

/// Help and manual page, made from the same command tree and the same few texts.
enum Manual {
  /// What `--help` prints: the overview, the options of the default command, exit status and environment.
  static var fullHelp: String {
    let overview = Tcptriage.helpMessage(columns: 100)
    let analyze = Tcptriage.helpMessage(for: AnalyzeCommand.self, columns: 100)
    // The options stand last in a help text.
    let options = analyze.range(ofHeading: "ARGUMENTS:").map { String(analyze[$0...]) } ?? ""
    let codes = exitCodes.map { "  \(pad($0.code, 4))\($0.meaning)\n" }.joined()
    let variables = environment.map { "  \(pad($0.name, 10))\($0.meaning)\n" }.joined()
    return overview + "\n\nOF THE DEFAULT COMMAND, tcptriage FILE ...\n\n" + options + "\nEXIT STATUS:\n" + codes
      + "\nENVIRONMENT:\n" + variables
  }

  /// What each exit status means.
  static let exitCodes: [(code: String, meaning: String)] = [
    ("0", "Analyzed, whatever was found, unless --fail-on says otherwise."),
    ("1", "There are findings at or above --fail-on, or a check failed."),
    ("2", "The command line or the filter expression is wrong."),
    ("3", "An input cannot be read or is no capture (the others were analyzed), or an output cannot be written."),
    ("4", "With --strict: a capture was cut off or damaged; what could be read was analyzed."),
    ("5", "Capturing is not permitted, or failed; what came before was analyzed."),
    ("130", "Interrupted by Ctrl-C, after printing what there was so far."),
    ("143", "The same after SIGTERM; live mode only."),
  ]

  /// Variables that are heeded.
  static let environment: [(name: String, meaning: String)] = [
    ("NO_COLOR", "When set and not empty, --color auto means never."),
    ("TERM", "When it is dumb, --color auto means never, and no progress is shown."),
  ]

  /// The manual page in roff, the same bytes for the same command tree.
  static var page: String {
    var page = Roff()
    page.raw(".TH TCPTRIAGE 1 \"\" \"tcptriage \(Tcptriage.version)\" \"User Commands\"")
    page.section("NAME")
    page.text("tcptriage - says what is wrong with the TCP in a packet capture, and which packets prove it")
    page.section("SYNOPSIS")
    for command in commands { page.lines(usage(command).split(separator: "\n").map(String.init)) }
    page.section("DESCRIPTION")
    for paragraph in description { page.paragraph(paragraph) }
    page.section("COMMANDS")
    for command in commands { add(command, to: &page) }
    page.section("EXIT STATUS")
    for (code, meaning) in exitCodes { page.item(code, meaning) }
    page.section("ENVIRONMENT")
    for (name, meaning) in environment { page.item(name, meaning) }
    page.section("SEE ALSO")
    page.text("tcpdump(8), pcap-filter(7), capinfos(1), mergecap(1)")
    return page.text
  }

  private static let description = [
    """
    tcptriage reads packet captures (pcap and pcapng; plain, gzip or zstd; from files, folders or standard input) and \
    reports what is wrong in their TCP connections: hosts that answer each other's acknowledgments without end, \
    segments that were rejected by PAWS, retransmissions and their causes, SMC handshakes that fail. Each finding names the \
    frames that prove it, how sure it is, what could make it a false alarm, what to run next, and what repairs it.
    """,
    """
    The summary goes to standard output, reports to the files named with -o, progress and warnings to standard error. \
    Progress is shown only on a terminal. The same input gives the same bytes.
    """,
  ]

  /// Commands that do something, in the order of the help.
  private static var commands: [any ParsableCommand.Type] { leaves(of: Tcptriage.self) }

  private static func leaves(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    let below = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    return below.isEmpty ? [command] : below.flatMap { leaves(of: $0) }
  }

  private static func usage(_ command: any ParsableCommand.Type) -> String {
    let text = Tcptriage.usageString(for: command)
    return text.hasPrefix("Usage: ") ? String(text.dropFirst(7)) : text
  }

  private static func add(_ command: any ParsableCommand.Type, to page: inout Roff) {
    page.subsection(usage(command).split(separator: "\n").first.map(String.init) ?? "")
    page.text(command.configuration.abstract)
    let help = Tcptriage.helpMessage(for: command, columns: 100_000)
    for block in HelpBlock.blocks(of: command.configuration.discussion) {
      switch block {
      case .prose(let text): page.paragraph(text)
      case .literal(let lines): page.literal(lines)
      }
    }
    for item in HelpItem.items(in: help) where item.label != "--version" { page.item(item.label, item.text) }
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}

/// Prints the manual page.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page in roff.", shouldDisplay: false)

  func run() throws { try Console.output(Manual.page) }
}

extension String {
  /// Where the line `heading` begins.
  fileprivate func range(ofHeading heading: String) -> String.Index? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(heading) { return index }
      guard let end = self[index...].firstIndex(of: "\n") else { return nil }
      index = self.index(after: end)
    }
    return nil
  }
}
