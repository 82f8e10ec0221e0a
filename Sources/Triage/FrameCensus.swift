import Detection
import Dissection
import Frames

/// Counts frames: how many, how large, when, of which kind.
///
/// A few additions per frame, nothing kept.
struct FrameCensus {
  var facts = CaptureFacts()
  private var newest: Int64 = .min
  private var linkCounts: [LinkType: UInt64] = [:]
  private var lastLink = LinkType.ethernet
  private var lastLinkCount: UInt64 = 0

  mutating func take(_ batch: borrowing FrameBatch) {
    for index in batch.records.indices {
      let record = batch.records[index]
      facts.frames &+= 1
      facts.capturedBytes &+= UInt64(record.capturedLength)
      facts.wireBytes &+= UInt64(max(record.originalLength, record.capturedLength))
      if record.capturedLength < record.originalLength {
        facts.cutFrames &+= 1
        facts.snapLength = max(facts.snapLength, record.capturedLength)
      }
      note(time: record.time, record.number)
      if record.linkType == lastLink { lastLinkCount &+= 1 } else { change(to: record.linkType) }
    }
  }

  @inline(__always)
  private mutating func note(time: Int64, _ number: UInt64) {
    if newest > time, newest &- time > PacketTime.microsecond {
      facts.backwardSteps &+= 1
      facts.worstBackwardStep = max(facts.worstBackwardStep, newest &- time)
      if facts.firstBackwardFrame == 0 { facts.firstBackwardFrame = number }
    }
    newest = max(newest, time)
    if facts.frames == 1 { facts.firstTime = time }
    facts.firstTime = min(facts.firstTime, time)
    facts.lastTime = facts.frames == 1 ? time : max(facts.lastTime, time)
  }

  private mutating func change(to link: LinkType) {
    if lastLinkCount > 0 { linkCounts[lastLink, default: 0] += lastLinkCount }
    lastLink = link
    lastLinkCount = 1
  }

  /// The counts so far, link types in order of their number.
  func survey() -> CaptureFacts {
    var result = facts
    var counts = linkCounts
    if lastLinkCount > 0 { counts[lastLink, default: 0] += lastLinkCount }
    result.linkTypes = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    return result
  }
}
