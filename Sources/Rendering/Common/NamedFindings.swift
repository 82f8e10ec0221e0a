import Detection
import Tracking
import Triage

/// The findings of a report by the names that all outputs give them.
package struct NamedFindings {
  private let entries: [(id: String, finding: Finding)]

  package init(_ report: Report) {
    entries = report.namedFindings
  }

  /// All names, in the order of the report.
  package var names: [String] { entries.map(\.id) }

  /// The finding that is called `name`, or the only one whose name begins so.
  package func finding(_ name: String) -> Finding? {
    let wanted = name.lowercased()
    if let exact = entries.first(where: { $0.id == wanted }) { return exact.finding }
    let alike = entries.filter { !wanted.isEmpty && $0.id.hasPrefix(wanted) }
    return alike.count == 1 ? alike[0].finding : nil
  }
}
