/// A classic pcap file under construction: little-endian, microseconds, Ethernet, written in blocks of 4 MiB.
struct CaptureWriter: ~Copyable {
  private static let blockSize = 4 << 20
  /// No record of any profile is longer than this.
  private static let largestRecord = 2_048

  private(set) var packets = 0
  private(set) var byteCount = 0
  private let file: OutputFile
  private var composer = FrameComposer(capacity: Self.blockSize)

  init(path: String) throws(GeneratorError) {
    file = try OutputFile(path: path)
    composer.appendFileHeader()
  }

  /// Appends `segment` of `conversation`, captured at `time` nanoseconds since 1970.
  mutating func write(
    _ segment: OutgoingSegment, of conversation: Conversation, at time: UInt64
  ) throws(GeneratorError) {
    if composer.used + Self.largestRecord > Self.blockSize { try flush() }
    composer.append(segment, of: conversation, at: time, number: packets)
    packets += 1
  }

  /// Writes what is still buffered.
  mutating func flush() throws(GeneratorError) {
    try file.write(composer.bytes, count: composer.used)
    byteCount += composer.used
    composer.used = 0
  }
}
