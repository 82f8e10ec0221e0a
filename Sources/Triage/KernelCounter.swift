/// How far a predicted counter can be trusted.
public enum PredictionCertainty: UInt8, Sendable {
  /// The kernel's counter moves by just this.
  case exact
  /// It moves by this or more: part of what moves it does not show in packets.
  case atLeast
  /// The best guess from the packets.
  case estimate

  /// Word in tables and JSON.
  public var name: String {
    switch self {
    case .exact: "exact"
    case .atLeast: "at-least"
    case .estimate: "estimate"
    }
  }
}

/// The counters of Linux that packets let predict, in the order of tables.
///
/// Source: RFC 4022 for those of `/proc/net/snmp` (`Tcp...`), `net/ipv4/proc.c` for those of `/proc/net/netstat`.
package enum KernelCounter: Int, CaseIterable, Sendable {
  case activeOpens, passiveOpens, attemptFails, establishedResets, segmentsIn, segmentsOut, retransmitted, resetsOut
  case originalData, synRetransmitted, fast, slowStart, timeouts, lossProbes, lossProbeRecovery, keepAlive
  case windowProbe, toZeroWindow, fromZeroWindow, duplicateSACKReceived, duplicateSACKOutOfOrderReceived
  case duplicateSACKOldSent, duplicateSACKOutOfOrderSent, rejectedTimestamps, challengeACK, synChallenge

  /// The kernel's name.
  package var name: String {
    switch self {
    case .activeOpens: "TcpActiveOpens"
    case .passiveOpens: "TcpPassiveOpens"
    case .attemptFails: "TcpAttemptFails"
    case .establishedResets: "TcpEstabResets"
    case .segmentsIn: "TcpInSegs"
    case .segmentsOut: "TcpOutSegs"
    case .retransmitted: "TcpRetransSegs"
    case .resetsOut: "TcpOutRsts"
    case .originalData: "TCPOrigDataSent"
    case .synRetransmitted: "TCPSynRetrans"
    case .fast: "TCPFastRetrans"
    case .slowStart: "TCPSlowStartRetrans"
    case .timeouts: "TCPTimeouts"
    case .lossProbes: "TCPLossProbes"
    case .lossProbeRecovery: "TCPLossProbeRecovery"
    case .keepAlive: "TCPKeepAlive"
    case .windowProbe: "TCPWinProbe"
    case .toZeroWindow: "TCPToZeroWindowAdv"
    case .fromZeroWindow: "TCPFromZeroWindowAdv"
    case .duplicateSACKReceived: "TCPDSACKRecv"
    case .duplicateSACKOutOfOrderReceived: "TCPDSACKOfoRecv"
    case .duplicateSACKOldSent: "TCPDSACKOldSent"
    case .duplicateSACKOutOfOrderSent: "TCPDSACKOfoSent"
    case .rejectedTimestamps: "PAWSEstab"
    case .challengeACK: "TCPChallengeACK"
    case .synChallenge: "TCPSYNChallenge"
    }
  }

  /// Whom the packets that move it come from.
  enum Side { case sent, received, both }

  var side: Side {
    switch self {
    case .segmentsIn, .duplicateSACKReceived, .duplicateSACKOutOfOrderReceived, .rejectedTimestamps, .challengeACK,
      .synChallenge:
      .received
    case .passiveOpens, .attemptFails, .establishedResets: .both
    default: .sent
    }
  }

  /// How sure a whole capture made at the host is, and why it is not more.
  var trust: (certainty: PredictionCertainty, reason: String) {
    switch self {
    case .attemptFails: (.atLeast, "an attempt that is given up leaves no packet")
    case .timeouts: (.atLeast, "a timer may expire without sending")
    case .lossProbes: (.estimate, "told by timing; a probe with new data does not show")
    case .duplicateSACKOldSent: (.atLeast, "the kernel counts answers that a later one replaced")
    case .duplicateSACKOutOfOrderSent: (.atLeast, "the kernel counts answers that a later one replaced")
    case .fast, .slowStart: (.estimate, "told by timing and SACK blocks")
    case .lossProbeRecovery: (.estimate, "whether a probe repaired a loss is told by later packets")
    case .challengeACK, .synChallenge: (.estimate, "depends on rate limits of the whole host")
    default: (.exact, "")
    }
  }
}
