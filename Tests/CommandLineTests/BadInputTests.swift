import Foundation
import Testing

@Suite("Bad input: the right exit status, one clear sentence, and what could be read is reported")
struct BadInputTests {
  private let folder: Folder
  private let sound: Data

  init() throws {
    folder = try Folder()
    sound = try Data(contentsOf: Program.capture)
  }

  /// Analyzes `data` as a file and expects one line on standard error that holds `words`.
  private func expect(
    _ data: Data, _ status: Int32, _ words: String, frames: Int? = nil, location: SourceLocation = #_sourceLocation
  ) throws {
    let file = try folder.add("input", data)
    let outcome = try Program.run([file.path])
    #expect(outcome.status == status, sourceLocation: location)
    #expect(outcome.complaint.contains(words), "\(outcome.complaint)", sourceLocation: location)
    #expect(outcome.complaint.hasPrefix("tcptriage: \(file.path): "), sourceLocation: location)
    #expect(outcome.complaint.split(separator: "\n").count == 1, sourceLocation: location)
    if let frames {
      let words = frames == 1 ? " 1 frame," : " \(frames) frames,"
      #expect(outcome.output.contains(words), "\(outcome.output)", sourceLocation: location)
      #expect(try Program.run([file.path, "--strict", "--quiet"]).status == 4, sourceLocation: location)
    } else {
      #expect(outcome.output.isEmpty, sourceLocation: location)
    }
  }

  @Test("an empty file")
  func empty() throws { try expect(Data(), 3, "The file is empty") }

  @Test("a text file")
  func text() throws { try expect(Data("12:00:01 IP 10.0.0.1 > 10.0.0.2\n".utf8), 3, "it looks like text") }

  @Test("a file that is cut in its header")
  func cutInHeader() throws { try expect(sound.prefix(20), 3, "cut off inside the file header") }

  @Test("a file that is cut in a record")
  func cutInRecord() throws { try expect(sound.prefix(sound.count - 5), 0, "ends inside a record", frames: 13) }

  @Test("a record length of 4 GB")
  func hugeRecord() throws {
    var data = sound
    let second = 24 + 16 + Int(data[32]) + Int(data[33]) << 8
    for offset in 8..<12 { data[second + offset] = 0xFF }
    try expect(data, 0, "4294967295", frames: 1)
  }

  @Test("a pcapng block of length 0")
  func emptyBlock() throws {
    let header: [UInt8] = [
      0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
      28, 0, 0, 0,
    ]
    try expect(Data(header + [6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 0, "length of 0", frames: 0)
  }

  @Test("gzip that is cut in the middle")
  func cutGzip() throws {
    let packed = try Program.shell("gzip -c \"$C\" | base64 -w0")
    let data = try #require(Data(base64Encoded: packed.output))
    let file = try folder.add("input.gz", data.prefix(data.count / 2))
    let outcome = try Program.run([file.path])
    #expect(outcome.status == 0)
    #expect(outcome.complaint.contains("The gzip data is cut off") && outcome.output.contains("frames"))
  }

  @Test("a missing file, and a folder without captures")
  func missing() throws {
    let missing = try Program.run([folder.url.appending(path: "none.pcap").path])
    #expect(missing.status == 3 && missing.complaint.contains("There is no such file or directory"))
    try folder.add("a.txt", Data("x".utf8))
    let none = try Program.run([folder.url.path])
    #expect(none.status == 3 && none.complaint.contains("The only file in this directory is not a capture"))
    let empty = try Program.run([try Folder().url.path])
    #expect(empty.status == 3 && !empty.complaint.contains("0 files"))
  }

  @Test("a file that may not be read", .enabled(if: getuid() != 0))
  func notPermitted() throws {
    let file = try folder.add("secret.pcap", sound)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
    let outcome = try Program.run([file.path])
    #expect(outcome.status == 3 && outcome.complaint.contains("You may not read it"))
  }

  @Test("a file that cannot be used does not keep the others from being analyzed")
  func oneOfTwo() throws {
    let text = try folder.add("a.txt", Data("text".utf8))
    let outcome = try Program.run([text.path, Program.capture.path, folder.url.appending(path: "none").path])
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("14 frames"))
    #expect(outcome.complaint.split(separator: "\n").count == 2)
  }

  @Test("names of files cannot act on the terminal")
  func hostileName() throws {
    let file = try folder.add("evil\u{1B}[31m\u{7}.pcap", Data("text".utf8))
    let captured = try folder.add("good\u{1B}]0;x\u{7}.pcap", sound)
    let outcome = try Program.run([file.path, captured.path])
    #expect(outcome.status == 3)
    #expect(!outcome.complaint.contains("\u{1B}") && outcome.complaint.contains("evil\\u{1B}[31m"))
    #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\u{7}"))
    let unknown = try Program.run(["--evil\u{1B}[31m"])
    #expect(unknown.status == 2 && !unknown.complaint.contains("\u{1B}"))
  }

  @Test("a capture of which nothing can be analyzed says so and why")
  func nothingAnalyzed() throws {
    let outcome = try Program.run([Program.capture.path, "--filter", "udp"])
    #expect(outcome.status == 0)
    let words = "The filter lets none of the 14 frames pass."
    #expect(outcome.output.hasPrefix(words))
    let quiet = try Program.run([Program.capture.path, "--filter", "udp", "--quiet"])
    #expect(quiet.complaint.contains("Nothing could be analyzed in 14 frames"))
  }
}
