import Frames
import Glibc

@testable import CaptureFiles

/// A frame as a test sees it: its bytes taken out of the batch.
struct SeenFrame: Equatable {
  var number: UInt64
  var time: Int64
  var bytes: [UInt8]
  var originalLength: UInt32
  var interface: UInt16
  var linkType: LinkType

  static func all(of batch: borrowing FrameBatch) -> [SeenFrame] {
    var frames: [SeenFrame] = []
    for index in batch.records.indices {
      let record = batch.records[index]
      let start = Int(record.offset)
      frames.append(
        SeenFrame(
          number: record.number, time: record.time,
          bytes: (0..<Int(record.capturedLength)).map { batch.bytes.byte(start + $0) },
          originalLength: record.originalLength, interface: record.interface, linkType: record.linkType))
    }
    return frames
  }
}

/// All that a reader says about its input.
struct Reading {
  var frames: [SeenFrame] = []
  var description = CaptureDescription()
  var bytesRead: UInt64 = 0
  var bytesTotal: UInt64?
  var skippedFiles = 0

  var times: [Int64] { frames.map(\.time) }
  var problems: [CaptureProblem.Kind] { description.problems.map(\.kind) }
}

/// Reads everything at `paths`.
func read(_ paths: [String]) throws(CaptureFileError) -> Reading {
  var reader = try CaptureReader.open(paths: paths)
  var reading = Reading()
  while reader.nextBatch({ batch in
    reading.frames += SeenFrame.all(of: batch)
  }) {}
  reading.description = reader.description
  reading.bytesRead = reader.bytesRead
  reading.bytesTotal = reader.bytesTotal
  reading.skippedFiles = reader.skippedFiles
  return reading
}

/// A directory that is removed with all in it when the test ends.
final class Scratch {
  let path: String

  init() {
    var template = Array("\(P_tmpdir)/capture-files-XXXXXX".utf8CString)
    _ = mkdtemp(&template)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    Scratch.run("rm -rf '\(path)'")
  }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], _ name: String = "input") -> String {
    let file = "\(path)/\(name)"
    for (index, letter) in file.enumerated() where letter == "/" { mkdir(String(file.prefix(index)), 0o755) }
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      written += count
    }
    return file
  }

  /// The first megabyte of a file.
  static func read(_ file: String) -> [UInt8] {
    let descriptor = open(file, O_RDONLY)
    defer { close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: 1 << 20) {
      $1 = max(0, Glibc.read(descriptor, $0.baseAddress, $0.count))
    }
  }

  /// Runs a shell command and returns whether it succeeded.
  @discardableResult
  static func run(_ command: String) -> Bool {
    var child: pid_t = 0
    let arguments: [String] = ["sh", "-c", command]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    guard posix_spawn(&child, "/bin/sh", nil, nil, &words, environ) == 0 else { return false }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    return status == 0
  }
}

/// `count` frames a microsecond multiple apart, each with other bytes and another length.
func someFrames(
  _ count: Int, from start: Int64 = 1_700_000_000_000_000_000, every step: Int64 = 1_000_000
)
  -> [WritableFrame]
{
  (0..<count).map { index in
    let bytes = (0..<(20 + index % 50)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) }
    return WritableFrame(time: start + Int64(index) * step, bytes: bytes)
  }
}

/// The file of `frames` as Ethernet without a snap length.
func encode(_ frames: [WritableFrame], _ format: CaptureWriter.Format = .pcapMicroseconds) -> [UInt8] {
  CaptureWriter.encode(frames, linkType: .ethernet, snapLength: 0, format: format)
}

/// Bytes put together by hand, in either byte order.
struct Bytes {
  var isBig: Bool
  private(set) var all: [UInt8] = []

  init(big: Bool) { isBig = big }

  mutating func word(_ values: UInt32...) {
    for value in values { append(UInt64(value), 4) }
  }

  mutating func short(_ values: UInt16...) {
    for value in values { append(UInt64(value), 2) }
  }

  mutating func long(_ value: UInt64) { append(value, 8) }

  mutating func raw(_ bytes: [UInt8]) { all += bytes }

  /// A pcapng block around a body, which is padded.
  mutating func block(_ type: UInt32, length: UInt32? = nil, trailer: UInt32? = nil, _ body: (inout Bytes) -> Void) {
    var inner = Bytes(big: isBig)
    body(&inner)
    while inner.all.count % 4 != 0 { inner.raw([0]) }
    let whole = UInt32(inner.all.count + 12)
    word(type, length ?? whole)
    raw(inner.all)
    word(trailer ?? length ?? whole)
  }

  /// A section header.
  mutating func section() {
    block(0x0A0D_0D0A) { body in
      body.word(0x1A2B_3C4D)
      body.short(1, 0)
      body.word(.max, .max)
    }
  }

  /// An interface description with options as (code, value).
  mutating func interface(_ linkType: UInt16, snapLength: UInt32 = 0, _ options: [(UInt16, [UInt8])] = []) {
    block(1) { body in
      body.short(linkType, 0)
      body.word(snapLength)
      for (code, value) in options {
        body.short(code, UInt16(value.count))
        body.raw(value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4))
      }
      body.word(0)
    }
  }

  /// An enhanced packet block.
  mutating func packet(_ bytes: [UInt8], interface: UInt32 = 0, ticks: UInt64) {
    block(6) { body in
      body.word(interface, UInt32(ticks >> 32), UInt32(truncatingIfNeeded: ticks))
      body.word(UInt32(bytes.count), UInt32(bytes.count))
      body.raw(bytes)
    }
  }

  private mutating func append(_ value: UInt64, _ count: Int) {
    for index in 0..<count {
      all.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBig ? count - 1 - index : index))))
    }
  }
}
