import Foundation
import Testing

@Suite("--anonymize")
struct AnonymityTests {
  private let folder: Folder
  /// A capture whose name and interface must not be told.
  private let capture: String

  init() throws {
    folder = try Folder()
    let bytes = try Data(contentsOf: Program.root.appending(path: "captures/ux-440/capture.pcap"))
    capture = try folder.add("customer-acme.pcap", bytes).path
  }

  private func json(_ arguments: [String]) throws -> [String: Any] {
    let text = try Program.run(arguments + ["--format", "json"]).output
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func findings(_ arguments: [String]) throws -> [[String: Any]] {
    try #require(try json(arguments)["findings"] as? [[String: Any]])
  }

  @Test("no report and no table tells names, addresses, the key or the command line")
  func reports() throws {
    let options = ["--anonymize-key", "hush-hush", "--filter", "host 10.0.0.2"]
    let formats = ["text", "markdown", "html", "json", "ndjson", "csv", "sarif"]
    var outputs = try formats.map { try Program.run([capture, "--format", $0] + options).output }
    outputs.append(try Program.run(["show", "connections", capture, "--format", "csv"] + options).output)
    outputs.append(try Program.run(["show", "segments", capture, "--format", "csv"] + options).output)
    for output in outputs {
      #expect(!output.isEmpty)
      for name in ["acme", "10.0.0.1:", "10.0.0.2:", "host 10.0.0.2", "hush-hush"] {
        #expect(!output.contains(name), "\(name) in \(output.prefix(80))")
      }
    }
  }

  @Test("findings and connections have the same names with and without it")
  func names() throws {
    let (plain, anonymous) = (try findings([capture]), try findings([capture, "--anonymize-key", "k"]))
    #expect(plain.map { $0["id"] as? String } == anonymous.map { $0["id"] as? String })
    #expect(plain.map { $0["summary"] as? String } != anonymous.map { $0["summary"] as? String })
  }

  @Test("without a key one is made by chance and told, and gives the same again")
  func chance() throws {
    let first = try Program.run([capture, "--anonymize"])
    let key = try #require(first.complaint.firstMatch(of: /--anonymize-key ([0-9a-f]{32})/)).1
    #expect(try Program.run([capture, "--anonymize-key", String(key)]).output == first.output)
    #expect(try Program.run([capture, "--anonymize"]).output != first.output)
    #expect(try Program.run([capture, "--anonymize-key", ""]).status == 2)
  }

  @Test("a capture that was annotated or extracted with a key gives the report that the key gives")
  func copies() throws {
    let key = ["--anonymize-key", "k"]
    let expected = try json([capture] + key)
    let chosen = ["--connection", "3", "--connection", "1", "--connection", "2"]
    for (command, more) in [("annotate", []), ("extract", chosen)] {
      let out = folder.url.appending(path: "\(command).pcapng")
      #expect(try Program.run([command, capture, out.path] + key + more).status == 0)
      let found = try json([out.path])
      #expect(found["connections"] as? NSArray == expected["connections"] as? NSArray)
      let bytes = try Data(contentsOf: out)
      #expect(bytes.range(of: Data("10.0.0.".utf8)) == nil)
      let frames = try PcapngBlocks(out).frames.map(\.bytes)
      #expect(frames.allSatisfy { $0.count <= 14 + 20 + 60 && Int($0[46] >> 4) * 4 == $0.count - 34 })
      // Both addresses of each IPv4 header.
      let addresses = Set(frames.flatMap { [$0[26..<30], $0[30..<34]].map(Array.init) })
      #expect(addresses.count == 2 && addresses.isDisjoint(with: [[10, 0, 0, 1], [10, 0, 0, 2]]))
    }
    let loop = try #require(try findings([capture]).first { $0["rule"] as? String == "ack-loop" }?["id"] as? String)
    let out = folder.url.appending(path: "loop.pcap").path
    #expect(try Program.run(["extract", capture, out, "--finding", loop] + key).status == 0)
    let again = try findings([out]).compactMap { $0["summary"] as? String }
    let summary = try findings([capture] + key).first { $0["id"] as? String == loop }?["summary"] as? String
    #expect(again.contains(try #require(summary)))
  }

  @Test("pictures are drawn all the same")
  func pictures() throws {
    func pictures(_ options: [String]) throws -> Int {
      try Program.run([capture, "--format", "html"] + options).output.split(separator: "<figure").count
    }
    let plain = try pictures([])
    #expect(plain > 1)
    #expect(try pictures(["--anonymize"]) == plain)
  }

  @Test("what is said of a damaged input does not name it", arguments: ["analyze", "annotate", "extract"])
  func complaints(_ command: String) throws {
    let cut = try folder.add("acme-cut.pcap", Data(contentsOf: URL(filePath: capture)).dropLast(5)).path
    let out = folder.url.appending(path: "out.pcapng").path
    let more = command == "analyze" ? [] : command == "annotate" ? [out] : [out, "--connection", "1"]
    let outcome = try Program.run([command, cut] + more + ["--anonymize-key", "k"])
    #expect(outcome.complaint.contains("capture-1: ") && !(outcome.complaint + outcome.output).contains("acme"))
  }

  @Test("interfaces and comments of the input are not told")
  func interfaces() throws {
    var file = try Data(contentsOf: annotated())
    let name = try #require(file.range(of: Data("verdict".utf8)))
    file.replaceSubrange(name, with: Data("ACME-FW".utf8))
    let input = try folder.add("named.pcapng", file).path
    let out = folder.url.appending(path: "out.pcapng")
    #expect(try Program.run(["annotate", input, out.path, "--anonymize"]).status == 0)
    #expect(try Data(contentsOf: out).range(of: Data("ACME-FW".utf8)) == nil)
  }

  /// A pcapng file whose interface is called `verdict`, with a packet comment.
  private func annotated() throws -> URL {
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func block(_ type: Int, _ body: [UInt8]) -> [UInt8] {
      word(type) + word(body.count + 12) + body + word(body.count + 12)
    }
    let name = [2, 0, 7, 0] + Array("verdict".utf8) + [0, 0, 0, 0, 0]
    let comment = [1, 0, 7, 0] + Array("ACME-FW".utf8) + [0, 0, 0, 0, 0]
    let packet = word(0) + word(0) + word(1) + word(16) + word(16) + [UInt8](repeating: 9, count: 16) + comment
    let section = word(0x1A2B_3C4D) + [1, 0, 0, 0] + word(-1) + word(-1)
    let bytes = block(0x0A0D_0D0A, section) + block(1, [1, 0, 0, 0] + word(0) + name) + block(6, packet)
    return try folder.add("made.pcapng", Data(bytes))
  }
}
