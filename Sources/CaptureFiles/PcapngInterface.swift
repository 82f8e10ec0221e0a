import Frames

/// One interface of a pcapng section: framing, and how its ticks become nanoseconds.
///
///     |        Block type 1       |      Block length     |  0
///     | Link type  |  Reserved    |      Snap length      |  8
///     |  Options: code, length, value padded to 4 bytes   | 16
///
/// Source: draft-ietf-opsawg-pcapng, section 4.2.
struct PcapngInterface {
  let linkType: LinkType
  let snapLength: UInt32
  /// Index into the description's interfaces.
  var index: UInt16 = 0
  /// What the statistics of this section say so far.
  var drops: UInt64 = 0
  /// Nanoseconds per tick; 0 where a tick is no whole number of nanoseconds.
  private var multiplier: UInt64 = 1000
  /// The `if_tsresol` byte: negative power of ten, or of two when the top bit is set.
  private var resolution: UInt8 = 6
  /// What is added to every time, nanoseconds.
  private var shift: Int64 = 0

  /// Times are kept within 2^62 ns (the year 2116) of 1970, so that no difference of two of them overflows.
  private static let latest: Int64 = (1 << 62) - 1
  /// Names come from strangers and are kept for the whole run.
  private static let maximumName = 256

  /// Reads the description block at `start`, which is at least 20 bytes long and lies in `bytes`.
  static func read<Order: ByteOrder>(
    _ order: Order.Type, _ bytes: RawSpan, start: Int, length: Int
  ) -> (PcapngInterface, CaptureInterface) {
    var interface = PcapngInterface(
      linkType: LinkType(rawValue: Order.short(bytes, start + 8)), snapLength: Order.word(bytes, start + 12))
    var name = ""
    var options = PcapngOptions(start: start + 16, end: start + length - 4)
    while let option = options.next(order, bytes) {
      switch (option.code, option.length) {
      case (2, _):
        let kept = min(option.length, maximumName)
        name = String(decoding: (0..<kept).map { bytes.byte(option.start + $0) }, as: UTF8.self)
      case (9, 1...): interface.resolution = bytes.byte(option.start)
      case (14, 8...): interface.shift = nanoseconds(order, bytes, option.start)
      default: break
      }
    }
    interface.multiplier = interface.resolution <= 9 ? powerOfTen(9 - interface.resolution) : 0
    let described = CaptureInterface(
      name: name, linkType: interface.linkType, snapLength: interface.snapLength,
      timeDigits: min(9, interface.resolution))
    return (interface, described)
  }

  /// Frames dropped by interface and operating system, from the statistics block at `start`; nil when it says nothing.
  ///
  /// The block is at least 24 bytes long and lies in `bytes`. Source: draft-ietf-opsawg-pcapng, section 4.6.
  static func drops<Order: ByteOrder>(
    _ order: Order.Type, _ bytes: RawSpan, start: Int, length: Int
  ) -> UInt64? {
    var drops: UInt64?
    var options = PcapngOptions(start: start + 20, end: start + length - 4)
    while let option = options.next(order, bytes) {
      guard option.code == 5 || option.code == 7, option.length >= 8 else { continue }
      let (sum, overflow) = (drops ?? 0).addingReportingOverflow(Order.long(bytes, option.start))
      drops = overflow ? .max : sum
    }
    return drops
  }

  private init(linkType: LinkType, snapLength: UInt32) {
    self.linkType = linkType
    self.snapLength = snapLength
  }

  /// Nanoseconds since 1970 of a time stamp; what does not fit is clamped.
  @inline(__always)
  func time(_ ticks: UInt64) -> Int64 {
    let (product, overflow) = ticks.multipliedReportingOverflow(by: multiplier)
    guard multiplier != 0, !overflow else { return shifted(slowNanoseconds(ticks)) }
    return shifted(product)
  }

  @inline(__always)
  private func shifted(_ nanoseconds: UInt64) -> Int64 {
    // Both are less than 2^62, so the sum fits.
    let sum = Int64(min(nanoseconds, UInt64(PcapngInterface.latest))) &+ shift
    return min(max(sum, -PcapngInterface.latest), PcapngInterface.latest)
  }

  /// Ticks that are a fraction of a nanosecond or a power of two of a second, and those that are too many.
  private func slowNanoseconds(_ ticks: UInt64) -> UInt64 {
    if multiplier != 0 { return .max }
    if resolution & 0x80 != 0 {
      // At most 2^64 * 10^9, which is below 2^128.
      return UInt64(clamping: (UInt128(ticks) * 1_000_000_000) >> UInt128(resolution & 0x7F))
    }
    return resolution - 9 > 19 ? 0 : ticks / PcapngInterface.powerOfTen(resolution - 9)
  }

  /// `exponent` is at most 19.
  private static func powerOfTen(_ exponent: UInt8) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power &* 10 }
  }

  /// The signed 64-bit seconds of `if_tsoffset`, as nanoseconds; what does not fit is clamped.
  private static func nanoseconds<Order: ByteOrder>(_: Order.Type, _ bytes: RawSpan, _ offset: Int) -> Int64 {
    let seconds = Int64(bitPattern: Order.long(bytes, offset))
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? -latest : latest) : min(max(product, -latest), latest)
  }
}

/// Walks over the options at the end of a block; stops at their end mark or where they leave the block.
struct PcapngOptions {
  private var position: Int
  private let end: Int

  /// The options between two offsets of a span.
  init(start: Int, end: Int) {
    (position, self.end) = (start, end)
  }

  /// The next option's code, and where its value lies.
  mutating func next<Order: ByteOrder>(_: Order.Type, _ bytes: RawSpan) -> (code: UInt16, start: Int, length: Int)? {
    guard end - position >= 4 else { return nil }
    let code = Order.short(bytes, position)
    let length = Int(Order.short(bytes, position + 2))
    let start = position + 4
    guard code != 0, end - start >= length else { return nil }
    position = min(end, start + (length + 3) / 4 * 4)
    return (code, start, length)
  }
}
