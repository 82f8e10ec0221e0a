/// What `netstat -s` calls the counters, back to the names of `nstat`.
///
/// Source: net-tools 2.10, asked with a made-up table in which every counter had a number of its own; the words of
/// net-tools 1.60 and of some counters that 2.10 prints by name. What has no words is printed by its kernel name.
enum NetstatWords {
  /// Names by their words, with `#` for the number.
  static let names: [String: String] = {
    var names: [String: String] = [:]
    for line in table.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { continue }
      names[String(line[line.index(after: space)...])] = String(line[..<space])
    }
    return names
  }()

  private static let table = """
    IpInReceives # total packets received
    IpInHdrErrors # with invalid headers
    IpInAddrErrors # with invalid addresses
    IpForwDatagrams # forwarded
    IpInUnknownProtos # with unknown protocol
    IpInDiscards # incoming packets discarded
    IpInDelivers # incoming packets delivered
    IpOutRequests # requests sent out
    IpOutDiscards # outgoing packets dropped
    IpOutNoRoutes # dropped because of missing route
    IpReasmTimeout # fragments dropped after timeout
    IpReasmReqds # reassemblies required
    IpReasmOKs # packets reassembled ok
    IpReasmFails # packet reassemblies failed
    IpFragOKs # outgoing packets fragmented ok
    IpFragFails # outgoing packets failed fragmentation
    IpFragCreates # fragments created
    TcpActiveOpens # active connection openings
    TcpActiveOpens # active connections openings
    TcpPassiveOpens # passive connection openings
    TcpAttemptFails # failed connection attempts
    TcpEstabResets # connection resets received
    TcpInSegs # segments received
    TcpOutSegs # segments sent out
    TcpOutSegs # segments send out
    TcpRetransSegs # segments retransmitted
    TcpRetransSegs # segments retransmited
    TcpInErrs # bad segments received
    TcpOutRsts # resets sent
    UdpInDatagrams # packets received
    UdpNoPorts # packets to unknown port received
    UdpInErrors # packet receive errors
    UdpOutDatagrams # packets sent
    UdpRcvbufErrors # receive buffer errors
    UdpSndbufErrors # send buffer errors
    TcpExtSyncookiesSent # SYN cookies sent
    TcpExtSyncookiesRecv # SYN cookies received
    TcpExtSyncookiesFailed # invalid SYN cookies received
    TcpExtEmbryonicRsts # resets received for embryonic SYN_RECV sockets
    TcpExtPruneCalled # packets pruned from receive queue because of socket buffer overrun
    TcpExtRcvPruned # packets pruned from receive queue
    TcpExtOfoPruned # packets dropped from out-of-order queue because of socket buffer overrun
    TcpExtOutOfWindowIcmps # ICMP packets dropped because they were out-of-window
    TcpExtLockDroppedIcmps # ICMP packets dropped because socket was locked
    TcpExtTW # TCP sockets finished time wait in fast timer
    TcpExtTWRecycled # time wait sockets recycled by time stamp
    TcpExtPAWSPassive # passive connections rejected because of time stamp
    TcpExtPAWSActive # active connections rejected because of time stamp
    TcpExtPAWSEstab # packets rejected in established connections because of timestamp
    TcpExtPAWSEstab # packets rejects in established connections because of timestamp
    TcpExtDelayedACKs # delayed acks sent
    TcpExtDelayedACKLocked # delayed acks further delayed because of locked socket
    TcpExtDelayedACKLost Quick ack mode was activated # times
    TcpExtListenOverflows # times the listen queue of a socket overflowed
    TcpExtListenDrops # SYNs to LISTEN sockets dropped
    TcpExtTCPHPHits # packet headers predicted
    TcpExtTCPPureAcks # acknowledgments not containing data payload received
    TcpExtTCPHPAcks # predicted acknowledgments
    TcpExtTCPRenoRecovery # times recovered from packet loss due to fast retransmit
    TcpExtTCPSackRecovery # times recovered from packet loss by selective acknowledgements
    TcpExtTCPSACKReneging # bad SACK blocks received
    TcpExtTCPFACKReorder Detected reordering # times using FACK
    TcpExtTCPSACKReorder Detected reordering # times using SACK
    TcpExtTCPRenoReorder Detected reordering # times using reno fast retransmit
    TcpExtTCPTSReorder Detected reordering # times using time stamp
    TcpExtTCPFullUndo # congestion windows fully recovered without slow start
    TcpExtTCPPartialUndo # congestion windows partially recovered using Hoe heuristic
    TcpExtTCPDSACKUndo # congestion windows recovered without slow start by DSACK
    TcpExtTCPLossUndo # congestion windows recovered without slow start after partial ack
    TcpExtTCPRenoFailures # timeouts after reno fast retransmit
    TcpExtTCPSackFailures # timeouts after SACK recovery
    TcpExtTCPLossFailures # timeouts in loss state
    TcpExtTCPFastRetrans # fast retransmits
    TcpExtTCPForwardRetrans # forward retransmits
    TcpExtTCPSlowStartRetrans # retransmits in slow start
    TcpExtTCPTimeouts # other TCP timeouts
    TcpExtTCPRenoRecoveryFail # classic Reno fast retransmits failed
    TcpExtTCPSackRecoveryFail # SACK retransmits failed
    TcpExtTCPRcvCollapsed # packets collapsed in receive queue due to low socket buffer
    TcpExtTCPDSACKOldSent # DSACKs sent for old packets
    TcpExtTCPDSACKOfoSent # DSACKs sent for out of order packets
    TcpExtTCPDSACKRecv # DSACKs received
    TcpExtTCPDSACKOfoRecv # DSACKs for out of order packets received
    TcpExtTCPAbortOnData # connections reset due to unexpected data
    TcpExtTCPAbortOnClose # connections reset due to early user close
    TcpExtTCPAbortOnSyn # connections reset due to unexpected SYN
    TcpExtTCPAbortOnMemory # connections aborted due to memory pressure
    TcpExtTCPAbortOnTimeout # connections aborted due to timeout
    TcpExtTCPAbortOnLinger # connections aborted after user close in linger timeout
    TcpExtTCPAbortFailed # times unable to send RST due to no memory
    TcpExtTCPMemoryPressures TCP ran low on memory # times
    TcpExtSockMallocOOM Ran # times out of system memory during packet sending
    """
}
