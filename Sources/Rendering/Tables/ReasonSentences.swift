import Tracking

extension Reason {
  /// The rule in a sentence.
  var sentence: String {
    switch self {
    case .none: ""
    case .olderTimestamp:
      "It fills a hole, and its TSval is older than that of the segment behind the hole: sent before it, and late."
    case .newerTimestamp:
      "It fills a hole, and its TSval is newer than that of the segment behind the hole: sent after it, a second try."
    case .olderIdentification:
      "It fills a hole, and its IP ID is lower than that of the segment behind the hole: sent before it, and late."
    case .newerIdentification:
      "It fills a hole, and its IP ID is higher than that of the segment behind the hole: sent after it, a second try."
    case .soonAfter: "It fills a hole sooner than half a round trip after the hole opened: too soon for a second try."
    case .longAfter: "It fills a hole later than half a round trip after the hole opened: long enough for a second try."
    case .overtaken:
      "Its bytes were seen before, with a newer timestamp: that was the second try, this is the original, late."
    case .staleMarks:
      "Its bytes were seen before, with a timestamp or IP ID that is not newer: the network copied it; a second try "
        + "would carry fresh ones."
    case .seenBefore: "Its bytes were seen before: sent again."
    case .closedWindow:
      "One byte or none just below the highest number sent, while the peer's window is closed: a probe of the window."
    case .openWindow: "One byte or none just below the highest number sent, the peer's window open: a keep-alive."
    case .beforeStart: "Below the first number in the capture, and soon after its start: sent before the capture began."
    case .handshakeTimer: "A SYN or SYN-ACK with the number of an earlier one: the handshake's timer."
    case .probeTimer:
      "The last segment of the flight, after a silence as long as a timer, with SACK, nothing SACKed, no recovery and no "
        + "probe before: the first timer is that of the tail-loss probe (RFC 8985, section 7)."
    case .timerOfHead:
      "The first unacknowledged segment, after a silence of the sender and of the peer as long as the timeout: the "
        + "retransmission timer."
    case .timerOfTail:
      "The last segment of the flight, not the first unacknowledged, after a silence: a tail-loss probe."
    case .timerInRecovery: "After a silence as long as the timeout, in a recovery: the retransmission timer."
    case .earlyProbe:
      "The last segment of the flight, not the first unacknowledged, after more than one and a half round trips of "
        + "silence: a tail-loss probe."
    case .afterTimeout: "Below the end of a recovery from a timeout, without a new silence: slow-start retransmission."
    case .peerReports:
      "No timer can have run out; the peer's SACK blocks or duplicate ACKs, or a recovery under way, called for it: fast "
        + "retransmission."
    case .longSilence: "A silence of more than half the timeout and no word of the peer: more likely a timer than not."
    case .nothingTells:
      "No silence, no SACK, no duplicate ACK, no recovery: the capture does not show what called for it."
    }
  }
}

extension Rejection {
  /// The check that fails, in a sentence.
  var sentence: String {
    switch self {
    case .none: ""
    case .paws: "Its timestamp is older than TS.Recent of the receiver: PAWS throws it away (RFC 7323, section 5.3)."
    case .oldSequence:
      "It ends before the receiver's last acknowledgment: outside of the window (RFC 9293, section 3.10.7.4)."
    case .beyondWindow: "It begins beyond the receiver's window (RFC 9293, section 3.10.7.4)."
    case .ackUnsent: "It acknowledges what was never sent (RFC 9293, section 3.10.7.4)."
    case .timestampEcho: "It echoes a timestamp that no SYN-ACK carried."
    }
  }
}
