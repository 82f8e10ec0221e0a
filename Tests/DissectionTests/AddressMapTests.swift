import TestSupport
import Testing

@testable import Dissection

@Suite("Mapped addresses")
struct AddressMapTests {
  private static func address(_ text: String) -> IPAddress {
    IPAddress(v4: text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) })
  }

  private static func v6(_ groups: [UInt16]) -> IPAddress {
    let halves = [groups.prefix(4), groups.suffix(4)].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
    return IPAddress(high: halves[0], low: halves[1])
  }

  /// Leading bits that two addresses share.
  private static func shared(_ a: IPAddress, _ b: IPAddress) -> Int {
    a.high == b.high ? 64 + (a.low ^ b.low).leadingZeroBitCount : (a.high ^ b.high).leadingZeroBitCount
  }

  @Test("SipHash-2-4 gives the published digests for the messages 00, 00 01, ... under the key 00 01 ... 0f")
  func vectors() {
    let key = AnonymityKey(low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)
    let expected: [(Int, UInt64)] = [
      (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (2, 0x0D6C_8009_D9A9_4F5A),
      (3, 0x8567_6696_D7FB_7E2D), (7, 0xAB02_00F5_8B01_D137), (8, 0x93F5_F579_9A93_2462),
      (9, 0x9E00_82DF_0BA9_E4B0), (15, 0xA129_CA61_49BE_45E5),
    ]
    for (count, digest) in expected { #expect(SipHash.digest((0..<UInt8(count)).map { $0 }, key) == digest) }
  }

  @Test("prefixes stay: two images share as many bits as their originals, so no two are the same")
  func prefixes() {
    var map = AddressMap(AnonymityKey("a"))
    var chance = Chance(seed: 7)
    var pool: [IPAddress] = []
    for index in 0..<120 {
      // Neighbors, and addresses from anywhere.
      let high = chance.next(), low = chance.next()
      pool.append(index % 2 == 0 ? IPAddress(v4: UInt32(truncatingIfNeeded: low)) : IPAddress(high: high, low: low))
      let near = pool[Int(chance.next() % UInt64(pool.count))]
      let flip: UInt64 = 1 << (chance.next() % (near.isV4 ? 32 : 64))
      pool.append(IPAddress(high: near.high, low: near.low ^ flip))
    }
    let images = pool.map { map.mapped($0) }
    for (index, a) in pool.enumerated() {
      #expect(images[index].isV4 == a.isV4)
      #expect(zip(pool, images).allSatisfy { Self.shared(images[index], $1) == Self.shared(a, $0) })
    }
  }

  @Test("addresses of a kind stay of their kind, and nothing else becomes one")
  func kinds() {
    for key in ["a", "b", "c", "d"] {
      var map = AddressMap(AnonymityKey(key))
      for same in ["0.0.0.0", "127.0.0.1", "127.1.2.3", "255.255.255.255"].map(Self.address) {
        #expect(map.mapped(same) == same)
      }
      #expect(map.mapped(IPAddress(high: 0, low: 1)) == IPAddress(high: 0, low: 1))
      let everywhere = stride(from: UInt32(0), to: UInt32.max - 19_999_991, by: 19_999_991).map { IPAddress(v4: $0) }
      #expect(everywhere.allSatisfy { Self.kind($0) == Self.kind(map.mapped($0)) })
      #expect(map.mapped(Self.address("169.254.7.9")).prefix(16) == Self.address("169.254.0.0"))
      let linkLocal = map.mapped(Self.v6([0xFE80, 0, 0, 0, 0x1234, 0x56FF, 0xFE78, 0x9ABC]))
      #expect(linkLocal.high == 0xFE80 << 48)
      #expect(linkLocal.low != 0x1234_56FF_FE78_9ABC)
      let solicited = Self.v6([0xFF02, 0, 0, 0, 0, 1, 0xFF78, 0x9ABC])
      #expect(map.mapped(solicited).high >> 48 == 0xFF02 && map.mapped(solicited) != solicited)
      let global = map.mapped(Self.v6([0x2001, 0xDB8, 0, 0, 0, 0, 0, 1]))
      #expect(!global.isV4 && global.high >> 56 != 0xFF && global.high >> 54 != 0x3FA)
    }
  }

  private static func kind(_ address: IPAddress) -> Int {
    let value = UInt32(truncatingIfNeeded: address.low)
    switch value >> 24 {
    case 0: return 1
    case 127: return 2
    case 224..<240: return 3
    default: return value >> 16 == 0xA9FE ? 4 : value == .max ? 5 : 0
    }
  }

  @Test("the same key maps alike, however many addresses came before; another key does not")
  func keys() {
    var (map, again) = (AddressMap(AnonymityKey("x"), mostKnown: 8), AddressMap(AnonymityKey("x")))
    var other = AddressMap(AnonymityKey("y"))
    let asked = Self.address("192.0.2.77")
    for value in 0..<UInt32(30) { _ = map.mapped(IPAddress(v4: 0x0A00_0000 | value)) }
    #expect(map.mapped(asked) == again.mapped(asked) && map.mapped(asked) == map.mapped(asked))
    #expect(map.mapped(asked) != other.mapped(asked) && map.mapped(asked) != asked)
    #expect(map.mapped(asked).description == "217.228.94.159")
  }
}
