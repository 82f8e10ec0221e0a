import Dissection
import Frames
import Scenarios
import TestSupport
import Testing

@testable import Tracking
@testable import Triage

@Suite("Predicted kernel counters")
struct HostCounterTests {
  private static let closing = "2s A F. ack 5001\n+1ms B F. 5001 ack next\n+10ms A . ack 5002\n"

  /// B is behind routers, A is not: the capture was made at A.
  private static let atClient = "host A 10.0.0.1 ttl=64\nhost B 10.0.0.2 ttl=61\n"

  private func predicted(_ text: String) throws -> CounterPrediction {
    var settings = TriageSettings()
    settings.predictsCounters = true
    return try #require(try Analyzed.report(text, settings: settings).counters)
  }

  private func counter(_ name: String, of host: String, _ text: String) throws -> PredictedCounter {
    let found = try #require(try predicted(text).hosts.first { $0.host == host })
    return try #require(found.counters.first { $0.name == name })
  }

  struct Case: Sendable {
    var label: String
    var story: String
    var client: [String: UInt64] = [:]
    var server: [String: UInt64] = [:]
  }

  static let cases = [
    Case(
      label: "a handshake", story: "handshake",
      client: ["TcpActiveOpens": 1, "TcpPassiveOpens": 0, "TcpInSegs": 1, "TcpOutSegs": 2],
      server: ["TcpActiveOpens": 0, "TcpPassiveOpens": 1, "TcpInSegs": 2, "TcpOutSegs": 1]),
    Case(
      label: "a SYN that nobody answers", story: "0 A S 1000\n1s A S 1000\n+2s A S 1000",
      client: ["TcpActiveOpens": 1, "TcpOutSegs": 1, "TcpRetransSegs": 2, "TCPSynRetrans": 2, "TCPTimeouts": 2],
      server: ["TcpInSegs": 3, "TcpPassiveOpens": 0]),
    Case(
      label: "a repeated SYN-ACK counts as sent and as sent again",
      story: "0 A S 1000\n+10ms B S. 5000 ack 1001\n+1s B S. 5000 ack 1001\n+10ms A . 1001 ack 5001",
      client: ["TcpInSegs": 2, "TcpOutSegs": 2],
      server: ["TcpOutSegs": 2, "TcpRetransSegs": 1, "TCPSynRetrans": 1, "TCPTimeouts": 1]),
    Case(
      label: "a SYN-ACK that answers the SYN once more is no timer's",
      story: "0 A S 1000\n+10ms lost B S. 5000 ack 1001\n1s A S 1000\n+1ms B S. 5000 ack 1001\n+10ms A . 1001 ack 5001",
      client: ["TCPTimeouts": 1], server: ["TcpRetransSegs": 1, "TCPTimeouts": 0]),
    Case(
      label: "a retransmission is not sent, only sent again; FIN is data",
      story: "handshake\n1s lost A P. next:+100\n+230ms A P. 1001:1101\n+10ms B . ack 1101\n" + closing,
      client: ["TcpOutSegs": 5, "TcpRetransSegs": 1, "TCPOrigDataSent": 2], server: ["TcpOutSegs": 3]),
    Case(
      label: "one record of several segments", story: "handshake\n+10ms A P. next:+4344\n+10ms B . ack next",
      client: ["TcpOutSegs": 5, "TCPOrigDataSent": 3], server: ["TcpInSegs": 3]),
    Case(
      label: "a refused connection", story: "0 A S 1000\n+10ms B R. 0 ack 1001",
      client: ["TcpAttemptFails": 1, "TcpEstabResets": 0], server: ["TcpOutRsts": 1, "TcpEstabResets": 0]),
    Case(
      label: "a RST of an established connection counts at both ends", story: "handshake\n1s A R. 1001 ack 5001",
      client: ["TcpOutRsts": 1, "TcpEstabResets": 1], server: ["TcpOutRsts": 0, "TcpEstabResets": 1]),
    Case(
      label: "a RST after a FIN does not", story: "handshake\n1s B F. 5001 ack 1001\n+10ms B R. 5002 ack 1001",
      server: ["TcpOutRsts": 1, "TcpEstabResets": 0]),
    Case(
      label: "window probes, and a window that closes and opens",
      story: """
        handshake
        1s    A P. next:+1000
        +10ms B .  ack 2001 win 0
        +1s   A .  2000 ack 5001
        +10ms B .  ack 2001 win 0
        +1s   B .  ack 2001 win 500
        """,
      client: ["TCPWinProbe": 1, "TCPKeepAlive": 0, "TCPOrigDataSent": 1],
      server: ["TCPToZeroWindowAdv": 1, "TCPFromZeroWindowAdv": 1]),
    Case(
      label: "a keep-alive", story: "handshake\n60s A . 1000 ack 5001\n+10ms B . ack 1001",
      client: ["TCPKeepAlive": 1, "TCPWinProbe": 0, "TCPOrigDataSent": 0]),
    Case(
      label: "a DSACK",
      story: "handshake\n1s A P. next:+100\n+10ms B . ack 1101\n+10ms B . ack 1101 sack=1001-1101",
      client: ["TCPDSACKRecv": 1, "TCPDSACKOldSent": 0], server: ["TCPDSACKOldSent": 1, "TCPDSACKRecv": 0]),
    Case(
      label: "PAWS counts at the receiver",
      story: "handshake\n1s A P. next:+100\n+10ms B . ack 1101\n+1s A P. next:+100 tsval=5\n+10ms B . ack 1101",
      client: ["PAWSEstab": 0], server: ["PAWSEstab": 1]),
    Case(
      label: "a forged RST is challenged, twice in half a second only once",
      story: "handshake\n1s A R 1500 nots\n+10ms A R 1501 nots", server: ["TCPChallengeACK": 1, "TcpEstabResets": 0]),
  ]

