import Dissection
import Frames
import TestSupport
import Testing

/// Lengths, options, fragments and extension headers of both IP versions.
struct IPHeaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var label: String
    var packet: [UInt8]
    /// Payload bytes by the IP header, nil when there must be no segment.
    var payload: UInt32?
    var reason: NotAnalyzed?
    var isFirstFragment = false
    var onWire: Int?
    var testDescription: String { label }
  }

  private static let tcp = RawFrame.tcp(payload: [9, 9, 9, 9])

  static let v4 = [
    Case(label: "options", packet: RawFrame.ipv4(tcp, options: [0x94, 4, 0, 0]), payload: 4),
    Case(
      label: "40 bytes of options", packet: RawFrame.ipv4(tcp, options: [UInt8](repeating: 1, count: 40)), payload: 4),
    Case(label: "total length 0 (offload)", packet: RawFrame.ipv4(tcp, total: 0), payload: 4),
    Case(
      label: "total length 0, cut by the snap length", packet: RawFrame.ipv4(tcp, total: 0), payload: 65_000,
      onWire: 65_040),
    Case(label: "padding behind the packet", packet: RawFrame.ipv4(RawFrame.tcp()) + [0, 0, 0, 0, 0, 0], payload: 0),
    Case(label: "total length beyond the frame", packet: RawFrame.ipv4(tcp, total: 1500), payload: 1460),
    Case(label: "first fragment", packet: RawFrame.ipv4(tcp, fragment: 0x2000), payload: 4, isFirstFragment: true),
    Case(label: "later fragment", packet: RawFrame.ipv4(tcp, fragment: 0x2001), reason: .fragment),
    Case(label: "last fragment", packet: RawFrame.ipv4(tcp, fragment: 0x00B9), reason: .fragment),
    Case(
      label: "first fragment without whole TCP header", packet: RawFrame.ipv4(Array(tcp.prefix(16)), fragment: 0x2000),
      reason: .fragment),
    Case(label: "UDP", packet: RawFrame.ipv4(tcp, proto: 17), reason: .notTCP),
    Case(label: "header length below 20", packet: RawFrame.ipv4(tcp, headerWords: 4), reason: .malformed),
    Case(label: "total length below the header", packet: RawFrame.ipv4(tcp, total: 19), reason: .malformed),
    Case(label: "total length ends inside the TCP header", packet: RawFrame.ipv4(tcp, total: 39), reason: .malformed),
    Case(label: "TCP header shorter than 20", packet: RawFrame.ipv4(RawFrame.tcp(dataOffset: 4)), reason: .malformed),
    Case(label: "TCP header of no length", packet: RawFrame.ipv4(RawFrame.tcp(dataOffset: 0)), reason: .malformed),
    Case(label: "TCP header beyond the packet", packet: RawFrame.ipv4(RawFrame.tcp(dataOffset: 6)), reason: .malformed),
  ]

  static let v6: [Case] = {
    let hopByHop: [UInt8] = [6, 0, 1, 4, 0, 0, 0, 0]
    let jumbo: [UInt8] = [6, 0, 0xC2, 4, 0, 1, 0, 0]
    let fragment = { (next: UInt8, field: UInt16) -> [UInt8] in [next, 0] + RawFrame.big(field) + [0, 0, 0xAB, 0xCD] }
    let chain: [UInt8] =
      [43, 0, 1, 4, 0, 0, 0, 0] + [60, 0, 4, 0, 0, 0, 0, 0] + [6, 1, 1, 12] + [UInt8](repeating: 0, count: 12)
    let authentication: [UInt8] = [6, 4] + [UInt8](repeating: 7, count: 22)
    let endless = (0..<40).flatMap { _ in [60, 0, 1, 4, 0, 0, 0, 0] as [UInt8] }
    return [
      Case(label: "hop-by-hop", packet: RawFrame.ipv6(tcp, next: 0, extensions: hopByHop), payload: 4),
      Case(
        label: "a chain of three, one of them longer", packet: RawFrame.ipv6(tcp, next: 0, extensions: chain),
        payload: 4),
      Case(
        label: "authentication header counts in words",
        packet: RawFrame.ipv6(tcp, next: 51, extensions: authentication), payload: 4),
      Case(label: "jumbogram, length 0", packet: RawFrame.ipv6(tcp, next: 0, extensions: jumbo, length: 0), payload: 4),
      Case(
        label: "jumbogram cut by the snap length", packet: RawFrame.ipv6(tcp, next: 0, extensions: jumbo, length: 0),
        payload: 199_932, onWire: 200_000),
      Case(label: "length 0 without extension (offload)", packet: RawFrame.ipv6(tcp, length: 0), payload: 4),
      Case(label: "padding behind the packet", packet: RawFrame.ipv6(RawFrame.tcp()) + [0, 0], payload: 0),
      Case(label: "atomic fragment", packet: RawFrame.ipv6(tcp, next: 44, extensions: fragment(6, 0)), payload: 4),
      Case(
        label: "first fragment", packet: RawFrame.ipv6(tcp, next: 44, extensions: fragment(6, 1)), payload: 4,
        isFirstFragment: true),
      Case(
        label: "later fragment", packet: RawFrame.ipv6(tcp, next: 44, extensions: fragment(6, 0x00B9)),
        reason: .fragment),
      Case(
        label: "first fragment without whole TCP header",
        packet: RawFrame.ipv6(Array(tcp.prefix(12)), next: 44, extensions: fragment(6, 1)), reason: .fragment),
      Case(label: "ICMPv6", packet: RawFrame.ipv6(tcp, next: 58), reason: .notTCP),
      Case(label: "ESP", packet: RawFrame.ipv6(tcp, next: 50), reason: .notTCP),
      Case(label: "no next header", packet: RawFrame.ipv6(tcp, next: 59), reason: .notTCP),
      Case(
        label: "UDP behind an extension", packet: RawFrame.ipv6(tcp, next: 0, extensions: [17] + hopByHop.dropFirst()),
        reason: .notTCP),
      Case(
        label: "extensions beyond the packet", packet: RawFrame.ipv6(tcp, next: 0, extensions: hopByHop, length: 4),
        reason: .malformed),
      Case(label: "length shorter than the TCP header", packet: RawFrame.ipv6(tcp, length: 12), reason: .malformed),
      Case(label: "a chain without end", packet: RawFrame.ipv6(tcp, next: 60, extensions: endless), reason: .notTCP),
    ]
  }()

  @Test("IPv4 lengths, options and fragments are read as RFC 791 says", arguments: v4)
  func ipv4(_ one: Case) { check(one) }

  @Test("IPv6 extension headers are passed as RFC 8200 says", arguments: v6)
  func ipv6(_ one: Case) { check(one) }

  private func check(_ one: Case) {
    let dissected = Dissected(one.packet, .raw, onWire: one.onWire)
    #expect(dissected.segment?.payloadLength == one.payload)
    #expect(dissected.reason == one.reason)
    #expect(dissected.segment?.options.contains(.firstFragment) ?? one.isFirstFragment == one.isFirstFragment)
  }

  @Test("Ethernet padding is no payload")
  func padding() throws {
    let frame = RawFrame.ethernet(0x0800, RawFrame.ipv4(RawFrame.tcp())) + [0, 0, 0, 0, 0, 0]
    #expect(frame.count == 60)
    let segment = try #require(Dissected(frame).segment)
    #expect(segment.payloadLength == 0 && segment.capturedPayload == 0 && segment.isBareACK)
  }

  @Test("The identification of an IPv6 fragment is taken from its fragment header")
  func fragmentIdentification() throws {
    let packet = RawFrame.ipv6(RawFrame.tcp(), next: 44, extensions: [6, 0, 0, 1, 0x11, 0x22, 0xAB, 0xCD])
    #expect(try #require(Dissected(packet, .raw).segment).ipIdentification == 0xABCD)
  }

  @Test("IPv6 extensions cut by the snap length count as cut, wherever the cut falls")
  func cutExtensions() {
    let extensions: [UInt8] = [43, 0, 1, 4, 0, 0, 0, 0] + [6, 1, 1, 12] + [UInt8](repeating: 0, count: 12)
    let packet = RawFrame.ipv6(RawFrame.tcp(), next: 0, extensions: extensions)
    for kept in 0..<packet.count { #expect(Dissected(packet, .raw, kept: kept).reason == .cut, "\(kept) bytes") }
  }

  @Test(
    "No random bytes trap, whatever the framing",
    arguments: [
      LinkType.ethernet, .linuxSLL, .linuxSLL2, .raw, .null, .loop, .ipv4, .ipv6,
    ])
  func random(linkType: LinkType) {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(linkType.rawValue)
    let next = { () -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    for _ in 0..<1500 {
      var frame = (0..<Int(next()) / 2).map { _ in next() }
      // Half of the frames begin like IP, so that the readers behind it are reached.
      if linkType == .raw, frame.count > 20, next() & 1 == 0 {
        frame[0] = next() & 1 == 0 ? 0x45 : 0x60
        frame[frame[0] == 0x45 ? 9 : 6] = 6
        frame[frame[0] == 0x45 ? 6 : 4] = 0
      }
      let dissected = Dissected(frame, linkType, onWire: Int(next()) * 300)
      #expect((dissected.segment == nil) != (dissected.reason == nil))
    }
  }
}
