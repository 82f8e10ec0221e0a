import Frames

/// What the first bytes of an input say it is.
enum Magic {
  case pcap
  case pcapng
  case gzip
  case zstd
  /// Something else, in words, and what can be done with it.
  case other(looksLike: String, next: String)

  /// Judges by the first bytes; the name of a file says nothing.
  init(_ bytes: RawSpan) {
    if PcapMagic(bytes) != nil {
      self = .pcap
      return
    }
    let known = Magic.signatures.first { Magic.starts(bytes, with: $0.bytes) }
    self = known?.meaning ?? Magic.unknown(bytes)
  }

  private struct Signature: Sendable {
    let bytes: [UInt8]
    let meaning: Magic

    init(_ bytes: [UInt8], _ meaning: Magic) {
      (self.bytes, self.meaning) = (bytes, meaning)
    }

    init(text: String, capture: String) {
      let next = "convert it with `editcap -F pcap IN OUT` and read the result"
      self.init(Array(text.utf8), .other(looksLike: "\(capture) capture", next: next))
    }

    init(_ bytes: [UInt8], packed: String, by tool: String) {
      self.init(bytes, .other(looksLike: "\(packed) data", next: "unpack it with `\(tool)` and read the result"))
    }
  }

  private static let signatures: [Signature] =
    [
      Signature([0x0A, 0x0D, 0x0D, 0x0A], .pcapng),
      Signature([0x1F, 0x8B], .gzip),
      Signature([0x28, 0xB5, 0x2F, 0xFD], .zstd),
      Signature(text: "snoop\0\0\0", capture: "a snoop"),
      Signature(text: "GMBU", capture: "a Network Monitor"),
      Signature(text: "RTSS", capture: "a Network Monitor"),
      Signature(text: "iptrace ", capture: "an AIX iptrace"),
      Signature(text: "TRSNIFF data", capture: "a Sniffer"),
      Signature(text: "XCP\0", capture: "a NetXRay"),
      Signature([0xFD, 0x37, 0x7A, 0x58, 0x5A], packed: "xz", by: "xz -d"),
      Signature(Array("BZh".utf8), packed: "bzip2", by: "bzip2 -d"),
      Signature([0x04, 0x22, 0x4D, 0x18], packed: "lz4", by: "lz4 -d"),
      Signature([0x50, 0x4B, 0x03, 0x04], packed: "zip", by: "unzip"),
      Signature([0x37, 0x7A, 0xBC, 0xAF], packed: "7-Zip", by: "7z x"),
    ]
    // Skippable zstd frames may come before the first real one.
    + (0x50...0x5F).map { Signature([$0, 0x2A, 0x4D, 0x18], .zstd) }

  private static func starts(_ bytes: RawSpan, with prefix: [UInt8]) -> Bool {
    bytes.byteCount >= prefix.count && prefix.indices.allSatisfy { bytes.byte($0) == prefix[$0] }
  }

  /// Endace's format has no magic number, only records with a plausible type and lengths.
  private static func looksLikeERF(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount >= 16 else { return false }
    let (length, wire): (UInt16, UInt16) = (bytes.bigEndian(10), bytes.bigEndian(14))
    return 1...48 ~= bytes.byte(8) & 0x7F && length >= 16 && wire > 0 && Int(length) <= Int(wire) + 64
  }

  private static func unknown(_ bytes: RawSpan) -> Magic {
    let seen = 0..<min(bytes.byteCount, 256)
    if seen.allSatisfy({ [9, 10, 13].contains(bytes.byte($0)) || 32..<127 ~= bytes.byte($0) }) {
      return .other(looksLike: "text", next: "capture with `tcpdump -w FILE`, which writes the packets themselves")
    }
    return looksLikeERF(bytes)
      ? .other(looksLike: "an ERF capture", next: "convert it with `editcap -F pcap IN OUT` and read the result")
      : .other(looksLike: "unknown binary data", next: "if Wireshark opens it, save it from there as pcapng")
  }
}
