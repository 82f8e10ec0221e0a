import Dissection
import Testing

@testable import Detection
@testable import Rendering
@testable import Tracking
@testable import Triage

@Suite("Commands name the hosts that a finding is about")
struct AddressingTests {
  private let known = Dictionary(
    uniqueKeysWithValues: (1...3 as ClosedRange<UInt64>).map {
      (ConnectionID(rawValue: $0), Fixture.connection($0))
    })

  private func placed(
    _ command: String, tells: String = "", connections: [UInt64] = [2], change: (inout Finding) -> Void = { _ in }
  ) -> String? {
    var finding = Fixture.paws()
    finding.connections = connections.map { ConnectionID(rawValue: $0) }
    finding.nextSteps = [NextStep(command, tells: tells)]
    change(&finding)
    return finding.placed(known).nextSteps.first?.command
  }

  @Test("the address is the receiver's, for whoever runs the command where the segments come from")
  func receiver() {
    #expect(placed("mtr -rwzbc 100 ADDRESS") == "mtr -rwzbc 100 10.0.0.2")
    #expect(placed("tcpdump -ni INTERFACE -s 128 host PEER") == "tcpdump -ni INTERFACE -s 128 host 10.0.0.2")
    #expect(placed("ip route get ADDRESS; ss dst ADDRESS") == "ip route get 10.0.0.2; ss dst 10.0.0.2")
  }

  @Test("on the receiving host, and where an address has two owners, it is the sender's")
  func sender() {
    #expect(placed("tcpdump host ADDRESS", tells: "on the receiving host: whether") == "tcpdump host 10.0.0.1")
    #expect(placed("arping -D ADDRESS; ip neigh") == "arping -D 10.0.0.1; ip neigh")
  }

  @Test("a port stands behind the address that it belongs to, else it tells the connection from others")
  func port() {
    #expect(placed("ss -K dst ADDRESS dport = PORT") == "ss -K dst 10.0.0.2 dport = 443")
    #expect(placed("conntrack -L | grep PORT") == "conntrack -L | grep 40002")
  }

  @Test("what connections do not agree on stays open")
  func open() {
    #expect(placed("conntrack -L | grep PORT", connections: [1, 2]) == "conntrack -L | grep PORT")
    #expect(placed("mtr ADDRESS", connections: [1, 2]) == "mtr 10.0.0.2")
    #expect(placed("mtr ADDRESS", connections: [2, 99]) == "mtr ADDRESS")
    #expect(placed("mtr ADDRESS", connections: []) == "mtr ADDRESS")
    #expect(placed("mtr ADDRESS") { $0.evidence = [] } == "mtr ADDRESS")
    let more = (1...9 as ClosedRange<UInt64>).map { ConnectionID(rawValue: $0) }
    #expect(placed("mtr ADDRESS") { $0.affected = more } == "mtr ADDRESS")
  }

  @Test("several hosts have no address in common")
  func manyHosts() {
    var other = Fixture.connection(3)
    other.server.address = IPAddress(v4: 0x0A00_0063)
    var finding = Fixture.paws()
    finding.connections = [2, 3].map { ConnectionID(rawValue: $0) }
    var known = known
    known[other.id] = other
    #expect(Addressing(finding, known).receiver == nil)
  }

  @Test("a log is read from the moment that the finding began")
  func time() {
    #expect(placed("journalctl -k --since TIME") == "journalctl -k --since '2026-09-21 14:13:20 UTC'")
    #expect(placed("journalctl -k --since TIME") { $0.firstFrame = 0 } == "journalctl -k --since TIME")
  }

  @Test("only whole words are replaced")
  func words() {
    let values = ["PORT": "80", "TIME": "now"]
    #expect(Addressing.filling(values, into: "PORT PORTS SO_PORT TIME-WAIT PORT") == "80 PORTS SO_PORT TIME-WAIT 80")
    #expect(Addressing.filling(values, into: "") == "")
    #expect(Addressing.filling([:], into: "host PORT;") == "host PORT;")
  }

  @Test("reports show the filled commands, and the questions ask for them")
  func reports() {
    var finding = Fixture.paws()
    finding.nextSteps = [NextStep("mtr ADDRESS", tells: "")]
    finding.remedy = "End it with ss -K dst ADDRESS dport = PORT."
    let digest = Digest(Fixture.report(findings: [finding]))
    #expect(digest.questions.map(\.command) == ["mtr 10.0.0.2"])
    #expect(digest.findings.first?.finding.remedy == "End it with ss -K dst 10.0.0.2 dport = 443.")
  }
}
