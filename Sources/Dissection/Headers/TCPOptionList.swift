import Frames

/// The options of a TCP header, read into a ``Segment``: what is understood stays, whatever follows it.
///
///     | kind (1) | [length (1), counts both | data (length - 2)] |   kinds 0 (end) and 1 (NOP) stand alone
///
/// Source: RFC 9293 §3.2, RFC 7323 (3, 8), RFC 2018 (4, 5), RFC 7413 (34), RFC 8684 (30), RFC 6994 (253, 254), RFC
/// 9768.
enum TCPOptionList {
  /// ExID of SMC: "SMCR" in EBCDIC.
  ///
  /// Source: IANA TCP ExID registry.
  static let smcIdentifier: UInt32 = 0xE2D4_C3D9
  /// ExID of Fast Open, 16 bits.
  ///
  /// Source: RFC 7413 §4.1.1.
  private static let fastOpenIdentifier: UInt16 = 0xF989
  /// As many NOPs in a row are not alignment any more.
  private static let blankedRun = 8

  /// Reads the options between two offsets of `frame`; those behind the captured bytes are marked as cut.
  @inline(__always)
  static func read(_ frame: RawSpan, _ start: Int, _ end: Int, _ segment: inout Segment) {
    // What Linux writes on every established segment: NOP NOP timestamps, nothing else.
    if end - start == 12, frame.byteCount >= end, frame.bigEndian(start, as: UInt32.self) == 0x0101_080A {
      segment.timestampValue = frame.bigEndian(start + 4)
      segment.timestampEcho = frame.bigEndian(start + 8)
      segment.options = .timestamps
      return
    }
    readAny(frame, start, end, &segment)
    if frame.byteCount < end { segment.options.insert(.cut) }
  }

  private static func readAny(_ frame: RawSpan, _ start: Int, _ declared: Int, _ segment: inout Segment) {
    let captured = min(declared, frame.byteCount)
    var offset = start
    var padding = 0
    while offset < captured {
      let kind = frame.byte(offset)
      if kind == 0 { return }
      if kind == 1 {
        padding += 1
        offset += 1
        if padding == blankedRun { segment.options.insert(.blanked) }
        continue
      }
      padding = 0
      // Behind the captured bytes an option is cut; behind the header's end it is malformed.
      guard offset + 1 < captured else {
        if captured == declared { segment.options.insert(.malformed) }
        return
      }
      let length = Int(frame.byte(offset + 1))
      guard length >= 2, offset + length <= declared else {
        segment.options.insert(.malformed)
        return
      }
      guard offset + length <= captured else { return }
      one(kind, frame.extracting(offset..<offset + length), &segment)
      offset += length
    }
  }

  /// Reads one option, kind and length included; a length that its kind does not have makes it malformed.
  private static func one(_ kind: UInt8, _ option: RawSpan, _ segment: inout Segment) {
    let isSYN = segment.flags.contains(.syn)
    switch (kind, option.byteCount) {
    case (2, 4):
      if isSYN { segment.mssOrDigest = option.bigEndian(2) }
      segment.options.insert(isSYN ? .mss : .unknown)
    case (3, 3):
      segment.windowScale = option.byte(2)
      segment.options.insert(.windowScale)
    case (4, 2): segment.options.insert(.sackPermitted)
    case (5, 10), (5, 18), (5, 26), (5, 34): sack(option, &segment)
    case (8, 10):
      segment.timestampValue = option.bigEndian(2)
      segment.timestampEcho = option.bigEndian(6)
      segment.options.insert(.timestamps)
    case (30, _):
      if !isSYN { segment.mssOrDigest = digest(option, segment.mssOrDigest) }
      segment.options.insert(.multipath)
    case (34, _): segment.options.insert(.fastOpen)
    case (172, _), (174, _): segment.options.insert(.accurateECN)
    case (19, _), (29, _): segment.options.insert(.authentication)
    case (253, _), (254, _): experiment(kind, option, &segment)
    case (2...5, _), (8, _): segment.options.insert(.malformed)
    default: segment.options.insert(.unknown)
    }
  }

  private static func sack(_ option: RawSpan, _ segment: inout Segment) {
    guard !segment.flags.contains(.syn) else {
      segment.options.insert(.malformed)
      return
    }
    let count = (option.byteCount - 2) / 8
    for index in 0..<count {
      let left = SequenceNumber(option.bigEndian(2 + index * 8))
      let right = SequenceNumber(option.bigEndian(6 + index * 8))
      segment.sack[index] = SACKBlock(left: left, right: right)
    }
    segment.sackCount = UInt8(truncatingIfNeeded: count)
    segment.options.insert(.sack)
  }

  /// Experimental options: Fast Open by its 16-bit ExID first, as Linux does, then the 32-bit ones.
  private static func experiment(_ kind: UInt8, _ option: RawSpan, _ segment: inout Segment) {
    if option.byteCount >= 4, option.bigEndian(2, as: UInt16.self) == fastOpenIdentifier {
      segment.options.insert(.fastOpen)
      return
    }
    guard option.byteCount >= 6, segment.flags.contains(.syn) else {
      segment.options.insert(.unknown)
      return
    }
    let identifier = option.bigEndian(2, as: UInt32.self)
    segment.sack[0].left = SequenceNumber(identifier)
    segment.options.insert(.experiment)
    let even = option.byteCount.isMultiple(of: 2)
    if kind == 254, even, identifier == smcIdentifier { segment.options.insert(.smc) }
  }

  /// The option's bytes and what came before it in 16 bits: enough to see that signalling changed.
  private static func digest(_ option: RawSpan, _ before: UInt16) -> UInt16 {
    let hash = FNV1a(option).folded
    return UInt16(truncatingIfNeeded: hash >> 16 ^ hash) ^ (before << 1 | before >> 15)
  }
}
