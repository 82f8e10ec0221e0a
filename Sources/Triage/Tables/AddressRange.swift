import Dissection

/// Addresses with a common prefix: `10.0.0.0/8`, `2001:db8::/32`, or one address.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
  /// The first address.
  package let start: IPAddress
  /// Length of the prefix, within IPv4 for an IPv4 address.
  package let bits: Int

  /// One address.
  package init(_ address: IPAddress) {
    self.init(start: address, bits: address.isV4 ? 32 : 128)
  }

  private init(start: IPAddress, bits: Int) {
    self.start = start
    self.bits = bits
  }

  /// Reads `ADDRESS` or `ADDRESS/BITS`; nil when it is neither.
  ///
  /// Bits behind the prefix are ignored.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(parsing: parts[0]) else { return nil }
    let most = address.isV4 ? 32 : 128
    guard parts.count == 2 else {
      self.init(address)
      return
    }
    guard let bits = Int(parts[1]), parts[1].utf8.allSatisfy({ (48...57).contains($0) }), bits <= most else {
      return nil
    }
    self.init(start: address.prefix(bits), bits: bits)
  }

  /// Whether `address` has the prefix; families never match each other.
  package func contains(_ address: IPAddress) -> Bool {
    address.isV4 == start.isV4 && address.prefix(bits) == start
  }

  /// The range of the addresses that stand for those of this one: maps keep prefixes.
  package func mapped(by map: inout AddressMap) -> AddressRange {
    AddressRange(start: map.mapped(start).prefix(bits), bits: bits)
  }

  package var description: String { bits == (start.isV4 ? 32 : 128) ? "\(start)" : "\(start)/\(bits)" }
}

extension IPAddress {
  /// Reads dotted IPv4 or IPv6 in the forms of RFC 4291 §2.2.
  init?(parsing text: some StringProtocol) {
    if text.contains(":") {
      self.init(v6: String(text))
    } else {
      guard let value = Self.dotted(text) else { return nil }
      self.init(v4: value)
    }
  }

  private static func dotted(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }), let byte = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
  }

  private init?(v6 text: String) {
    let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
    guard halves.count <= 2, let left = Self.groups(halves[0]) else { return nil }
    var all = left
    if halves.count == 2 {
      guard let right = Self.groups(halves[1]), left.count + right.count < 8 else { return nil }
      all += Array(repeating: 0, count: 8 - left.count - right.count) + right
    }
    guard all.count == 8 else { return nil }
    self.init(high: all[..<4].reduce(0) { $0 << 16 | $1 }, low: all[4...].reduce(0) { $0 << 16 | $1 })
  }

  /// Groups of 16 bits; the last may be dotted IPv4.
  private static func groups(_ text: Substring) -> [UInt64]? {
    if text.isEmpty { return [] }
    var result: [UInt64] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(".") {
        guard let value = dotted(part) else { return nil }
        result += [UInt64(value >> 16), UInt64(value & 0xFFFF)]
      } else {
        guard (1...4).contains(part.utf8.count), let value = UInt16(part, radix: 16), part.first != "+" else {
          return nil
        }
        result.append(UInt64(value))
      }
    }
    return result
  }
}
