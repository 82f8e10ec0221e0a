import Detection

/// What changed from one snapshot to the next.
package enum LiveEvent: Sendable {
  case opened(LiveFinding)
  case worse(LiveFinding, from: Severity)
  /// It has not grown for a while.
  case rested(LiveFinding)
  /// It grows again after a rest.
  case reopened(LiveFinding)
  /// A later packet, or another finding, explains what was taken for it.
  case withdrawn(LiveFinding)
  /// Something about the run itself, in one sentence.
  case remark(String)
  /// Another second has passed.
  case summary
}
