import Frames

/// What an interface statistics block says of one interface; nil where nothing is known.
///
/// Source: draft-ietf-opsawg-pcapng, section 4.6.
struct PcapngStatistics {
  /// Frames that the interface received (`isb_ifrecv`).
  var received: UInt64?
  /// Frames that the interface dropped (`isb_ifdrop`).
  var droppedByInterface: UInt64?
  /// Frames that were dropped between the interface and the file (`isb_osdrop`).
  var droppedBySystem: UInt64?
  /// A sentence for people; empty for none.
  var comment = ""

  fileprivate var counters: [(code: UInt16, value: UInt64)] {
    [(4, received), (5, droppedByInterface), (7, droppedBySystem)].compactMap { code, value in
      value.map { (code, $0) }
    }
  }
}

/// The blocks of a pcapng file, little endian; each is a multiple of four bytes long.
///
/// Source: draft-ietf-opsawg-pcapng, sections 4.1 to 4.6.
extension [UInt8] {
  /// Bytes of a packet block without comments around the frame.
  static let packetBlockOverhead = 32

  /// Appends the header of a section and the descriptions of its interfaces.
  mutating func append(sectionWith interfaces: [CaptureInterface], comment: String) {
    appendBlock(0x0A0D_0D0A) { body in
      body.append(word: 0x1A2B_3C4D)
      body.append(short: 1)
      body.append(short: 0)
      body.append(word: UInt32.max)  // Section length -1: not stated.
      body.append(word: UInt32.max)
      body.append(comments: comment.isEmpty ? [] : [comment], limit: Self.maximumComment)
    }
    for interface in interfaces { append(interface) }
  }

  private mutating func append(_ interface: CaptureInterface) {
    appendBlock(1) { body in
      body.append(short: interface.linkType.rawValue)
      body.append(short: 0)
      body.append(word: interface.snapLength)
      if !interface.name.isEmpty { body.append(option: 2, interface.name.utf8.prefix(1_024)) }
      body.append(option: 9, CollectionOfOne(Swift.min(9, interface.timeDigits)))  // if_tsresol: 10^-n seconds.
      body.append(word: 0)  // opt_endofopt
    }
  }

  /// Appends an enhanced packet block; allocates nothing without comments where the array has room.
  @inline(__always)
  mutating func append(packet record: FrameRecord, ticks: UInt64, _ frame: RawSpan, comments: [String] = []) {
    let start = count
    let header: [7 of UInt32] = [
      6, 0, UInt32(record.interface), UInt32(truncatingIfNeeded: ticks >> 32), UInt32(truncatingIfNeeded: ticks),
      UInt32(clamping: frame.byteCount), record.originalLength,
    ]
    append(words: header)
    append(frame)
    pad(frame.byteCount)
    if !comments.isEmpty { append(comments: comments, limit: Self.maximumComments) }
    endBlock(start)
  }

  /// Appends an interface statistics block.
  mutating func append(_ statistics: PcapngStatistics, interface: Int, ticks: UInt64) {
    appendBlock(5) { body in
      body.append(word: UInt32(clamping: interface))
      body.append(word: UInt32(truncatingIfNeeded: ticks >> 32))
      body.append(word: UInt32(truncatingIfNeeded: ticks))
      if !statistics.comment.isEmpty { body.append(option: 1, statistics.comment.utf8.prefix(1_024)) }
      for (code, value) in statistics.counters {
        body.append(option: code, (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
      }
      body.append(word: 0)  // opt_endofopt
    }
  }

  /// Writes type, length, what `body` appends (a multiple of four bytes), and the length again.
  private mutating func appendBlock(_ type: UInt32, body: (inout [UInt8]) -> Void) {
    let start = count
    append(word: type)
    append(word: 0)
    body(&self)
    endBlock(start)
  }

  /// Writes the length of the block that begins at `start`, at both of its places.
  @inline(__always)
  private mutating func endBlock(_ start: Int) {
    let length = UInt32(clamping: count - start + 4)
    append(word: length)
    var span = mutableSpan
    // Any bytes may be written over bytes, and the store checks its place.
    var bytes = unsafe span.mutableBytes
    bytes.storeBytes(of: length.littleEndian, toByteOffset: start + 4, as: UInt32.self)
  }

  /// A comment is cut to so many bytes; a length field has 16 bits.
  private static var maximumComment: Int { 65_532 }
  /// The comments on a frame take so many bytes together; readers of all kinds bound a block's size.
  private static var maximumComments: Int { 98_304 }
}

extension [UInt8] {
  /// Appends 32 bits, little endian.
  @inline(__always)
  mutating func append(word value: UInt32) { append(littleEndian: value) }

  /// Appends 16 bits, little endian.
  @inline(__always)
  mutating func append(short value: UInt16) { append(littleEndian: value) }

  /// Appends a frame's bytes.
  @inline(__always)
  mutating func append(_ frame: RawSpan) {
    // The bytes are only read, and only during the call.
    unsafe frame.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Appends several words at once, which costs a fraction of one by one.
  @inline(__always)
  private mutating func append(words: [7 of UInt32]) {
    var words = words
    for index in words.indices { words[index] = words[index].littleEndian }
    // Integers are all bytes; they are copied at once.
    unsafe Swift.withUnsafeBytes(of: words) { unsafe append(contentsOf: $0) }
  }

  @inline(__always)
  private mutating func append(littleEndian value: some FixedWidthInteger & BitwiseCopyable) {
    // An integer is all bytes; they are copied at once.
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// The 32 bits at `index`, little endian; there must be four bytes.
  func word(at index: Int) -> UInt32 {
    (0..<4).reduce(0) { word, byte in word | UInt32(self[index + byte]) << UInt32(8 * byte) }
  }

  /// Appends a pcapng option with its padding; its length fits into 16 bits.
  private mutating func append(option code: UInt16, _ value: some Collection<UInt8>) {
    append(short: code)
    append(short: UInt16(clamping: value.count))
    append(contentsOf: value)
    pad(value.count)
  }

  /// Appends comments and the end of options, nothing when there are none; those beyond `limit` bytes are counted.
  private mutating func append(comments: [String], limit: Int) {
    guard !comments.isEmpty else { return }
    var left = limit
    for (index, comment) in comments.enumerated() {
      guard left >= comment.utf8.count || index == 0 else {
        append(option: 1, "\(comments.count - index) further comments do not fit here.".utf8)
        break
      }
      append(option: 1, comment.cut(limit).utf8)
      left -= comment.utf8.count
    }
    append(word: 0)
  }

  /// Fills up to four bytes after `count` bytes.
  @inline(__always)
  private mutating func pad(_ count: Int) { for _ in 0..<(4 - count % 4) % 4 { append(0) } }
}

extension String {
  /// The text, or as many whole characters of it as fit into `limit` bytes.
  fileprivate func cut(_ limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var (result, used) = ("", 0)
    for scalar in unicodeScalars {
      used += UTF8.width(scalar)
      guard used <= limit else { break }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
