/// Composes records of a classic pcap file: record header, Ethernet, IPv4 or IPv6, TCP, payload, right checksums.
struct FrameComposer {
  private(set) var bytes: [UInt8]
  /// The composed bytes are `0..<used`; reset to 0 once they are written.
  var used = 0
  private let payloads: [UInt8]
  private var random = SplitMix64(seed: 2)

  init(capacity: Int) {
    bytes = [UInt8](repeating: 0, count: capacity)
    payloads = Self.makePayloads()
  }

  /// Half text, half noise, in turns of 512 bytes, so that compressors find about what they find in real traffic.
  private static func makePayloads() -> [UInt8] {
    var random = SplitMix64(seed: 3)
    let letters = Array("etaoin shrdlu\n<>".utf8)
    return (0..<1 << 17).map { index in
      let value = random.next()
      return index / 512 % 2 == 1 ? UInt8(truncatingIfNeeded: value) : letters[Int(value & 15)]
    }
  }

  mutating func appendFileHeader() {
    for word: UInt32 in [0xA1B2_C3D4, 0x0004_0002, 0, 0, 262_144, 1] { putLittleEndian(word) }
  }

  mutating func append(_ segment: OutgoingSegment, of conversation: Conversation, at time: UInt64, number: Int) {
    let record = used
    used += 16
    putEthernet(conversation, fromServer: segment.fromServer)
    let options = optionLength(segment, conversation)
    let segmentLength = 20 + options + segment.payload
    let pseudoHeader = putInternetHeader(
      conversation, fromServer: segment.fromServer, length: segmentLength, number: number)
    putTCP(segment, conversation, options: options, milliseconds: UInt32(truncatingIfNeeded: time / 1_000_000))
    putPayload(segment.payload)
    let start = used - segmentLength
    let checksum = ~sum(start..<used, from: sum(pseudoHeader, from: UInt64(6 + segmentLength)))
    put16(UInt16(truncatingIfNeeded: checksum), at: start + 16)

    let end = used
    used = record
    putLittleEndian(UInt32(truncatingIfNeeded: time / 1_000_000_000))
    putLittleEndian(UInt32(time % 1_000_000_000 / 1_000))
    putLittleEndian(UInt32(end - record - 16))
    putLittleEndian(UInt32(end - record - 16))
    used = end
  }
}

// MARK: - Headers

extension FrameComposer {
  private mutating func putEthernet(_ conversation: Conversation, fromServer: Bool) {
    let client = (high: UInt16(0x0200), low: conversation.id)
    let server = (high: UInt16(0x0201), low: conversation.id & 63)
    for address in fromServer ? [client, server] : [server, client] {
      put16(address.high)
      put32(address.low)
    }
    if conversation.traits.contains(.vlan) {
      put16(0x8100)
      put16(100 + UInt16(conversation.id & 7))
    }
    put16(conversation.traits.contains(.ipv6) ? 0x86DD : 0x0800)
  }

  /// Returns where the addresses stand, which is the part of the pseudo-header that varies.
  private mutating func putInternetHeader(
    _ conversation: Conversation, fromServer: Bool, length: Int, number: Int
  ) -> Range<Int> {
    let spread = UInt32(truncatingIfNeeded: SplitMix64.scramble(UInt64(conversation.id) + 77))
    let client = 0x0A00_0000 | spread & 0x00FF_FFFF
    let server = 0xC633_6400 | conversation.id % 251
    guard !conversation.traits.contains(.ipv6) else {
      put32(0x6000_0000)
      put16(UInt16(length))
      put16(0x0640)  // next header TCP, hop limit 64
      let addresses = used
      putIPv6Address(subnet: fromServer ? 2 : 1, host: fromServer ? server : client)
      putIPv6Address(subnet: fromServer ? 1 : 2, host: fromServer ? client : server)
      return addresses..<used
    }
    let start = used
    put16(0x4500)
    put16(UInt16(20 + length))
    put16(UInt16(truncatingIfNeeded: number))
    put16(0x4000)  // don't fragment
    put16(fromServer ? 0x3706 : 0x4006)  // time to live, protocol TCP
    put16(0)
    put32(fromServer ? server : client)
    put32(fromServer ? client : server)
    put16(UInt16(truncatingIfNeeded: ~sum(start..<used, from: 0)), at: start + 10)
    return start + 12..<used
  }

