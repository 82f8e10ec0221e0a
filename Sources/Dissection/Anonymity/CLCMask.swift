import Frames

/// Takes names out of CLC messages before anyone reads them: prefixes and GIDs are mapped, identifiers and host names
/// become digests, whatever else a payload holds becomes zeros.
///
/// A message that one frame does not hold whole is left with its header, and the rest of it counts as not captured:
/// names could stand across the border. A Decline has no names and stays.
package struct CLCMask {
  private var addresses: AddressMap
  /// Senders and receivers whose last message was not whole.
  private var unfinished: Set<[Endpoint]> = []
  /// More than handshakes are under way at a time.
  private static let mostUnfinished = 4_096

  package init(_ key: AnonymityKey) { addresses = AddressMap(key) }

  /// Masks the payload of `segment`, which lies in `bytes`, and says how much of it still counts as captured.
  package mutating func mask(_ segment: inout Segment, _ bytes: inout [UInt8]) {
    guard segment.capturedPayload > 0 else { return }
    let start = Int(segment.payloadOffset)
    let range = (start..<start + Int(segment.capturedPayload)).clamped(to: 0..<bytes.count)
    let begins = range.count >= 4 && CLCHeader.isEyecatcher(UInt32(Self.word(bytes, range.lowerBound, 4)))
    let kept = mask(&bytes, range)
    // A hash costs more than the test, and hardly any segment comes this far.
    guard begins || !unfinished.isEmpty else { return }
    let ends = [segment.sender, segment.receiver]
    let continues = !begins && unfinished.contains(ends)
    segment.capturedPayload = continues ? 0 : UInt16(clamping: kept)
    if kept < range.count {
      if unfinished.count >= Self.mostUnfinished { unfinished.removeAll(keepingCapacity: true) }
      unfinished.insert(ends)
    } else if begins {
      unfinished.remove(ends)
    }
  }

  /// Masks the payload at `range` of `bytes` and returns how many bytes of it still count as captured.
  private mutating func mask(_ bytes: inout [UInt8], _ range: Range<Int>) -> Int {
    var at = range.lowerBound
    while range.upperBound - at >= 4, CLCHeader.isEyecatcher(UInt32(Self.word(bytes, at, 4))) {
      let left = range.upperBound - at
      let length = left >= CLCHeader.byteCount ? Int(Self.word(bytes, at + 5, 2)) : 0
      guard left >= length, CLCHeader.lengths.contains(length) else {
        if left > 4, bytes[at + 4] == CLCMessage.Kind.decline.rawValue { return range.count }
        let kept = left < CLCHeader.byteCount ? 0 : CLCHeader.byteCount
        Self.clear(&bytes, at + kept..<range.upperBound)
        return at + kept - range.lowerBound
      }
      mask(&bytes, message: at..<at + length)
      at += length
    }
    Self.clear(&bytes, at..<range.upperBound)
    return range.count
  }

  private mutating func mask(_ bytes: inout [UInt8], message: Range<Int>) {
    let (kind, flags) = (bytes[message.lowerBound + 4], bytes[message.lowerBound + 7])
    switch CLCMessage.Kind(rawValue: kind) {
    case .proposal: maskProposal(&bytes, message, flags)
    case .accept, .confirm: maskAccept(&bytes, message, flags)
    case .decline, nil: break
    }
  }

  private mutating func maskProposal(_ bytes: inout [UInt8], _ message: Range<Int>, _ flags: UInt8) {
    let start = message.lowerBound
    maskAddress(&bytes, message, 16)
    guard message.count >= 54 else { return }
    if flags & 3 != SMCModes.none.rawValue { maskPrefixes(&bytes, message, 40 + Int(Self.word(bytes, start + 38, 2))) }
    let offset = Int(Self.word(bytes, start + 50, 2))
    if flags >> 4 >= 2, offset != 0 { maskVersion2(&bytes, message, 52 + offset) }
  }

  private mutating func maskPrefixes(_ bytes: inout [UInt8], _ message: Range<Int>, _ area: Int) {
    guard area + 8 <= message.count else { return }
    let start = message.lowerBound + area
    let network = IPAddress(v4: UInt32(truncatingIfNeeded: Self.word(bytes, start, 4)))
    let length = bytes[start + 4]
    if network.low & 0xFFFF_FFFF != 0 {
      Self.store(addresses.mapped(network).prefix(Int(length)).low, &bytes, start, 4)
    }
    for index in 0..<Int(bytes[start + 7]) {
      let place = area + 8 + 17 * index
      guard place + 17 <= message.count else { return }
      maskAddress(&bytes, message, place, prefix: Int(bytes[message.lowerBound + place + 16]))
    }
  }

  private mutating func maskVersion2(_ bytes: inout [UInt8], _ message: Range<Int>, _ part: Int) {
    guard part + 40 <= message.count else { return }
    let start = message.lowerBound + part
    maskAddress(&bytes, message, part + 8)
    for index in 0..<Int(bytes[start]) { maskName(&bytes, message, part + 40 + 32 * index) }
    let offset = Int(Self.word(bytes, start + 6, 2))
    if offset != 0 { maskName(&bytes, message, part + 8 + offset) }
  }

  private mutating func maskAccept(_ bytes: inout [UInt8], _ message: Range<Int>, _ flags: UInt8) {
    let isD = flags & 3 == SMCModes.d.rawValue
    if !isD { maskAddress(&bytes, message, 16) }
    guard flags >> 4 >= 2 else { return }
    maskName(&bytes, message, isD ? 34 : 64)
    if flags & 0x08 != 0 { maskName(&bytes, message, (isD ? 74 : 104) + 4) }
  }

  private mutating func maskAddress(
    _ bytes: inout [UInt8], _ message: Range<Int>, _ offset: Int, prefix: Int = 128
  ) {
    guard offset + 16 <= message.count else { return }
    let at = message.lowerBound + offset
    let address = IPAddress(high: Self.word(bytes, at, 8), low: Self.word(bytes, at + 8, 8))
    let image = addresses.mapped(address).prefix(prefix)
    Self.store(image.high, &bytes, at, 8)
    Self.store(image.low, &bytes, at + 8, 8)
  }

  /// A name becomes `name-` and sixteen digits, padded with blanks; no name stays none.
  private func maskName(_ bytes: inout [UInt8], _ message: Range<Int>, _ offset: Int) {
    guard offset + 32 <= message.count else { return }
    let place = message.lowerBound + offset..<message.lowerBound + offset + 32
    guard bytes[place].contains(where: { $0 != 0 && $0 != 0x20 }) else { return }
    let name = "name-" + hexadecimal(SipHash.digest(bytes[place], addresses.key), digits: 16)
    let padded = Array(name.utf8) + repeatElement(0x20, count: 32 - name.utf8.count)
    bytes.replaceSubrange(place, with: padded)
  }

  private static func word(_ bytes: [UInt8], _ at: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 << 8 | UInt64(bytes[at + $1]) }
  }

  private static func store(_ value: UInt64, _ bytes: inout [UInt8], _ at: Int, _ count: Int) {
    for index in 0..<count { bytes[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - index))) }
  }

  private static func clear(_ bytes: inout [UInt8], _ range: Range<Int>) {
    for index in range { bytes[index] = 0 }
  }
}
