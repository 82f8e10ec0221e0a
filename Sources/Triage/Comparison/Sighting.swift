import Dissection
import Frames

/// One segment as one of two captures saw it: what is needed to recognize it in the other, in 64 bytes.
struct Sighting: BitwiseCopyable {
  /// Capture time in nanoseconds since 1970 UTC, by the clock of its own capture.
  var time: Int64 = 0
  /// 1-based frame number, saturated.
  var frame: UInt32 = 0
  /// Index of the connection in its log, shifted left by one; the low bit is the ``direction``.
  var flow: UInt32 = 0
  var sequence: UInt32 = 0
  var acknowledgment: UInt32 = 0
  var length: UInt32 = 0
  var timestampValue: UInt32 = 0
  var timestampEcho: UInt32 = 0
  /// Digest of the first payload bytes; 0 when the capture kept too few.
  var digest: UInt32 = 0
  /// In a SYN the MSS and the window scale, else the left edge of the first SACK block.
  var extra: UInt32 = 0
  /// Index of the same segment in the other log, -1 for none.
  var partner: Int32 = -1
  /// Payload bytes that the other capture saw, too.
  var matchedBytes: UInt32 = 0
  var window: UInt16 = 0
  var flags = TCPFlags(rawValue: 0)
  var options = TCPOptions(rawValue: 0)
  var identification: UInt16 = 0
  var hopLimit: UInt8 = 0
  var trafficClass: UInt8 = 0
  var mark = Mark(rawValue: 0)

  /// What matching has found out besides the partner.
  struct Mark: OptionSet, BitwiseCopyable {
    var rawValue: UInt8

    /// The same packet once more: nothing that a sender sent.
    static let copy = Mark(rawValue: 1)
    /// Several segments look the same, so the partner may be another one: no measure of time.
    static let ambiguous = Mark(rawValue: 2)
    /// Matched by its bytes: the other capture saw it in other pieces.
    static let pieces = Mark(rawValue: 4)
  }

  var direction: Int { Int(flow & 1) }
  var isSYN: Bool { flags.contains(.syn) }
  var isMatched: Bool { partner >= 0 }
  var isCopy: Bool { mark.contains(.copy) }
  var hasTimestamps: Bool { options.contains(.timestamps) }
  var mss: UInt16 { UInt16(truncatingIfNeeded: extra >> 16) }
  var windowScale: UInt8 { UInt8(truncatingIfNeeded: extra) }
  var sequenceLength: UInt32 { length &+ UInt32(flags.synFinCount) }
  var start: SequenceNumber { SequenceNumber(sequence) }
  var end: SequenceNumber { SequenceNumber(sequence &+ sequenceLength) }

  /// Bytes of payload that go into the digest: as many as the shortest usual snap length keeps.
  private static let digested = 16

  init() {}

  /// The sighting of `segment`, whose payload lies in `bytes`.
  init(_ segment: borrowing Segment, flow: UInt32, _ bytes: RawSpan) {
    time = segment.time
    frame = UInt32(clamping: segment.frame)
    self.flow = flow
    sequence = segment.sequence.rawValue
    acknowledgment = segment.flags.contains(.ack) ? segment.acknowledgment.rawValue : 0
    length = segment.payloadLength
    if segment.hasTimestamps {
      timestampValue = segment.timestampValue
      timestampEcho = segment.timestampEcho
    }
    digest = Self.digest(segment, bytes)
    if segment.flags.contains(.syn) {
      extra = UInt32(segment.mss ?? 0) << 16 | UInt32(segment.windowScale)
    } else if segment.sackCount > 0 {
      extra = segment.sack[0].left.rawValue
    }
    window = segment.window
    flags = segment.flags
    options = segment.options
    identification = segment.ipIdentification
    hopLimit = segment.hopLimit
    trafficClass = segment.trafficClass
  }

  private static func digest(_ segment: borrowing Segment, _ bytes: RawSpan) -> UInt32 {
    let wanted = min(digested, Int(segment.payloadLength))
    let start = Int(segment.payloadOffset)
    guard wanted > 0, Int(segment.capturedPayload) >= wanted, start + wanted <= bytes.byteCount else { return 0 }
    return max(1, FNV1a(bytes.extracting(start..<start + wanted)).folded)
  }
}

extension SequenceNumber {
  /// Bytes from `other` on, 0 when this comes before it.
  func bytes(after other: SequenceNumber) -> UInt32 { self > other ? rawValue &- other.rawValue : 0 }
}
