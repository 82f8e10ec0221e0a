import Foundation
import Testing

@Suite("--counters-from")
struct CountersFromTests {
  private let capture = Program.root.appending(path: "captures/kernel-loss-2/client.pcap.gz").path
  private let folder: Folder
  private let before: String
  private let after: String

  init() throws {
    folder = try Folder()
    before = try folder.add("before", Data("Tcp: RetransSegs OutSegs Other\nTcp: 10 100 0\n".utf8)).path
    let text = "Tcp:\n    2400 segments sent out\n    56 segments retransmitted\nTcpExt:\n    TCPLossProbes: 4\n"
    after = try folder.add("after", Data((text + "net.ipv4.tcp_sack = 0\n").utf8)).path
  }

  @Test("Snapshots of two kinds are set beside the capture, with their verdict and the setting that matters")
  func summary() throws {
    let outcome = try Program.run([capture, "--counters-from", before, after])
    #expect(outcome.status == 0 && outcome.complaint.isEmpty)
    let words = outcome.output.split { $0 == "\n" || $0 == " " }.joined(separator: " ")
    #expect(words.contains("Kernel ✓ TcpRetransSegs moved by 46, the packets show 47: matches."))
    #expect(words.contains("Setting net.ipv4.tcp_sack is 0 here"))
    #expect(words.contains("By all signs the capture was made at 10.77.1.2; choose with --counters-host."))
    #expect(!outcome.output.contains("This capture should have moved"))
  }

  @Test("Predictions of all hosts come with --counters only")
  func both() throws {
    let outcome = try Program.run([capture, "--counters-from", before, after, "--counters"])
    #expect(outcome.output.contains("This capture should have moved") && outcome.output.contains("MOVED BY"))
  }

  @Test("The host may be named; one that is not there is an error that names those that are")
  func host() throws {
    let peer = try Program.run([capture, "--counters-from", before, after, "--counters-host", "10.77.2.2"])
    #expect(peer.output.contains("10.77.2.2 was chosen by --counters-host."))
    #expect(peer.output.contains("The other host's kernel counts this"))
    let none = try Program.run([capture, "--counters-from", before, after, "--counters-host", "10.0.0.9"])
    #expect(none.status == 2 && none.complaint.contains("hosts in the capture are 10.77.1.2, 10.77.2.2."))
  }

  @Test("The host's address is mapped like all others")
  func anonymous() throws {
    let outcome = try Program.run(
      [capture, "--counters-from", before, after, "--counters-host", "10.77.1.2", "--anonymize-key", "k"])
    #expect(outcome.status == 0 && outcome.output.contains("was chosen by --counters-host."))
    #expect(!outcome.output.contains("10.77.") && outcome.output.contains("47: matches"))
  }

  @Test("JSON, Markdown and HTML have it, too, and so has each file of --per-file")
  func formats() throws {
    let names = ["r.json", "r.md", "r.html"].map { folder.url.appending(path: $0).path }
    let outcome = try Program.run([capture, "-q", "--counters-from", before, after] + names.flatMap { ["-o", $0] })
    #expect(outcome.status == 0)
    let root = try JSONSerialization.jsonObject(with: Data(try folder.text("r.json").utf8)) as? [String: Any]
    let comparison = try #require(root?["counter_comparison"] as? [String: Any])
    #expect(comparison["host"] as? String == "10.77.1.2" && root?["counters"] == nil)
    #expect(try folder.text("r.md").contains("47: matches") && folder.text("r.html").contains("47: matches"))
    let each = try Program.run([capture, capture, "--per-file", "--counters-from", before, after])
    #expect(each.output.components(separatedBy: "47: matches").count == 3)
  }

  @Test("A record of this host is read back")
  func record() throws {
    let file = folder.url.appending(path: "record").path
    #expect(try Program.run(["counters", "--record", file]).status == 0)
    let outcome = try Program.run([capture, "--counters-from", file, file])
    #expect(outcome.status == 0 && outcome.output.contains("No counter moved between the snapshots"))
  }

  @Test("What is no snapshot is an error with one sentence")
  func unusable() throws {
    let junk = try folder.add("junk", Data("hello\n".utf8)).path
    for wrong in [junk, "/nowhere/x", folder.url.path, capture] {
      let outcome = try Program.run([capture, "--counters-from", before, wrong])
      #expect(outcome.status == 3 && outcome.output.isEmpty && outcome.complaint.split(separator: "\n").count == 1)
      #expect(outcome.complaint.contains(wrong))
    }
  }

  @Test("A wrong command line is told before anything is read")
  func usage() throws {
    for wrong in [
      ["--counters-from", before], ["--counters-from", before, after, before], ["--counters-host", "10.0.0.1"],
      ["--counters-from", before, after, "--counters-host", "host"],
      ["--counters-from", before, after, "--counters-host", "10.0.0.0/8"],
    ] {
      let outcome = try Program.run([capture] + wrong)
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(wrong)")
    }
    let early = try Program.run(["--counters-from", before, after, capture])
    #expect(early.status == 2 && early.output.isEmpty)
  }
}
