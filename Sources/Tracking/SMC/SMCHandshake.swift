import Dissection
import Frames

/// Follows one connection from its SYN through the CLC handshake.
///
///     client:  Decline | Proposal  ( Decline | Confirm  Decline? )
///     server:  Decline | Accept  Decline?
///
/// Whatever does not start with an eyecatcher at a message's boundary ends it. Source: Linux `net/smc/af_smc.c`.
package struct SMCHandshake: Sendable {
  /// A segment that comes again sooner is a copy in the capture.
  private static let retransmissionTime: Int64 = 100 * PacketTime.millisecond
  private static let mostMessages = 8

  private var state = SMCAccount()
  private var clientStream = CLCStream()
  private var serverStream = CLCStream()
  /// Sequence number of the first payload byte, once it is known.
  private var clientStart: SequenceNumber?
  private var serverStart: SequenceNumber?
  private var digest: UInt64 = 0
  /// Nothing more can be learned from payload.
  package private(set) var isDone = false

  package init() {}

  /// What is known so far.
  package var account: SMCAccount {
    var account = state
    if !isDone, clientStream.hasGap || serverStream.hasGap { account.facts.insert(.gap) }
    return account
  }

  /// Whether data moves outside of this TCP connection; see ``SMCAccount/isEstablished``.
  package var isEstablished: Bool {
    state.isEstablished && (isDone || !(clientStream.hasGap || serverStream.hasGap))
  }

  /// Takes a SYN without ACK.
  package mutating func syn(_ s: Segment, optionBytes: RawSpan) {
    let offers = s.options.contains(.smc)
    let start = s.sequence + 1
    if state.facts.contains(.synSeen), clientStart == start {
      repeatedSYN(s, offers: offers)
    } else if !state.facts.contains(.synSeen) {
      clientStart = start
      digest = FNV1a(optionBytes).value
      state.facts.insert(.synSeen)
      state.frames.append(.init(role: .syn, fromClient: true, segment: s))
      state.clientIdentifier = s.experimentID
      if s.options.contains(.cut), !offers { state.facts.insert(.synCut) }
      if s.options.contains(.blanked) { state.facts.insert(.synBlanked) }
    }
    if offers { state.facts.insert(.offered) }
    if !offers, SMCOption.find(in: optionBytes) == .ignored { state.facts.insert(.offerIgnored) }
  }

  private mutating func repeatedSYN(_ s: Segment, offers: Bool) {
    guard let first = state.frame(.syn), s.time &- first.time >= Self.retransmissionTime else { return }
    if state.synRetries < .max { state.synRetries += 1 }
    guard state.facts.contains(.offered), !offers, !s.options.contains(.cut) else { return }
    state.facts.insert(.retriedWithout)
  }

  /// Takes a SYN-ACK.
  package mutating func synAck(_ s: Segment, optionBytes: RawSpan) {
    let answers = s.options.contains(.smc)
    if let first = state.frame(.synAck) {
      let isLate = s.time &- first.time >= Self.retransmissionTime
      if isLate, state.proposal != nil { state.facts.insert(.synAckRepeated) }
    } else {
      state.facts.insert(.synAckSeen)
      state.frames.append(.init(role: .synAck, fromClient: false, segment: s))
      state.serverIdentifier = s.experimentID
      if s.options.contains(.blanked) { state.facts.insert(.synAckBlanked) }
      serverStart = s.sequence + 1
      if clientStart == nil { clientStart = s.acknowledgment }
      compareOptions(s, optionBytes)
    }
    if answers { state.facts.insert(.answered) }
    if !answers, s.options.contains(.cut) { state.facts.insert(.synAckCut) }
  }

  private mutating func compareOptions(_ s: Segment, _ optionBytes: RawSpan) {
    guard let syn = state.frame(.syn), optionBytes.byteCount > 0 else { return }
    guard FNV1a(optionBytes).value == digest, !s.options.contains(.cut) else { return }
    state.facts.insert(.optionsIdentical)
    // TSecr 0 in a SYN-ACK echoes nothing: its sender cannot have read the SYN's timestamps.
    if s.hasTimestamps, s.timestampValue != 0, s.timestampEcho == syn.timestampEcho {
      state.facts.insert(.optionsReplayed)
    }
  }

  /// Takes the captured payload of a data segment; `streamOffset` counts from the sender's first payload byte.
  package mutating func payload(_ s: Segment, fromClient: Bool, streamOffset: Int64, bytes: RawSpan) {
    guard !isDone else { return }
    if streamOffset >= 0, streamOffset < Int64(CLCStream.window) {
      setStart(s.sequence - UInt32(truncatingIfNeeded: streamOffset), fromClient: fromClient)
    }
    let isNew =
      fromClient
      ? clientStream.add(at: streamOffset, wireLength: s.payloadLength, bytes)
      : serverStream.add(at: streamOffset, wireLength: s.payloadLength, bytes)
    guard isNew else {
      noteRepetition(s, fromClient: fromClient, streamOffset)
      return
    }
    while !isDone {
      let event = fromClient ? clientStream.next() : serverStream.next()
      if case .wait = event { break }
      take(event, s, fromClient: fromClient)
    }
  }

  private mutating func setStart(_ start: SequenceNumber, fromClient: Bool) {
    if fromClient, clientStart == nil { clientStart = start }
    if !fromClient, serverStart == nil { serverStart = start }
  }

  private mutating func noteRepetition(_ s: Segment, fromClient: Bool, _ offset: Int64) {
    guard fromClient, offset == 0, let proposal = state.proposal else { return }
    if s.time &- proposal.segment.time >= Self.retransmissionTime { state.facts.insert(.proposalRepeated) }
  }

  private mutating func take(_ event: CLCStream.Event, _ s: Segment, fromClient: Bool) {
    switch event {
    case .wait: break
    case .message(let message): take(message, s, fromClient: fromClient)
    case .unreadable: stop(.cut)
    case .damaged(let fault):
      state.damage = fault
      state.damageFromClient = fromClient
      state.frames.append(.init(role: .damaged, fromClient: fromClient, segment: s))
      isDone = true
    case .foreign:
      if lacksPeerBytes(s, fromClient: fromClient) { state.facts.insert(.gap) }
      state.frames.append(.init(role: .foreign, fromClient: fromClient, segment: s))
      stop(fromClient ? .clientForeign : .serverForeign)
    }
  }

  private mutating func take(_ message: CLCMessage, _ s: Segment, fromClient: Bool) {
    guard state.messages.count < Self.mostMessages else { return isDone = true }
    if message.isCut { state.facts.insert(.cut) }
    // A Decline whose code was cut off proves nothing; its code reads 0, which no host sends.
    if message.isCut, message.decline?.code == 0 { return stop(.cut) }
    var message = message
    if !isExpected(message.kind, fromClient: fromClient) {
      // Without a SYN, who is the client is a guess.
      guard state.facts.contains(.synSeen) || state.facts.contains(.synAckSeen) else { return stop(.gap) }
      message.faults.append(.unexpectedKind(message.kind))
    }
    state.messages.append(.init(message: message, fromClient: fromClient, segment: s))
    if message.kind == .decline || !message.faults.isEmpty { isDone = true }
  }

  private func isExpected(_ kind: CLCMessage.Kind, fromClient: Bool) -> Bool {
    switch kind {
    case .decline: true
    case .proposal: fromClient && state.proposal == nil && state.confirm == nil
    case .accept: !fromClient && state.accept == nil
    case .confirm: fromClient && state.proposal != nil && state.confirm == nil
    }
  }

  /// Whether the sender acknowledges bytes of the other side that the capture does not hold.
  private func lacksPeerBytes(_ s: Segment, fromClient: Bool) -> Bool {
    guard s.flags.contains(.ack), let start = fromClient ? serverStart : clientStart else { return false }
    let stream = fromClient ? serverStream : clientStream
    let acknowledged = s.acknowledgment - start
    let finAllowance = state.facts.contains(.closed) ? 1 : 0
    return acknowledged > stream.contiguous + finAllowance && stream.contiguous < CLCStream.window
  }

  private mutating func stop(_ fact: SMCAccount.Facts) {
    state.facts.insert(fact)
    isDone = true
  }

  /// Takes a FIN or RST.
  package mutating func closed(by fromClient: Bool, reset: Bool, segment s: Segment) {
    guard !state.facts.contains(.closed) else { return }
    if !isDone, lacksBytes(before: s, fromClient: fromClient) { state.facts.insert(.gap) }
    state.facts.insert(.closed)
    if fromClient { state.facts.insert(.closedByClient) }
    if reset { state.facts.insert(.closedByReset) }
    state.frames.append(.init(role: .close, fromClient: fromClient, segment: s))
  }

  /// Whether a closing segment shows that the capture misses payload of either side.
  private func lacksBytes(before s: Segment, fromClient: Bool) -> Bool {
    let stream = fromClient ? clientStream : serverStream
    if clientStream.hasGap || serverStream.hasGap { return true }
    if let start = fromClient ? clientStart : serverStart, stream.contiguous < CLCStream.window,
      s.sequence - start > stream.contiguous
    {
      return true
    }
    // A capture of the client's packets alone still proves the handshake by its Confirm.
    let peer = fromClient ? serverStream : clientStream
    if state.confirm != nil, peer.contiguous == 0 { return false }
    return lacksPeerBytes(s, fromClient: fromClient)
  }
}
