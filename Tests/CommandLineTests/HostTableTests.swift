import Foundation
import Testing

/// The tables known from the BCC tools, on archived captures; the values were read from tcpdump's and tshark's lists of
/// the same frames.
@Suite("Tables known from the BCC tools")
struct HostTableTests {
  private static let tables = [
    "life", "retrans", "states", "connlat", "accept", "connect", "tracer", "top", "subnet",
  ]

  private func capture(_ name: String) -> String { Program.root.appending(path: "captures/\(name)").path }

  private func show(_ table: String, _ name: String, _ options: String...) throws -> Program.Outcome {
    try Program.run(["show", table, capture(name)] + options)
  }

  /// Rows of a table as dictionaries of text.
  private func rows(_ table: String, _ name: String, _ options: [String] = []) throws -> [[String: String]] {
    let outcome = try Program.run(["show", table, capture(name), "--format", "tsv"] + options)
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  @Test("retrans: the five retransmissions of a small capture")
  func retransGolden() throws {
    let expected = """
      TIME                            IP  LADDR_LPORT     T   RADDR_RPORT  STATE         SEQ  LENGTH  CAUSE  SPURIOUS  STALL_MS  FRAME  CONNECTION
      2026-01-01T00:00:00.042000000Z   4  10.0.0.1:40001  R>  10.0.0.2:80  ESTABLISHED  4001    1000  fast               10.000     21           1
      2026-01-01T00:00:00.831000000Z   4  10.0.0.1:40002  R>  10.0.0.2:80  ESTABLISHED  1101     100  rto               190.000     33           2
      2026-01-01T00:00:01.031000000Z   4  10.0.0.1:40002  R>  10.0.0.2:80  ESTABLISHED  1101     100  rto               190.000     35           2
      2026-01-01T00:00:01.231000000Z   4  10.0.0.1:40002  R>  10.0.0.2:80  ESTABLISHED  1101     100  rto               190.000     37           2
      2026-01-01T00:00:01.431000000Z   4  10.0.0.1:40002  R>  10.0.0.2:80  ESTABLISHED  1101     100  rto               190.000     39           2

      """
    let outcome = try show("retrans", "ux-440/capture.pcap")
    #expect(outcome.output == expected && outcome.status == 0)
    #expect(outcome.complaint.hasPrefix("tcptriage: Local is 10.0.0.1: "))
  }

  @Test("states: a half-closed transfer between kernels")
  func statesGolden() throws {
    let expected = """
        TIME_S  CONNECTION  IP  LADDR      LPORT  RADDR      RPORT  END     OLDSTATE     NEWSTATE          MS  SHOWN_BY    FRAME
      0.000000           1   4  10.77.1.2  52168  10.77.2.2   5001  local   CLOSE        SYN_SENT              S sent          1
      0.020467           1   4  10.77.1.2  52168  10.77.2.2   5001  remote  LISTEN       SYN_RECV              S. sent         2
      0.020513           1   4  10.77.1.2  52168  10.77.2.2   5001  local   SYN_SENT     ESTABLISHED   20.513  . sent          3
      0.020513           1   4  10.77.1.2  52168  10.77.2.2   5001  remote  SYN_RECV     ESTABLISHED    0.046  . received      3
      0.092635           1   4  10.77.1.2  52168  10.77.2.2   5001  local   ESTABLISHED  FIN_WAIT1     72.122  FP. sent      198
      0.123973           1   4  10.77.1.2  52168  10.77.2.2   5001  local   FIN_WAIT1    FIN_WAIT2     31.338  . received    269
      0.123973           1   4  10.77.1.2  52168  10.77.2.2   5001  remote  ESTABLISHED  CLOSE_WAIT   103.460  . sent        269
      0.376270           1   4  10.77.1.2  52168  10.77.2.2   5001  remote  CLOSE_WAIT   LAST_ACK     252.297  FP. sent     1491
      0.376274           1   4  10.77.1.2  52168  10.77.2.2   5001  local   FIN_WAIT2    TIME_WAIT    252.301  . sent       1492
      0.376274           1   4  10.77.1.2  52168  10.77.2.2   5001  remote  LAST_ACK     CLOSE          0.004  . received   1492

      """
    let outcome = try show("states", "kernel-half-close/client.pcap.gz", "-t", "-q")
    #expect(outcome.output == expected && outcome.complaint.isEmpty)
  }

  @Test("life: bytes, duration and end of kernels' connections, IPv6 as well")
  func life() throws {
    let one = try #require(try rows("life", "kernel-interactive/client.pcap.gz").first)
    #expect(one["tx_bytes"] == "12000" && one["rx_bytes"] == "180000" && one["ms"] == "5579.866")
    #expect(one["tx_kb"] == "11" && one["rx_kb"] == "175" && one["ending"] == "FIN" && one["unseen"] == "")
    let six = try #require(try rows("life", "kernel-tail-loss-v6/client.pcap.gz").first)
    #expect(six["ip"] == "6" && six["laddr"] == "fd77:1::2" && six["raddr"] == "fd77:2::2" && six["lport"] == "39674")
    #expect(six["tx_bytes"] == "375000" && six["rx_bytes"] == "2500" && six["tx_retrans"] == "12")
    #expect(six["handshake_rtt_ms"] == "20.589" && six["ms"] == "4170.590" && six["opener"] == "local")
    let server = try #require(try rows("life", "kernel-tail-loss-v6/server.pcap.gz").first)
    #expect(server["rx_bytes"] == "375000" && server["laddr"] == "fd77:2::2" && server["opener"] == "remote")
  }

  @Test("connlat: repeated SYNs count in the latency, not in the round trip; both ends agree")
  func connlat() throws {
    let near = try rows("connlat", "kernel-synack-loss/client.pcap.gz")
    #expect(near.count == 5 && near[0]["lat_ms"] == "2039.623" && near[0]["rtt_ms"] == "10.575")
    #expect(near[0]["syns"] == "3" && near[0]["synacks"] == "1" && near[0]["captured_at"] == "client")
    let far = try rows("connlat", "kernel-synack-loss/server.pcap.gz")
    #expect(far[0]["lat_ms"] == "2039.600" && far[0]["synacks"] == "4" && far[0]["captured_at"] == "server")
    #expect(try rows("connlat", "kernel-synack-loss/client.pcap.gz", ["--min", "2039.5"]).count == 2)
  }

  @Test("connect and accept: what one side opened, the other took")
  func openings() throws {
    let opened = try rows("connect", "kernel-syn-refused/client.pcap.gz")
    #expect(opened.count == 20 && opened.allSatisfy { $0["outcome"] == "refused" && $0["dport"] == "5001" })
    #expect(opened[0]["lat_ms"] == "20.464")
    let taken = try rows("accept", "kernel-listen-overflow/server.pcap.gz")
    #expect(taken[0]["raddr"] == "10.77.1.2" && taken[0]["laddr"] == "10.77.2.2" && taken[0]["rtt_ms"] == "20.354")
    let counted = try rows("connect", "kernel-port-reuse/client.pcap.gz", ["--count"])
    #expect(counted.map { $0["connects"] } == ["5"] && counted[0]["failed"] == "0")
    let none = try show("accept", "kernel-port-reuse/client.pcap.gz")
    #expect(none.status == 0 && none.output.split(separator: "\n").count == 1)
    #expect(none.complaint.contains("No local host took a connection"))
  }

  @Test("tracer: C, A and X with the packet that closed")
  func tracer() throws {
    let client = try rows("tracer", "kernel-server-rst/client.pcap.gz")
    #expect(client.map { $0["t"] } == ["C", "X"] && client[1]["closed_by"] == "RST received")
    #expect(client[1]["frame"] == "726" && client[1]["time_s"] == "0.187652")
    #expect(try rows("tracer", "kernel-server-rst/server.pcap.gz").first?["t"] == "A")
  }

  @Test("top and subnet: the slices add up to the whole")
  func volumes() throws {
    let whole = try rows("top", "kernel-loss-both/client.pcap.gz")
    let slices = try rows("top", "kernel-loss-both/client.pcap.gz", ["--interval", "0.5"])
    let sum = { (rows: [[String: String]]) in rows.compactMap { $0["tx_bytes"].flatMap { Int($0) } }.reduce(0, +) }
    #expect(whole.count == 1 && slices.count == 13 && sum(whole) == 3_000_000 && sum(slices) == 3_000_000)
    #expect(slices[1]["time"] == "2026-11-21T00:17:30.000000000Z")
    let subnet = try #require(try rows("subnet", "kernel-tail-loss-v6/client.pcap.gz").first)
    #expect(subnet["subnet"] == "fc00::/7" && subnet["bytes"] == "375000" && subnet["rx_bytes"] == "2500")
    let chosen = try rows("subnet", "kernel-tail-loss-v6/client.pcap.gz", ["--subnets", "10.0.0.0/8"])
    #expect(chosen.map { $0["subnet"] } == ["other"])
  }

  @Test("--local turns the sides round, -L and -D choose ports")
  func sides() throws {
    let turned = try rows("retrans", "ux-440/capture.pcap", ["--local", "10.0.0.2"])
    #expect(turned.count == 5 && turned.allSatisfy { $0["t"] == "<R" && $0["laddr_lport"] == "10.0.0.2:80" })
    #expect(try rows("retrans", "ux-440/capture.pcap", ["-L", "40001"]).count == 1)
    #expect(try rows("retrans", "ux-440/capture.pcap", ["-D", "81,82"]).isEmpty)
    let counted = try rows("retrans", "ux-440/capture.pcap", ["--count"])
    #expect(counted.map { $0["retransmits"] } == ["4", "1"] && counted[0]["rto"] == "4" && counted[1]["fast"] == "1")
  }

  @Test("Every table is valid JSON and CSV of one shape, for full and for empty captures", arguments: tables)
  func formats(table: String) throws {
    for name in ["ux-440/capture.pcap", "smc-ueid-mismatch/capture.pcap", "capture-not-analyzed/capture.pcap"] {
      let json = try show(table, name, "--format", "json")
      let list = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
      let csv = try show(table, name, "--format", "csv").output
      let lines = csv.split(separator: "\r\n")
      #expect(lines.count == list.count + 1)
      let columns = lines[0].split(separator: ",")
      #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == columns.count })
      for row in list { #expect(Set(row.keys) == Set(columns.map(String.init))) }
    }
  }

  @Test("Several files are one timeline")
  func several() throws {
    let files = ["kernel-tail-loss-v6/client.pcap.gz", "kernel-server-rst/client.pcap.gz"].map { capture($0) }
    let outcome = try Program.run(["show", "life", "--format", "tsv"] + files)
    #expect(outcome.output.split(separator: "\n").count == 3)
    #expect(outcome.output.contains("fd77:1::2") && outcome.output.contains("10.77.1.2"))
  }

  @Test("A reader that has seen enough is no fault, and what cannot be used is told", arguments: tables)
  func ends(table: String) throws {
    let file = capture("kernel-many-short/client.pcap.gz")
    let outcome = try Program.shell("\"$P\" show \(table) -q '\(file)' | head -1; echo ${PIPESTATUS[0]}")
    #expect(outcome.output.hasSuffix("\n0\n") && outcome.complaint.isEmpty)
    #expect(try Program.run(["show", table, "/nonexistent.pcap"]).status == 3)
    #expect(try Program.run(["show", table, file, "--local", "10.0.0.0/99"]).status == 2)
    #expect(try Program.run(["show", table, file, "-L", "99999"]).status == 2)
    #expect(try Program.run(["show", table]).status == 2)
  }

  @Test("A line fits the terminal, unless all columns are asked for", arguments: tables)
  func screen(table: String) throws {
    let file = capture("kernel-listen-overflow/client.pcap.gz")
    let line = "script -qec 'stty cols 80; \"$P\" show \(table) -q \(file)' /dev/null"
    #expect(try Program.shell(line).output.split(separator: "\r\n").allSatisfy { $0.count <= 80 })
    let wide = try Program.shell("script -qec 'stty cols 80; \"$P\" show life --wide -q \(file)' /dev/null")
    #expect(wide.output.contains("LAST_FRAME"))
  }

  @Test("The help of every table explains its columns and has examples", arguments: tables)
  func help(table: String) throws {
    let help = try Program.run(["show", table, "--help"])
    #expect(help.status == 0 && help.output.contains("EXAMPLES:\n  tcptriage show \(table) trace.pcap"))
    #expect(help.output.split(separator: "\n").contains { $0.contains("tcptriage show \(table) FILE ...") })
  }

  @Test(
    "What packets cannot answer is said with the command that can",
    arguments: [
      ("drop", "dropwatch"), ("tcpdrop", "dropwatch"), ("solisten", "ss -ltn"), ("softirqs", "/proc/softirqs"),
    ])
  func unanswerable(table: String, command: String) throws {
    let outcome = try Program.run(["show", table, Program.capture.path])
    #expect(outcome.status == 2 && outcome.output.isEmpty)
    #expect(outcome.complaint.contains(command) && outcome.complaint.split(separator: "\n").count == 1)
  }
}
