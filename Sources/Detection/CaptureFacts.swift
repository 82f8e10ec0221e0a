import Dissection
import Frames
import Tracking

/// What is known of the capture as a whole, besides its connections.
package struct CaptureFacts: Sendable {
  /// Frames read, and those that were TCP segments.
  package var frames: UInt64 = 0
  package var segments: UInt64 = 0
  /// Frames that the capture did not keep whole.
  package var cutFrames: UInt64 = 0
  /// Of those, segments whose TCP options were cut.
  package var cutOptions: UInt64 = 0
  /// Greatest number of bytes kept of a frame that was cut; 0 when none was.
  package var snapLength: UInt32 = 0
  /// Frames whose time lies before that of the frame before them, by how much at most (ns), and the first of them.
  package var backwardSteps: UInt64 = 0
  package var worstBackwardStep: Int64 = 0
  package var firstBackwardFrame: UInt64 = 0
  package var firstTime: Int64 = 0
  package var lastTime: Int64 = 0
  package var capturedBytes: UInt64 = 0
  package var wireBytes: UInt64 = 0
  package var payloadBytes: UInt64 = 0
  package var notAnalyzed: [(reason: NotAnalyzed, frames: UInt64)] = []
  package var linkTypes: [(linkType: LinkType, frames: UInt64)] = []
  /// Frames that the capture program says it dropped; nil when it does not say.
  package var reportedDrops: UInt64?
  package var problems: [CaptureProblem] = []
  package var copies: CopySummary?
  /// Bytes that were acknowledged but never captured.
  package var missedBytes: UInt64 = 0
  package var connections: UInt64 = 0
  package var evicted: UInt64 = 0

  package init() {}
}
