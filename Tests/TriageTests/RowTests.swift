import Dissection
import TestSupport
import Testing
import Tracking
import Triage

/// Rows of `show segments`: later words worked in, memory bounded.
struct RowTests {
  private func row(_ frame: UInt64, _ change: (inout Observation) -> Void = { _ in }) -> Observation {
    let segment = Segment.made(1, frame: frame, time: Int64(frame), flags: .ack)
    var observation = Observation(segment, connection: ConnectionID(rawValue: 1), fromClient: true)
    change(&observation)
    return observation
  }

  private func rows(_ batches: [[Observation]]) -> [Observation] {
    var out: [Observation] = []
    var rows = SegmentRows { out.append($0) }
    for batch in batches { rows.take(batch) }
    rows.finish()
    return out
  }

  @Test("A later word changes the row of its frame and makes none of its own")
  func merge() throws {
    let first = row(5) {
      $0.kind = .retransmission; $0.cause = .rto; $0.rejection = .paws; $0.anomalies = [.opensEpisode]
    }
    let needless = row(5) {
      $0.amends = 5; $0.anomalies = [.needless]
    }
    let refuted = row(5) {
      $0.amends = 5; $0.anomalies = [.rejectionRefuted]
    }
    let out = rows([[first, row(6)], [needless], [refuted]])
    #expect(out.map(\.segment.frame) == [5, 6])
    let merged = try #require(out.first)
    #expect(merged.kind == .retransmission && merged.cause == .rto && merged.rejection == .none)
    #expect(merged.anomalies == [.opensEpisode, .needless, .rejectionRefuted])
  }

  @Test("A copy becomes the network's by a later word")
  func networkCopy() {
    let out = rows([
      [row(5) { $0.kind = .captureDuplicate }],
      [
        row(5) {
          $0.amends = 5; $0.kind = .networkDuplicate
        }
      ],
    ])
    #expect(out.map(\.kind) == [.networkDuplicate])
  }

  @Test("A word on a frame that nobody told of makes a row, in its place")
  func unknownFrame() {
    let out = rows([
      [row(9)],
      [
        row(4) {
          $0.amends = 4; $0.kind = .outOfWindow
        }
      ],
    ])
    #expect(out.map(\.segment.frame) == [4, 9])
  }

  @Test("Rows come out in frame order, all of them, and no more than twice the window waits")
  func bounded() {
    var out: [UInt64] = []
    var taken = 0
    var mostWaiting = 0
    let count = SegmentRows.window * 5 / 2
    var rows = SegmentRows { out.append($0.segment.frame) }
    var batch: [Observation] = []
    for frame in 1...UInt64(count) {
      batch.append(row(frame))
      guard batch.count == 1000 else { continue }
      rows.take(batch)
      taken += batch.count
      mostWaiting = max(mostWaiting, taken - out.count)
      batch.removeAll(keepingCapacity: true)
    }
    rows.take(batch)
    rows.finish()
    #expect(out.count == count && out.first == 1 && out.last == UInt64(count))
    #expect(zip(out, out.dropFirst()).allSatisfy { $0 < $1 })
    #expect(mostWaiting < 2 * SegmentRows.window)
  }

  @Test("A story's rows tell each frame once, with its last word")
  func story() throws {
    let story = try Story(
      "conn main A:40000 B:80 nosack\nhandshake\n300ms A P. 1001:2449\n+220ms A P. 1001:2449 @copy\n700ms B . ack 2449 tsecr=100300"
    )
    let out = rows([story.observations])
    #expect(Set(out.map(\.segment.frame)).count == out.count)
    let copy = try #require(out.first { $0.segment.frame == story.frame("copy") })
    #expect(copy.kind == .retransmission && copy.anomalies.contains(.needless))
  }
}
