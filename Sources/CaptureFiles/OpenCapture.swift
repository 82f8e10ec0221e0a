import Frames

/// One capture file, pipe or compressed file while it is read.
///
/// A class because many are kept in lists and own buffers; it is touched once per batch, never per frame.
final class OpenCapture {
  /// Place among the inputs; decides which of two frames of the same time comes first.
  let order: Int
  /// Whether it is a file as it is, in which reading can go on elsewhere.
  let isSeekable: Bool
  /// Time of the next frame; nil while it is not known.
  private(set) var headTime: Int64?
  private(set) var isFinished = false

  private let name: String
  private let stream: any ByteStream
  private let ledger: CaptureLedger
  private let file: Int
  private var window: ReadWindow
  private var position: Int
  private let pcap: PcapCursor?
  private var pcapng: PcapngCursor
  /// Nothing without a frame was read since the last one: then reading can go on from ``position`` another time.
  private var isBehindFrame = true
  /// Offset from which on nothing is read.
  private var end = UInt64.max

  /// Opens `path` and reads enough of it to know that it is a capture; `continues`: all files before it have ended.
  ///
  /// - Throws: a `CaptureFileError` when it is none, or cannot be read at all.
  init(
    path: String, order: Int, ledger: CaptureLedger, windowSize: Int, continues: Bool = false
  ) throws(CaptureFileError) {
    let input = try FileInput(path: path)
    let (stream, packing) = try OpenCapture.unpacked(input, path)
    var window = ReadWindow(size: windowSize)
    try OpenCapture.fill(&window, from: stream, path, atLeast: PcapngCursor.shortestSection)
    let (magic, header, count) = window.withBytes { (Magic($0), PcapHeader($0), $0.byteCount) }
    let format: String
    switch (magic, header) {
    case (.pcap, let header?): format = header.format
    case (.pcapng, _) where count >= PcapngCursor.shortestSection: format = "pcapng"
    default: throw OpenCapture.refusal(magic, path, packing, count)
    }
    self.order = order
    self.name = path
    isSeekable = input.isRegular && packing.isEmpty
    self.stream = stream
    self.ledger = ledger
    self.window = window
    file = ledger.add(CaptureFile(name: path, format: packing.isEmpty ? format : "\(packing) \(format)"))
    pcapng = PcapngCursor(ledger: ledger, continues: continues)
    pcap = header.map { header in
      let interface = CaptureInterface(
        name: "", linkType: header.linkType, snapLength: header.snapLength, timeDigits: header.fraction == 1 ? 9 : 6)
      let known = continues ? ledger.known(interface, first: .max) { _ in true } : nil
      return PcapCursor(header: header, interface: known ?? ledger.add(interface))
    }
    position = pcap == nil ? 0 : PcapCursor.fileHeaderLength
    ledger.setBytes(stream.rawBytes, file: file)
  }

  /// Puts the next frames, at most `most` and none later than `limit`, into `records`; returns how many, 0 at the end or
  /// limit.
  ///
  /// - Complexity: O(frames), and one read where the window is used up.
  func fill(_ records: inout [FrameRecord], most: Int = .max, limit: Int64, number: UInt64) -> Int {
    headTime = nil
    while !isFinished {
      let walk = walk(most: min(most, records.count), limit: limit, number: number, into: &records)
      position = walk.position
      isBehindFrame = walk.isBehindFrame
      if case .later(let time) = walk.stop { headTime = time }
      if walk.count > 0 {
        ledger.count(frames: walk.count, from: number, file: file)
        return walk.count
      }
      switch walk.stop {
      case .full, .later: return 0
      case .needs(let bytes): refill(needed: bytes)
      case .damaged(let damage): finish(damage)
      }
    }
    return 0
  }

  /// Calls `body` with the window that the last records point into.
  func withBytes(_ body: (RawSpan) -> Void) { window.withBytes(body) }

  /// Where the frame of that number begins, which must be the next one; nil where reading could not go on from.
  func place(of number: UInt64) -> FramePlace? {
    guard isSeekable, isBehindFrame else { return nil }
    return FramePlace(
      number: number, offset: window.offset &+ UInt64(position), changes: pcapng.changes, timeBefore: pcapng.lastTime)
  }

  /// Goes to `place` and reads nothing from the offset `end` on; false when that is not possible.
  func move(to place: FramePlace, until end: UInt64) -> Bool {
    guard isSeekable, !isFinished, place.changes == pcapng.changes else { return false }
    self.end = end
    if place.offset == window.offset &+ UInt64(position) { return true }
    guard stream.move(to: place.offset) else { return false }
    window.restart(at: place.offset)
    position = 0
    isBehindFrame = true
    pcapng.move(timeBefore: place.timeBefore)
    return true
  }

