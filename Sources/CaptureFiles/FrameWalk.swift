import Frames

/// Where a walk over the records in a window ended.
struct FrameWalk {
  /// Offset in the window of the first byte that was not consumed.
  var position: Int
  /// Frames written to the batch.
  var count: Int
  var stop: Stop
  /// Nothing but frames lies between the last frame of the batch and `position`.
  var isBehindFrame = true

  enum Stop {
    /// The batch is full.
    case full
    /// The record at `position` needs so many bytes from there.
    case needs(Int)
    /// The next frame is later than the limit; this is its time.
    case later(Int64)
    /// The record at `position` cannot be right.
    case damaged(RecordDamage)
  }
}

/// What is wrong with a record or block.
enum RecordDamage {
  case frameTooLong(UInt32)
  case blockLength(UInt32)
  case trailer(leading: UInt32, trailing: UInt32)
  case unknownInterface(Int)
  case sectionHeader

  /// What was found, to be continued with the next step.
  var words: String {
    switch self {
    case .frameTooLong(let length): "a frame claims \(length) captured bytes"
    case .blockLength(let length): "a block claims the impossible length of \(length) bytes"
    case .trailer(let leading, let trailing):
      "a block's two lengths differ (\(leading) and \(trailing))"
    case .unknownInterface(let id): "a frame names interface \(id), which the file does not describe"
    case .sectionHeader: "a section header has no valid byte order or version"
    }
  }
}

/// Most bytes that a frame may have in a file; more is damage.
let maximumCapturedLength = 1 << 24

/// The order of bytes in a file's integers, as a type: the walks are specialized for it.
protocol ByteOrder {
  static func short(_ bytes: RawSpan, _ offset: Int) -> UInt16
  static func word(_ bytes: RawSpan, _ offset: Int) -> UInt32
  static func long(_ bytes: RawSpan, _ offset: Int) -> UInt64
}

enum LittleEndian: ByteOrder {
  @inline(__always) static func short(_ bytes: RawSpan, _ offset: Int) -> UInt16 { bytes.littleEndian(offset) }
  @inline(__always) static func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 { bytes.littleEndian(offset) }
  @inline(__always) static func long(_ bytes: RawSpan, _ offset: Int) -> UInt64 { bytes.littleEndian(offset) }
}

enum BigEndian: ByteOrder {
  @inline(__always) static func short(_ bytes: RawSpan, _ offset: Int) -> UInt16 { bytes.bigEndian(offset) }
  @inline(__always) static func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 { bytes.bigEndian(offset) }
  @inline(__always) static func long(_ bytes: RawSpan, _ offset: Int) -> UInt64 { bytes.bigEndian(offset) }
}
