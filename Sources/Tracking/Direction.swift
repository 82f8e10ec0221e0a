import Dissection
import Frames

/// What one end of a connection has sent, and what that says about it: one flat record, constant-time updates.
///
/// "X" in comments is this end, "Y" its peer. Layout after tcp-pathologies §B: the fields that every segment touches
/// come first. Times are nanoseconds since 1970 UTC; 0 = never.
struct Direction: Sendable {
  // The cache line that segments of either end touch.

  /// Highest sequence number sent, plus one (SND.NXT as far as the capture tells).
  var next = SequenceNumber(0)
  /// Highest acknowledgment that X sent (RCV.NXT of X, and SND.UNA of Y once it arrives).
  var highestACK = SequenceNumber(0)
  /// Latest acknowledgment that X sent.
  var lastACK = SequenceNumber(0)
  /// Highest acknowledgment plus window that X offered.
  var rightEdge = SequenceNumber(0)
  var flags = DirectionFlags()
  /// Newest TSval that X sent.
  var highestTSval: UInt32 = 0
  /// Oldest TSval that X sent.
  var lowestTSval: UInt32 = 0
  /// TS.Recent of Y for X: what Y last took from X, as far as the capture tells.
  var recentAtPeer: UInt32 = 0
  var recentAtPeerTime: Int64 = 0
  /// Newest packet time of X.
  var lastTime: Int64 = 0
  /// Round-trip sample under way: ends at `sampleEnd`, sent at `sampleTime`; 0 = none.
  var sampleTime: Int64 = 0
  var sampleEnd = SequenceNumber(0)
  /// Segments of X that Y may still answer: units of the MSS sent since Y's last advance, less what Y has answered.
  var unitsSinceAdvance: UInt32 = 0

  // Two lines that X's own segments touch besides.

  /// From a segment of Y at the capture point to X's acknowledgment there.
  var answering = RoundTrip()
  /// MSS that X announced, and that Y did.
  var mss: UInt16 = 0
  var peerMSS: UInt16 = 0
  var window: UInt16 = 0
  var windowScale: UInt8 = Direction.unknownScale
  var echoFlags: UInt8 = 0
  /// When X last sent any acknowledgment.
  var lastACKTime: Int64 = 0
  /// Digests of the last two segments, to know a copy, and when they came, see ``moment(_:)``.
  var signatureTime: UInt32 = 0
  var olderSignatureTime: UInt32 = 0
  var signature: UInt32 = 0
  var olderSignature: UInt32 = 0
  var packets: UInt64 = 0
  var dataPackets: UInt64 = 0
  var payloadBytes: UInt64 = 0
  /// Last segment with data, SYN or FIN, new or repeated.
  var lastDataTime: Int64 = 0
  /// When X last acknowledged something new.
  var lastAdvanceTime: Int64 = 0
  var lastFrame: UInt64 = 0
  var lastTSval: UInt32 = 0
  /// First sequence number: that of the SYN, or of the first segment seen.
  var initial = SequenceNumber(0)
  var duplicateACKs: UInt32 = 0
  /// Time that ended with segments of X while nothing was under way, see ``TimeAccount``.
  var idleUnits: UInt32 = 0
  /// Not beside a field that the same segment writes: both are loaded as one word, which waits for the store.
  var identification: UInt16 = 0
  var multipathDigest: UInt16 = 0
  var place: UInt16 = 0
  var hopLimit: UInt8 = 0

  // What only trouble, SYN and FIN touch.

  /// SYNs (or SYN-ACKs) that X sent.
  var synCount: UInt16 = 0
  var retransmissions: UInt32 = 0
  var retransmittedBytes: UInt64 = 0
  var firstTSTime: Int64 = 0
  var firstTSval: UInt32 = 0
  var finEnd = SequenceNumber(0)
  /// First SACK edge of the last acknowledgment, to see that it carries something new.
  var lastSACK = SequenceNumber(0)
  /// An acknowledgment of bytes that Y was not seen to send, and the frame it came in; waits for Y's next segment.
  var unseenACK = SequenceNumber(0)
  var unseenACKFrame: UInt64 = 0
  /// Data segments sent before the current and before the previous tenth of a second, and when the current one began.
  var tenthBegan: Int64 = 0
  var beforeTenth: UInt32 = 0
  var beforeLastTenth: UInt32 = 0

  static let unknownScale: UInt8 = 0xFF

  /// The window that X offers in bytes, nil when its scale is unknown.
  @inline(__always)
  var scaledWindow: UInt32? {
    windowScale == Direction.unknownScale ? nil : UInt32(window) << UInt32(windowScale)
  }

  /// The largest window that X can mean: for tests that must not cry wolf when the scale is unknown.
  @inline(__always)
  var widestWindow: UInt32 { UInt32(window) << UInt32(min(14, windowScale)) }

  /// Counts a data segment by tenths of a second.
  mutating func countLately(_ s: Segment) {
    if s.time &- tenthBegan >= 100 * PacketTime.millisecond { turnTenth(s.time) }
  }

  /// A new tenth of a second begins with this segment; after a pause nothing was sent in the one before.
  private mutating func turnTenth(_ time: Int64) {
    let before = UInt32(truncatingIfNeeded: dataPackets &- 1)
    beforeLastTenth = time &- tenthBegan >= 200 * PacketTime.millisecond ? before : beforeTenth
    beforeTenth = before
    tenthBegan = time
  }

