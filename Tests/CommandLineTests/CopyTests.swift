import Foundation
import Testing

@Suite("annotate and extract")
struct CopyTests {
  private static let demo = Program.root.appending(path: "captures/ux-440/capture.pcap").path
  private let folder: Folder
  private var out: String { folder.url.appending(path: "out.pcapng").path }

  init() throws { folder = try Folder() }

  private func json(_ paths: [String]) throws -> [String: Any] {
    let text = try Program.run(paths + ["--format", "json"]).output
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func findings(_ paths: [String]) throws -> [[String: Any]] {
    try #require(try json(paths)["findings"] as? [[String: Any]])
  }

  private static func evidence(_ finding: [String: Any]) -> [Int] {
    (finding["frames"] as? [String: Any])?["evidence"] as? [Int] ?? []
  }

  @Test("exactly the evidence frames have comments, one for each finding, and the capture has the verdict")
  func comments() throws {
    let outcome = try Program.run(["annotate", Self.demo, out])
    #expect(outcome.status == 0 && outcome.output == "440 frames, 26 with comments.\n" && outcome.complaint.isEmpty)
    let annotated = try PcapngBlocks(URL(filePath: out))
    let found = try findings([Self.demo])
    for (index, frame) in annotated.frames.enumerated() {
      let proving = found.filter { Self.evidence($0).contains(index + 1) }
      #expect(frame.comments.count == proving.count)
      for (comment, finding) in zip(frame.comments, proving) {
        let words = ["severity", "rule", "summary", "id"].compactMap { finding[$0] as? String }
        for word in words { #expect(comment.contains(word)) }
      }
    }
    #expect(annotated.comment == (try json([Self.demo])["verdict"] as? String))
  }

  @Test("packets are the same, and so is what is found in them")
  func samePackets() throws {
    #expect(try Program.run(["annotate", Self.demo, out, "--quiet"]).output.isEmpty)
    let original = try Data(contentsOf: URL(filePath: Self.demo))
    var at = 24
    for frame in try PcapngBlocks(URL(filePath: out)).frames {
      let header = original[at..<at + 16].map { UInt64($0) }
      let words = (0..<4).map { word in (0..<4).reduce(0) { $0 | header[4 * word + $1] << UInt64(8 * $1) } }
      #expect(frame.ticks == words[0] * 1_000_000 + words[1] && frame.original == Int(words[3]))
      #expect(frame.bytes == [UInt8](original[at + 16..<at + 16 + Int(words[2])]))
      at += 16 + frame.bytes.count
    }
    #expect(at == original.count)
    let (before, after) = (try findings([Self.demo]), try findings([out]))
    #expect(before as NSArray == after as NSArray)
  }

  @Test("several inputs become one timeline, each with its interface")
  func merged() throws {
    let other = Program.capture.path
    #expect(try Program.run(["annotate", Self.demo, other, out]).status == 0)
    let both = try json([Self.demo, other])
    let capture = try #require(both["capture"] as? [String: Any])
    let frames = try PcapngBlocks(URL(filePath: out)).frames
    #expect(frames.count == capture["packets"] as? Int && Set(frames.map(\.interface)) == [0, 1])
    let marked = frames.indices.filter { !frames[$0].comments.isEmpty }.map { $0 + 1 }
    let evidence = (both["findings"] as? [[String: Any]])?.flatMap { Self.evidence($0) } ?? []
    #expect(marked == Set(evidence).sorted())
  }

  @Test("a capture that is cut in the middle is annotated as far as it goes")
  func cut() throws {
    let bytes = try Data(contentsOf: URL(filePath: Self.demo))
    let file = try folder.add("cut.pcap", bytes.prefix(20_007))
    let outcome = try Program.run(["annotate", file.path, out])
    #expect(outcome.status == 0 && outcome.complaint.contains("ends inside a record"))
    let frames = try PcapngBlocks(URL(filePath: out)).frames
    #expect((try json([file.path])["capture"] as? [String: Any])?["packets"] as? Int == frames.count)
  }

  @Test("a big-endian capture with nanoseconds keeps them")
  func nanoseconds() throws {
    func words(_ values: [UInt32]) -> [UInt8] {
      values.flatMap { value in (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
    }
    let header = words([0xA1B2_3C4D, 0x0002_0004, 0, 0, 96, 101])
    let record = words([1_767_225_600, 123_456_789, 4, 1_500]) + [0x45, 0, 0, 40]
    let file = try folder.add("big.pcap", Data(header + record))
    #expect(try Program.run(["annotate", file.path, out, "--quiet"]).status == 0)
    let copy = try PcapngBlocks(URL(filePath: out))
    #expect(copy.frames.map(\.ticks) == [1_767_225_600_123_456_789] && copy.frames[0].original == 1_500)
    // The interface: link type 101, snap length 96, if_tsresol 9.
    let body = copy.blocks[1].body
    #expect(body[0] == 101 && body[4] == 96 && body[8...].starts(with: [9, 0, 1, 0, 9]))
  }

  @Test("an extract holds the packets of the connection, and the analysis of it agrees", arguments: ["pcap", "pcapng"])
  func connection(_ format: String) throws {
    let out = folder.url.appending(path: "one.\(format)").path
    #expect(try Program.run(["extract", Self.demo, out, "--connection", "2"]).status == 0)
    let all = try #require(try json([Self.demo])["connections"] as? [[String: Any]])
    let one = try #require(try json([out])["connections"] as? [[String: Any]])
    #expect(one.count == 1)
    for key in ["client", "server", "from_client", "from_server", "ending", "first_seconds", "last_seconds"] {
      #expect(one[0][key] as? NSObject == all[1][key] as? NSObject, "\(key)")
    }
  }

  @Test("a finding's ID, or the beginning of it, extracts its connections")
  func finding() throws {
    let found = try findings([Self.demo])
    let loop = try #require(found.first { $0["rule"] as? String == "ack-loop" })
    let id = try #require(loop["id"] as? String)
    #expect(try Program.run([Self.demo]).output.contains("id \(id.prefix(8))"))
    for name in [id, String(id.prefix(6)).uppercased()] {
      #expect(try Program.run(["extract", Self.demo, out, "--finding", name]).status == 0)
      let again = try findings([out])
      #expect(again.contains { $0["summary"] as? String == loop["summary"] as? String })
      #expect(again.allSatisfy { $0["rule"] as? String != "paws-reject" })
    }
  }

  @Test("what cannot be done is said in one sentence, and nothing is written")
  func refusals() throws {
    let copy = try folder.add("copy.pcapng", try Data(contentsOf: URL(filePath: Self.demo)))
    let link = folder.url.appending(path: "link.pcapng")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: copy)
    let wrong: [[String]] = [
      ["annotate", Self.demo], ["annotate", Self.demo, "out.pcap"], ["annotate", "-", out],
      ["annotate", copy.path, copy.path], ["annotate", copy.path, link.path], ["annotate", folder.url.path, copy.path],
      ["extract", Self.demo, out], ["extract", Self.demo, out, "--connection", "99"],
      ["extract", Self.demo, out, "--finding", "no"], ["extract", Self.demo, "out.txt", "--connection", "1"],
      ["extract", "/dev/null", out, "--connection", "1"],
    ]
    for arguments in wrong {
      let outcome = try Program.run(arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.complaint.hasPrefix("tcptriage: ") && outcome.output.isEmpty, "\(outcome.complaint)")
    }
    #expect(try Data(contentsOf: copy) == Data(contentsOf: URL(filePath: Self.demo)))
    #expect(folder.names.sorted() == ["copy.pcapng", "link.pcapng"])
  }

  @Test("one .pcap file cannot take several link types, a .pcapng file can")
  func linkTypes() throws {
    let cooked = try cookedCapture()
    let arguments = [Self.demo, cooked, folder.url.appending(path: "both.pcap").path]
    let chosen = ["--connection", "1", "--connection", "2", "--connection", "3", "--connection", "4"]
    let refused = try Program.run(["extract"] + arguments + chosen)
    #expect(refused.status == 2 && refused.complaint.contains("link type"))
    let taken = try Program.run(["extract", Self.demo, cooked, out] + chosen)
    #expect(taken.status == 0)
    #expect(Set(try PcapngBlocks(URL(filePath: out)).frames.map(\.interface)) == [0, 1])
  }

  /// One SYN and its answer in Linux cooked framing.
  private func cookedCapture() throws -> String {
    func frame(_ flags: UInt8, _ from: UInt8, _ to: UInt8) -> [UInt8] {
      let link: [UInt8] = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, from, 0, 0, 8, 0]
      let ip: [UInt8] = [0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 9, 9, from, 10, 9, 9, to]
      let ports: [UInt8] = flags & 0x10 == 0 ? [200, 1, 0, 80] : [0, 80, 200, 1]
      return link + ip + ports + [0, 0, 0, 9, 0, 0, 0, flags & 0x10 == 0 ? 0 : 10, 0x50, flags, 16, 0, 0, 0, 0, 0]
    }
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    var file = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0].map { UInt8($0) } + word(0) + word(0) + word(96) + word(113)
    for (index, bytes) in [frame(2, 1, 2), frame(0x12, 2, 1)].enumerated() {
      file += word(1_767_225_600) + word(index) + word(bytes.count) + word(bytes.count) + bytes
    }
    return try folder.add("cooked.pcap", Data(file)).path
  }
}
