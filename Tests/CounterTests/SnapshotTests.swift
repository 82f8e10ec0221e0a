import TestSupport
import Testing

@testable import Triage

@Suite("Snapshots of counters")
struct SnapshotTests {
  @Test("nstat and the files of /proc say the same")
  func sameNames() throws {
    let (proc, nstat) = (try Fixture.snapshot("proc").dictionary, try Fixture.snapshot("nstat-az").dictionary)
    #expect(proc.count > 350 && proc["TcpOutRsts"] == 3 && proc["TcpExtTCPOrigDataSent"] == 61)
    for (name, value) in nstat where !name.hasPrefix("Ip6") && !name.hasPrefix("Icmp6") {
      #expect(proc[name] == value, "\(name)")
    }
    #expect(Set(nstat.keys).isSubset(of: proc.keys))
  }

  @Test("netstat -s says the same in its own words", arguments: ["netstat-s", "nstat-a"])
  func words(name: String) throws {
    let (proc, other) = (try Fixture.snapshot("proc").dictionary, try Fixture.snapshot(name).dictionary)
    #expect(other["TcpAttemptFails"] == 3 && other["TcpExtTCPPureAcks"] == 24 && other["TcpExtTCPOrigDataSent"] == 61)
    for (name, value) in other { #expect(proc[name] == value, "\(name)") }
  }

  @Test("The old and the new words of netstat -s")
  func wordings() throws {
    let snapshot = try CounterSnapshot(
      """
      Tcp:
          1648 active connections openings
          2890303 segments send out
          428 segments retransmited
          7 bad segments received.
      TcpExt:
          74 packets rejects in established connections because of timestamp
          Quick ack mode was activated 9 times
          Detected reordering 5 times using SACK
          TCPLossProbes: 12
      IpExt:
          InOctets: 99
      """)
    #expect(
      snapshot.dictionary == [
        "TcpActiveOpens": 1_648, "TcpOutSegs": 2_890_303, "TcpRetransSegs": 428, "TcpInErrs": 7,
        "TcpExtPAWSEstab": 74, "TcpExtDelayedACKLost": 9, "TcpExtTCPSACKReorder": 5, "TcpExtTCPLossProbes": 12,
        "IpExtInOctets": 99,
      ])
  }

  @Test("Words lead to names that the kernel has, and no words twice")
  func wordsAreNames() throws {
    let known = Set(try Fixture.snapshot("nstat-az").counters.map(\.name))
    let gone: Set = [
      "TcpExtPAWSPassive", "TcpExtTCPAbortOnSyn", "TcpExtTCPFACKReorder", "TcpExtTCPForwardRetrans",
      "TcpExtSockMallocOOM",
    ]
    for name in NetstatWords.names.values where !gone.contains(name) { #expect(known.contains(name), "\(name)") }
    #expect(NetstatWords.names.count > 75)
  }

  @Test("Names count, not places: columns may change theirs")
  func byName() throws {
    let snapshot = try CounterSnapshot("TcpExt: B A\nTcpExt: 2 1\nTcp: MaxConn OutRsts\nTcp: -1 7\n")
    #expect(snapshot.dictionary == ["TcpExtA": 1, "TcpExtB": 2, "TcpOutRsts": 7])
    #expect(snapshot["TcpExtC"] == nil)
  }

  @Test("Processors are summed up, once")
  func processors() throws {
    let text = String(decoding: try Fixture.bytes("softnet-softirqs"), as: UTF8.self)
    let sums = try CounterSnapshot(text).dictionary
    #expect(sums["softnet.processed"] == 0x67_1244 + 0xCC_658C && sums["softnet.time_squeeze"] == 0)
    #expect(sums["softirq.NET_RX"] == 6_476_808 + 13_049_100)
    #expect(try CounterSnapshot(text + "\n" + text).dictionary == sums)
  }

  @Test("All of it in one file, in any order, with junk between")
  func concatenated() throws {
    let parts = try ["softnet-softirqs", "proc", "netstat-s", "nstat-az"].map { try Fixture.bytes($0) }
    let junk = Array("\n==> /proc/net/netstat <==\n$ cat\u{0}x\nroot@host:~# uptime\n 10:00 up 3 days\n".utf8)
    let expected = try CounterSnapshot(parsing: parts[1] + parts[0], from: "").dictionary
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
      let all = try CounterSnapshot(parsing: order.flatMap { junk + parts[$0] }, from: "").dictionary
      #expect(all == expected)
    }
  }

  @Test("A line that was cut off loses its last number, which may be half of one")
  func cut() throws {
    let snapshot = try CounterSnapshot("TcpExt: A B C\nTcpExt: 100 20")
    #expect(snapshot.dictionary == ["TcpExtA": 100])
  }

  @Test(
    "What holds no counters is an error with one sentence",
    arguments: ["", "hello world", "Tcp: A B\n", "Tcp: 1 2\n", "\u{0}\u{1}\u{FFFD}", "TcpExt:\n", "CPU0 CPU1\n"])
  func nothing(text: String) {
    #expect(throws: CounterSnapshotError.self) { try CounterSnapshot(text) }
  }

