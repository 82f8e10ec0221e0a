import Frames

/// Frames to the bytes of a capture file, one by one, for a caller that drains them; little endian.
///
/// pcapng is one section with all interfaces at its start, each with the time resolution that it came with. Classic pcap
/// has one link type and one resolution; it keeps neither interfaces nor comments.
///
/// Source: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
package struct CaptureEncoder {
  /// What was written and not yet taken.
  package private(set) var bytes: [UInt8] = []
  private let format: CaptureWriter.Format
  private let interfaces: [CaptureInterface]
  private var lastTime: Int64 = 0

  /// A comment is cut to so many bytes; a length field has 16 bits.
  private static let maximumComment = 65_532
  /// The comments on a frame take so many bytes together; readers of all kinds bound a block's size.
  private static let maximumComments = 98_304

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - format: the file format.
  ///   - interfaces: what the records' interface numbers mean; classic pcap takes the link type of the first.
  ///   - comment: on the whole section; pcapng only.
  package init(_ format: CaptureWriter.Format, interfaces: [CaptureInterface], comment: String = "") {
    self.format = format
    self.interfaces = interfaces
    if format == .pcapng {
      appendSection(comment)
      for interface in interfaces { append(interface) }
    } else {
      appendFileHeader()
    }
  }

  /// Adds a frame whose kept bytes are `frame`; the record tells the rest, and its offset and captured length nothing.
  ///
  /// - Returns: whether it was added: an interface that was not there at the start has no frames here.
  /// - Note: times outside what the format can hold (classic pcap 1970 to 2106, pcapng from 1970 on) are clamped.
  @discardableResult
  package mutating func add(_ record: FrameRecord, _ frame: RawSpan, comments: [String] = []) -> Bool {
    guard Int(record.interface) < interfaces.count else { return false }
    lastTime = max(lastTime, record.time)
    if format == .pcapng {
      appendPacketBlock(record, frame, comments)
    } else {
      appendRecord(record, frame)
    }
    return true
  }

  /// Ends the file: what the interfaces say they dropped.
  package mutating func finish() {
    guard format == .pcapng else { return }
    for (index, interface) in interfaces.enumerated() {
      if let drops = interface.reportedDrops { appendStatistics(index, interface, drops) }
    }
  }

  /// Hands over what was written so far.
  package mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func appendFileHeader() {
    let limits = interfaces.map(\.snapLength)
    bytes.append(word: format == .pcapNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
    bytes.append(short: 2)
    bytes.append(short: 4)
    bytes.append(word: 0)
    bytes.append(word: 0)
    // Some readers take a snap length of 0 literally; this is the greatest that libpcap itself writes.
    bytes.append(word: limits.contains(0) ? 262_144 : limits.max() ?? 262_144)
    bytes.append(word: UInt32(interfaces.first?.linkType.rawValue ?? LinkType.ethernet.rawValue))
  }

  private mutating func appendRecord(_ record: FrameRecord, _ frame: RawSpan) {
    let time = min(max(record.time, 0), Int64(UInt32.max) * PacketTime.second + 999_999_999)
    let fraction = time % PacketTime.second
    bytes.append(word: UInt32(time / PacketTime.second))
    bytes.append(word: UInt32(format == .pcapNanoseconds ? fraction : fraction / PacketTime.microsecond))
    bytes.append(word: UInt32(clamping: frame.byteCount))
    bytes.append(word: record.originalLength)
    bytes.append(frame)
  }

  private mutating func appendSection(_ comment: String) {
    appendBlock(0x0A0D_0D0A) { body in
      body.append(word: 0x1A2B_3C4D)
      body.append(short: 1)
      body.append(short: 0)
      body.append(word: UInt32.max)  // Section length -1: not stated.
      body.append(word: UInt32.max)
      body.append(comments: comment.isEmpty ? [] : [comment], limit: Self.maximumComment)
    }
  }

  private mutating func append(_ interface: CaptureInterface) {
    appendBlock(1) { body in
      body.append(short: interface.linkType.rawValue)
      body.append(short: 0)
      body.append(word: interface.snapLength)
      if !interface.name.isEmpty { body.append(option: 2, interface.name.utf8.prefix(1_024)) }
      body.append(option: 9, CollectionOfOne(min(9, interface.timeDigits)))  // if_tsresol: 10^-n seconds.
      body.append(word: 0)  // opt_endofopt
    }
  }

  private mutating func appendPacketBlock(_ record: FrameRecord, _ frame: RawSpan, _ comments: [String]) {
    let ticks = ticks(record.time, interfaces[Int(record.interface)])
    appendBlock(6) { body in
      body.append(word: UInt32(record.interface))
      body.append(word: UInt32(truncatingIfNeeded: ticks >> 32))
      body.append(word: UInt32(truncatingIfNeeded: ticks))
      body.append(word: UInt32(clamping: frame.byteCount))
      body.append(word: record.originalLength)
      body.append(frame)
      body.pad(frame.byteCount)
      body.append(comments: comments, limit: Self.maximumComments)
    }
  }

  private mutating func appendStatistics(_ index: Int, _ interface: CaptureInterface, _ drops: UInt64) {
    let ticks = ticks(lastTime, interface)
    appendBlock(5) { body in
      body.append(word: UInt32(clamping: index))
      body.append(word: UInt32(truncatingIfNeeded: ticks >> 32))
      body.append(word: UInt32(truncatingIfNeeded: ticks))
      body.append(option: 5, (0..<8).map { UInt8(truncatingIfNeeded: drops >> UInt64(8 * $0)) })  // isb_ifdrop
      body.append(word: 0)
    }
  }

  private func ticks(_ time: Int64, _ interface: CaptureInterface) -> UInt64 {
    let digits = min(9, interface.timeDigits)
    return UInt64(max(0, time)) / (digits..<9).reduce(1) { power, _ in power * 10 }
  }

  /// Writes type, length, what `body` appends (a multiple of four bytes), and the length again.
  private mutating func appendBlock(_ type: UInt32, body: (inout [UInt8]) -> Void) {
    let start = bytes.count
    bytes.append(word: type)
    bytes.append(word: 0)
    body(&bytes)
    let length = UInt32(clamping: bytes.count - start + 4)
    for index in 0..<4 { bytes[start + 4 + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index)) }
    bytes.append(word: length)
  }
}

extension [UInt8] {
  /// Appends 32 bits, little endian.
  fileprivate mutating func append(word value: UInt32) {
    append(short: UInt16(truncatingIfNeeded: value))
    append(short: UInt16(truncatingIfNeeded: value >> 16))
  }

  /// Appends 16 bits, little endian.
  fileprivate mutating func append(short value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  fileprivate mutating func append(_ frame: RawSpan) {
    // The bytes are only read, and only during the call.
    unsafe frame.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Appends a pcapng option with its padding; its length fits into 16 bits.
  fileprivate mutating func append(option code: UInt16, _ value: some Collection<UInt8>) {
    append(short: code)
    append(short: UInt16(clamping: value.count))
    append(contentsOf: value)
    pad(value.count)
  }

  /// Appends comments and the end of options, nothing when there are none; those beyond `limit` bytes are counted.
  fileprivate mutating func append(comments: [String], limit: Int) {
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
  fileprivate mutating func pad(_ count: Int) { append(contentsOf: repeatElement(0, count: (4 - count % 4) % 4)) }
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
