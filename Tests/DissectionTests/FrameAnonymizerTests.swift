import Frames
import TestSupport
import Testing

@testable import Dissection

@Suite("Frames without names")
struct FrameAnonymizerTests {
  private static let secret = Array("SECRET-SECRET".utf8)

  private func anonymized(_ frame: [UInt8], _ linkType: LinkType = .ethernet) -> [UInt8] {
    var anonymizer = FrameAnonymizer(AnonymityKey("k"))
    return anonymizer.anonymized(frame.span.bytes, linkType)
  }

  /// The Internet checksum over all bytes; 0 where the one inside is right.
  private static func sum(_ bytes: [UInt8]) -> UInt16 {
    var sum = 0
    for (index, byte) in bytes.enumerated() { sum += Int(byte) * (index % 2 == 0 ? 256 : 1) }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return ~UInt16(sum)
  }

  private static func pseudo(_ packet: [UInt8], _ proto: UInt8, _ length: Int) -> [UInt8] {
    let addresses = packet[0] >> 4 == 4 ? packet[12..<20] : packet[8..<40]
    return Array(addresses) + [0, proto] + RawFrame.big(UInt16(length))
  }

  /// `packet` with right checksums in the header of IPv4 and at `offset` of what it carries.
  private static func signed(_ packet: [UInt8], _ proto: UInt8, at offset: Int) -> [UInt8] {
    var packet = packet
    let header = packet[0] >> 4 == 4 ? Int(packet[0] & 15) * 4 : 40
    if header < 40 || packet[0] >> 4 == 4 {
      packet.replaceSubrange(10..<12, with: [0, 0])
      packet.replaceSubrange(10..<12, with: RawFrame.big(sum(Array(packet[..<header]))))
    }
    packet.replaceSubrange(header + offset..<header + offset + 2, with: [0, 0])
    let body = Array(packet[header...])
    let value = sum((proto == 1 ? [] : pseudo(packet, proto, body.count)) + body)
    packet.replaceSubrange(header + offset..<header + offset + 2, with: RawFrame.big(value))
    return packet
  }

