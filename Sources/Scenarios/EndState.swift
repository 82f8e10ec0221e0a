internal import Dissection

/// What one end of a connection knows, as far as the defaults of the notation need it.
struct EndState {
  var host: Int
  var port: UInt16
  var initialSequence: UInt32
  /// Next sequence number to send (SND.NXT).
  var next: UInt32
  /// Next sequence number expected (RCV.NXT).
  var received: UInt32
  /// Whether a segment was sent, or the peer's SYN received: until then the numbers above are assumed.
  var hasSent = false
  var hasPeerSYN = false
  /// Data above a hole, the newest first.
  var above: [SackEdges] = []
  /// Last acknowledgment number sent (RFC 7323: Last.ACK.sent).
  var lastAckSent: UInt32
  /// The peer's timestamp to echo (RFC 7323: TS.Recent), and when it came.
  var recent: (value: UInt32, time: Int64)?
  var identification: UInt16

  init(_ end: ConnectionEnd, peer: ConnectionEnd, identification: UInt16) {
    host = end.host
    port = end.port
    initialSequence = end.initialSequence
    next = end.initialSequence
    received = peer.initialSequence &+ 1
    lastAckSent = received
    self.identification = identification
  }

  /// Advances the sender's state by a segment that it sent.
  mutating func sent(_ packet: Packet) {
    let end = packet.endSequence
    if !hasSent || precedes(next, end) { next = end }
    hasSent = true
    if packet.has(Flag.ack) { lastAckSent = packet.acknowledgment }
  }

  /// Advances the receiver's state by a segment that reached it, as RFC 9293 and RFC 7323 section 5.3 prescribe.
  mutating func receive(_ packet: Packet, checksTimestamps: Bool) {
    let timestamp = packet.timestampValue
    if packet.has(Flag.syn) {
      guard !hasPeerSYN else { return }
      hasPeerSYN = true
      received = packet.endSequence
      lastAckSent = received
      recent = timestamp.map { ($0, packet.time) }
      return
    }
    if checksTimestamps, let timestamp, isOld(timestamp, at: packet.time), !packet.has(Flag.reset) { return }
    let end = packet.endSequence
    guard !precedes(end, lastAckSent), !precedes(received &+ 0x0100_0000, packet.sequence) else { return }
    let isInOrder = !precedes(lastAckSent, packet.sequence)
    if let timestamp, isInOrder, !checksTimestamps || !precedes(timestamp, recent?.value ?? timestamp) {
      recent = (timestamp, packet.time)
    }
    accept(SackEdges(left: packet.sequence, right: end))
  }

  /// Whether PAWS rejects it; one tick of slack and 24 days of memory, as Linux has them.
  private func isOld(_ timestamp: UInt32, at time: Int64) -> Bool {
    guard let recent, time - recent.time < 24 * 86_400 * 1_000_000_000 else { return false }
    return precedes(timestamp &+ 1, recent.value)
  }

  private mutating func accept(_ range: SackEdges) {
    guard range.left != range.right, precedes(received, range.right) else { return }
    if precedes(received, range.left) {
      var merged = range
      above.removeAll { block in
        guard !precedes(merged.right, block.left), !precedes(block.right, merged.left) else { return false }
        if precedes(block.left, merged.left) { merged.left = block.left }
        if precedes(merged.right, block.right) { merged.right = block.right }
        return true
      }
      above.insert(merged, at: 0)
      return
    }
    received = range.right
    while let index = above.firstIndex(where: { !precedes(received, $0.left) }) {
      let block = above.remove(at: index)
      if precedes(received, block.right) { received = block.right }
    }
  }
}

/// Serial comparison; timestamps live on the same circle as sequence numbers (RFC 7323 section 5.2).
func precedes(_ a: UInt32, _ b: UInt32) -> Bool { SequenceNumber(a) < SequenceNumber(b) }

extension Packet {
  /// Sequence number after the segment; SYN and FIN count one each.
  var endSequence: UInt32 {
    sequence &+ UInt32(truncatingIfNeeded: payload.count) &+ (has(Flag.syn) ? 1 : 0) &+ (has(Flag.fin) ? 1 : 0)
  }

  var timestampValue: UInt32? {
    for case .timestamps(let value, _) in options { return value }
    return nil
  }
}