  @Test("Names are bounded in length and number, and huge values do not overflow")
  func bounds() throws {
    let many = (0..<6_000).map { "Name\($0) 1\n" }.joined()
    #expect(try CounterSnapshot(many).counters.count == CounterSnapshot.mostNames)
    let long = String(repeating: "x", count: 65)
    let huge = "Tcp: \(long) A B C\nTcp: 1 18446744073709551615 18446744073709551616 -5\n"
    #expect(try CounterSnapshot(huge).dictionary == ["TcpA": .max])
    let sums = String(repeating: "ffffffff ", count: 9) + "\n"
    #expect(try CounterSnapshot(String(repeating: sums, count: 3))["softnet.processed"] == 3 * 0xFFFF_FFFF)
    #expect(throws: CounterSnapshotError.self) {
      try CounterSnapshot(parsing: [UInt8](repeating: 65, count: CounterSnapshot.mostBytes + 1), from: "big")
    }
  }

  @Test("No mutilation of a real text crashes the reader or makes up a name")
  func mutilated() throws {
    var chance = Chance(seed: 5)
    let parts = try ["proc", "nstat-az", "netstat-s", "softnet-softirqs"].map { try Fixture.bytes($0) }
    for round in 0..<400 {
      var bytes = parts[round % 4]
      let start = Int.random(in: 0..<bytes.count, using: &chance)
      bytes = Array(bytes[start...].prefix(3_000))
      for _ in 0..<Int.random(in: 0...40, using: &chance) {
        let place = Int.random(in: bytes.indices, using: &chance)
        switch Int.random(in: 0..<3, using: &chance) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &chance)
        case 1: bytes.insert(Array(" \n:-#9".utf8).randomElement(using: &chance) ?? 0, at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      _ = KernelSettings(parsing: bytes)
      guard let snapshot = try? CounterSnapshot(parsing: bytes, from: "") else { continue }
      #expect(snapshot.counters.allSatisfy { CounterSnapshot.isName($0.name) })
    }
  }

  @Test("The header of a record tells time and kernel, and no other line does")
  func header() throws {
    let line = SnapshotHeader.line(time: 1_795_258_561_123_456_789, kernel: "6.18.44-fc")
    let snapshot = try CounterSnapshot(line + "Tcp: OutRsts\nTcp: 1\n")
    #expect(snapshot.time == 1_795_258_561_123_456_789 && snapshot.kernel == "6.18.44-fc")
    for time in ["", "99999999999999999999.000000000", "-1.000000000", "1.5", "1.-23456789", "9999999999.000000000"] {
      #expect(SnapshotHeader.read("# tcptriage counters: \(time) s since 1970 UTC, kernel x").time == nil, "\(time)")
    }
    #expect(SnapshotHeader.read("#kernel").time == nil && SnapshotHeader.read("# tcptriage counters: ").kernel == nil)
    #expect(SnapshotHeader.line(time: 0, kernel: "a\u{1B}[2J").hasSuffix("kernel unknown\n"))
  }
}

@Suite("Differences of counters")
struct ChangeTests {
  @Test(
    "Forward, across the border of 32 bits, and back",
    arguments: [
      ("TcpOutRsts", 5, 5, 0), ("TcpOutRsts", 5, 9, 4), ("TcpOutRsts", 4_294_967_290, 4, 10),
      ("TcpOutRsts", 9, 5, nil), ("TcpOutRsts", .max, 5, nil), ("TcpOutRsts", 2_000_000_000, 0, nil),
      ("softnet.processed", 8_589_934_590, 4_294_967_300, 6), ("TcpOutRsts", 8_589_934_590, 4_294_967_300, nil),
      ("softnet.processed", .max, 0, nil), ("softnet.processed", .max, .max - 3, nil),
    ] as [(String, UInt64, UInt64, UInt64?)])
  func change(name: String, before: UInt64, after: UInt64, expected: UInt64?) {
    #expect(CounterSnapshot.change(of: name, from: before, to: after) == expected)
  }

  @Test("What a tool leaves out because it is 0 was 0, if it is there later; else it is not known")
  func omitted() throws {
    let before = try CounterSnapshot("TcpInSegs 5 0.0\n")
    let after = try CounterSnapshot("TcpInSegs 9 0.0\nTcpOutRsts 3 0.0\n")
    #expect(before.omitsZeros && before.change(of: "TcpOutRsts", until: after) == 3)
    #expect(before.change(of: "TcpRetransSegs", until: after) == nil)
    let raw = try CounterSnapshot("Tcp: InSegs Other\nTcp: 5 0\n")
    #expect(!raw.omitsZeros && raw.change(of: "TcpOutRsts", until: after) == nil)
    #expect(try Fixture.snapshot("nstat-a").omitsZeros && Fixture.snapshot("netstat-s").omitsZeros)
    #expect(try !Fixture.snapshot("nstat-az").omitsZeros && !Fixture.snapshot("proc").omitsZeros)
  }
}
