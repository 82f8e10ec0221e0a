import Frames
import Testing

@testable import Dissection

/// Reads a vector; `bytes` lives as long as the call.
func parse(_ bytes: [UInt8]) -> CLCMessage? { CLCMessage(bytes.span.bytes) }

@Suite("CLC messages")
struct CLCMessageTests {
  @Test(
    "sound messages have no fault",
    arguments: [
      ("C01", 1, 1), ("C02", 1, 1), ("C03", 1, 2), ("C04", 1, 2), ("C05", 1, 2), ("C06", 2, 1), ("C07", 3, 1),
      ("C08", 2, 2),
      ("C09", 3, 2), ("C10", 2, 1), ("C11", 2, 2), ("C12", 4, 1), ("C13", 4, 2), ("C14", 4, 1), ("C15", 4, 2),
      ("C16", 4, 2), ("C19", 2, 2), ("C20", 2, 2), ("C21", 2, 2), ("C22", 2, 2), ("C23", 1, 2), ("C24", 1, 1),
      ("C25", 2, 1), ("C26", 3, 1), ("C27", 1, 1),
    ])
  func sound(name: String, kind: UInt8, version: UInt8) throws {
    let bytes = Vectors.message(name)
    let message = try #require(parse(bytes))
    #expect(message.kind.rawValue == kind)
    #expect(message.header.version == version)
    #expect(Int(message.header.length) == bytes.count)
    #expect(message.faults.isEmpty)
    #expect(!message.isCut)
  }

  @Test("a Proposal of version 1 tells peer, GID and prefix")
  func proposalV1() throws {
    let fields = try #require(parse(Vectors.message("C01"))?.proposal)
    #expect(fields.peerID.description == "1@8a:1b:2c:3d:4e:5f")
    #expect(fields.gid.description == "fe80::8a1b:2cff:fe3d:4e5f")
    #expect(macAddress(fields.mac) == "88:1b:2c:3d:4e:5f")
    #expect(fields.prefixes.map(\.description) == ["192.168.1.0/24"])
    #expect(fields.modesV1 == .r && fields.modesV2 == .none && fields.smcD == nil)
  }

  @Test("a Proposal of version 2 tells enterprise IDs, limits and the RoCEv2 address")
  func proposalV2() throws {
    let part = try #require(parse(Vectors.message("C03"))?.proposal?.version2)
    #expect(part.identifiers.map(\.description) == ["SITE-A.PROD"])
    #expect(part.release == 1 && part.mostConnections == 255 && part.mostLinks == 2)
    #expect(part.gid.description == "192.168.1.10")
    #expect(part.systemID == nil)
  }

  @Test("a Proposal of version 2 with SMC-D tells devices and the system ID")
  func proposalV2WithD() throws {
    let fields = try #require(parse(Vectors.message("C04"))?.proposal)
    #expect(fields.modesV1 == .both && fields.modesV2 == .both)
    #expect(fields.smcD?.gid == 0x1122_3344_5566_7788 && fields.smcD?.chid == 0x07C1)
    #expect(fields.version2?.systemID?.description == "IBM-SYSZ-ISMSEID00000000ABCD8561")
    #expect(fields.version2?.devices == [.init(gid: 0x99AA_BBCC_DDEE_FF00, chid: 0x07C2)])
  }

  @Test("IPv6 prefixes and several enterprise IDs are read")
  func lists() throws {
    let v6 = try #require(parse(Vectors.message("C05"))?.proposal)
    #expect(v6.prefixes.map(\.description) == ["2001:db8:1::/64", "2001:db8:2::/48"])
    let two = try #require(parse(Vectors.message("C23"))?.proposal)
    #expect(two.prefixes.isEmpty)
    #expect(two.version2?.identifiers.map(\.description) == ["SITE-A.PROD", "SITE-B"])
    let loopback = try #require(parse(Vectors.message("C27"))?.proposal)
    #expect(loopback.prefixes.map(\.description) == ["::1/128"])
  }

