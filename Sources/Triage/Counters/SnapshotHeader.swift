import Frames

/// The first line of a recorded snapshot: when it was taken, and on which kernel.
///
/// `# tcptriage counters: 1795258561.123456789 s since 1970 UTC, kernel 6.18.44`. The time is in nanoseconds since 1970.
package enum SnapshotHeader {
  private static let start = "# tcptriage counters: "
  private static let middle = " s since 1970 UTC, kernel "

  package static func line(time: Int64, kernel: String) -> String {
    let name = kernel.unicodeScalars.allSatisfy(isPlain) && !kernel.isEmpty ? kernel : "unknown"
    return "\(start)\(PacketTime.seconds(time))\(middle)\(name)\n"
  }

  /// What such a line says; nothing for any other.
  static func read(_ line: some StringProtocol) -> (time: Int64?, kernel: String?) {
    guard line.hasPrefix(start), line.utf8.count <= 200 else { return (nil, nil) }
    let words = line.dropFirst(start.count).split(separator: " ")
    guard let first = words.first, let last = words.last, words.count == 7 else { return (nil, nil) }
    let parts = first.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 9, let whole = Int64(parts[0]), let rest = Int64(parts[1]),
      (0..<9_000_000_000).contains(whole), rest >= 0
    else { return (nil, nil) }
    let kernel = last.unicodeScalars.allSatisfy(isPlain) ? String(last) : nil
    return (whole * 1_000_000_000 + rest, kernel)
  }

  /// Letters, digits and what stands between them in a release: `6.1.0-25-amd64`.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789.-_+~".unicodeScalars.contains(scalar))
  }
}
