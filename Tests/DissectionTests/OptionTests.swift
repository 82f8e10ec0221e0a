import Dissection
import Frames
import TestSupport
import Testing

/// TCP options, one by one and in company.
struct OptionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var label: String
    var flags: UInt16 = 0x02
    var bytes: String
    var expected: TCPOptions
    var testDescription: String { label }
  }

  static let cases = [
    Case(label: "none", bytes: "", expected: []),
    Case(label: "end of list", bytes: "00000000", expected: []),
    Case(label: "bytes behind the end of the list are not looked at", bytes: "00020405b4000000", expected: []),
    Case(label: "three NOPs", bytes: "01010100", expected: []),
    Case(label: "seven NOPs are alignment", bytes: "0101010101010100", expected: []),
    Case(label: "eight NOPs in a row: blanked", bytes: "0101010101010101", expected: .blanked),
    Case(label: "MSS", bytes: "020405b4", expected: .mss),
    Case(label: "MSS outside of a SYN", flags: 0x10, bytes: "020405b4", expected: .unknown),
    Case(label: "MSS of wrong length", bytes: "0203050000000000", expected: .malformed),
    Case(label: "window scale", bytes: "03030700", expected: .windowScale),
    Case(label: "window scale of wrong length", bytes: "03040700", expected: .malformed),
    Case(label: "SACK permitted", bytes: "04020000", expected: .sackPermitted),
    Case(label: "SACK permitted of wrong length", bytes: "04030000", expected: .malformed),
    Case(label: "one SACK block", flags: 0x10, bytes: "0101050a0000000100000002", expected: .sack),
    Case(label: "SACK of odd length", flags: 0x10, bytes: "050b000000010000000203000", expected: .malformed),
    Case(label: "SACK in a SYN", bytes: "0101050a0000000100000002", expected: .malformed),
    Case(label: "timestamps", bytes: "080a1000000100000000 0101", expected: .timestamps),
    Case(label: "timestamps of wrong length", bytes: "0809100000010000000000", expected: .malformed),
    Case(
      label: "MD5 signature", bytes: "1312" + String(repeating: "ab", count: 16) + "0101", expected: .authentication),
    Case(label: "TCP-AO", bytes: "1d080102030405060000", expected: .authentication),
    Case(label: "Multipath capable", bytes: "1e0c0001" + String(repeating: "cd", count: 8), expected: .multipath),
    Case(label: "Fast Open request", bytes: "22020000", expected: .fastOpen),
    Case(label: "Fast Open cookie", bytes: "220a0011223344556677 0101", expected: .fastOpen),
    Case(label: "Fast Open, experimental", bytes: "fe04f989", expected: .fastOpen),
    Case(
      label: "Accurate ECN 0", flags: 0x10, bytes: "ac0b" + String(repeating: "01", count: 9) + "01",
      expected: .accurateECN),
    Case(label: "Accurate ECN 1, empty", flags: 0x10, bytes: "ae020101", expected: .accurateECN),
    Case(label: "unknown kind", bytes: "4504abcd", expected: .unknown),
    Case(label: "unknown kind before a known one", bytes: "4504abcd 020405b4", expected: [.unknown, .mss]),
    Case(label: "another experiment in a SYN", bytes: "fd06aabbccdd0000", expected: .experiment),
    Case(label: "an experiment outside of a SYN", flags: 0x10, bytes: "fe06e2d4c3d90000", expected: .unknown),
    Case(label: "an experiment too short for 32 bits", bytes: "fe04aabb", expected: .unknown),
    Case(label: "length 0", bytes: "020405b4 4500 0101", expected: [.mss, .malformed]),
    Case(label: "length 1", bytes: "020405b4 4501 0101", expected: [.mss, .malformed]),
    Case(label: "length past the end", bytes: "020405b4 4505 0101", expected: [.mss, .malformed]),
    Case(label: "kind without length", bytes: "020405b4 01010145", expected: [.mss, .malformed]),
    Case(label: "nothing is read behind a malformed one", bytes: "4500 0101 020405b4", expected: .malformed),
  ]

  @Test("Each option leaves its mark, and no other", arguments: cases)
  func marks(_ one: Case) throws {
    #expect(try segment(RawFrame.hex(one.bytes), one.flags).options == one.expected)
  }

  /// Source: smc.md section 7.1; SMC counts as the kernel reads it.
  static let smcForms: [(id: String, bytes: String, smc: Bool, marks: TCPOptions)] = [
    ("T01", "020405b4 0402 080a1000000100000000 01 030307 01 01 fe06e2d4c3d9", true, .experiment),
    ("T02", "020405b4 0402 080a2000000110000001 01 030307 01 01 fe06e2d4c3d9", true, .experiment),
    ("T03", "020405b4 0402 080a2000000110000001 01 030307", false, []),
    ("T04", "020405b4 01 01 0402 01 030307 01 01 fe06e2d4c3d9", true, .experiment),
    ("T05", "020405b4 fe06e2d4c3d9 00 00", true, .experiment),
    ("T06", "020405b4 fe0cf9891122334455667788", false, .fastOpen),
    ("T07", "020405b4 01 01 fe06e2d40000", false, .experiment),
    ("T08", "020405b4 01 01 fd06e2d4c3d9", false, .experiment),
    ("T09", "020405b4 fe08e2d4c3d90000", true, .experiment),
    ("T10", "020405b4 fe07e2d4c3d900 00", false, .experiment),
    ("T11", "020405b4 fe06e2d4", false, .malformed),
  ]

  @Test("SMC is seen exactly where the kernel sees it", arguments: smcForms.indices)
  func smcAsLinuxReadsIt(index: Int) throws {
    let one = Self.smcForms[index]
    let bytes = RawFrame.hex(one.bytes)
    for flags in [0x02, 0x12] as [UInt16] {
      let segment = try segment(bytes, flags)
      #expect(segment.options.contains(.smc) == one.smc, "\(one.id)")
      #expect(segment.options.isSuperset(of: one.marks), "\(one.id)")
      #expect(segment.mss == 1460, "\(one.id)")
    }
  }

  @Test("The values of handshake options are read")
  func values() throws {
    let syn = try segment(RawFrame.hex("020405b4 0402 080a1000000120000002 01 03030e"), 0x02)
    #expect(syn.mss == 1460 && syn.windowScale == 14)
    #expect(syn.timestampValue == 0x1000_0001 && syn.timestampEcho == 0x2000_0002)
    let experiment = try segment(RawFrame.hex("fe06e2d4c3d90101"), 0x02)
    #expect(experiment.experimentID == 0xE2D4_C3D9 && experiment.mss == nil)
  }

  @Test("The usual options of Linux and the same ones in another order mean the same")
  func shortcut() throws {
    let usual = try segment(RawFrame.hex("0101080a 89abcdef 01234567"), 0x10)
    let other = try segment(RawFrame.hex("080a 89abcdef 01234567 0101"), 0x10)
    #expect(usual.options == other.options && usual.options == .timestamps)
    #expect(usual.timestampValue == 0x89AB_CDEF && other.timestampValue == 0x89AB_CDEF)
    #expect(usual.timestampEcho == 0x0123_4567 && other.timestampEcho == 0x0123_4567)
  }

  @Test("SACK blocks are read in the order in which they stand", arguments: 1...4)
  func sack(count: Int) throws {
    let blocks = (0..<UInt32(count)).flatMap { RawFrame.big(0xFFFF_FFF0 + $0) + RawFrame.big($0) }
    let padding = [UInt8](repeating: 1, count: 2)
    let segment = try segment(padding + [5, UInt8(2 + 8 * count)] + blocks, 0x10)
    #expect(segment.sackCount == UInt8(count) && segment.options == .sack)
    for index in 0..<count {
      #expect(segment.sack[index].left.rawValue == 0xFFFF_FFF0 + UInt32(index))
      #expect(segment.sack[index].right.rawValue == UInt32(index))
    }
  }

  @Test("A changed Multipath TCP signal changes the digest")
  func multipathDigest() throws {
    let one = try segment(RawFrame.hex("1e0820aa00000001"), 0x10)
    let same = try segment(RawFrame.hex("1e0820aa00000001"), 0x10)
    let other = try segment(RawFrame.hex("1e0820aa00000002"), 0x10)
    #expect(one.mssOrDigest == same.mssOrDigest && one.mssOrDigest != other.mssOrDigest)
  }

  @Test("Every kind with every length is read without a trap and leaves some mark")
  func exhaustive() throws {
    for kind in 2...255 {
      for length in 0...40 {
        let bytes = [UInt8(kind), UInt8(length)] + [UInt8](repeating: 0, count: 38)
        for flags in [0x02, 0x10] as [UInt16] {
          let options = try segment(bytes, flags).options
          #expect(!options.isEmpty, "kind \(kind), length \(length)")
          #expect(options.contains(.malformed) || length >= 2, "kind \(kind), length \(length)")
        }
      }
    }
  }

  private func segment(_ options: [UInt8], _ flags: UInt16) throws -> Segment {
    let padded = options + [UInt8](repeating: 0, count: (4 - options.count % 4) % 4)
    return try #require(Dissected(RawFrame.ipv4(RawFrame.tcp(flags: flags, options: padded)), .raw).segment)
  }
}
