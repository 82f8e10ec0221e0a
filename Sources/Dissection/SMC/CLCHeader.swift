import Frames

/// The first eight bytes of every CLC message.
///
///     | eyecatcher E2D4C3D9 or E2D4C3C4               |  0
///     | type  |    length     | version|typev2|typev1 |  4
///
/// Source: Linux `net/smc/smc_clc.h`, RFC 7609.
package struct CLCHeader: Hashable, Sendable {
  package static let byteCount = 8
  /// "SMCR" in EBCDIC; also the identifier of the TCP option.
  package static let eyecatcherR: UInt32 = 0xE2D4_C3D9
  /// "SMCD" in EBCDIC.
  package static let eyecatcherD: UInt32 = 0xE2D4_C3C4
  /// No message that Linux builds or buffers is longer (652); the rest is room for other stacks.
  package static let lengths = 28...2048

  /// The first four bytes.
  package var eyecatcher: UInt32
  /// 1 Proposal, 2 Accept, 3 Confirm, 4 Decline.
  package var type: UInt8
  /// Bytes of the whole message, header and trailer included.
  package var length: UInt16
  /// Version and modes.
  package var flags: UInt8

  /// Reads a header; nil when there are fewer than eight bytes or no eyecatcher.
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= Self.byteCount else { return nil }
    eyecatcher = bytes.bigEndian(0)
    type = bytes.byte(4)
    length = bytes.bigEndian(5)
    flags = bytes.byte(7)
    guard Self.isEyecatcher(eyecatcher) else { return nil }
  }

  /// Whether four bytes start (or end) a CLC message.
  @inline(__always)
  package static func isEyecatcher(_ value: UInt32) -> Bool { value == eyecatcherR || value == eyecatcherD }

  /// Protocol version: 1 or 2.
  package var version: UInt8 { flags >> 4 }
  /// What kind of message it is; nil for a type that does not exist.
  package var kind: CLCMessage.Kind? { CLCMessage.Kind(rawValue: type) }
  /// Modes of version 2 in a Proposal.
  package var modesV2: SMCModes { SMCModes(bits: flags >> 2) }
  /// Modes of version 1 in a Proposal; the chosen mode in Accept and Confirm of either version.
  package var modesV1: SMCModes { SMCModes(bits: flags) }
  /// First contact in Accept and Confirm, out of sync in Decline.
  package var hasFlag: Bool { flags & 0x08 != 0 }
}

/// Which of SMC-R and SMC-D are on offer.
///
/// Source: Linux `net/smc/smc_clc.h`, `SMC_TYPE_*`.
package enum SMCModes: UInt8, Hashable, Sendable {
  case r = 0
  case d = 1
  case none = 2
  case both = 3

  init(bits: UInt8) { self = [.r, .d, .none, .both][Int(bits & 3)] }

  /// Whether SMC-R (over RDMA) is on offer.
  package var hasR: Bool { self == .r || self == .both }
  /// Whether SMC-D (through shared memory) is on offer.
  package var hasD: Bool { self == .d || self == .both }

  /// For sentences; `suffix` is the version.
  package func words(_ suffix: String) -> String {
    switch self {
    case .r: "SMC-R\(suffix)"
    case .d: "SMC-D\(suffix)"
    case .none: ""
    case .both: "SMC-R\(suffix) and SMC-D\(suffix)"
    }
  }
}
