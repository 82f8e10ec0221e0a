import Detection
import Dissection
import Tracking
import Triage

/// What the user has chosen on the live screen.
package struct LivePageState: Sendable, Hashable {
  package enum View: Sendable { case overview, explanation, help }

  package enum Order: String, Sendable, CaseIterable {
    case harm, age, rate

    var next: Order {
      switch self {
      case .harm: .age
      case .age: .rate
      case .rate: .harm
      }
    }
  }

  package var view = View.overview
  package var order = Order.harm
  /// Findings and connections that do not contain it are not shown; empty shows all.
  package var filter = ""
  /// The filter as far as it is typed; nil while nothing is.
  package var typing: String?
  /// Number of the selected finding; nil for the first on the page.
  package var selected: Int?
  /// Lines of the explanation that are above the screen.
  package var scroll = 0
  /// The page stands still; the capture goes on.
  package var isPaused = false
  package var wantsToQuit = false

  package init() {}

  /// The findings that the filter lets through, in the chosen order.
  func findings(_ snapshot: LiveSnapshot) -> [LiveFinding] {
    let filter = LiveFilter(filter, snapshot)
    let shown = snapshot.findings.filter(filter.lets)
    switch order {
    case .harm: return shown.filter(\.isOpen) + shown.filter { !$0.isOpen }
    case .age: return shown.sorted { ($1.opened, $1.number) < ($0.opened, $0.number) }
    case .rate: return shown.sorted { ($1.rate ?? -1, $0.number) < ($0.rate ?? -1, $1.number) }
    }
  }

  /// The place of the selected finding in `findings`; 0 when it is not among them.
  func selection(in findings: [LiveFinding]) -> Int { findings.firstIndex { $0.number == selected } ?? 0 }
}

/// Lets through what contains a text, in capital or small letters.
struct LiveFilter {
  private let wanted: String
  private let connections: [ConnectionID: ConnectionSummary]

  init(_ wanted: String, _ snapshot: LiveSnapshot) {
    self.wanted = wanted.lowercased()
    let listed = wanted.isEmpty ? [] : snapshot.report.connections
    connections = Dictionary(listed.map { ($0.id, $0) }) { first, _ in first }
  }

  func lets(_ live: LiveFinding) -> Bool {
    if wanted.isEmpty { return true }
    let finding = live.finding
    let ends = finding.connections.prefix(64).compactMap { connections[$0] }.map { "\($0.client) \($0.server)" }
    let frames = finding.evidence.prefix(1).map { "\($0.segment.sender) \($0.segment.receiver)" }
    let words = [finding.rule.id, finding.rule.title, finding.severity.name, finding.cause, finding.summary]
    return contains(words + finding.hosts.prefix(64) + ends + frames + live.owners.map(LiveWords.owner))
  }

  func lets(_ connection: LiveConnection) -> Bool {
    wanted.isEmpty
      || contains(["\(connection.local)", "\(connection.remote)", connection.owner.map(LiveWords.owner) ?? ""])
  }

  /// In what the page would show of them: names from strangers have no bounds.
  private func contains(_ texts: [String]) -> Bool {
    texts.contains { Visible.text($0).lowercased().contains(wanted) }
  }
}
