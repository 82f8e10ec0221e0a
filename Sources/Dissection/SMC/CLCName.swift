/// 32 bytes of a CLC message that name something: an enterprise ID or a host name, padded with blanks.
package struct CLCName: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  var a: UInt64
  var b: UInt64
  var c: UInt64
  var d: UInt64

  /// Whether all bytes are zero: no name at all.
  package var isZero: Bool { a | b | c | d == 0 }

  /// The text without padding where all bytes are printable ASCII, else 64 hexadecimal digits.
  ///
  /// Peers compare the 32 bytes as they are; that z/OS sends ASCII too is not documented.
  package var description: String {
    let bytes = [a, b, c, d].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    let end = (bytes.lastIndex { $0 != 0x20 && $0 != 0 } ?? -1) + 1
    let text = bytes[..<end]
    guard text.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      return bytes.map { hexadecimal($0, digits: 2) }.joined()
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Who sent a CLC message: on Linux an instance number and the MAC address of a RoCE port.
///
/// Source: Linux `net/smc/smc_clc.h`; zero or 25:25:25:25:25:25:25:00 when the sender has no usable RoCE device.
package struct SMCPeerID: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  package var rawValue: UInt64

  /// Whether it names a device at all.
  package var isUsable: Bool { rawValue != 0 && rawValue != 0x2525_2525_2525_2500 }

  /// `1@8a:1b:2c:3d:4e:5f`.
  package var description: String { "\(rawValue >> 48)@\(macAddress(rawValue & 0xFFFF_FFFF_FFFF))" }
}

/// The low 48 bits as `8a:1b:2c:3d:4e:5f`.
package func macAddress(_ bits: UInt64) -> String {
  (0..<6).map { hexadecimal(UInt8(truncatingIfNeeded: bits >> UInt64(40 - 8 * $0)), digits: 2) }.joined(separator: ":")
}

/// `value` in lower-case hexadecimal with at least `digits` digits.
package func hexadecimal(_ value: some FixedWidthInteger, digits: Int) -> String {
  let text = String(value, radix: 16)
  return text.count >= digits ? text : String(repeating: "0", count: digits - text.count) + text
}

/// An IP prefix as a Proposal carries it.
package struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
  /// The network address.
  package var address: IPAddress
  /// Bits that count, within IPv4 for an IPv4 address.
  package var length: UInt8

  /// Whether `other` lies within the prefix.
  package func contains(_ other: IPAddress) -> Bool {
    address.isV4 == other.isV4 && other.prefix(Int(length)) == address.prefix(Int(length))
  }

  /// `192.168.1.0/24`.
  package var description: String { "\(address)/\(length)" }
}
