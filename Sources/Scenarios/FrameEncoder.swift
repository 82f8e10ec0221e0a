internal import Frames

/// The link layers that a scenario can be written with.
enum LinkNames {
  static let names = ["ethernet", "sll", "sll2", "raw", "null", "loop", "ipv4"]

  static func linkType(_ name: String) -> LinkType {
    switch name {
    case "sll": .linuxSLL
    case "sll2": .linuxSLL2
    case "raw": .raw
    case "null": .null
    case "loop": .loop
    case "ipv4": .ipv4
    default: .ethernet
    }
  }
}

/// Packets to frames: link header, IPv4 or IPv6, TCP with right checksums unless the packet says otherwise.
struct FrameEncoder {
  var linkType: LinkType
  var ipv6: Bool
  var vlan: UInt16?

  func bytes(_ packet: Packet) -> [UInt8] {
    guard packet.rawFrame.isEmpty else { return packet.rawFrame }
    let segment = tcp(packet)
    return link(packet) + (ipv6 ? ipv6Header(packet, segment.count) : ipv4Header(packet, segment.count)) + segment
  }

  private func link(_ packet: Packet) -> [UInt8] {
    let type: UInt16 = ipv6 ? 0x86dd : 0x0800
    let mac = hardware(packet.source.address)
    switch linkType {
    case .linuxSLL: return big([0, 1, 6]) + mac + [0, 0] + big([type])
    // Protocol, reserved, interface 2 (two halves), ARPHRD Ethernet, packet type 0, address length 6.
    case .linuxSLL2: return big([type, 0, 0, 2, 1]) + [0, 6] + mac + [0, 0]
    case .raw, .ipv4, .ipv6: return []
    case .null: return [ipv6 ? 24 : 2, 0, 0, 0]
    case .loop: return [0, 0, 0, ipv6 ? 24 : 2]
    default: return hardware(packet.destination.address) + mac + (vlan.map { big([0x8100, $0]) } ?? []) + big([type])
    }
  }

  /// A locally administered address made from the IPv4 address.
  private func hardware(_ address: UInt32) -> [UInt8] { [2, 0] + big(address) }

  private func ipv4Header(_ packet: Packet, _ length: Int) -> [UInt8] {
    var header: [UInt8] = [0x45, packet.congestionBits]
    header += big([UInt16(truncatingIfNeeded: length + 20), packet.identification, 0x4000])
    header += [packet.timeToLive, 6, 0, 0]
    header += big(packet.source.address) + big(packet.destination.address)
    let sum = ~folded(sum(header))
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 0xff)
    return header
  }

  private func ipv6Header(_ packet: Packet, _ length: Int) -> [UInt8] {
    let first = 6 << 28 | UInt32(packet.congestionBits) << 20 | packet.flowLabel
    return big(first) + big([UInt16(truncatingIfNeeded: length)]) + [6, packet.timeToLive]
      + address6(packet.source.address) + address6(packet.destination.address)
  }

  /// The IPv4 address inside the documentation prefix (RFC 3849): `2001:db8::a00:1`.
  private func address6(_ address: UInt32) -> [UInt8] {
    [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0] + big(address)
  }

  private func tcp(_ packet: Packet) -> [UInt8] {
    var options = packet.options.flatMap { $0.bytes }
    while !options.count.isMultiple(of: 4) { options.append(1) }
    var segment = big([packet.source.port, packet.destination.port])
    segment += big(packet.sequence) + big(packet.acknowledgment)
    segment += [UInt8(truncatingIfNeeded: (5 + options.count / 4) << 4), packet.flags]
    segment += big([packet.window, 0, 0])
    segment += options + packet.payload
    let pseudo = pseudoHeader(packet, segment.count)
    var checksum: UInt16
    switch packet.checksum {
    case .good: checksum = ~folded(sum(pseudo) + sum(segment))
    case .partial: checksum = folded(sum(pseudo))
    case .bad: checksum = ~folded(sum(pseudo) + sum(segment)) ^ 0x5555
    }
    checksum = checksum.bigEndian
    segment[16] = UInt8(checksum & 0xff)
    segment[17] = UInt8(checksum >> 8)
    return segment
  }

  private func pseudoHeader(_ packet: Packet, _ length: Int) -> [UInt8] {
    let tail = big(UInt32(truncatingIfNeeded: length)) + [0, 0, 0, 6]
    guard ipv6 else { return big(packet.source.address) + big(packet.destination.address) + tail }
    return address6(packet.source.address) + address6(packet.destination.address) + tail
  }

  /// Sum of 16-bit words (RFC 1071), not yet folded.
  private func sum(_ bytes: [UInt8]) -> UInt64 {
    var sum: UInt64 = 0
    for (index, byte) in bytes.enumerated() { sum += index.isMultiple(of: 2) ? UInt64(byte) << 8 : UInt64(byte) }
    return sum
  }

  private func folded(_ sum: UInt64) -> UInt16 {
    var sum = sum
    while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
    return UInt16(truncatingIfNeeded: sum)
  }
}

extension TCPOption {
  /// The option as it stands in the header.
  var bytes: [UInt8] {
    switch self {
    case .nop: [1]
    case .maximumSegmentSize(let size): [2, 4] + big([size])
    case .windowScale(let shift): [3, 3, shift]
    case .sackPermitted: [4, 2]
    case .sack(let blocks):
      [5, UInt8(truncatingIfNeeded: 2 + 8 * blocks.count)]
        + blocks.flatMap { big($0.left) + big($0.right) }
    case .timestamps(let value, let echo): [8, 10] + big(value) + big(echo)
    case .raw(let bytes): bytes
    }
  }
}

private func big(_ values: [UInt16]) -> [UInt8] { values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] } }

private func big(_ value: UInt32) -> [UInt8] {
  big([UInt16(truncatingIfNeeded: value >> 16), UInt16(truncatingIfNeeded: value)])
}