  private mutating func putIPv6Address(subnet: UInt16, host: UInt32) {
    put32(0x2001_0DB8)
    put16(0)
    put16(subnet)
    put32(0)
    put32(host)
  }

  private func optionLength(_ segment: OutgoingSegment, _ conversation: Conversation) -> Int {
    let timestamps = conversation.traits.contains(.withoutTimestamps) ? 0 : 12
    if segment.flags.contains(.syn) { return timestamps == 0 ? 12 : 20 }
    return timestamps + (segment.carriesSACK ? 12 : 0)
  }

  private mutating func putTCP(
    _ segment: OutgoingSegment, _ conversation: Conversation, options: Int, milliseconds: UInt32
  ) {
    put16(segment.fromServer ? 443 : conversation.clientPort)
    put16(segment.fromServer ? conversation.clientPort : 443)
    put32(segment.sequence)
    put32(segment.acknowledgment)
    put16(UInt16(5 + options / 4) << 12 | UInt16(segment.flags.rawValue))
    put16(segment.window)
    put32(0)  // checksum, filled in last, and urgent pointer
    let isSYN = segment.flags.contains(.syn)
    let hasTimestamps = !conversation.traits.contains(.withoutTimestamps)
    if isSYN {
      put32(0x0204_0000 | (conversation.traits.contains(.ipv6) ? 1_440 : 1_460))
      put16(0x0402)  // SACK permitted
      if !hasTimestamps { put16(0x0101) }
    }
    if hasTimestamps {
      if !isSYN { put16(0x0101) }
      put16(0x080A)
      let (own, peer) = clocks(conversation, fromServer: segment.fromServer)
      put32(milliseconds &+ own)
      put32(segment.flags.contains(.ack) ? milliseconds &- 3 &+ peer : 0)
    }
    if isSYN { put32(0x0103_0307) }  // window scale 7
    if segment.carriesSACK {
      put32(0x0101_050A)
      put32(segment.acknowledgment &+ 1_448)
      put32(segment.acknowledgment &+ 2_896)
    }
  }

  private func clocks(_ conversation: Conversation, fromServer: Bool) -> (own: UInt32, peer: UInt32) {
    let (client, server) = (conversation.client.clockOffset, conversation.server.clockOffset)
    return fromServer ? (server, client) : (client, server)
  }

  private mutating func putPayload(_ count: Int) {
    guard count > 0 else { return }
    let from = random.below(1 << 16)
    for offset in 0..<count { bytes[used + offset] = payloads[from + offset] }
    used += count
  }
}

// MARK: - Bytes

extension FrameComposer {
  private mutating func put16(_ value: UInt16) {
    put16(value, at: used)
    used += 2
  }

  private mutating func put16(_ value: UInt16, at index: Int) {
    bytes[index] = UInt8(value >> 8)
    bytes[index + 1] = UInt8(truncatingIfNeeded: value)
  }

  private mutating func put32(_ value: UInt32) {
    put16(UInt16(value >> 16))
    put16(UInt16(truncatingIfNeeded: value))
  }

  private mutating func putLittleEndian(_ value: UInt32) {
    put32(value.byteSwapped)
  }

  /// The folded ones' complement sum of `range`, continued from `initial` (RFC 1071).
  private func sum(_ range: Range<Int>, from initial: UInt64) -> UInt64 {
    var total = initial
    var index = range.lowerBound
    while index + 1 < range.upperBound {
      total &+= UInt64(bytes[index]) << 8 | UInt64(bytes[index + 1])
      index += 2
    }
    if index < range.upperBound { total &+= UInt64(bytes[index]) << 8 }
    while total >> 16 != 0 { total = total & 0xFFFF + total >> 16 }
    return total
  }
}
