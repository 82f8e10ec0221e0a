import Dissection
import Frames

/// The start of one direction's byte stream, put in order as far as CLC messages can reach.
///
/// Keeps apart what was on the wire and what the capture kept of it: the header of a message cut by the snap length
/// still tells where the next one starts. Bounded: ``window`` bytes and ``Coverage/limit`` separate ranges.
struct CLCStream: Sendable {
  /// Stream bytes looked at; the longest handshake that Linux can build takes less than half of them.
  static let window = 2048

  /// What stands at the boundary where the next message should start.
  enum Event {
    /// Not enough has been seen yet.
    case wait
    case message(CLCMessage)
    /// A header with an eyecatcher that leads nowhere.
    case damaged(CLCFault)
    /// Bytes that are not CLC: application data.
    case foreign
    /// Bytes that were on the wire but that the capture did not keep.
    case unreadable
  }

  private var bytes: [UInt8] = []
  private var kept = Coverage()
  private var wire = Coverage()
  /// Stream offset where the next message should start.
  private(set) var boundary = 0

  init() {}

  /// Stream bytes seen without a gap, from the first one on, at most ``window``.
  var contiguous: Int { wire.end(from: 0) }

  /// Whether bytes behind a gap are held.
  var hasGap: Bool { wire.last > contiguous }

  /// Takes payload at a stream offset; what was seen before stays as it was.
  ///
  /// - Returns: true when any byte is new.
  mutating func add(at offset: Int64, wireLength: UInt32, _ payload: RawSpan) -> Bool {
    let (end, overflow) = offset.addingReportingOverflow(Int64(wireLength))
    guard !overflow, end > 0, offset < Self.window else { return false }
    let range = Int(max(0, offset))..<Int(min(Int64(Self.window), end))
    guard !range.isEmpty else { return false }
    let isNew = wire.insert(range)
    let skipped = range.lowerBound - Int(max(offset, Int64(-1 << 32)))
    let count = min(range.count, payload.byteCount - skipped)
    guard count > 0 else { return isNew }
    keep(range.lowerBound..<range.lowerBound + count, payload, from: skipped)
    return isNew
  }

  private mutating func keep(_ range: Range<Int>, _ payload: RawSpan, from skipped: Int) {
    if bytes.count < range.upperBound {
      bytes.append(contentsOf: repeatElement(0, count: range.upperBound - bytes.count))
    }
    for index in range where !kept.contains(index) {
      bytes[index] = payload.byte(skipped + index - range.lowerBound)
    }
    _ = kept.insert(range)
  }

  /// Reads what stands at the boundary and moves it behind a whole message.
  mutating func next() -> Event {
    let event = peek()
    if case .message(let message) = event { boundary += Int(message.header.length) }
    return event
  }

  private func peek() -> Event {
    let have = kept.end(from: boundary) - boundary
    let onWire = wire.end(from: boundary) - boundary
    guard onWire > 0 else { return .wait }
    guard looksLikeCLC(have) else { return .foreign }
    guard have >= CLCHeader.byteCount else { return have < onWire ? .unreadable : .wait }
    // `Span.bytes` is marked unsafe only because elements may have padding; bytes have none.
    let all = unsafe bytes.span.bytes.extracting(boundary..<boundary + have)
    guard let header = CLCHeader(all) else { return .foreign }
    let length = Int(header.length)
    guard header.kind != nil else { return .damaged(.unknownType(header.type)) }
    guard header.version > 0 else { return .damaged(.version(0)) }
    guard CLCHeader.lengths.contains(length) else { return .damaged(.lengthOutOfRange(length)) }
    guard boundary + length <= Self.window else { return .unreadable }
    guard onWire >= length, let message = CLCMessage(all) else { return .wait }
    return .message(message)
  }

  private func looksLikeCLC(_ have: Int) -> Bool {
    let eyecatcher: [UInt8] = [0xE2, 0xD4, 0xC3]
    for index in 0..<min(3, have) where bytes[boundary + index] != eyecatcher[index] { return false }
    return have < 4 || bytes[boundary + 3] == 0xD9 || bytes[boundary + 3] == 0xC4
  }
}

/// Which offsets of a short stream have been seen: sorted ranges that do not touch.
struct Coverage: Sendable {
  /// Ranges held; a stranger who sends every other byte gets no further.
  static let limit = 16

  private var ranges: [Range<Int>] = []

  init() {}

  /// Offset after the last one seen; 0 when there is none.
  var last: Int { ranges.last?.upperBound ?? 0 }

  func contains(_ offset: Int) -> Bool { ranges.contains { $0.contains(offset) } }

  /// End of the run that `offset` lies in (or ends), `offset` itself when it has not been seen.
  func end(from offset: Int) -> Int {
    ranges.first { $0.contains(offset) }?.upperBound ?? offset
  }

  /// Adds a range; one that finds no room is forgotten.
  ///
  /// - Returns: true when any offset in it is new.
  mutating func insert(_ new: Range<Int>) -> Bool {
    if ranges.contains(where: { $0.lowerBound <= new.lowerBound && $0.upperBound >= new.upperBound }) { return false }
    var merged = new
    ranges.removeAll { old in
      guard old.lowerBound <= merged.upperBound, old.upperBound >= merged.lowerBound else { return false }
      merged = min(old.lowerBound, merged.lowerBound)..<max(old.upperBound, merged.upperBound)
      return true
    }
    let at = ranges.firstIndex { $0.lowerBound > merged.lowerBound } ?? ranges.count
    ranges.insert(merged, at: at)
    if ranges.count > Self.limit { ranges.removeLast() }
    return true
  }
}
