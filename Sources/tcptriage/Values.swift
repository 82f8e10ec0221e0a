import Archive
import ArgumentParser
import Detection
import Rendering

/// An amount of memory as the user writes it: `512M`, `1G`, `1073741824`.
struct MemorySize: ExpressibleByArgument, CustomStringConvertible {
  /// Less could not even hold the tables.
  static let least = 1 << 20
  static let standard = MemorySize(bytes: 1 << 30, description: "1G")
  /// On a host that has other work to do.
  static let modest = MemorySize(bytes: 256 << 20, description: "256M")

  var bytes: Int
  var description: String

  private init(bytes: Int, description: String) {
    self.bytes = bytes
    self.description = description
  }

  init?(argument: String) {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    var text = argument.uppercased()
    for ending in ["IB", "B"] where text.hasSuffix(ending) {
      text.removeLast(ending.count)
      break
    }
    var unit = 1
    if let last = text.last, let known = units[last] {
      unit = known
      text.removeLast()
    }
    guard let number = Int(text), number > 0 else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    bytes = product
    description = argument
  }
}

/// Name of a report's format.
struct ReportFormat: ExpressibleByArgument {
  let renderer: any Renderer.Type

  init?(argument: String) {
    guard let known = Rendering.renderer(named: argument) else { return nil }
    renderer = known
  }

  static var allValueStrings: [String] { allRenderers.map { $0.name } }
}

extension Severity: ExpressibleByArgument {
  /// Reads the word that reports use.
  public init?(argument: String) {
    guard let known = Severity.allCases.first(where: { $0.name == argument.lowercased() }) else { return nil }
    self = known
  }

  /// The words in order of harm.
  public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension TableFormat: ExpressibleByArgument {}

/// When colours are used.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether text for `descriptor` is coloured; `NO_COLOR` and `TERM=dumb` count unless the user insists.
  func applies(to descriptor: Int32) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      Terminal.isTerminal(descriptor) && Terminal.isCapable && Terminal.environment("NO_COLOR") == nil
    }
  }
}

/// Identifiers of rules, checked against the list of all.
enum RuleName {
  static func check(_ names: [String]) throws {
    let known = allRules.map(\.id)
    for name in names where !known.contains(name) {
      let hint = NearestNames.hint(name, among: known)
      throw ValidationError("There is no rule '\(name)'\(hint); `tcptriage explain` lists all.")
    }
  }
}
