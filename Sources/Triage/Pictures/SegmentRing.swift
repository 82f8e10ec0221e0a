import Dissection
import Frames

/// The latest segments of an input that can be read only once, and how much came when: what pictures need.
///
/// A reference, because it is shared with the engine's listener.
package final class SegmentRing {
  /// 24 MB.
  package static let capacity = 200_000

  package private(set) var timeline = Timeline()

  private let capacity: Int
  private var segments: [Segment] = []
  private var next = 0
  /// Older segments were overwritten.
  package private(set) var hasForgotten = false

  package init(capacity: Int = SegmentRing.capacity) { self.capacity = max(1, capacity) }

  /// Counts frames; segments come by ``take(_:)``.
  package func count<F: FrameFilter & ~Copyable>(_ batch: borrowing FrameBatch, filter: borrowing F?) {
    timeline.count(batch, filter: filter)
  }

  package func take(_ batch: [Segment]) {
    for segment in batch {
      if segments.count < capacity {
        segments.append(segment)
      } else {
        hasForgotten = true
        segments[next] = segment
        next = next + 1 == capacity ? 0 : next + 1
      }
    }
  }

  /// Hands out portions of at most `size` segments, the oldest first; their payload is gone.
  package func replay(by size: Int, _ body: ([Segment]) -> Void) {
    var portion: [Segment] = []
    for index in segments.indices {
      var segment = segments[(next + index) % segments.count]
      segment.payloadOffset = 0
      segment.capturedPayload = 0
      portion.append(segment)
      if portion.count == size {
        body(portion)
        portion.removeAll(keepingCapacity: true)
      }
    }
    if !portion.isEmpty { body(portion) }
  }
}
