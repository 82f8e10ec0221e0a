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
}
