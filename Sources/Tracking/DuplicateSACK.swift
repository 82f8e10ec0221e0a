import Dissection

/// What the first SACK block of an acknowledgment reports as received twice.
///
/// Source: RFC 2883 §4, Linux `tcp_check_dsack`.
package enum DuplicateSACK: Sendable {
  /// Bytes below the acknowledgment.
  case old
  /// Bytes inside the second block: behind a hole.
  case outOfOrder
}

extension Segment {
  /// Nil when the first block, if there is one, reports something new.
  package var duplicateSACK: DuplicateSACK? {
    guard sackCount > 0, flags.contains(.ack) else { return nil }
    if sack[0].left < acknowledgment, sack[0].right <= acknowledgment { return .old }
    guard sackCount > 1 else { return nil }
    return sack[1].left <= sack[0].left && sack[0].right <= sack[1].right ? .outOfOrder : nil
  }
}
