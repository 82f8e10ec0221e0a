import Frames

/// Walks over the records of a classic pcap file.
///
///     |          Seconds          |  Micro- or nanoseconds    |  0
///     |     Captured length       |     Original length       |  8
///     |  (modified format: interface index, protocol, type)   | 16
///
/// Source: draft-ietf-opsawg-pcap, section 5; the modified format is that of A. Kuznetsov's patches to libpcap 0.4.
struct PcapCursor {
  /// Bytes of the file header.
  static let fileHeaderLength = 24

  let header: PcapHeader
  /// Index into the description's interfaces.
  let interface: UInt16

  /// Writes the frames from `start` on into `records` until they are full, the bytes end, or a frame is later than
  /// `limit`.
  ///
  /// - Complexity: O(frames); no allocation.
  func walk(
    _ bytes: RawSpan, from start: Int, limit: Int64, number: UInt64, into records: inout MutableSpan<FrameRecord>
  ) -> FrameWalk {
    header.isBigEndian
      ? walk(BigEndian.self, bytes, from: start, limit: limit, number: number, into: &records)
      : walk(LittleEndian.self, bytes, from: start, limit: limit, number: number, into: &records)
  }

  @inline(__always)
  private func walk<Order: ByteOrder>(
    _: Order.Type, _ bytes: RawSpan, from start: Int, limit: Int64, number: UInt64,
    into records: inout MutableSpan<FrameRecord>
  ) -> FrameWalk {
    let (headerLength, fraction, linkType) = (header.recordHeaderLength, header.fraction, header.linkType)
    let (interface, swapped, end, room) = (interface, header.lengths, bytes.byteCount, records.count)
    var position = start
    var count = 0
    while count < room {
      let left = end &- position
      guard left >= headerLength else { return FrameWalk(position: position, count: count, stop: .needs(headerLength)) }
      var captured = Order.word(bytes, position &+ 8)
      var original = Order.word(bytes, position &+ 12)
      if swapped != .inOrder, swapped == .exchanged || captured > original { swap(&captured, &original) }
      guard captured <= maximumCapturedLength else {
        return FrameWalk(position: position, count: count, stop: .damaged(.frameTooLong(captured)))
      }
      let whole = headerLength &+ Int(captured)
      guard left >= whole else { return FrameWalk(position: position, count: count, stop: .needs(whole)) }
      // At most 2^32 * 10^9 + 2^32 * 10^3, which is below 2^63.
      let seconds = Int64(Order.word(bytes, position)) &* 1_000_000_000
      let time = seconds &+ Int64(Order.word(bytes, position &+ 4)) &* fraction
      guard time <= limit else { return FrameWalk(position: position, count: count, stop: .later(time)) }
      records[count] = FrameRecord(
        number: number &+ UInt64(truncatingIfNeeded: count), time: time,
        offset: UInt32(truncatingIfNeeded: position &+ headerLength), capturedLength: captured,
        originalLength: original, interface: interface, linkType: linkType)
      count &+= 1
      position &+= whole
    }
    return FrameWalk(position: position, count: count, stop: .full)
  }
}

/// The file header of a classic pcap file.
///
///     |   Magic    |  Major  |  Minor  |  0
///     |         Reserved (8)           |  8
///     | Snap length| FCS and link type | 16
///
/// Source: draft-ietf-opsawg-pcap, section 4.
struct PcapHeader {
  /// How a record's two lengths are stored; files before version 2.4 differ.
  enum Lengths {
    case inOrder, exchanged, perhapsExchanged
  }

  var isBigEndian: Bool
  /// Nanoseconds per unit of a record's second time field.
  var fraction: Int64
  var recordHeaderLength: Int
  var lengths: Lengths
  var snapLength: UInt32
  var linkType: LinkType
  var format: String

  /// Reads the header at the start of `bytes`; nil when they are no pcap header or fewer than 24.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= PcapCursor.fileHeaderLength, let magic = PcapMagic(bytes) else { return nil }
    isBigEndian = magic.isBigEndian
    fraction = magic.kind == .nanoseconds ? 1 : 1000
    recordHeaderLength = magic.kind == .modified ? 24 : 16
    format =
      switch magic.kind {
      case .microseconds: "pcap"
      case .nanoseconds: "pcap nanoseconds"
      case .modified: "modified pcap"
      }
    func word(_ offset: Int) -> UInt32 {
      magic.isBigEndian ? bytes.bigEndian(offset) : bytes.littleEndian(offset)
    }
    func short(_ offset: Int) -> UInt16 {
      magic.isBigEndian ? bytes.bigEndian(offset) : bytes.littleEndian(offset)
    }
    let (major, minor) = (short(4), short(6))
    guard major == 2 else { return nil }
    lengths = minor < 3 ? .exchanged : minor == 3 ? .perhapsExchanged : .inOrder
    snapLength = word(16)
    // The upper half says whether frames end in a check sequence; only the lower one is the link type.
    linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: word(20)))
  }
}

/// The first four bytes of a classic pcap file.
struct PcapMagic {
  enum Kind {
    case microseconds, nanoseconds, modified
  }

  var kind: Kind
  var isBigEndian: Bool

  /// Nil when the bytes are no pcap magic number.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 4 else { return nil }
    let magic: UInt32 = bytes.bigEndian(0)
    switch magic {
    case 0xA1B2_C3D4: (kind, isBigEndian) = (.microseconds, true)
    case 0xD4C3_B2A1: (kind, isBigEndian) = (.microseconds, false)
    case 0xA1B2_3C4D: (kind, isBigEndian) = (.nanoseconds, true)
    case 0x4D3C_B2A1: (kind, isBigEndian) = (.nanoseconds, false)
    case 0xA1B2_CD34: (kind, isBigEndian) = (.modified, true)
    case 0x34CD_B2A1: (kind, isBigEndian) = (.modified, false)
    default: return nil
    }
  }
}
