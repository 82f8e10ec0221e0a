import Detection
import Dissection
import Testing

@testable import Tracking

@Suite("SMC in archived captures")
struct SMCDetectorTests {
  @Test("each capture gives its findings and no other", arguments: archivedCases.map(\.name))
  func archived(name: String) throws {
    let run = try CaptureRun(name)
    let expected = archivedCases.first { $0.name == name }?.lines ?? []
    #expect(run.lines == expected)
  }

  @Test("every frame twice changes nothing", arguments: archivedCases.map(\.name))
  func twice(name: String) throws {
    let (once, twice) = (try CaptureRun(name), try CaptureRun(name, twice: true))
    #expect(once.lines == twice.lines)
    #expect(once.verdicts == twice.verdicts)
  }

  @Test("texts are whole sentences with evidence in frame order", arguments: archivedCases.map(\.name))
  func texts(name: String) throws {
    for finding in try CaptureRun(name).findings {
      #expect(finding.summary.hasSuffix("."))
      #expect(!finding.nextSteps.isEmpty && !finding.remedy.isEmpty)
      #expect(finding.evidence.count <= 20 && finding.connections.count <= 20)
      #expect(finding.evidence.map(\.segment.frame) == finding.evidence.map(\.segment.frame).sorted())
      #expect(finding.firstFrame > 0 && finding.firstFrame <= finding.lastFrame)
      #expect(finding.measures.first?.name == "connections")
    }
  }

  @Test("many unanswered offers are one finding with a count")
  func many() throws {
    let finding = try #require(try CaptureRun("smc-not-answered-many").findings.first)
    #expect(finding.measures.first?.value == 120)
    #expect(finding.connections.count == 20)
    #expect(finding.summary.contains("120 connections"))
  }

  @Test("a connection that never offers is a finding where SMC was expected")
  func expected() throws {
    let run = try CaptureRun("smc-never-offered-silent", expectSMC: true)
    #expect(run.lines == ["smc-never-offered expected certain warning"])
  }

  @Test("the ledger counts offers, answers and declines")
  func ledger() throws {
    let half = try #require(try CaptureRun("smc-limited-or-syncookie").ledger.first)
    #expect(half.offered == 10 && half.answered == 5 && half.established == 5 && half.notOffered == 0)
    let declined = try #require(try CaptureRun("smc-client-declines-no-device").ledger.first)
    #expect(declined.declines.map(\.code) == [0x0303_0000])
    #expect(declined.declines.first?.name == "NOSMCDEV")
    #expect(try CaptureRun("smc-never-offered-silent").ledger.isEmpty)
  }

  @Test(
    "one word tells the outcome in tables",
    arguments: [
      ("smc-r-v1-established", "established SMC-R"), ("smc-d-v2-established", "established SMC-D"),
      ("smc-not-answered", "offered, not answered"), ("smc-client-declines-no-device", "declined 0x03030000"),
      ("smc-proposal-timeout", "CLC timeout"), ("smc-option-replayed-http400", "option replayed"),
    ])
  func word(name: String, word: String) throws {
    #expect(try CaptureRun(name).words == [word])
  }

  @Test("the clause on enterprise IDs names them")
  func identifiers() throws {
    let finding = try #require(try CaptureRun("smc-ueid-mismatch").findings.first)
    #expect(finding.summary.contains("SITE-A.PROD"))
    #expect(finding.remedy.contains("smcr ueid add"))
  }

  @Test("memory is bounded, and a flood of plain places leaves room for SMC")
  func bounds() throws {
    let plain = try #require(try CaptureRun("smc-never-offered-silent").ended.first)
    let offered = try #require(try CaptureRun("smc-not-answered").ended.first)
    var detector = SMCDetector(DetectionSettings())
    for index in 0..<10_000 {
      var end = plain
      end.server.address = IPAddress(v4: UInt32(index))
      detector.connectionEnded(end)
    }
    #expect(detector.findings().isEmpty && detector.ledger().isEmpty)
    for index in 0..<10_000 {
      var end = offered
      end.server.address = IPAddress(v4: UInt32(index) | 0x0A00_0000)
      detector.connectionEnded(end)
    }
    #expect(detector.ledger().count == 1024)
  }

  @Test("a client whose offers nobody takes up is one finding, however many listeners")
  func manyListeners() throws {
    let offered = try #require(try CaptureRun("smc-not-answered").ended.first)
    for (count, expected) in [(16, 16), (17, 1), (300, 1)] {
      var detector = SMCDetector(DetectionSettings())
      for index in 0..<count {
        var end = offered
        end.server.port = UInt16(1000 + index)
        detector.connectionEnded(end)
      }
      #expect(detector.findings().count == expected)
    }
  }
}