  @Test("What the hosts' kernels count", arguments: cases)
  func values(_ one: Case) throws {
    let hosts = try predicted(one.story).hosts
    for (address, expected) in [("10.0.0.1", one.client), ("10.0.0.2", one.server)] where !expected.isEmpty {
      let host = try #require(hosts.first { $0.host == address })
      for (name, value) in expected {
        let counter = try #require(host.counters.first { $0.name == name })
        #expect(counter.value == value, "\(one.label): \(name) of \(address)")
      }
    }
  }

  @Test("Copies made by the capture are neither sent nor received, and leave a doubt")
  func copies() throws {
    let atServer = "host A 10.0.0.1 ttl=61\nhost B 10.0.0.2 ttl=64\n"
    let story = atServer + "capture copies=5us\nhandshake\n1s A P. next:+100\n+10ms B . ack 1101"
    #expect(try counter("TcpOutSegs", of: "10.0.0.1", story).value == 3)
    let received = try counter("TcpInSegs", of: "10.0.0.2", story)
    #expect(received.value == 3 && received.certainty == .atLeast)
  }

  @Test("A copy that a DSACK shows to be the network's was received after all")
  func networkCopies() throws {
    let story = """
      handshake
      1s    A P. next:+100 id=7
      +1ms  A P. 1001:1101 id=7
      +10ms B . ack 1101 sack=1001-1101
      """
    let received = try counter("TcpInSegs", of: "10.0.0.2", story)
    #expect(received.value == 4)
    #expect(try counter("TcpOutSegs", of: "10.0.0.1", story).value == 3)
    #expect(try counter("TcpRetransSegs", of: "10.0.0.1", story).value == 0)
  }

  @Test("Names are unique, and each that is not exact says why")
  func names() throws {
    let names = KernelCounter.allCases.map(\.name)
    #expect(Set(names).count == names.count)
    for counter in KernelCounter.allCases {
      #expect((counter.trust.certainty == .exact) == counter.trust.reason.isEmpty, "\(counter.name)")
    }
  }

