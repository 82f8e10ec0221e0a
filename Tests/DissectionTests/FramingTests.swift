import Dissection
import Frames
import TestSupport
import Testing

/// Every framing below IP leads to the same segment.
struct FramingTests {
  struct Framing: Sendable, CustomTestStringConvertible {
    var label: String
    var linkType: LinkType
    var header: [UInt8]
    var isV6 = false
    var testDescription: String { label }
  }

  private static let macs = RawFrame.hex("020000000002 020000000001")
  private static let cooked2 = RawFrame.hex("0000 00000003 0001 04 06 020000000001 0000")

  static let framings = [
    Framing(label: "Ethernet", linkType: .ethernet, header: macs + [0x08, 0x00]),
    Framing(label: "Ethernet, IPv6", linkType: .ethernet, header: macs + [0x86, 0xDD], isV6: true),
    Framing(label: "802.1Q", linkType: .ethernet, header: macs + RawFrame.hex("8100 200A 0800")),
    Framing(label: "QinQ", linkType: .ethernet, header: macs + RawFrame.hex("88A8 0064 8100 000A 86DD"), isV6: true),
    Framing(label: "old QinQ", linkType: .ethernet, header: macs + RawFrame.hex("9100 0064 8100 000A 0800")),
    Framing(label: "MPLS", linkType: .ethernet, header: macs + RawFrame.hex("8847 00010140")),
    Framing(
      label: "MPLS, two labels", linkType: .ethernet, header: macs + RawFrame.hex("8847 00010040 00020140"), isV6: true),
    Framing(label: "MPLS in a VLAN", linkType: .ethernet, header: macs + RawFrame.hex("8100 000A 8847 00010140")),
    Framing(label: "PPPoE", linkType: .ethernet, header: macs + RawFrame.hex("8864 1100 0001 0030 0021")),
    Framing(
      label: "PPPoE, IPv6", linkType: .ethernet, header: macs + RawFrame.hex("8864 1100 0001 0044 0057"), isV6: true),
    Framing(label: "SLL", linkType: .linuxSLL, header: RawFrame.hex("0000 0001 0006 0200000000010000 0800")),
    Framing(
      label: "SLL, VLAN", linkType: .linuxSLL, header: RawFrame.hex("0004 0001 0006 0200000000010000 8100 000A 86DD"),
      isV6: true),
    Framing(label: "SLL2", linkType: .linuxSLL2, header: [0x08, 0x00] + cooked2),
    Framing(label: "SLL2, IPv6", linkType: .linuxSLL2, header: [0x86, 0xDD] + cooked2, isV6: true),
    Framing(label: "SLL2, VLAN", linkType: .linuxSLL2, header: [0x81, 0x00] + cooked2 + RawFrame.hex("000A 0800")),
    Framing(label: "RAW", linkType: .raw, header: []),
    Framing(label: "RAW, IPv6", linkType: .raw, header: [], isV6: true),
    Framing(label: "RAW of BSD", linkType: .rawBSD, header: []),
    Framing(label: "RAW of OpenBSD", linkType: .rawOpenBSD, header: [], isV6: true),
    Framing(label: "IPV4", linkType: .ipv4, header: []),
    Framing(label: "IPV6", linkType: .ipv6, header: [], isV6: true),
    Framing(label: "NULL, little endian", linkType: .null, header: [2, 0, 0, 0]),
    Framing(label: "NULL, big endian", linkType: .null, header: [0, 0, 0, 2]),
    Framing(label: "NULL, IPv6 of FreeBSD", linkType: .null, header: [28, 0, 0, 0], isV6: true),
    Framing(label: "NULL, IPv6 of macOS, big endian", linkType: .null, header: [0, 0, 0, 30], isV6: true),
    Framing(label: "NULL, IPv6 of NetBSD", linkType: .null, header: [24, 0, 0, 0], isV6: true),
    Framing(label: "LOOP", linkType: .loop, header: [0, 0, 0, 2]),
    Framing(label: "LOOP, IPv6", linkType: .loop, header: [0, 0, 0, 24], isV6: true),
  ]

