import Dissection
import Glibc
import TestSupport
import Testing

/// Tables of a real interface, loopback, while this test and a shell talk to each other.
@Suite("Tables of an interface")
struct LiveTableTests {
  /// Prints a table of connections to a port, and connects to it until there is a row; then what was printed and the number
  /// of the shell that connects.
  private func watch(_ table: String, _ port: UInt16) throws -> (rows: [[String: String]], shell: String) {
    let outcome = try Program.shell(
      """
      rows=$(mktemp)
      "$P" show \(table) -i lo --filter 'tcp port \(port)' --format tsv --duration 30 > "$rows" &
      for try in {1..100}; do
        exec 3<>/dev/tcp/127.0.0.1/\(port); sleep 0.2; exec 3>&-; sleep 0.1
        [ $(wc -l < "$rows") -gt 1 ] && break
      done
      kill -TERM $!; wait $!; echo "$$ $?"; cat "$rows"; rm "$rows"
      """)
    var lines = outcome.output.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false)
    }
    #expect(outcome.complaint.isEmpty, "\(outcome.complaint)")
    let first = try #require(lines.isEmpty ? nil : lines.removeFirst().first).split(separator: " ")
    #expect(first.last == "143")
    let header = try #require(lines.isEmpty ? nil : lines.removeFirst()).map(String.init)
    return (lines.map { Dictionary(uniqueKeysWithValues: zip(header, $0.map(String.init))) }, String(first[0]))
  }

  @Test("who connects and who listens is in the rows", .enabled(if: geteuid() == 0, "capturing needs root"))
  func owners() throws {
    let pair = try #require(LoopbackPair(isDualStack: false))
    defer { pair.close() }
    let port = "\(pair.server.port)"
    let (opened, shell) = try watch("connect", pair.server.port)
    let connect = try #require(opened.first)
    #expect(connect["pid"] == shell && connect["comm"] == "bash" && connect["uid"] == "0")
    #expect(connect["dport"] == port && connect["outcome"] == "established")
    let (taken, _) = try watch("accept", pair.server.port)
    #expect(taken.first?["pid"] == "\(getpid())" && taken.first?["lport"] == port)
  }

  @Test("a table without a row ends, too, when its terminal or its reader is gone", .enabled(if: geteuid() == 0))
  func abandoned() throws {
    let outcome = try Program.shell(
      """
      set -m
      table=(timeout 60 "$P" show life -i lo --filter 'tcp port 1' --format tsv)
      "${table[@]}" > /dev/null & sleep 3; kill -HUP $(pgrep -P $!); wait $!; echo $?
      "${table[@]}" | true; echo ${PIPESTATUS[0]}
      """)
    #expect(outcome.output == "143\n0\n")
  }

  @Test("without permission the program says what it needs", .enabled(if: geteuid() == 0, "becoming nobody needs root"))
  func unprivileged() throws {
    let outcome = try Program.shell("setpriv --reuid 65534 --clear-groups --bounding-set -all \"$P\" show top -i lo")
    #expect(outcome.status == 5 && outcome.output.isEmpty)
    #expect(outcome.complaint.contains("CAP_NET_RAW") && outcome.complaint.split(separator: "\n").count == 1)
  }

  @Test(
    "what does not go together is said",
    arguments: [
      ["-i", "lo", "x.pcap"], ["-i", "lo", "--anonymize"], ["--duration", "1", "x.pcap"], ["-i", "lo", "-i", "lo"], [],
    ])
  func usage(_ options: [String]) throws {
    let outcome = try Program.run(["show", "life"] + options)
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.complaint.contains("interface"))
  }

  @Test("users of sockets are not in captures")
  func users() throws {
    #expect(try Program.run(["show", "connect", "x.pcap", "-U"]).status == 2)
  }
}