  @Test("checksums that were right stay right, wrong ones stay wrong", arguments: [false, true])
  func checksums(_ isV6: Bool) {
    let mptcp: [UInt8] = [30, 10, 0x30, 1, 10, 0, 0, 9, 0, 80]
    let options: [UInt8] = [1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2] + mptcp + [1, 1, 0]
    let segment = RawFrame.tcp(options: options)
    let header = isV6 ? 40 : 24
    let plain = isV6 ? RawFrame.ipv6(segment) : RawFrame.ipv4(segment, options: [7, 4, 10, 0])
    let right = Self.signed(plain, 6, at: 16)
    let left = anonymized(right, .raw)
    #expect(left.count == right.count)
    if !isV6 { #expect(Self.sum(Array(left[..<header])) == 0 && Array(left[20..<24]) == [1, 1, 1, 1]) }
    #expect(Self.sum(Self.pseudo(left, 6, segment.count) + left[header...]) == 0)
    var wrong = right
    wrong[header + 17] &+= 1
    let stillWrong = anonymized(wrong, .raw)
    #expect(Self.sum(Self.pseudo(stillWrong, 6, segment.count) + stillWrong[header...]) != 0)
    #expect(left != right && !left.contains([10, 0, 0, 9]) && !left.contains([10, 0, 0, 1]))
  }

  @Test("a checksum that the card was to finish becomes the sum of the new pseudo header", arguments: [false, true])
  func partial(_ isV6: Bool) {
    let segment = RawFrame.tcp(payload: Self.secret)
    let header = isV6 ? 40 : 20
    var packet = isV6 ? RawFrame.ipv6(segment) : RawFrame.ipv4(segment)
    for length in [segment.count, 0] {
      packet.replaceSubrange(header + 16..<header + 18, with: RawFrame.big(~Self.sum(Self.pseudo(packet, 6, length))))
      let left = anonymized(packet, .raw)
      #expect(left.count == header + 20)
      #expect(left[(header + 16)...].starts(with: RawFrame.big(~Self.sum(Self.pseudo(left, 6, length)))))
    }
  }

  @Test("payload goes, and the checksum is still the one of the whole segment")
  func payload() {
    let whole = Self.signed(RawFrame.ipv4(RawFrame.tcp(payload: Self.secret)), 6, at: 16)
    let left = anonymized(RawFrame.ethernet(0x0800, whole))
    #expect(left.count == 14 + 40 && !left.contains(Self.secret))
    let rebuilt = Array(left[14...]) + Self.secret
    #expect(Self.sum(Self.pseudo(rebuilt, 6, 20 + Self.secret.count) + rebuilt[20...]) == 0)
  }

  @Test("the same segment comes out of it with other addresses, whatever the framing", arguments: FramingTests.framings)
  func framings(_ framing: FramingTests.Framing) throws {
    let options: [UInt8] = [1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8, 2, 4, 5, 0xB4]
    let segment = RawFrame.tcp(flags: 2, options: options, payload: Self.secret)
    let frame = framing.header + (framing.isV6 ? RawFrame.ipv6(segment) : RawFrame.ipv4(segment))
    let left = anonymized(frame, framing.linkType)
    let before = try #require(Dissected(frame, framing.linkType).segment)
    var after = try #require(Dissected(left, framing.linkType, onWire: frame.count).segment)
    #expect(after.source != before.source && after.destination != before.destination)
    #expect(after.source.prefix(24).description != before.source.prefix(24).description)
    #expect(after.capturedPayload == 0 && after.payloadLength == before.payloadLength)
    (after.source, after.destination) = (before.source, before.destination)
    #expect(after.sequence == before.sequence && after.options == before.options && after.flags == before.flags)
    #expect(after.timestampValue == 9 && after.mssOrDigest == 1_460 && after.window == before.window)
    #expect(!left.contains(Self.secret))
  }

  @Test("MAC addresses are made up, broadcast and multicast stay what they are")
  func macs() {
    let packet = RawFrame.ipv4(RawFrame.tcp())
    let one = anonymized(RawFrame.ethernet(0x0800, packet))
    #expect(Array(one[..<6]) != [2, 0, 0, 0, 0, 2] && Array(one[6..<12]) != [2, 0, 0, 0, 0, 1])
    #expect(one[0] & 3 == 2 && one[6] & 3 == 2)
    var frame = RawFrame.ethernet(0x0800, packet)
    frame.replaceSubrange(..<6, with: [255, 255, 255, 255, 255, 255])
    #expect(Array(anonymized(frame)[..<12]) == [255, 255, 255, 255, 255, 255] + one[6..<12])
    frame.replaceSubrange(..<6, with: [1, 0, 0x5E, 0, 0, 0xFB])
    #expect(anonymized(frame)[0] & 3 == 3)
  }

  @Test("what is not TCP keeps its transport header, what is not IP its link header")
  func others() {
    let udp = RawFrame.big(53 as UInt16) + RawFrame.big(40_000 as UInt16) + RawFrame.big(21 as UInt16) + [0, 0]
    let datagram = Self.signed(RawFrame.ipv4(udp + Self.secret, proto: 17), 17, at: 6)
    let left = anonymized(datagram, .raw)
    #expect(left.count == 28 && Self.sum(Self.pseudo(left, 17, 21) + left[20...] + Self.secret) == 0)
    #expect(anonymized(RawFrame.ipv4(udp + Self.secret, proto: 17), .raw)[26...].elementsEqual([0, 0]))
    #expect(anonymized(RawFrame.ipv4(Self.secret, proto: 47), .raw).count == 20)
    #expect(anonymized(RawFrame.ethernet(0x0806, Self.secret + [10, 0, 0, 1])).count == 14)
    #expect(anonymized(RawFrame.ethernet(0x8100, [0, 5, 8, 6] + Self.secret)).count == 18)
    #expect(anonymized(Self.secret, LinkType(rawValue: 105)).isEmpty)
    #expect(anonymized(RawFrame.ipv4(Self.secret, fragment: 0x0003), .raw).count == 20)
  }

  @Test("an ICMP error names the mapped addresses in the packet that it quotes, too")
  func embedded() {
    let quoted = RawFrame.ipv4(RawFrame.tcp(payload: Self.secret))
    let error = Self.signed(RawFrame.ipv4([3, 4, 0, 0, 0, 0, 5, 0] + quoted.prefix(28), proto: 1), 1, at: 2)
    let left = anonymized(error, .raw)
    #expect(left.count == 56 && Self.sum(Array(left[20...])) == 0)
    #expect(left[12..<16].elementsEqual(left[40..<44]) && left[16..<20].elementsEqual(left[44..<48]))
    #expect(!left.contains([10, 0, 0, 1]))
    let redirect = RawFrame.ipv4([5, 1, 0, 0, 10, 0, 0, 254] + quoted.prefix(28), proto: 1)
    for count in 25...redirect.count {
      let left = anonymized(Array(redirect.prefix(count)), .raw)
      #expect(left.count < 25 || !left[24...].starts(with: [10, 0, 0, 254].prefix(count - 24)), "cut to \(count)")
    }
    #expect(!anonymized(RawFrame.ipv4([8, 0, 0, 0, 0, 1, 0, 1] + Self.secret, proto: 1), .raw).contains(Self.secret))
  }

  @Test("routing headers and options of IPv6 are emptied, and still lead to TCP")
  func extensions() throws {
    let routing: [UInt8] = [60, 2, 0, 1, 0, 0, 0, 0] + (0..<16).map { 0xA0 + UInt8($0) }
    let options: [UInt8] = [6, 0, 1, 4] + Array("NAME".utf8)
    let frame = RawFrame.ipv6(RawFrame.tcp(), next: 43, extensions: routing + options)
    let left = anonymized(frame, .raw)
    #expect(left.count == frame.count && !left.contains(Array("NAME".utf8)) && !left.contains([0xA3, 0xA4]))
    #expect(Dissected(left, .raw).segment?.sourcePort == RawFrame.ports.source)
  }

  @Test("options of unknown content become digests: equal ones stay equal, lengths stay")
  func options() {
    func frame(_ cookie: [UInt8]) -> [UInt8] {
      RawFrame.ipv4(RawFrame.tcp(flags: 2, options: [34, 10] + cookie + [254, 6, 0xE2, 0xD4, 0xC3, 0xD9]), proto: 6)
    }
    let a: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let b: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 9]
    #expect(anonymized(frame(a), .raw) == anonymized(frame(Array(a)), .raw))
    let (left, other) = (anonymized(frame(a), .raw), anonymized(frame(b), .raw))
    #expect(left[42..<50] != other[42..<50] && !left.contains([3, 4, 5, 6]))
    #expect(left[40..<42].elementsEqual([34, 10]) && left[50...].elementsEqual([254, 6, 0xE2, 0xD4, 0xC3, 0xD9]))
    let broken = RawFrame.ipv4(RawFrame.tcp(options: [8, 99, 10, 0, 0, 7, 7, 7]), proto: 6)
    #expect(anonymized(broken, .raw)[40...].elementsEqual([8, 99, 0, 0, 0, 0, 0, 0]))
  }

