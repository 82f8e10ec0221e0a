import Dissection
import Frames

/// What a connection's SMC amounts to; each value follows from bytes that were captured.
package enum SMCVerdict: Hashable, Sendable {
  case neverOffered
  case notAnswered
  case optionStripped
  case answeredNotOffered
  case synDropped
  case clientDeclined(UInt32)
  case serverDeclined(UInt32)
  case rdmaPathBroken(UInt32)
  case linkGroupOutOfSync
  case establishedR
  case establishedD
  case optionReplayed
  case clcSkipped
  case clcTimeout
  case proposalMissing
  case acceptQueueFull
  case clcMalformed
  case modeViolation
  /// Both sides agreed, but the handshake was not finished when the connection or the capture ended.
  case negotiated
  /// The capture lacks what a verdict would need.
  case unknownTruncated
}

extension SMCAccount {
  /// A side that waits this long for a CLC message gave up: Linux waits 6 s (`CLC_WAIT_TIME`).
  package static let clcWait: Int64 = 5 * PacketTime.second

  /// The verdict on the connection as far as it has been seen.
  package var verdict: SMCVerdict {
    if fault != nil, decline == nil { return .clcMalformed }
    if let decline { return verdict(on: decline) }
    if violation != nil { return .modeViolation }
    if isEstablished { return confirm?.message.accept?.isD == true ? .establishedD : .establishedR }
    return isNegotiated ? unfinished : withoutCLC
  }

  private func verdict(on decline: Message) -> SMCVerdict {
    let code = decline.message.decline?.code ?? 0
    if code == 0x0400_0000 || decline.message.decline?.outOfSync == true { return .linkGroupOutOfSync }
    if confirm != nil, code >> 24 == 0x02 { return .rdmaPathBroken(code) }
    return decline.fromClient ? .clientDeclined(code) : .serverDeclined(code)
  }

  /// SYN and SYN-ACK decide when there was no CLC handshake.
  private var withoutCLC: SMCVerdict {
    guard facts.contains(.synSeen) else { return .unknownTruncated }
    guard facts.contains(.synAckSeen) else {
      return facts.contains(.offered) && synRetries >= 2 ? .synDropped : .unknownTruncated
    }
    let isOffered = facts.contains(.offered)
    if facts.contains(.answered) { return facts.contains(.synCut) ? .unknownTruncated : .answeredNotOffered }
    if facts.contains(.synAckCut) || facts.contains(.synCut) { return .unknownTruncated }
    guard isOffered else { return .neverOffered }
    if facts.contains(.retriedWithout) { return .synDropped }
    return facts.contains(.synAckBlanked) ? .optionStripped : .notAnswered
  }

  /// Both sides agreed, but the handshake led neither to SMC nor to a Decline.
  private var unfinished: SMCVerdict {
    if !facts.isDisjoint(with: [.gap, .cut]) { return .unknownTruncated }
    if confirm != nil { return .unknownTruncated }
    if facts.contains(.serverForeign) { return .optionReplayed }
    if facts.contains(.clientForeign) { return messages.isEmpty ? .clcSkipped : .unknownTruncated }
    guard facts.contains(.closed) else { return .negotiated }
    return unfinishedAtClose
  }

  private var unfinishedAtClose: SMCVerdict {
    guard let last = messages.last else {
      guard let wait = untilClose(from: frame(.synAck)?.time), wait >= Self.clcWait else { return .negotiated }
      return .proposalMissing
    }
    guard let wait = untilClose(from: last.segment.time) else { return .negotiated }
    if wait >= Self.clcWait {
      return facts.isSuperset(of: [.synAckRepeated, .proposalRepeated]) ? .acceptQueueFull : .clcTimeout
    }
    let isReset = facts.contains(.closedByReset) && !facts.contains(.closedByClient)
    return isReset && last.message.kind == .proposal ? .optionReplayed : .negotiated
  }

  /// What a receiver would object to first, with the message it stands in.
  package var fault: (fault: CLCFault, kind: CLCMessage.Kind?, fromClient: Bool)? {
    if let damage { return (damage, nil, damageFromClient) }
    for message in messages {
      if let first = message.message.faults.first { return (first, message.message.kind, message.fromClient) }
    }
    return nil
  }

  /// One word or two for tables; empty when there is no sign of SMC.
  package var word: String {
    guard hasSign else { return "" }
    switch verdict {
    case .neverOffered: return facts.contains(.offerIgnored) ? "offer ignored" : ""
    case .notAnswered, .optionStripped: return "offered, not answered"
    case .answeredNotOffered: return "answered, not offered"
    case .synDropped: return "offered, SYN unanswered"
    case .clientDeclined(let code), .serverDeclined(let code), .rdmaPathBroken(let code):
      return "declined \(DeclineCode.text(code))"
    case .linkGroupOutOfSync: return "declined 0x04000000"
    case .establishedR: return "established SMC-R"
    case .establishedD: return "established SMC-D"
    case .optionReplayed: return "option replayed"
    case .clcSkipped: return "CLC skipped"
    case .clcTimeout, .acceptQueueFull, .proposalMissing: return "CLC timeout"
    case .clcMalformed, .modeViolation: return "CLC malformed"
    case .negotiated: return "answered"
    case .unknownTruncated: return facts.contains(.answered) ? "answered" : "offered"
    }
  }
}
