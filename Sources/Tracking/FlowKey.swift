import Dissection

/// The two ends of a connection in canonical order, so that both directions find the same record.
///
/// Addresses and ports apart: as two endpoints, eight bytes of the record's first cache line would be padding.
struct FlowKey: Equatable, BitwiseCopyable {
  private var lowAddress: IPAddress
  private var highAddress: IPAddress
  private var lowPort: UInt16
  private var highPort: UInt16

  @inline(__always)
  init(low: Endpoint, high: Endpoint) {
    lowAddress = low.address
    highAddress = high.address
    lowPort = low.port
    highPort = high.port
  }

  var low: Endpoint { Endpoint(address: lowAddress, port: lowPort) }
  var high: Endpoint { Endpoint(address: highAddress, port: highPort) }

  @inline(__always)
  static func == (a: Self, b: Self) -> Bool {
    a.lowPort == b.lowPort && a.highPort == b.highPort && a.lowAddress.low == b.lowAddress.low
      && a.highAddress.low == b.highAddress.low && a.lowAddress.high == b.lowAddress.high
      && a.highAddress.high == b.highAddress.high
  }

  /// The key of a segment, and whether its sender is the low end.
  @inline(__always)
  static func of(_ segment: Segment) -> (key: FlowKey, fromLow: Bool) {
    let (sender, receiver) = (segment.sender, segment.receiver)
    let fromLow = precedes(sender, receiver)
    return (of(segment, fromLow: fromLow), fromLow)
  }

  /// The key of a segment of which it is known which end sent it.
  @inline(__always)
  static func of(_ segment: Segment, fromLow: Bool) -> FlowKey {
    let (sender, receiver) = (segment.sender, segment.receiver)
    return fromLow ? FlowKey(low: sender, high: receiver) : FlowKey(low: receiver, high: sender)
  }

  /// Whether it is the key of a segment of which it is known which end sent it; nothing is put together to tell.
  @inline(__always)
  func isKey(of s: Segment, fromLow: Bool) -> Bool {
    fromLow
      ? lowPort == s.sourcePort && highPort == s.destinationPort && lowAddress.low == s.source.low
        && highAddress.low == s.destination.low && lowAddress.high == s.source.high
        && highAddress.high == s.destination.high
      : lowPort == s.destinationPort && highPort == s.sourcePort && lowAddress.low == s.destination.low
        && highAddress.low == s.source.low && lowAddress.high == s.destination.high
        && highAddress.high == s.source.high
  }

  @inline(__always)
  private static func precedes(_ a: Endpoint, _ b: Endpoint) -> Bool {
    if a.address.low != b.address.low { return a.address.low < b.address.low }
    if a.port != b.port { return a.port < b.port }
    return a.address.high < b.address.high
  }

  /// 32 bits of a keyed multiply-and-fold hash; the key is drawn per run so that no input can be made to collide.
  @inline(__always)
  func hash(_ secret: UInt64) -> UInt32 {
    var value = secret ^ lowAddress.low
    value = fold(value, highAddress.low ^ 0x9E37_79B9_7F4A_7C15)
    value = fold(value ^ lowAddress.high, highAddress.high ^ secret)
    value = fold(value ^ UInt64(lowPort) << 16 ^ UInt64(highPort), 0xD6E8_FEB8_6659_FD93)
    return UInt32(truncatingIfNeeded: value >> 32 ^ value)
  }

  @inline(__always)
  private func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = (a ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: b | 1)
    return product.high ^ product.low
  }
}