  @Test("frames cut anywhere, and bytes without sense, in every framing")
  func robustness() {
    var chance = Chance(seed: 11)
    let types = LinkType.analyzed + [.rawBSD, .rawOpenBSD, LinkType(rawValue: 105)]
    for framing in FramingTests.framings {
      let segment = RawFrame.tcp(options: [1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8], payload: Self.secret)
      let frame = framing.header + (framing.isV6 ? RawFrame.ipv6(segment) : RawFrame.ipv4(segment))
      for count in 0...frame.count {
        let cut = Array(frame.prefix(count))
        let left = anonymized(cut, framing.linkType)
        #expect(left.count <= cut.count)
        let (before, after) = (
          Dissected(cut, framing.linkType, onWire: frame.count), Dissected(left, framing.linkType, onWire: frame.count)
        )
        #expect(before.reason == after.reason, "\(framing.label) cut to \(count)")
      }
      for _ in 0..<300 {
        var noise = frame
        for _ in 0..<3 { noise[Int(chance.next() % UInt64(noise.count))] = UInt8(truncatingIfNeeded: chance.next()) }
        let type = types[Int(chance.next() % UInt64(types.count))]
        #expect(anonymized(noise, type).count <= noise.count)
      }
    }
  }
}

extension [UInt8] {
  /// Whether `part` stands anywhere in it.
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    guard count >= part.count else { return false }
    return (0...count - part.count).contains { self[$0..<$0 + part.count].elementsEqual(part) }
  }
}
