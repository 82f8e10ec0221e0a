import CaptureFiles
import Dissection
import Frames
import Glibc
import LiveCapture
import Rendering
import Triage

/// The second pass over captures: copies frames into a new capture.
struct CaptureCopy {
  let paths: [String]
  let output: String
  let quiet: Bool
  private let anonymity: AnonymityKey?

  /// Bytes that are gathered before they are written.
  private static let chunk = 1 << 18

  /// Checks what can be checked before anything is read.
  ///
  /// - Throws: when the output is one of the inputs, or an input cannot be read twice.
  init(_ input: InputOptions) throws(Stop) {
    paths = Array(input.files.dropLast())
    output = input.files.last ?? ""
    quiet = input.quiet
    anonymity = input.anonymity.key
    let target = FileIdentity(output)
    for entry in InputPaths(paths).entries {
      guard entry.path != "-", FileIdentity(entry.path)?.isRegular ?? true else {
        let name = entry.path == "-" ? "Standard input" : entry.path
        throw Stop(.usage, "\(name) cannot be read twice, as this command must: save it to a file first.")
      }
      guard target == nil || target != FileIdentity(entry.path) else {
        throw Stop(.usage, "\(output) is one of the captures that are read: name another file to write.")
      }
    }
  }

  /// What to do with a frame: its comments, or nil to leave it out.
  typealias Choice = (borrowing FrameBatch, Int) -> [String]?

  /// Copies the frames that `choose` wants: as they are, or without names when that is asked for.
  ///
  /// - Parameters:
  ///   - source: what the first pass learned about the input.
  ///   - frames: how many frames it saw; what was added to a file since is left alone.
  ///   - comment: on the capture as a whole.
  ///   - choose: says what to do with each frame.
  /// - Returns: how many frames were written.
  /// - Throws: when the output cannot be written, or not in its format.
  func write(
    _ source: CaptureDescription, frames: UInt64, comment: String = "", _ choose: Choice
  ) throws(Stop) -> UInt64 {
    var reader = try CaptureRun.open(paths)
    var writer = FrameWriter(output, anonymity == nil ? source : source.anonymous, comment, anonymity)
    var progress = Progress(quiet: quiet)
    progress.begin(total: reader.bytesTotal)
    do throws(Stop) {
      try OutputFile.write(output) { sink in
        while !Interrupt.isPending, sink.isOpen, reader.nextBatch({ writer.take($0, until: frames, choose) }) {
          progress.update(bytes: reader.bytesRead, frames: writer.seen)
          if writer.encoder.bytes.count >= Self.chunk { sink.write(writer.encoder.take()) }
        }
        if Interrupt.isPending { sink.fail(EINTR) }
        if writer.hasMixed { sink.fail(EINVAL) }
        writer.encoder.finish()
        sink.write(writer.encoder.take())
      }
    } catch {
      progress.end()
      if Interrupt.isPending { throw Stop(.interrupted) }
      guard !writer.hasMixed else {
        throw Stop(
          .usage, "\(output): A .pcap file has one link type, these frames have several; write .pcapng instead.")
      }
      throw error
    }
    progress.end()
    return writer.written
  }
}

/// Chosen frames on their way into a file.
private struct FrameWriter {
  private let interfaces: [CaptureInterface]
  private let isPcapng: Bool
  private var anonymizer: FrameAnonymizer?
  var encoder: CaptureEncoder
  private var linkType: LinkType?
  /// Frames looked at, and frames written.
  private(set) var seen: UInt64 = 0
  private(set) var written: UInt64 = 0
  /// Whether a classic pcap file would have needed several link types.
  private(set) var hasMixed = false

  init(_ path: String, _ source: CaptureDescription, _ comment: String, _ anonymity: AnonymityKey?) {
    anonymizer = anonymity.map { FrameAnonymizer($0) }
    isPcapng = CaptureExtension(path) == .pcapng
    interfaces = source.interfaces
    encoder = isPcapng ? CaptureEncoder(.pcapng, interfaces: interfaces, comment: comment) : Self.pcap(interfaces)
  }

  mutating func take(_ batch: borrowing FrameBatch, until frames: UInt64, _ choose: CaptureCopy.Choice) {
    for index in batch.records.indices {
      var record = batch.records[index]
      guard record.number <= frames else { return }
      seen += 1
      guard let comments = choose(batch, index) else { continue }
      if !isPcapng, !fits(&record) { return }
      let start = Int(record.offset)
      let frame = batch.bytes.extracting(start..<start + Int(record.capturedLength))
      if add(record, frame, comments) { written += 1 }
    }
  }

  private mutating func add(_ record: FrameRecord, _ frame: RawSpan, _ comments: [String]) -> Bool {
    guard let bytes = anonymizer?.anonymized(frame, record.linkType) else {
      return encoder.add(record, frame, comments: comments)
    }
    // Bytes of an array are all initialized.
    return encoder.add(record, unsafe bytes.span.bytes, comments: comments)
  }

  /// Whether a classic pcap file can take the frame; the first one decides on the file's link type.
  private mutating func fits(_ record: inout FrameRecord) -> Bool {
    if linkType == nil {
      linkType = record.linkType
      encoder = Self.pcap(interfaces.filter { $0.linkType == record.linkType })
    }
    record.interface = 0
    hasMixed = hasMixed || linkType != record.linkType
    return !hasMixed
  }

  private static func pcap(_ interfaces: [CaptureInterface]) -> CaptureEncoder {
    let isFine = interfaces.contains { $0.timeDigits > 6 }
    return CaptureEncoder(isFine ? .pcapNanoseconds : .pcapMicroseconds, interfaces: interfaces)
  }
}

/// The formats that captures are written in, by the file's extension.
enum CaptureExtension: String, CaseIterable {
  case pcap, pcapng

  init?(_ path: String) {
    self.init(rawValue: fileExtension(of: path) ?? "")
  }
}
