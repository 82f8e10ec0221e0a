import Detection
import Dissection
import Tracking

/// The verdict on every segment that is anything but ordinary, with later words on earlier frames worked in.
///
/// Rows wait because a DSACK or a timestamp echo may still change them; the oldest are let go once ``window`` rows
/// wait, so
/// memory is bounded for a storm of any length.
package struct SegmentRows {
  /// Rows that wait for later words.
  package static let window = 200_000

  private var rows: [Observation] = []
  private var indexOfFrame: [UInt64: Int] = [:]
  private let emit: (Observation) -> Void

  /// Rows are handed to `emit` in frame order of their first word.
  package init(emit: @escaping (Observation) -> Void) { self.emit = emit }

  package mutating func take(_ observations: [Observation]) {
    for observation in observations { take(observation) }
    if rows.count >= 2 * Self.window { release(rows.count - Self.window) }
  }

  private mutating func take(_ observation: Observation) {
    let frame = observation.amends == 0 ? observation.segment.frame : observation.amends
    if let index = indexOfFrame[frame] {
      rows[index].merge(observation)
    } else {
      indexOfFrame[frame] = rows.count
      rows.append(observation)
    }
  }

  /// Hands out everything that waits.
  package mutating func finish() { release(rows.count) }

  private mutating func release(_ count: Int) {
    for row in rows.prefix(count).sorted(by: { $0.segment.frame < $1.segment.frame }) { emit(row) }
    rows.removeFirst(count)
    indexOfFrame.removeAll(keepingCapacity: true)
    for (index, row) in rows.enumerated() { indexOfFrame[row.segment.frame] = index }
  }
}

extension Observation {
  /// Works a later word into the row of the frame that it is about.
  mutating func merge(_ later: Observation) {
    if later.kind != .pureACK { kind = later.kind }
    if later.cause != .none { cause = later.cause }
    if later.rejection != .none { rejection = later.rejection }
    if later.anomalies.contains(.rejectionRefuted) { rejection = .none }
    anomalies.formUnion(later.anomalies)
  }
}
