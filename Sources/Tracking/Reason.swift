/// The rule that decided what a segment is, or why it was sent again.
package enum Reason: UInt8, Sendable, CaseIterable {
  case none

  // Why a segment with bytes below the highest is what it is.

  case olderTimestamp, newerTimestamp, olderIdentification, newerIdentification, soonAfter, longAfter
  case overtaken, staleMarks, seenBefore, closedWindow, openWindow, beforeStart

  // Why the sender sent it again.

  case handshakeTimer, probeTimer, timerOfHead, timerOfTail, timerInRecovery, earlyProbe, afterTimeout, peerReports
  case longSilence, nothingTells
}
