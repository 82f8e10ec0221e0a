import Frames

/// How much the capture holds from moment to moment: frames and bytes in equal steps of time.
///
/// A step is a power of two of nanoseconds and doubles when the capture outgrows it, so one pass is enough and memory is
/// fixed. Frames before ``start`` count for the first step.
package struct Timeline: Sendable, Equatable {
  /// Steps at most: as many as a picture has columns.
  package static let most = 800

  /// One step.
  package struct Step: Sendable, Equatable {
    package var frames: UInt64 = 0
    /// Bytes that were on the wire.
    package var bytes: UInt64 = 0

    package init(frames: UInt64 = 0, bytes: UInt64 = 0) { (self.frames, self.bytes) = (frames, bytes) }
  }

  /// Packet time at which the first step begins; nil before the first frame.
  package private(set) var start: Int64?
  package private(set) var steps: [Step] = []
  private var shift = 0

  /// Begins with the first frame that comes.
  package init() {}

  /// Begins at a time that is known.
  package init(from start: Int64) { self.start = start }

  /// Length of a step in seconds.
  package var stepSeconds: Double { Double(1 << UInt64(shift)) / 1e9 }

  /// Adds frames of one moment, or of one step.
  package mutating func add(_ step: Step, at time: Int64) {
    let begin = start ?? time
    if start == nil { start = time }
    let offset = time > begin ? UInt64(bitPattern: time &- begin) : 0
    while offset >> UInt64(shift) >= UInt64(Self.most) { double() }
    let index = Int(truncatingIfNeeded: offset >> UInt64(shift))
    while steps.count <= index { steps.append(Step()) }
    steps[index].frames &+= step.frames
    steps[index].bytes &+= step.bytes
  }

  /// Counts the frames that `filter` lets pass.
  ///
  /// A step holds many frames, so those in a row that belong to one are added up first.
  package mutating func count<F: FrameFilter & ~Copyable>(_ batch: borrowing FrameBatch, filter: borrowing F?) {
    var sum = Step()
    var (from, until): (Int64, Int64) = (0, 0)
    for index in batch.records.indices {
      let record = batch.records[index]
      guard filter?.accepts(record, batch.bytes) ?? true else { continue }
      if record.time < from || record.time >= until {
        if sum.frames > 0 { add(sum, at: from) }
        sum = Step()
        (from, until) = bounds(ofStepAt: record.time)
      }
      sum.frames &+= 1
      sum.bytes &+= UInt64(max(record.originalLength, record.capturedLength))
    }
    if sum.frames > 0 { add(sum, at: from) }
  }

  /// When the step of a moment begins and ends, as steps are now; what does not fit is no time at all.
  private func bounds(ofStepAt time: Int64) -> (from: Int64, until: Int64) {
    guard let start, time >= start else { return (time, time) }
    let before = UInt64(bitPattern: time &- start) & ((1 << UInt64(shift)) - 1)
    let from = time &- Int64(bitPattern: before)
    return (from, from &+ Int64(bitPattern: 1 << UInt64(shift)))
  }

  /// The same with steps so long that most of them hold a few frames: a rate of one frame says nothing.
  package var legible: Timeline {
    var result = self
    let frames = steps.reduce(0) { $0 &+ $1.frames }
    while result.steps.count > 40, frames / UInt64(result.steps.count) < 6 { result.double() }
    return result
  }

  private mutating func double() {
    shift += 1
    let count = (steps.count + 1) / 2
    for index in 0..<count {
      var sum = steps[2 * index]
      if 2 * index + 1 < steps.count {
        sum.frames &+= steps[2 * index + 1].frames
        sum.bytes &+= steps[2 * index + 1].bytes
      }
      steps[index] = sum
    }
    steps.removeLast(steps.count - count)
  }
}
