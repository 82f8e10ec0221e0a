/// Where in an input the record of a frame begins: what it takes to read on from there a second time.
package struct FramePlace: Sendable, Equatable {
  /// Number of the frame in the whole input, from 1.
  package var number: UInt64
  /// Offset of the record's first byte; ``unknown`` where nobody has seen it.
  package var offset: UInt64
  /// How often the input has said before it how its frames are to be read (sections and interfaces of pcapng).
  package var changes: UInt32
  /// Time of the frame before it, nanoseconds since 1970: frames without a time of their own get it.
  package var timeBefore: Int64

  package static let unknown = UInt64.max

  /// Joins the parts; nothing is checked.
  package init(number: UInt64, offset: UInt64, changes: UInt32 = 0, timeBefore: Int64 = 0) {
    self.number = number
    self.offset = offset
    self.changes = changes
    self.timeBefore = timeBefore
  }
}

/// A source that can leave out frames at a second reading.
package protocol SeekableSource: FrameSource, ~Copyable {
  /// Where the next frame begins; nil where reading could not go on from, or not without all that came before.
  var place: FramePlace? { get }

  /// Goes forward to `place` and hands out the frames before `end`, then no more.
  ///
  /// All frames before which ``FramePlace/changes`` grew must have been read.
  ///
  /// - Returns: false when that is not possible; then the source is of no more use.
  mutating func move(to place: FramePlace, until end: FramePlace) -> Bool
}
