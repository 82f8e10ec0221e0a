import Dissection

/// What is known of one connection's SMC: the option in SYN and SYN-ACK, the CLC messages, and how it ended.
package struct SMCAccount: Sendable {
  /// Yes-or-no facts, as seen in packets.
  package struct Facts: OptionSet, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let synSeen = Facts(rawValue: 1 << 0)
    package static let synAckSeen = Facts(rawValue: 1 << 1)
    /// A SYN carried the option as Linux accepts it.
    package static let offered = Facts(rawValue: 1 << 2)
    /// A SYN-ACK carried it.
    package static let answered = Facts(rawValue: 1 << 3)
    /// The capture ends inside the options of every SYN seen.
    package static let synCut = Facts(rawValue: 1 << 4)
    /// The capture ends inside the options of every SYN-ACK seen.
    package static let synAckCut = Facts(rawValue: 1 << 5)
    /// Eight or more NOPs in a row in the SYN.
    package static let synBlanked = Facts(rawValue: 1 << 6)
    /// Eight or more NOPs in a row in the SYN-ACK.
    package static let synAckBlanked = Facts(rawValue: 1 << 7)
    /// The SYN carried the identifier in a form that Linux ignores: kind 253, or an odd length.
    package static let offerIgnored = Facts(rawValue: 1 << 8)
    /// A SYN with the option was repeated without it.
    package static let retriedWithout = Facts(rawValue: 1 << 9)
    /// The SYN-ACK's option bytes equal the SYN's.
    package static let optionsIdentical = Facts(rawValue: 1 << 10)
    /// They do, timestamps included, which no host does that reads them.
    package static let optionsReplayed = Facts(rawValue: 1 << 11)
    /// The SYN-ACK came again when the client's Proposal had been sent.
    package static let synAckRepeated = Facts(rawValue: 1 << 12)
    /// The Proposal, or a part of it, was sent again after a time.
    package static let proposalRepeated = Facts(rawValue: 1 << 13)
    /// Bytes of the handshake are missing in the capture.
    package static let gap = Facts(rawValue: 1 << 14)
    /// The capture did not keep bytes of the handshake that were needed (snap length).
    package static let cut = Facts(rawValue: 1 << 15)
    /// The client sent bytes that are not CLC.
    package static let clientForeign = Facts(rawValue: 1 << 16)
    /// The server did.
    package static let serverForeign = Facts(rawValue: 1 << 17)
    /// A FIN or RST was seen.
    package static let closed = Facts(rawValue: 1 << 18)
    /// The first of them came from the client.
    package static let closedByClient = Facts(rawValue: 1 << 19)
    /// The first of them was a RST.
    package static let closedByReset = Facts(rawValue: 1 << 20)
  }

  /// A CLC message with the segment that completed it.
  package struct Message: Sendable {
    package var message: CLCMessage
    package var fromClient: Bool
    package var segment: Segment
  }

  /// A segment worth showing.
  package struct Frame: Sendable {
    package enum Role: Sendable { case syn, synAck, foreign, damaged, close }

    package var role: Role
    package var fromClient: Bool
    package var segment: Segment
  }

  package var facts: Facts = []
  /// 32-bit identifier of the SYN's experimental option, nil when it had none.
  package var clientIdentifier: UInt32?
  /// The same of the SYN-ACK.
  package var serverIdentifier: UInt32?
  /// Repetitions of the SYN, copies in the capture not counted.
  package var synRetries: UInt16 = 0
  /// CLC messages in the order in which they were completed; at most eight.
  package var messages: [Message] = []
  /// SYN, SYN-ACK, first foreign bytes of each side, and the close; at most eight.
  package var frames: [Frame] = []
  /// What ended the reading of a stream, where its bytes could not be right.
  package var damage: CLCFault?
  /// The side that ``damage`` came from.
  package var damageFromClient = false

  package init() {}

  /// Whether anything at all points to SMC; an account without a sign counts as none.
  package var hasSign: Bool {
    !facts.isDisjoint(with: [.offered, .answered, .offerIgnored]) || !messages.isEmpty || damage != nil
  }

  /// Whether both sides agreed on a CLC handshake: by the options, or because the stream starts with one.
  package var isNegotiated: Bool { facts.isSuperset(of: [.offered, .answered]) || !messages.isEmpty }

  /// Whether data moves outside of this TCP connection, so that its silence is no fault.
  package var isEstablished: Bool {
    guard let last = messages.last, last.message.kind == .confirm, damage == nil else { return false }
    return facts.isDisjoint(with: [.clientForeign, .serverForeign, .gap]) && fault == nil && violation == nil
  }

  /// The identifier that was agreed in place of SMC's own, nil for an ordinary connection.
  package var vendorIdentifier: UInt32? {
    guard !facts.contains(.offered), !messages.isEmpty, clientIdentifier == serverIdentifier else { return nil }
    return clientIdentifier
  }

  /// First message of a kind from one side, nil when it was not seen.
  package func first(_ kind: CLCMessage.Kind, fromClient: Bool) -> Message? {
    messages.first { $0.message.kind == kind && $0.fromClient == fromClient }
  }

  /// First frame of a role, nil when it was not seen.
  package func frame(_ role: Frame.Role) -> Segment? { frames.first { $0.role == role }?.segment }

  /// The Proposal, whole or not.
  package var proposal: Message? { first(.proposal, fromClient: true) }
  /// The Accept.
  package var accept: Message? { first(.accept, fromClient: false) }
  /// The Confirm.
  package var confirm: Message? { first(.confirm, fromClient: true) }
  /// The first Decline of either side whose code was captured.
  package var decline: Message? { messages.first { $0.message.kind == .decline } }

  /// Nanoseconds from one frame to the close, nil when one of them was not seen.
  package func untilClose(from start: Int64?) -> Int64? {
    guard let start, let close = frame(.close) else { return nil }
    return close.time &- start
  }

  /// Nanoseconds from the SYN-ACK to the Decline, nil when one of them was not seen.
  package var untilDecline: Int64? {
    guard let start = frame(.synAck), let decline else { return nil }
    return decline.segment.time &- start.time
  }
}
