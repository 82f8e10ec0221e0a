/// Frames byte by byte, for what the scenario notation cannot say: odd lengths, odd headers, odd framings.
package enum RawFrame {
  /// Sequence number, acknowledgment, window and checksum that every header made here has.
  package static let sequence: UInt32 = 0xFFFF_FF00
  package static let acknowledgment: UInt32 = 0x0102_0304
  package static let window: UInt16 = 0xABCD
  package static let ports: (source: UInt16, destination: UInt16) = (40_000, 80)

  /// A TCP segment; `dataOffset` in words overrides what the options make it, `flags` has nine bits.
  package static func tcp(
    flags: UInt16 = 0x10, options: [UInt8] = [], payload: [UInt8] = [], dataOffset: Int? = nil
  ) -> [UInt8] {
    let words = UInt16(dataOffset ?? 5 + options.count / 4)
    return big(ports.source) + big(ports.destination) + big(sequence) + big(acknowledgment)
      + big(words << 12 | flags) + big(window) + big(0xBEEF as UInt16) + [0, 0] + options + payload
  }

  /// An IPv4 packet from 10.0.0.1 to 10.0.0.2; `total` overrides the total length, `fragment` is the field as it stands.
  package static func ipv4(
    _ payload: [UInt8], total: Int? = nil, headerWords: Int? = nil, options: [UInt8] = [], fragment: UInt16 = 0x4000,
    proto: UInt8 = 6
  ) -> [UInt8] {
    let words = headerWords ?? 5 + options.count / 4
    let length = total ?? 20 + options.count + payload.count
    return [0x40 | UInt8(words), 0xB9] + big(UInt16(truncatingIfNeeded: length)) + big(0x1234 as UInt16) + big(fragment)
      + [57, proto, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2] + options + payload
  }

  /// An IPv6 packet from 2001:db8::1 to 2001:db8::2; `extensions` stand between header and payload.
  package static func ipv6(
    _ payload: [UInt8], next: UInt8 = 6, extensions: [UInt8] = [], length: Int? = nil
  ) -> [UInt8] {
    let prefix: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let body = extensions + payload
    return [0x6B, 0x91, 0x23, 0x45] + big(UInt16(truncatingIfNeeded: length ?? body.count)) + [next, 57]
      + prefix + [1] + prefix + [2] + body
  }

  /// An Ethernet frame; `type` may be followed by tags or labels that the packet begins with.
  package static func ethernet(_ type: UInt16 = 0x0800, _ packet: [UInt8]) -> [UInt8] {
    [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1] + big(type) + packet
  }

  package static func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

  package static func big(_ value: UInt32) -> [UInt8] {
    big(UInt16(value >> 16)) + big(UInt16(truncatingIfNeeded: value))
  }

  /// Bytes from hexadecimal digits; anything else between them is ignored.
  package static func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
