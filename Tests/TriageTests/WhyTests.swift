import Rendering
import Scenarios
import TestSupport
import Testing
import Tracking

@testable import Triage

/// The facts and the rule behind one verdict.
struct WhyTests {
  /// What is said of frame `frame` of a story.
  private static func answer(_ text: String, frame: UInt64) throws -> [String] {
    let scenario = try Scenario(parsing: "# A story for a test.\n" + text)
    var source = MemorySource(try scenario.frames(.plain), linkType: .ethernet, snapLength: .max, batchSize: 7)
    var settings = TriageSettings()
    settings.tracking.askedFrame = frame
    let notes = Notes()
    var listener = Engine.Listener(observations: { notes.later += $0.filter { $0.amends == frame } })
    listener.facts = { notes.facts = $0 }
    var engine = Engine(settings, listener: listener)
    while source.nextBatch({ engine.take($0) }) {}
    _ = engine.finish(source.description, method: Method(version: "test"))
    return notes.facts.map { WhyText.lines($0, later: notes.later) } ?? []
  }

  private final class Notes {
    var facts: SegmentFacts?
    var later: [Observation] = []
  }

  private static let timeout = """
    conn main A:40000 B:80 nosack
    handshake
    100ms   lost A P. 1001:2449
    320ms   A P. 1001:2449
    +10ms   B . ack 2449
    """

  @Test("A timeout names its silence, its flight and the rule")
  func retransmission() throws {
    let lines = try Self.answer(Self.timeout, frame: 5)
    #expect(lines.first == "Frame 5: retransmission, cause rto, certain")
    #expect(lines.contains { $0.contains("sent up to 1449, acknowledged 1, in flight 1,448 bytes") })
    #expect(lines.contains { $0.contains("last data of this end 220 ms ago") })
    #expect(lines.contains { $0.contains("the retransmission timer") })
  }

  @Test("An ordinary segment has nothing remarkable, a frame that is not there no answer")
  func ordinary() throws {
    #expect(try Self.answer(Self.timeout, frame: 4).contains { $0.contains("Nothing remarkable") })
    #expect(try Self.answer(Self.timeout, frame: 99).isEmpty)
  }

  @Test("Later words say which frame showed them")
  func later() throws {
    let lines = try Self.answer(
      """
      handshake
      100ms   A P. 1001:2449
      320ms   A P. 1001:2449
      +10ms   B . ack 2449 sack=1001-2449
      """, frame: 5)
    #expect(lines.contains("  Frame 6: the receiver had the bytes already: needless (spurious)"))
  }
}
