import Frames

/// How a header's TCP options carry the identifier of SMC.
///
///     | kind FE | length 06 | E2 D4 C3 D9 |    "SMCR" in EBCDIC, at any position and alignment
///
/// Linux takes kind 254 with an even length of at least 6 and compares all 32 bits. Source: Linux
/// `smc_parse_options` in `net/ipv4/tcp_input.c`, RFC 6994.
package enum SMCOption: Sendable, Equatable {
  /// Not there, or not by its whole identifier.
  case absent
  /// As Linux reads it.
  case valid
  /// The identifier is there under kind 253 or with an odd length; Linux does not see it.
  case ignored

  /// Looks through the option area of a header; bytes after a malformed option are not looked at.
  package static func find(in options: RawSpan) -> SMCOption {
    var at = 0
    var found = SMCOption.absent
    while at < options.byteCount {
      let kind = options.byte(at)
      if kind == 0 { break }
      if kind == 1 {
        at += 1
        continue
      }
      guard at + 1 < options.byteCount else { break }
      let length = Int(options.byte(at + 1))
      guard length >= 2, length <= options.byteCount - at else { break }
      if kind >= 253, kind <= 254, length >= 6, options.bigEndian(at + 2, as: UInt32.self) == CLCHeader.eyecatcherR {
        if kind == 254, length % 2 == 0 { return .valid }
        found = .ignored
      }
      at += length
    }
    return found
  }
}
