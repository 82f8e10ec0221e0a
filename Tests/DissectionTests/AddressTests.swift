import Dissection
import Testing

/// Addresses in words, in order, and cut to prefixes.
struct AddressTests {
  struct Text: Sendable, CustomTestStringConvertible {
    var high: UInt64
    var low: UInt64
    var text: String
    var testDescription: String { text }
  }

  /// Source: RFC 5952 sections 4 and 5.
  static let texts = [
    Text(high: 0, low: 0, text: "::"),
    Text(high: 0, low: 1, text: "::1"),
    Text(high: 0x2001_0DB8_0000_0000, low: 1, text: "2001:db8::1"),
    Text(high: 0x2001_0DB8_0000_0000, low: 0, text: "2001:db8::"),
    Text(high: 0x2001_0DB8_0000_0001, low: 0x0001_0001_0001_0001, text: "2001:db8:0:1:1:1:1:1"),
    Text(high: 0x2001_0DB8_0000_0000, low: 0x0001_0000_0000_0001, text: "2001:db8::1:0:0:1"),
    Text(high: 0x2001_0000_0000_0001, low: 0x0000_0000_0000_0001, text: "2001:0:0:1::1"),
    Text(high: 0x0001_0000_0000_0000, low: 0, text: "1::"),
    Text(high: 0, low: 0x0001_0002_0003_0004, text: "::1:2:3:4"),
    Text(high: 0x0000_0001_0002_0003, low: 0x0004_0005_0006_0007, text: "0:1:2:3:4:5:6:7"),
    Text(high: 0xFE80_0000_0000_0000, low: 0xABCD_00EF_FEDC_BA98, text: "fe80::abcd:ef:fedc:ba98"),
    Text(high: 0x0001_0002_0003_0004, low: 0x0005_0006_0007_0000, text: "1:2:3:4:5:6:7:0"),
    Text(high: 0x0001_0002_0003_0004, low: 0x0005_0006_0000_0000, text: "1:2:3:4:5:6::"),
    Text(high: .max, low: .max, text: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    Text(high: 0, low: 0xFFFF_0A00_0001, text: "10.0.0.1"),
    Text(high: 0, low: 0xFFFF_FFFF_FFFF, text: "255.255.255.255"),
    Text(high: 0, low: 0xFFFF_0000_0000, text: "0.0.0.0"),
  ]

  @Test("An address is written in its one canonical form", arguments: texts)
  func text(_ one: Text) {
    #expect(IPAddress(high: one.high, low: one.low).description == one.text)
  }

  @Test("An IPv4 address is its mapped form")
  func mapped() {
    let address = IPAddress(v4: 0xC0A8_0001)
    #expect(address.isV4 && address.high == 0 && address.low == 0xFFFF_C0A8_0001)
    #expect(!IPAddress(high: 1, low: address.low).isV4 && !IPAddress(high: 0, low: 0xC0A8_0001).isV4)
  }

  static let prefixCases: [(address: IPAddress, bits: Int, text: String)] = [
    (IPAddress(v4: 0xC0A8_0BFF), 24, "192.168.11.0"), (IPAddress(v4: 0xC0A8_0BFF), 20, "192.168.0.0"),
    (IPAddress(v4: 0xC0A8_0BFF), 32, "192.168.11.255"), (IPAddress(v4: 0xC0A8_0BFF), 0, "0.0.0.0"),
    (IPAddress(v4: 0xC0A8_0BFF), 31, "192.168.11.254"), (IPAddress(v4: 0xC0A8_0BFF), 99, "192.168.11.255"),
    (IPAddress(high: .max, low: .max), 64, "ffff:ffff:ffff:ffff::"), (IPAddress(high: .max, low: .max), 0, "::"),
    (IPAddress(high: .max, low: .max), 1, "8000::"),
    (IPAddress(high: .max, low: .max), 65, "ffff:ffff:ffff:ffff:8000::"),
    (IPAddress(high: .max, low: .max), 127, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"),
    (IPAddress(high: .max, low: .max), 128, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (IPAddress(high: .max, low: .max), 1000, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (IPAddress(high: .max, low: .max), -5, "::"), (IPAddress(high: .max, low: .max), 48, "ffff:ffff:ffff::"),
  ]

  @Test("A prefix keeps so many bits and clears the rest", arguments: prefixCases.indices)
  func prefix(index: Int) {
    let one = Self.prefixCases[index]
    #expect(one.address.prefix(one.bits).description == one.text)
  }

  @Test("Endpoints are written so that address and port cannot be confused")
  func endpoints() {
    #expect(Endpoint(address: IPAddress(v4: 0x0A00_0001), port: 80).description == "10.0.0.1:80")
    #expect(Endpoint(address: IPAddress(high: 0, low: 1), port: 443).description == "[::1]:443")
  }

  @Test("Addresses are ordered by their bytes, endpoints by address and then port")
  func order() {
    let addresses = [
      IPAddress(high: 0, low: 1), IPAddress(v4: 0x0A00_0001), IPAddress(v4: 0xFF00_0000), IPAddress(high: 1, low: 0),
      IPAddress(high: .max, low: 0),
    ]
    #expect(addresses.reversed().sorted() == addresses)
    let (low, high) = (Endpoint(address: addresses[0], port: 9), Endpoint(address: addresses[1], port: 1))
    #expect(low < high && low < Endpoint(address: addresses[0], port: 10) && !(low < low))
  }
}
