import Dissection
import Frames

extension Analysis {
  /// First four bytes of every CLC message: "SMCR" and "SMCD" in EBCDIC.
  private static let eyecatchers: [UInt32] = [0xE2D4_C3D9, 0xE2D4_C3C4]
  /// Options in a SYN that make a connection worth an SMC machine.
  private static let signs: TCPOptions = [.smc, .experiment, .blanked]

  /// Hands SYNs, the first payload bytes and the end of a connection to its SMC machine, which few connections have.
  @inline(__always)
  mutating func feedSMC(
    _ s: Segment, _ x: inout Direction, _ shared: inout SharedState, fromLow: Bool, _ bytes: RawSpan
  ) {
    guard shared.smc != 0 || looksLikeCLC(s, &x, bytes) else { return }
    hand(s, &x, &shared, fromLow: fromLow, bytes)
  }

  @inline(__always)
  private func looksLikeCLC(_ s: Segment, _ x: inout Direction, _ bytes: RawSpan) -> Bool {
    guard s.capturedPayload >= 4, s.sequence == x.initial + 1, x.flags.contains(.syn) else { return false }
    return Self.eyecatchers.contains(bytes.bigEndian(Int(s.payloadOffset)))
  }

  @inline(never)
  private mutating func hand(
    _ s: Segment, _ x: inout Direction, _ shared: inout SharedState, fromLow: Bool, _ bytes: RawSpan
  ) {
    openSMC(&shared)
    let index = Int(shared.smc) - 1
    let fromClient = fromLow == shared.lowIsClient
    if s.flags.contains(.syn) {
      handSYN(s, index, bytes)
    } else if s.payloadLength > 0, !smc.items[index].isDone {
      let start = min(Int(s.payloadOffset), bytes.byteCount)
      let captured = bytes.extracting(start..<start + Int(s.capturedPayload))
      let offset = Int64(s.sequence - (x.initial + 1))
      smc.items[index].payload(s, fromClient: fromClient, streamOffset: offset, bytes: captured)
    }
    if s.flags.rawValue & 0x05 != 0 {
      smc.items[index].closed(by: fromClient, reset: s.flags.contains(.rst), segment: s)
    }
  }

  private mutating func handSYN(_ s: Segment, _ index: Int, _ bytes: RawSpan) {
    // Options lie between the fixed header and the payload; a cut frame keeps fewer of them.
    let length = optionLength(s, bytes)
    let end = min(Int(s.payloadOffset), bytes.byteCount)
    let start = min(end, Int(s.payloadOffset) - length)
    let options = bytes.extracting(max(0, start)..<end)
    if s.flags.contains(.ack) {
      smc.items[index].synAck(s, optionBytes: options)
    } else {
      smc.items[index].syn(s, optionBytes: options)
    }
  }

  /// Bytes of options, by searching for the data offset that fits: header length lies within 0 ...
  ///
  /// 40 bytes before the
  /// payload.
  private func optionLength(_ s: Segment, _ bytes: RawSpan) -> Int {
    let end = Int(s.payloadOffset)
    for length in stride(from: 0, through: 40, by: 4) {
      let header = end - length - 20
      guard header >= 0, header + 20 <= bytes.byteCount else { continue }
      let fits = Int(bytes.byte(header + 12) >> 4) * 4 == length + 20
      if fits, bytes.bigEndian(header, as: UInt16.self) == s.sourcePort,
        bytes.bigEndian(header + 4, as: UInt32.self) == s.sequence.rawValue
      {
        return length
      }
    }
    return 0
  }

  /// Whether a SYN or SYN-ACK asks for an SMC machine.
  static func hasSMCSigns(_ s: Segment) -> Bool { !s.options.isDisjoint(with: signs) }

  mutating func openSMC(_ shared: inout SharedState) {
    if shared.smc == 0 { shared.smc = smc.add(SMCHandshake()) + 1 }
  }
}
