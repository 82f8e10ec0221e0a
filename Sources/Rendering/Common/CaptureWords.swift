import Frames
import Triage

/// What was read, in words.
extension CaptureSummary {
  /// `trace.pcap`, `a.pcap, b.pcap and 3 more`.
  var fileWords: String {
    let names = source.files.prefix(2).map { $0.name == "-" ? "standard input" : Visible.text($0.name, limit: 200) }
    if names.isEmpty { return "no file" }
    let others = source.files.count - names.count
    return names.joined(separator: ", ") + (others > 0 ? " and \(Quantity.count(others)) more" : "")
  }

  /// `2026-11-21 01:35:15 UTC, 12.3 s`.
  var timeWords: String {
    guard frames > 0 else { return "no time" }
    return "\(Moment.utc(firstTime)), \(Quantity.duration(Moment.elapsed(from: firstTime, to: lastTime)))"
  }

  /// `1.2 MB`, with what was on the wire where the capture kept less.
  var sizeWords: String {
    capturedBytes == wireBytes
      ? Quantity.bytes(capturedBytes) : "\(Quantity.bytes(capturedBytes)) kept of \(Quantity.bytes(wireBytes))"
  }

  /// `pcap, Ethernet` ...
  var formatWords: String {
    var formats: [String] = []
    for file in source.files where !formats.contains(file.format) { formats.append(file.format) }
    let links = linkTypes.prefix(6).map(\.linkType.name)
    return Visible.text((formats.prefix(4) + links).joined(separator: ", "), limit: 200)
  }
}
