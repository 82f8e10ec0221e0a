/// Something that hands out frames batch by batch: capture files, a pipe, a live interface.
public protocol FrameSource: ~Copyable {
  /// Calls `body` with the next batch and returns true, or returns false at the end of the input.
  ///
  /// Damage in the middle of the input does not throw: the source notes it in ``problems``, hands out what it could
  /// read,
  /// and goes on with the next file. A batch is valid only during the call.
  mutating func nextBatch(_ body: (borrowing FrameBatch) -> Void) -> Bool

  /// What the source knows about where the frames came from; complete when `nextBatch` has returned false.
  var description: CaptureDescription { get }
}

/// Where frames came from, as far as the source knows.
public struct CaptureDescription: Sendable {
  /// The files in the order in which they were read, or one entry for a pipe or an interface.
  public var files: [CaptureFile] = []
  /// The interfaces of all files, in the order of ``FrameRecord/interface``.
  public var interfaces: [CaptureInterface] = []
  /// What went wrong while reading; empty for a sound capture.
  public var problems: [CaptureProblem] = []
  /// Where the frames of several files came from, in the order of their numbers; sources bound its length.
  public var runs: [FrameRun] = []

  /// An empty description.
  public init() {}
}

/// Frames of one file that follow each other in the whole input.
public struct FrameRun: Sendable, Hashable {
  /// Number of the first one in the whole input.
  public var firstFrame: UInt64
  /// Number of the first one in its file, from 1.
  public var firstInFile: UInt64
  /// How many there are.
  public var frames: UInt64
  /// Index into ``CaptureDescription/files``.
  public var file: Int

  /// Joins the parts.
  public init(firstFrame: UInt64, firstInFile: UInt64, frames: UInt64, file: Int) {
    self.firstFrame = firstFrame
    self.firstInFile = firstInFile
    self.frames = frames
    self.file = file
  }
}

extension CaptureDescription {
  /// The file that a frame came from and its number there; nil when there is one file only or when it is not known.
  ///
  /// - Complexity: O(log of the number of runs).
  package func origin(of frame: UInt64) -> (file: CaptureFile, frame: UInt64)? {
    guard files.count > 1 else { return nil }
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].firstFrame <= frame { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let run = runs[low - 1]
    let offset = frame - run.firstFrame
    guard offset < run.frames, files.indices.contains(run.file) else { return nil }
    return (files[run.file], run.firstInFile &+ offset)
  }
}

/// One file (or pipe, or interface) that frames came from.
public struct CaptureFile: Sendable {
  /// The name as the user gave it; `-` for standard input.
  public var name: String
  /// Format in words: `pcap`, `pcapng`, with `gzip` or `zstd` in front where compressed.
  public var format: String
  /// Bytes read from the file, compressed where it is.
  public var bytes: UInt64
  /// Number of the first frame that came from this file; 0 when there was none.
  public var firstFrame: UInt64
  /// Frames that came from this file.
  public var frames: UInt64

  /// Joins the parts.
  public init(name: String, format: String, bytes: UInt64 = 0, firstFrame: UInt64 = 0, frames: UInt64 = 0) {
    self.name = name
    self.format = format
    self.bytes = bytes
    self.firstFrame = firstFrame
    self.frames = frames
  }
}

/// One capture interface of a file.
public struct CaptureInterface: Sendable {
  /// The interface's name where the file has one, else empty.
  ///
  /// Comes from the input: escape before printing.
  public var name: String
  /// Framing below IP.
  public var linkType: LinkType
  /// Greatest number of bytes kept per frame; 0 = no limit known.
  public var snapLength: UInt32
  /// Frames that the capture says it dropped (pcapng interface statistics), nil when it does not say.
  public var reportedDrops: UInt64?
  /// Digits of a second that its times are told with, at most 9: 6 for microseconds.
  public var timeDigits: UInt8

  /// Joins the parts.
  public init(
    name: String, linkType: LinkType, snapLength: UInt32, reportedDrops: UInt64? = nil, timeDigits: UInt8 = 9
  ) {
    self.name = name
    self.linkType = linkType
    self.snapLength = snapLength
    self.reportedDrops = reportedDrops
    self.timeDigits = timeDigits
  }
}

/// Something that kept a part of the input from being read.
public struct CaptureProblem: Sendable {
  /// What kind of trouble, which decides the exit code.
  public enum Kind: String, Sendable {
    /// The file ends inside a header, record or compressed block.
    case truncated
    /// A length or a header that cannot be right; the rest of the file was not read.
    case damaged
    /// The file could not be opened or read, or is not a capture; nothing of it was read.
    case unreadable
  }

  /// What kind of trouble.
  public var kind: Kind
  /// The file's name as the user gave it.
  public var file: String
  /// Byte offset in the (uncompressed) input where reading stopped.
  public var offset: UInt64
  /// One sentence with the next step.
  public var sentence: String

  /// Joins the parts.
  public init(kind: Kind, file: String, offset: UInt64, sentence: String) {
    self.kind = kind
    self.file = file
    self.offset = offset
    self.sentence = sentence
  }
}