  private func walk(
    most: Int, limit: Int64, number: UInt64, into records: inout [FrameRecord]
  ) -> FrameWalk {
    var all = records.mutableSpan
    var room = all._mutatingExtracting(first: most)
    return window.withBytes { bytes in
      if let pcap { return pcap.walk(bytes, from: position, limit: limit, number: number, into: &room) }
      return pcapng.walk(bytes, from: position, limit: limit, number: number, into: &room)
    }
  }

  private func refill(needed: Int) {
    let outcome = window.refill(from: stream, keepingFrom: position, needed: needed, until: end)
    position = 0
    ledger.setBytes(stream.rawBytes, file: file)
    switch outcome {
    case .bytes: return
    case .failed(let failure): finish(failure.kind, failure.sentence)
    case .end:
      isFinished = true
      guard window.count > 0 || pcapng.skipping > 0 else { return }
      // Beyond the file, and longer than any capture program writes: that length is garbage.
      if let pcap, needed > max(Self.longestUsual, Int(pcap.header.snapLength)) + pcap.header.recordHeaderLength {
        return finish(.frameTooLong(UInt32(clamping: needed - pcap.header.recordHeaderLength)))
      }
      finish(
        .truncated,
        "The file ends inside a record after \(frames); what came before it was analyzed. "
          + "Copy the file again if the copy was interrupted, or stop the capture before copying.")
    }
  }

  private func finish(_ damage: RecordDamage) {
    finish(
      .damaged,
      "After \(frames) \(damage.words); what came before it was analyzed, nothing after it. "
        + "Get the file again, or check it with `capinfos`.")
  }

  /// The largest snap length of libpcap.
  private static let longestUsual = 262_144

  private var frames: String {
    let count = ledger.frames(file: file)
    return count == 1 ? "1 frame" : "\(count) frames"
  }

  private func finish(_ kind: CaptureProblem.Kind, _ sentence: String) {
    isFinished = true
    let offset = window.offset &+ UInt64(position)
    ledger.note(CaptureProblem(kind: kind, file: name, offset: offset, sentence: sentence))
  }
}

extension OpenCapture {
  /// The stream of what is in the file, and what it was packed with.
  private static func unpacked(
    _ input: FileInput, _ path: String
  ) throws(CaptureFileError) -> (any ByteStream, String) {
    let magic: Magic?
    do { magic = try input.magic() } catch { throw .unreadable(path, reason: error.failure.sentence) }
    guard let magic else { throw .empty(path) }
    let stream: (any ByteStream)?
    let packing: String
    switch magic {
    case .gzip: (stream, packing) = (GzipStream(input), "gzip")
    case .zstd: (stream, packing) = (ZstdStream(input), "zstd")
    default: (stream, packing) = (input, "")
    }
    guard let stream else {
      throw .unreadable(path, reason: "There is not enough memory to unpack it; free some and try again.")
    }
    return (stream, packing)
  }

  private static func fill(
    _ window: inout ReadWindow, from stream: any ByteStream, _ path: String, atLeast count: Int
  ) throws(CaptureFileError) {
    while window.count < count {
      switch window.refill(from: stream, keepingFrom: 0, needed: count) {
      case .bytes: continue
      case .end: return
      case .failed(let failure):
        // What came before the failure may be a whole small capture; the failure is met again by the next read.
        if window.count >= PcapCursor.fileHeaderLength { return }
        throw .unreadable(path, reason: failure.sentence)
      }
    }
  }

  private static func refusal(
    _ magic: Magic, _ path: String, _ packing: String, _ count: Int
  ) -> CaptureFileError {
    switch magic {
    case _ where count == 0: return .empty(path)
    case .pcap where count >= PcapCursor.fileHeaderLength:
      return .notACapture(
        path, looksLike: "pcap of an unknown version",
        next: "convert it with `editcap -F pcap IN OUT` and read the result")
    case .pcap, .pcapng: return .cutInHeader(path)
    case .gzip, .zstd:
      return .notACapture(
        path, looksLike: "data packed twice", next: "unpack it once with `\(packing) -d` and read the result")
    case .other(let looksLike, let next):
      return .notACapture(path, looksLike: packing.isEmpty ? looksLike : "\(packing) of \(looksLike)", next: next)
    }
  }
}
