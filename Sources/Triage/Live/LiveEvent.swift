import Detection

/// Something that happened in live mode, for the log and for programs.
package enum LiveEvent: Sendable {
  /// A finding is said for the first time.
  case opened(LiveFinding)
  /// It became more severe.
  case worse(LiveFinding, from: Severity)
  /// Nothing was added to it for ``LiveBoard/rest``.
  case rested(LiveFinding)
  /// It grows again.
  case reopened(LiveFinding)
  /// It is not said any more: another finding explains it, or later packets did.
  case withdrawn(LiveFinding)
  /// Something about the run itself.
  case remark(String)
  /// A second has passed; what it was like stands in the snapshot.
  case summary

  /// The same about the finding as `snapshot` has it: with its processes and counters.
  package func completed(from snapshot: LiveSnapshot) -> LiveEvent {
    func known(_ live: LiveFinding) -> LiveFinding {
      snapshot.findings.first { $0.number == live.number } ?? live
    }
    return switch self {
    case .opened(let live): .opened(known(live))
    case .worse(let live, let before): .worse(known(live), from: before)
    case .rested(let live): .rested(known(live))
    case .reopened(let live): .reopened(known(live))
    case .withdrawn, .remark, .summary: self
    }
  }
}