  @Test("Every framing leads to the segment inside", arguments: framings)
  func segment(_ framing: Framing) throws {
    let tcp = RawFrame.tcp(flags: 0x18, payload: [1, 2, 3])
    let packet = framing.isV6 ? RawFrame.ipv6(tcp) : RawFrame.ipv4(tcp)
    let segment = try #require(Dissected(framing.header + packet, framing.linkType).segment)
    #expect(segment.source.description == (framing.isV6 ? "2001:db8::1" : "10.0.0.1"))
    #expect(segment.destination.description == (framing.isV6 ? "2001:db8::2" : "10.0.0.2"))
    #expect(segment.sourcePort == RawFrame.ports.source && segment.destinationPort == RawFrame.ports.destination)
    #expect(segment.sequence.rawValue == RawFrame.sequence)
    #expect(segment.acknowledgment.rawValue == RawFrame.acknowledgment)
    #expect(segment.window == RawFrame.window && segment.checksum == 0xBEEF)
    #expect(segment.flags == [.ack, .psh])
    #expect(segment.payloadLength == 3 && segment.capturedPayload == 3)
    #expect(Int(segment.payloadOffset) == Dissected.offset + framing.header.count + packet.count - 3)
    #expect(segment.hopLimit == 57 && segment.trafficClass == 0xB9)
    #expect(segment.ipIdentification == (framing.isV6 ? 0 : 0x1234))
    #expect(segment.time == 42 && segment.frame == 1)
  }

  @Test("A frame cut anywhere before the end of the TCP header is counted as cut", arguments: framings)
  func cut(_ framing: Framing) {
    let tcp = RawFrame.tcp()
    let frame = framing.header + (framing.isV6 ? RawFrame.ipv6(tcp) : RawFrame.ipv4(tcp))
    for kept in 0..<frame.count {
      #expect(Dissected(frame, framing.linkType, kept: kept).reason == .cut, "\(kept) of \(frame.count) bytes")
    }
  }

  struct Odd: Sendable, CustomTestStringConvertible {
    var label: String
    var linkType = LinkType.ethernet
    var frame: [UInt8]
    var reason: NotAnalyzed
    var testDescription: String { label }
  }

  private static let packet = RawFrame.ipv4(RawFrame.tcp())

  static let odd = [
    Odd(label: "ARP", frame: RawFrame.ethernet(0x0806, [UInt8](repeating: 0, count: 28)), reason: .notIP),
    Odd(label: "802.3 length", frame: RawFrame.ethernet(0x0026, packet), reason: .notIP),
    Odd(label: "ARP in a VLAN", frame: RawFrame.ethernet(0x8100, [0, 10, 8, 6] + packet), reason: .notIP),
    Odd(
      label: "nothing but tags",
      frame: RawFrame.ethernet(0x8100, (0..<20).flatMap { _ in [0, 10, 0x81, 0] as [UInt8] }), reason: .notIP),
    Odd(
      label: "labels without bottom",
      frame: RawFrame.ethernet(0x8847, (0..<40).flatMap { _ in [0, 1, 0, 64] as [UInt8] }), reason: .notIP),
    Odd(
      label: "MPLS pseudowire", frame: RawFrame.ethernet(0x8847, [0, 1, 1, 64, 0, 0, 0, 0] + packet), reason: .notIP),
    Odd(
      label: "PPP control", frame: RawFrame.ethernet(0x8864, RawFrame.hex("1100 0001 0030 C021") + packet),
      reason: .notIP),
    Odd(label: "PPPoE discovery", frame: RawFrame.ethernet(0x8863, packet), reason: .notIP),
    Odd(label: "NULL, AppleTalk", linkType: .null, frame: [16, 0, 0, 0] + packet, reason: .notIP),
    Odd(label: "unknown link type", linkType: LinkType(rawValue: 127), frame: packet, reason: .linkType),
    Odd(label: "IP version 5", linkType: .raw, frame: [0x55] + packet.dropFirst(), reason: .malformed),
    Odd(label: "nothing at all", linkType: .raw, frame: [], reason: .cut),
  ]

  @Test("What is no IP is counted by its reason", arguments: odd)
  func notAnalyzed(_ odd: Odd) {
    let dissected = Dissected(odd.frame, odd.linkType)
    #expect(dissected.segment == nil)
    #expect(dissected.reason == odd.reason)
  }

  @Test("The same frame seen in another VLAN or on another interface has another place")
  func place() throws {
    let plain = try #require(Dissected(RawFrame.ethernet(0x0800, Self.packet)).segment)
    let tagged = try #require(Dissected(RawFrame.ethernet(0x8100, [0, 10, 8, 0] + Self.packet)).segment)
    let other = try #require(Dissected(RawFrame.ethernet(0x8100, [0, 11, 8, 0] + Self.packet)).segment)
    #expect(Set([plain.place, tagged.place, other.place]).count == 3)
  }
}