  @Test(
    "Accept and Confirm of SMC-R tell both ends",
    arguments: [
      (name: "C06", qp: 0x12A, key: 0x8000_1F05, token: 7, kib: 128, mtu: 4096, psn: 0x1A2B3C, first: true),
      (name: "C07", qp: 0x23B, key: 0x8000_2E06, token: 9, kib: 64, mtu: 1024, psn: 0x4D5E6F, first: false),
      (name: "C25", qp: 228, key: 5501, token: 5, kib: 64, mtu: 1024, psn: 7_534_078, first: true),
      (name: "C26", qp: 229, key: 6271, token: 6, kib: 64, mtu: 1024, psn: 887_204, first: false),
    ] as [(name: String, qp: UInt32, key: UInt32, token: UInt32, kib: UInt64, mtu: UInt32, psn: UInt32, first: Bool)])
  func endR(
    name: String, qp: UInt32, key: UInt32, token: UInt32, kib: UInt64, mtu: UInt32, psn: UInt32, first: Bool
  ) throws {
    let fields = try #require(parse(Vectors.message(name))?.accept)
    guard case .r(let end)? = fields.end else { throw Missing() }
    #expect(end.queuePair == qp && end.remoteKey == key && end.alertToken == token)
    #expect(end.bufferSize == kib * 1024 && end.mtu == mtu && end.firstPacket == psn)
    #expect(fields.isFirstContact == first)
  }

  struct Missing: Error {}

  @Test(
    "the first contact extension is read in both lengths",
    arguments: [
      ("C08", "srv01", 1), ("C09", "cli01", 1), ("C11", "srv01", 0), ("C19", "srv01", 1), ("C22", "srv01", 0),
    ])
  func firstContact(name: String, host: String, release: UInt8) throws {
    let fields = try #require(parse(Vectors.message(name))?.accept)
    #expect(fields.firstContact?.hostName.description == host)
    #expect(fields.firstContact?.system == .linux)
    #expect(fields.firstContact?.release == release)
    #expect(fields.identifier?.description == "SITE-A.PROD")
    #expect(fields.gids.count == (name == "C09" ? 2 : 0))
  }

  @Test("SMC-D is told from SMC-R", arguments: [("C10", true), ("C11", true), ("C20", true), ("C21", false)])
  func modes(name: String, isD: Bool) throws {
    #expect(try #require(parse(Vectors.message(name))?.accept).isD == isD)
  }

  @Test(
    "a Decline tells code, system and out of sync",
    arguments: [
      ("C12", 0x0303_0000, "not told", false), ("C13", 0x0307_0000, "Linux", false),
      ("C14", 0x0400_0000, "not told", true), ("C15", 0x0303_0008, "Linux", false), ("C16", 0x5301, "z/OS", false),
    ])
  func decline(name: String, code: UInt32, system: String, outOfSync: Bool) throws {
    let fields = try #require(parse(Vectors.message(name))?.decline)
    #expect(fields.code == code && fields.system.description == system && fields.outOfSync == outOfSync)
  }

  @Test("wrong length and wrong trailer are named")
  func malformed() throws {
    let long = try #require(parse(Vectors.message("C17")))
    #expect(long.faults == [.length(found: 56, expected: 52), .trailer(0)])
    let trailer = try #require(parse(Vectors.message("C18")))
    #expect(trailer.faults == [.trailer(0xE2D4_C300)])
  }

  @Test("every code of the table is found once, and a stranger's is not")
  func codes() {
    let all = DeclineCode.table + DeclineCode.internalTable
    #expect(Set(all.map(\.code)).count == all.count)
    #expect(DeclineCode.known(0x0303_0000)?.name == "NOSMCDEV")
    #expect(DeclineCode.known(0x0999_0003)?.name == "ERR_REGBUF")
    #expect(DeclineCode.known(0x5301) == nil)
  }

  @Test(
    "the option is found as Linux finds it",
    arguments: [
      ("T01", SMCOption.valid), ("T02", .valid), ("T03", .absent), ("T04", .valid), ("T05", .valid), ("T06", .absent),
      ("T07", .absent), ("T08", .ignored), ("T09", .valid), ("T10", .ignored), ("T11", .absent),
    ])
  func option(name: String, expected: SMCOption) {
    let bytes = Vectors.option(name)
    let found = SMCOption.find(in: bytes.span.bytes)
    #expect(found == expected)
  }
}