  /// Data segments per tenth of a second lately: in the current one and the one before it.
  func sentLately(at time: Int64) -> UInt32 {
    let tenth = 100 * PacketTime.millisecond
    let covered = tenth + max(0, min(tenth, time &- tenthBegan))
    let sent = Int64(UInt32(truncatingIfNeeded: dataPackets) &- beforeLastTenth)
    return UInt32(clamping: sent * tenth / covered)
  }

  /// Whether a segment offers the window of the one before; that of a SYN is not scaled (RFC 7323 §2.2).
  @inline(__always)
  func isSameWindow(_ s: Segment) -> Bool {
    if flags.contains(.windowSeen) { return s.window == window }
    guard windowScale != Direction.unknownScale else { return true }
    let scaled = Int(s.window) << Int(windowScale)
    return abs(scaled - Int(window)) < 1 << Int(windowScale)
  }

  /// Whether an IP ID was given out before the newest one; false without a usable counter.
  @inline(__always)
  func isOlder(_ id: UInt16) -> Bool {
    let step = Int16(bitPattern: id &- identification)
    return id != 0 && identification != 0 && step < 0 && step > -1024
  }

  /// Keeps the newest IP ID of a counter; whatever is far away begins anew.
  @inline(__always)
  mutating func noteIdentification(_ id: UInt16) {
    if !isOlder(id) { identification = id }
  }

  /// A packet time in units of 1,024 ns, enough to compare times less than half an hour apart.
  @inline(__always)
  static func moment(_ time: Int64) -> UInt32 { UInt32(truncatingIfNeeded: time >> 10) }

  /// Time between a moment and a packet time, in whichever order, in ns.
  @inline(__always)
  static func age(_ time: Int64, since moment: UInt32) -> Int64 {
    abs(Int64(Int32(bitPattern: Self.moment(time) &- moment))) << 10
  }

  /// Segments that `length` bytes stand for: one capture record may hold many.
  @inline(__always)
  func units(_ length: UInt32) -> UInt32 { units(length, withTimestamps: flags.contains(.sendsTimestamps)) }

  /// The same for a segment that is known to carry the timestamps option, or not to.
  @inline(__always)
  func units(_ length: UInt32, withTimestamps: Bool) -> UInt32 {
    let size = UInt32(mss == 0 ? 1448 : max(mss, 88) - (withTimestamps ? 12 : 0))
    return length <= size ? 1 : (length - 1) / size + 1
  }
}

/// An estimate of a round trip in ns, all zero before the first sample.
///
/// Source: RFC 6298, started fast: early samples weigh more.
struct RoundTrip: Sendable {
  var smoothed: Int64 = 0
  var variation: Int64 = 0
  var least: Int64 = 0

  mutating func take(_ sample: Int64) {
    guard sample >= 0, sample < 120 * PacketTime.second else { return }
    let value = max(1, sample)
    if smoothed == 0 {
      smoothed = value
      variation = value / 2
      least = value
      return
    }
    variation += (abs(value - smoothed) - variation) / 4
    smoothed += (value - smoothed) / 8
    least = min(least, value)
  }
}

/// Yes-or-no facts about one direction.
struct DirectionFlags: OptionSet, Sendable {
  var rawValue: UInt32

  /// At least one segment was seen: ``Direction/next`` means something.
  static let seen = DirectionFlags(rawValue: 1 << 0)
  /// X has sent an acknowledgment.
  static let hasAcknowledged = DirectionFlags(rawValue: 1 << 1)
  static let syn = DirectionFlags(rawValue: 1 << 2)
  static let fin = DirectionFlags(rawValue: 1 << 3)
  static let finAcknowledged = DirectionFlags(rawValue: 1 << 4)
  static let reset = DirectionFlags(rawValue: 1 << 5)
  static let sackPermitted = DirectionFlags(rawValue: 1 << 6)
  static let offersTimestamps = DirectionFlags(rawValue: 1 << 7)
  static let sendsTimestamps = DirectionFlags(rawValue: 1 << 8)
  /// ``Direction/recentAtPeer`` is known.
  static let recentKnown = DirectionFlags(rawValue: 1 << 9)
  static let offersWindowScale = DirectionFlags(rawValue: 1 << 10)
  /// The newest segment of X was a keep-alive.
  static let lastWasKeepAlive = DirectionFlags(rawValue: 1 << 11)
  /// The newest segment of X was a window probe.
  static let lastWasProbe = DirectionFlags(rawValue: 1 << 12)
  static let superPackets = DirectionFlags(rawValue: 1 << 14)
  /// X acknowledged bytes that Y was not seen to send, and Y has not spoken since.
  static let unseenACKPending = DirectionFlags(rawValue: 1 << 15)
  /// Y has shown that it never sent what X acknowledges.
  static let acknowledgesUnsent = DirectionFlags(rawValue: 1 << 16)
  /// X sent the byte at ``Direction/next`` as a window probe.
  static let probedWithByte = DirectionFlags(rawValue: 1 << 20)
  /// ``Direction/window`` is that of a segment without SYN, hence scaled.
  static let windowSeen = DirectionFlags(rawValue: 1 << 18)
  /// The capture, or a bad length, cut the options of its SYN.
  static let cut = DirectionFlags(rawValue: 1 << 17)
  static let zeroWindow = DirectionFlags(rawValue: 1 << 19)
  /// Data for X are missing, or were sent again, and X has not acknowledged past them.
  static let repairing = DirectionFlags(rawValue: 1 << 21)
}
