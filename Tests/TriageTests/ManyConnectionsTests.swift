import CaptureFiles
import Dissection
import Frames
import Scenarios
import TestSupport
import Testing

@testable import Detection
@testable import Tracking
@testable import Triage

/// More connections in trouble than anything keeps in full.
struct ManyConnectionsTests {
  /// What one connection goes through: a segment is resent; `paws` is rejected besides.
  private static let resent = """
    handshake
    +1ms   lost A P.  next:+100
    +300ms A P.  1001:1101
    +10ms  B .

    """
  private static let paws = """
    +10ms  repeat 3 every 10ms {
      +0   A P.  1101:1201  tsval=50+i
      +1ms B .   5001  ack 1101
    }
    """

  /// The same story once for each of `clients`, one after the other.
  private func frames(_ story: String, _ clients: Range<Int>) throws -> [WritableFrame] {
    let pattern = try Scenario(parsing: "# A story.\n" + story).frames()
    return clients.flatMap { client in
      pattern.map { frame in
        var frame = frame
        frame.time &+= Int64(client) * 500 * PacketTime.millisecond
        // The client's address 10.0.0.1, wherever it stands, becomes that of client number `client`.
        let address = 14 + (frame.bytes[29] == 1 ? 12 : 16)
        (frame.bytes[address + 2], frame.bytes[address + 3]) = (UInt8(client >> 8), UInt8(client & 0xFF))
        return frame
      }
    }
  }

  @Test("Whatever a finding names is listed, and every finding is counted", .timeLimit(.minutes(2)))
  func listed() throws {
    var source = MemorySource(
      try frames(Self.resent, 256..<25_196) + (try frames(Self.resent + Self.paws, 25_196..<25_256)))
    let report = Analyzed.report(&source)
    #expect(report.totals.connections == 25_000 && report.totals.retransmissions >= 25_000)
    let named = Set(report.findings.flatMap(\.connections))
    #expect(named.isSubset(of: Set(report.connections.map(\.id))))
    #expect(report.connections.count <= 1000 + named.count)
    let rejected = report.findings.filter { $0.rule.id == "paws-reject" }
    #expect(rejected.count == 50 && rejected.allSatisfy { $0.connections.allSatisfy { $0.rawValue > 24_940 } })
    let tally = try #require(report.rules.first { $0.rule.id == "paws-reject" })
    #expect(tally.findings() == 60 && tally.findings(atLeast: .warning) == 60)
  }

  /// 220 connections, whose servers resend half of their data; the last one so often that its finding is the worst.
  private func resending(_ then: String = "", capture: String = "") -> String {
    """
    host S[220] 10.1.0.1 id=100
    conn f[220] S[i]:20000+i B:80
    \(capture)
    repeat 220 every 2s {
      +0     handshake f[i]
      +1ms   repeat 16 every 1ms as k {
        +0   f[i] B P.  5001+100*k:5101+100*k
      }
      +300ms repeat 8+i/219*8 every 1ms as k {
        +0   f[i] B P.  5001+100*k:5101+100*k
      }
      +20ms  f[i] S .  ack 6601
      \(then)
    }
    """
  }

  private func findingOnLast(_ report: Report) throws -> Finding {
    #expect(report.totals.connections == 220)
    let last = ConnectionID(rawValue: 220)
    return try #require(report.findings.first { $0.rule.family == .retransmission && $0.connections == [last] })
  }

  @Test("Of 220 connections captured in one direction those are weighed, too, that the defect's finding does not name")
  func oneSided() throws {
    let report = try Analyzed.report(resending(capture: "capture only=B"))
    let defect = try #require(report.findings.first { $0.rule.id == "capture-one-sided" })
    #expect(defect.connections.count == 200 && defect.measures.first?.value == 220)
    #expect(try findingOnLast(report).caveats.contains { $0.hasPrefix("One direction was not captured") })
  }

  @Test("Of 220 connections with bytes that the capture missed those are weighed, too, that are not named")
  func missedBytes() throws {
    let sound = try Analyzed.report(resending())
    #expect(try findingOnLast(sound).caveats.allSatisfy { !$0.hasPrefix("The capture itself lost frames") })
    let missed = """
      +10ms  missed f[i] B .  next:+100
      +10ms  f[i] S .
      +10ms  f[i] B .  next:+100
      +10ms  f[i] S .
      """
    let lossy = try Analyzed.report(resending(missed.split(separator: "\n").joined(separator: "\n  ")))
    let defect = try #require(lossy.findings.first { $0.rule.id == "capture-loss" })
    #expect(defect.connections.count == 200)
    #expect(try findingOnLast(lossy).caveats.contains { $0.hasPrefix("The capture itself lost frames") })
  }
}
