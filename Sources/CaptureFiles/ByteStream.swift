import Frames

/// Bytes of one input, in order: a file as it is, or what a decompressor makes of it.
///
/// Called once per window, so dynamic dispatch costs nothing here.
protocol ByteStream: AnyObject {
  /// Reads what fits into `buffer` or what is there, at least one byte; waits only while there is nothing.
  func read(into buffer: inout MutableRawSpan) -> ReadOutcome

  /// Bytes taken from the file or pipe so far, compressed where it is.
  var rawBytes: UInt64 { get }

  /// Goes on at an offset of the file, if it can.
  func move(to offset: UInt64) -> Bool
}

extension ByteStream {
  /// What a decompressor makes of a file comes in order only.
  func move(to offset: UInt64) -> Bool { false }
}

/// What one read brought.
enum ReadOutcome {
  /// So many bytes, at least one.
  case bytes(Int)
  /// The input ended where it may.
  case end
  /// Nothing more can be read from this input.
  case failed(StreamFailure)
}

/// Why an input cannot be read further.
struct StreamFailure: Sendable {
  var kind: CaptureProblem.Kind
  /// A sentence with the next step.
  var sentence: String
}
