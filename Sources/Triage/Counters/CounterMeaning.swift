/// What a counter counts, in one plain sentence: the one list behind `counters`, the live screen and reports.
///
/// Names are those of `nstat`. Counters that only tell how much there is to do are `load`: they grow with the traffic and
/// never run away. Source: tcp-pathologies §A; RFC 4022 and Linux `net/ipv4/proc.c`.
package struct CounterMeaning: Sendable {
  package var name: String
  package var sentence: String
  package var isLoad: Bool

  init(_ name: String, _ sentence: String, isLoad: Bool = false) {
    self.name = name
    self.sentence = sentence
    self.isLoad = isLoad
  }

  /// What is known of a counter, nil for those that are not in the list.
  package static func of(_ name: String) -> CounterMeaning? { places[name].map { all[$0] } }

  private static let places = Dictionary(all.enumerated().map { ($1.name, $0) }) { first, _ in first }

  /// The counters that matter, what hurts most first.
  package static let all = rejections + retransmissions + handshakes + resets + windows + host

  private static let rejections: [CounterMeaning] = [
    .init("TcpExtPAWSEstab", "Segments of established connections thrown away for an old timestamp (PAWS)."),
    .init("TcpExtPAWSOldAck", "Old ACKs that came late and were dropped in silence; harmless."),
    .init("TcpExtPAWSActive", "Answers to our SYNs that echo a timestamp we never sent; the attempt is reset."),
    .init("TcpExtPAWSPassive", "SYNs refused because another client of the same address had a newer timestamp."),
    .init("TcpExtPAWSTimewait", "Segments to connections in TIME-WAIT refused for an old timestamp."),
    .init("TcpExtTSEcrRejected", "Last ACKs of handshakes that echo a timestamp we never sent."),
    .init("TcpExtBeyondWindow", "Segments that lie beyond the window that we offered."),
    .init("TcpExtTCPACKSkippedPAWS", "Answers to segments with old timestamps that the 500 ms limiter held back."),
    .init("TcpExtTCPACKSkippedSeq", "Answers to segments outside the window that the 500 ms limiter held back."),
    .init("TcpExtTCPACKSkippedChallenge", "Challenge ACKs that a limiter held back."),
    .init("TcpExtTCPACKSkippedSynRecv", "Answers to repeated SYNs or ACKs of a handshake that the limiter held back."),
    .init("TcpExtTCPACKSkippedFinWait2", "Answers to connections in FIN-WAIT-2 that the limiter held back."),
    .init("TcpExtTCPACKSkippedTimeWait", "Answers to connections in TIME-WAIT that the limiter held back."),
    .init("TcpExtTCPChallengeACK", "ACKs sent to ask whether a RST, SYN or very old ACK was meant."),
    .init("TcpExtTCPSYNChallenge", "SYNs that came into a connection that stands already."),
    .init("TcpExtTCPPureAcks", "ACKs received that carry no data.", isLoad: true),
  ]

  private static let retransmissions: [CounterMeaning] = [
    .init("TcpRetransSegs", "Segments sent again, for whatever reason."),
    .init("TcpExtTCPTimeouts", "Timers that ran out before an acknowledgment came, those of SYNs included."),
    .init("TcpExtTCPFastRetrans", "Segments sent again because later ones were acknowledged."),
    .init("TcpExtTCPSlowStartRetrans", "Segments sent again after a timeout, one by one with the acknowledgments."),
    .init("TcpExtTCPLossProbes", "Probes that repeat the last segment early instead of waiting for the timeout."),
    .init("TcpExtTCPLossProbeRecovery", "Losses at the end of a flight that such a probe repaired."),
    .init("TcpExtTCPSpuriousRTOs", "Timeouts that proved needless: nothing had been lost."),
    .init("TcpExtTCPSpuriousRtxHostQueues", "Segments sent again although the first copy had not left this host."),
    .init("TcpExtTCPLostRetransmit", "Segments sent again that were lost again."),
    .init("TcpExtTCPSynRetrans", "SYNs and SYN-ACKs sent again because nobody answered."),
    .init("TcpExtTCPSackRecovery", "Times that a sender began to repair a loss, told by SACK blocks."),
    .init("TcpExtTCPRenoRecovery", "Times that a sender began to repair a loss, told by duplicate ACKs alone."),
    .init("TcpExtTCPSackRecoveryFail", "Repairs that ended in a timeout."),
    .init("TcpExtTCPSackFailures", "Timeouts in the middle of a repair by SACK."),
    .init("TcpExtTCPLossFailures", "Timeouts while a loss was already being repaired after a timeout."),
    .init("TcpExtTCPSACKReneging", "Receivers that took back data that they had reported as received."),
    .init("TcpExtTCPSACKReorder", "Times that SACK blocks showed packets to have changed places."),
    .init("TcpExtTCPTSReorder", "Times that timestamps showed packets to have changed places."),
    .init("TcpExtTCPRenoReorder", "Times that duplicate ACKs showed packets to have changed places."),
    .init("TcpExtTCPDSACKRecv", "Reports from peers that they got the same data twice."),
    .init("TcpExtTCPDSACKOfoRecv", "Reports from peers that they got out-of-order data twice."),
    .init("TcpExtTCPDSACKOldSent", "Reports to peers that their data came twice."),
    .init("TcpExtTCPDSACKOfoSent", "Reports to peers that their out-of-order data came twice."),
    .init("TcpExtTCPFullUndo", "Slow-downs taken back because the loss proved to be none."),
    .init("TcpExtTCPPartialUndo", "Slow-downs taken back in part because a loss proved to be reordering."),
    .init("TcpExtTCPDSACKUndo", "Slow-downs taken back because a peer had got everything twice."),
    .init("TcpExtTCPLossUndo", "Slow-downs after a timeout taken back because nothing had been lost."),
    .init("TcpExtTCPAckCompressed", "ACKs that were not sent because one could stand for several."),
    .init("TcpExtDelayedACKLost", "Data received again, answered at once: our ACK was lost or late."),
    .init("TcpExtTcpTimeoutRehash", "Connections that chose another path after a timeout."),
    .init("TcpExtTcpDuplicateDataRehash", "Connections that chose another path because data came again and again."),
    .init("TcpExtTCPMTUPFail", "Searches for a smaller packet size that did not help."),
    .init("TcpExtTCPMTUPSuccess", "Searches for the packet size of a path that worked."),
  ]

  private static let handshakes: [CounterMeaning] = [
    .init("TcpActiveOpens", "Connections that this host began.", isLoad: true),
    .init("TcpPassiveOpens", "Connections that listeners of this host took.", isLoad: true),
    .init("TcpExtListenOverflows", "Finished handshakes that found the listener's queue full."),
    .init("TcpExtListenDrops", "SYNs and handshakes that a listener dropped, for whatever reason."),
    .init("TcpExtTCPReqQFullDrop", "SYNs dropped because a listener had too many unfinished handshakes."),
    .init("TcpExtTCPReqQFullDoCookies", "SYNs answered with a cookie because of too many unfinished handshakes."),
    .init("TcpExtSyncookiesSent", "SYN cookies sent: a flood, or a queue that is too short."),
    .init("TcpExtSyncookiesRecv", "SYN cookies that came back and were good."),
    .init("TcpExtSyncookiesFailed", "SYN cookies that came back and were not ours or too old."),
    .init("TcpExtTCPDeferAcceptDrop", "ACKs dropped on purpose because the listener waits for data."),
    .init("TcpAttemptFails", "Connections that failed before they were established."),
    .init("TcpExtEmbryonicRsts", "Resets that ended a handshake: port scans, health checks."),
    .init("TcpExtTWRecycled", "TIME-WAIT entries given up early for a new connection of the same ports."),
    .init("TcpExtTCPTimeWaitOverflow", "Connections closed at once because there were too many in TIME-WAIT."),
  ]

  private static let resets: [CounterMeaning] = [
    .init("TcpEstabResets", "Established connections that ended by a RST, sent or received."),
    .init("TcpOutRsts", "RSTs that this host sent."),
    .init("TcpExtTCPAbortOnData", "Connections reset because data came after the program had closed them."),
    .init("TcpExtTCPAbortOnClose", "Connections reset because the program closed them with unread data."),
    .init("TcpExtTCPAbortOnTimeout", "Connections given up after too many repetitions without an answer."),
    .init("TcpExtTCPAbortOnMemory", "Connections reset for want of memory."),
    .init("TcpExtTCPAbortOnLinger", "Connections reset because the peer took too long to close."),
    .init("TcpExtTCPAbortFailed", "RSTs that could not be sent for want of memory."),
  ]

  private static let windows: [CounterMeaning] = [
    .init("TcpExtTCPToZeroWindowAdv", "Times that this host closed its window: a program does not read."),
    .init("TcpExtTCPFromZeroWindowAdv", "Times that this host opened its window again."),
    .init("TcpExtTCPWantZeroWindowAdv", "Times that this host would have closed its window."),
    .init("TcpExtTCPZeroWindowDrop", "Segments dropped because they came into a closed window."),
    .init("TcpExtTCPRcvQDrop", "Segments dropped because the receive buffer was full."),
    .init("TcpExtTCPWinProbe", "Probes sent to peers whose window is closed."),
    .init("TcpExtTCPKeepAlive", "Keep-alives sent.", isLoad: true),
    .init("TcpExtPruneCalled", "Times that a receive buffer was full and had to be tidied up."),
    .init("TcpExtRcvPruned", "Segments dropped because tidying up did not help."),
    .init("TcpExtOfoPruned", "Times that out-of-order data was thrown away to make room."),
    .init("TcpExtTCPRcvCollapsed", "Segments merged in a receive buffer to make room."),
    .init("TcpExtTCPOFOQueue", "Segments that came before their turn: loss or reordering on the way here."),
    .init("TcpExtTCPOFOMerge", "Out-of-order segments that had come already."),
    .init("TcpExtTCPOFODrop", "Out-of-order segments dropped for want of room."),
    .init("TcpExtTCPBacklogDrop", "Segments dropped because a busy socket had too many waiting."),
    .init("TcpExtTCPMemoryPressures", "Times that all TCP together ran low on memory."),
    .init("TcpExtPFMemallocDrop", "Segments dropped because memory was kept for swapping."),
  ]

  private static let host: [CounterMeaning] = [
    .init("TcpInErrs", "Segments received that were damaged: bad checksum or length."),
    .init("TcpInCsumErrors", "Segments received with a wrong checksum."),
    .init("IpExtInCEPkts", "Packets that a router marked because its queue was filling (ECN)."),
    .init("TcpExtTCPDeliveredCE", "Segments delivered of which a peer says that they were marked (ECN)."),
    .init("softnet.dropped", "Packets dropped because a processor's backlog was full."),
    .init("softnet.time_squeeze", "Times that a processor had to stop receiving with packets still waiting."),
    .init("softnet.processed", "Packets that processors took from the network.", isLoad: true),
    .init("softirq.NET_RX", "Times that a processor ran to receive packets.", isLoad: true),
    .init("softirq.NET_TX", "Times that a processor ran to clean up after sending.", isLoad: true),
    .init("TcpInSegs", "Segments received.", isLoad: true),
    .init("TcpOutSegs", "Segments sent, without those sent again.", isLoad: true),
  ]
}
