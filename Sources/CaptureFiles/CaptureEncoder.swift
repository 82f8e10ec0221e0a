import Frames

/// Frames to the bytes of a capture file, one by one, for a caller that drains them; little endian.
///
/// pcapng is one section with all interfaces at its start, each with the time resolution that it came with. Classic pcap
/// has one link type and one resolution; it keeps neither interfaces nor comments.
///
/// Source: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
package struct CaptureEncoder {
  /// What was written and not yet taken.
  package private(set) var bytes: [UInt8] = []
  private let format: CaptureWriter.Format
  private let interfaces: [CaptureInterface]
  private var lastTime: Int64 = 0

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - format: the file format.
  ///   - interfaces: what the records' interface numbers mean; classic pcap takes the link type of the first.
  ///   - comment: on the whole section; pcapng only.
  package init(_ format: CaptureWriter.Format, interfaces: [CaptureInterface], comment: String = "") {
    self.format = format
    self.interfaces = interfaces
    if format == .pcapng {
      bytes.append(sectionWith: interfaces, comment: comment)
    } else {
      appendFileHeader()
    }
  }

  /// Adds a frame whose kept bytes are `frame`; the record tells the rest, and its offset and captured length nothing.
  ///
  /// - Returns: whether it was added: an interface that was not there at the start has no frames here.
  /// - Note: times outside what the format can hold (classic pcap 1970 to 2106, pcapng from 1970 on) are clamped.
  @discardableResult
  package mutating func add(_ record: FrameRecord, _ frame: RawSpan, comments: [String] = []) -> Bool {
    guard Int(record.interface) < interfaces.count else { return false }
    lastTime = max(lastTime, record.time)
    if format == .pcapng {
      let ticks = ticks(record.time, interfaces[Int(record.interface)])
      bytes.append(packet: record, ticks: ticks, frame, comments: comments)
    } else {
      appendRecord(record, frame)
    }
    return true
  }

  /// Ends the file: what the interfaces say they dropped.
  package mutating func finish() {
    guard format == .pcapng else { return }
    for (index, interface) in interfaces.enumerated() {
      guard let drops = interface.reportedDrops else { continue }
      let statistics = PcapngStatistics(droppedByInterface: drops)
      bytes.append(statistics, interface: index, ticks: ticks(lastTime, interface))
    }
  }

  /// Hands over what was written so far.
  package mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func appendFileHeader() {
    let limits = interfaces.map(\.snapLength)
    bytes.append(word: format == .pcapNanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
    bytes.append(short: 2)
    bytes.append(short: 4)
    bytes.append(word: 0)
    bytes.append(word: 0)
    // Some readers take a snap length of 0 literally; this is the greatest that libpcap itself writes.
    bytes.append(word: limits.contains(0) ? 262_144 : limits.max() ?? 262_144)
    bytes.append(word: UInt32(interfaces.first?.linkType.rawValue ?? LinkType.ethernet.rawValue))
  }

  private mutating func appendRecord(_ record: FrameRecord, _ frame: RawSpan) {
    let time = min(max(record.time, 0), Int64(UInt32.max) * PacketTime.second + 999_999_999)
    let fraction = time % PacketTime.second
    bytes.append(word: UInt32(time / PacketTime.second))
    bytes.append(word: UInt32(format == .pcapNanoseconds ? fraction : fraction / PacketTime.microsecond))
    bytes.append(word: UInt32(clamping: frame.byteCount))
    bytes.append(word: record.originalLength)
    bytes.append(frame)
  }

  private func ticks(_ time: Int64, _ interface: CaptureInterface) -> UInt64 {
    let digits = min(9, interface.timeDigits)
    return UInt64(max(0, time)) / (digits..<9).reduce(1) { power, _ in power * 10 }
  }
}
