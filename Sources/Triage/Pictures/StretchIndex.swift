import Dissection
import Frames

/// What the first reading of a file notes for the second: how much came when, and roughly where which connections are.
///
/// A second reading can then leave out the stretches without a packet that a picture needs. A reference, because it is
/// shared with the engine's listener.
package final class StretchIndex {
  /// Frames per batch that make the places close enough to each other: most connections send a few packets at a time.
  package static let batchLimit = 64
  /// Stretches at most, 21 MB; when there would be more, each becomes twice as long.
  private static let most = 1 << 17

  /// Frames in a row.
  struct Stretch {
    /// Where the first one begins.
    let place: FramePlace
    var flows = FlowSketch()
  }

  private(set) var timeline: Timeline?
  private let most: Int
  private var closed: [Stretch] = []
  private var current: Stretch?
  /// Batches that a stretch has, and of the current one so far.
  private var batches = (each: 1, soFar: 0)

  package init(most: Int = StretchIndex.most) { self.most = max(2, most) }

  /// Begins with the place where reading does; there are no stretches without one.
  package func begin(at place: FramePlace) { current = Stretch(place: place) }

  /// Notes whose segments are in the batch that is being read.
  package func take(_ segments: [Segment]) {
    guard var flows = current?.flows else { return }
    for index in segments.indices {
      flows.note(
        FlowSketch.Key(
          segments[index].source, segments[index].sourcePort, segments[index].destination,
          segments[index].destinationPort))
    }
    current?.flows = flows
  }

  /// Counts frames; segments come by ``take(_:)``.
  package func count<F: FrameFilter & ~Copyable>(_ batch: borrowing FrameBatch, filter: borrowing F?) {
    if timeline == nil, batch.records.count > 0 { timeline = Timeline(from: batch.records[0].time) }
    timeline?.count(batch, filter: filter)
  }

  /// Notes where the next batch begins; a stretch goes on while that is not known.
  package func pass(_ place: FramePlace?) {
    batches.soFar += 1
    guard batches.soFar >= batches.each, let place, let ended = current else { return }
    closed.append(ended)
    current = Stretch(place: place)
    batches.soFar = 0
    if closed.count >= most { join() }
  }

  /// Joins every two stretches.
  private func join() {
    closed = stride(from: 0, to: closed.count, by: 2).map { index in
      var joined = closed[index]
      if index + 1 < closed.count { joined.flows.formUnion(closed[index + 1].flows) }
      return joined
    }
    batches.each *= 2
  }

  /// All stretches in their order; empty where places were not known.
  var stretches: [Stretch] { closed + (current.map { [$0] } ?? []) }
}
