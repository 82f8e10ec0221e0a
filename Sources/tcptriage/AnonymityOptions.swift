import ArgumentParser
import Dissection

/// Whether and how names are taken out of everything that is written.
struct AnonymityOptions: ParsableArguments {
  @Flag(
    help: """
      Write other addresses in place of the real ones, with their prefixes kept, in all outputs; leave out the names \
      of files and interfaces, payload and whatever else may tell who it is.
      """)
  var anonymize = false

  @Option(
    help: ArgumentHelp(
      "Map addresses by this text, so that other runs map them alike; without it by chance.", valueName: "text"))
  var anonymizeKey: String?

  func validate() throws {
    if anonymizeKey?.isEmpty == true { throw ValidationError("--anonymize-key needs a text that nobody can guess.") }
  }

  var isAnonymous: Bool { anonymize || anonymizeKey != nil }

  /// The key in force, nil without either option.
  var key: AnonymityKey? {
    if let anonymizeKey { return AnonymityKey(anonymizeKey) }
    return anonymize ? AnonymityKey(Self.chance) : nil
  }

  /// A text made by chance, once a run.
  private static let chance: String = {
    let words = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
    let text = words.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    Console.complain("Addresses are mapped anew; --anonymize-key \(text) maps them the same way again.")
    return text
  }()
}