  @Test(
    "What the capture lacks lowers certainty",
    arguments: [
      ("handshake\n1s missed A P. next:+100\n+10ms A P. next:+100\n+10ms B . ack 1201", "TcpInSegs", "at-least"),
      ("0 A P. 1001:1101 ack 5001\n+10ms B . 5001 ack 1101", "TCPOrigDataSent", "estimate"),
      ("0 A S 1000\n+10ms A . 1001 ack 5001\n+10ms A P. 1001:1101 ack 5001", "TcpRetransSegs", "estimate"),
      ("handshake\n1s A P. next:+100\n+9s A P. 1001:1101", "TcpEstabResets", "at-least"),
      ("handshake", "TcpInSegs", "exact"), ("handshake", "TCPFastRetrans", "estimate"),
    ])
  func certainty(story: String, name: String, expected: String) throws {
    #expect(try counter(name, of: "10.0.0.1", Self.atClient + story).certainty.name == expected)
  }

  @Test("Options that the snap length cut off may have held SACK blocks and timestamps")
  func cutOptions() throws {
    let scenario = try Scenario(parsing: "# A story for a test.\n" + Self.atClient + "handshake")
    var source = MemorySource(try scenario.frames(.plain), linkType: .ethernet, snapLength: 60, batchSize: 10)
    var settings = TriageSettings()
    settings.predictsCounters = true
    let host = try #require(Analyzed.report(&source, settings: settings).counters?.hosts.first)
    let certainties = Dictionary(uniqueKeysWithValues: host.counters.map { ($0.name, $0.certainty) })
    #expect(host.host == "10.0.0.1" && certainties["TcpInSegs"] == .exact)
    #expect(certainties["TCPDSACKRecv"] == .atLeast && certainties["PAWSEstab"] == .atLeast)
  }

  @Test("Only the host that captured is predicted exactly")
  func vantage() throws {
    let story = Self.atClient + "handshake\n1s A P. next:+100\n+10ms B . ack 1101"
    #expect(try counter("TcpInSegs", of: "10.0.0.1", story).certainty == .exact)
    #expect(try counter("TcpInSegs", of: "10.0.0.2", story).certainty == .estimate)
    #expect(try counter("TcpOutSegs", of: "10.0.0.2", story).certainty == .atLeast)
  }

  @Test("More hosts than are kept are told of")
  func manyHosts() {
    var counters = HostCounters()
    for number in 0..<UInt32(CounterPrediction.mostHosts + 10) {
      let segment = Segment.made(1, frame: UInt64(number + 1), time: 0, flags: .ack)
      var observation = Observation(segment, connection: ConnectionID(rawValue: 1), fromClient: true)
      observation.segment.source = IPAddress(v4: 0x0B00_0000 + number)
      counters.take([observation])
    }
    let prediction = counters.predictions(hasLoss: false)
    #expect(prediction.hosts.count == CounterPrediction.mostHosts && prediction.isFull)
  }

  @Test("Asking for counters changes nothing else in the report")
  func sameReport() throws {
    let story = """
      handshake
      1s     lost A P. next:+1000
      +230ms A P. 1001:2001
      +10ms  B . ack 2001 win 0
      +1s    A . 2000 ack 5001
      +10ms  B . ack 2001 win 0
      +1s    B . ack 2001 win 500
      +10ms  repeat 60 every 2ms {
        +0    A .  500  ack 5001
        +1ms  B .  4500  ack 2001
      }
      """
    var settings = TriageSettings()
    settings.predictsCounters = true
    let (plain, counted) = (try Analyzed.report(story), try Analyzed.report(story, settings: settings))
    #expect(plain.counters == nil && counted.counters != nil)
    #expect(plain.findings.map(\.summary) == counted.findings.map(\.summary))
    #expect(plain.connections.map(\.id) == counted.connections.map(\.id) && !plain.findings.isEmpty)
  }
}
