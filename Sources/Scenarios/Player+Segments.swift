extension Player {
  typealias Names = (String) -> Int64?

  /// One segment: what the line does not say is what the sender's state prescribes.
  mutating func send(_ line: SegmentLine, _ number: Int) throws(ScenarioError) {
    let connection = try connection(line.connection, number)
    let side = side(line.sender, of: connection)
    let state = ends[connection][side]
    let look = names(state, line.flags)
    var packet = Packet(time: now)
    packet.source = endpoint(state)
    packet.destination = endpoint(ends[connection][1 - side])
    packet.fromClient = side == 0
    packet.flags = line.flags
    packet.tag = line.tag
    packet.sequence = try word(line.sequence, standardSequence(line.flags, state), look)
    packet.acknowledgment = packet.has(Flag.ack) ? try word(line.acknowledgment, state.received, look) : 0
    packet.window = UInt16(truncatingIfNeeded: try word(line.window, standardWindow(line.flags), look))
    packet.payload = try payload(of: line, from: packet.sequence, look, number)
    try spend(bytes: packet.payload.count, number)
    packet.flowLabel = 0x4_0000 | UInt32(truncatingIfNeeded: connection * 2 + side) & 0xffff
    try setNetworkFields(&packet, line.overrides, state, look)
    packet.options = try options(line, packet, connection, side, look)
    if line.overrides.identification == nil { advanceIdentification(connection, side, packet.payload.count) }
    pass(packet, connection, side, line.fate)
  }

  private func setNetworkFields(
    _ packet: inout Packet, _ overrides: Overrides, _ state: EndState, _ look: Names
  ) throws(ScenarioError) {
    let timeToLive = UInt32(declarations.hosts[state.host].timeToLive)
    packet.timeToLive = UInt8(truncatingIfNeeded: try word(overrides.timeToLive, timeToLive, look))
    let identification = try word(overrides.identification, UInt32(state.identification), look)
    packet.identification = UInt16(truncatingIfNeeded: identification)
    packet.flowLabel = try word(overrides.flowLabel, packet.flowLabel, look) & 0xf_ffff
    packet.congestionBits = UInt8(truncatingIfNeeded: try word(overrides.congestionBits, 0, look) & 3)
    packet.checksum = overrides.checksum
  }

  private func endpoint(_ state: EndState) -> Endpoint {
    Endpoint(address: declarations.hosts[state.host].address, port: state.port)
  }

  /// The names that an expression of a segment may use: `next`, `rcv`, `ms` and the loop counters.
  private func names(_ state: EndState, _ flags: UInt8) -> Names {
    let next = standardSequence(flags, state)
    return { name in
      switch name {
      case "next": Int64(next)
      case "rcv": Int64(state.received)
      default: lookup(name)
      }
    }
  }

  private func word(_ expression: Expression?, _ standard: UInt32, _ look: Names) throws(ScenarioError) -> UInt32 {
    guard let expression else { return standard }
    return UInt32(truncatingIfNeeded: try expression.value(look))
  }

  /// A SYN's window is not scaled; a reset without ACK belongs to no socket and has none.
  private func standardWindow(_ flags: UInt8) -> UInt32 {
    if flags & Flag.syn != 0 { return 64_240 }
    return flags & (Flag.reset | Flag.ack) == Flag.reset ? 0 : 502
  }

  private func standardSequence(_ flags: UInt8, _ state: EndState) -> UInt32 {
    if flags & Flag.syn != 0 { return state.initialSequence }
    return state.hasSent ? state.next : state.next &+ 1
  }

  /// A record that stands for n segments uses n identifications, as segmentation in the network card does.
  private mutating func advanceIdentification(_ connection: Int, _ side: Int, _ length: Int) {
    let segments = max(1, (length + 1447) / 1448)
    ends[connection][side].identification &+= UInt16(truncatingIfNeeded: segments)
  }

  /// The bytes of the line, or letters that depend on the sequence number alone, so that a resent byte is the same byte.
  private func payload(
    of line: SegmentLine, from sequence: UInt32, _ look: Names, _ number: Int
  ) throws(ScenarioError) -> [UInt8] {
    var length: Int64?
    switch line.end {
    case .length(let value): length = try value.value(look)
    case .sequence(let end): length = Int64(UInt32(truncatingIfNeeded: try end.value(look)) &- sequence)
    case nil: break
    }
    if let payload = line.payload {
      guard length == nil || length == Int64(payload.count) else {
        throw ScenarioError(line: number, "the range has \(length ?? 0) bytes, but the payload \(payload.count)")
      }
      return payload
    }
    let count = length ?? 0
    guard (0...65_400).contains(count) else {
      throw ScenarioError(line: number, "expected a range of 0 to 65400 bytes, found \(count)")
    }
    return (0..<UInt32(count)).map { UInt8(97 + (sequence &+ $0) % 26) }
  }

  private func options(
    _ line: SegmentLine, _ packet: Packet, _ connection: Int, _ side: Int, _ look: Names
  ) throws(ScenarioError) -> [TCPOption] {
    let overrides = line.overrides
    if let bytes = overrides.onlyOptions { return [.raw(bytes)] }
    let settings = declarations.connections[connection]
    var timestamps: TCPOption?
    if !overrides.noTimestamps, settings.offersTimestamps || overrides.timestampValue != nil {
      timestamps = try timestampOption(overrides, packet, connection, side, look)
    }
    var options: [TCPOption] = []
    if packet.has(Flag.syn) {
      options = try handshakeOptions(overrides, settings, timestamps, look)
    } else {
      if let timestamps { options += [.nop, .nop, timestamps] }
      let blocks = try blocks(overrides, packet, connection, side, look)
      if !blocks.isEmpty { options += [.nop, .nop, .sack(Array(blocks.prefix(timestamps == nil ? 4 : 3)))] }
    }
    if !overrides.addedOptions.isEmpty { options.append(.raw(overrides.addedOptions)) }
    return options
  }

  /// The order in which Linux writes them.
  private func handshakeOptions(
    _ overrides: Overrides, _ settings: Connection, _ timestamps: TCPOption?, _ look: Names
  ) throws(ScenarioError) -> [TCPOption] {
    var options: [TCPOption] = []
    if !overrides.noMaximumSegmentSize {
      let size = try overrides.maximumSegmentSize?.value(look) ?? settings.maximumSegmentSize
      options.append(.maximumSegmentSize(UInt16(truncatingIfNeeded: size)))
    }
    let isSelective = settings.offersSelective && !overrides.noSelective
    if isSelective { options.append(.sackPermitted) }
    if let timestamps { options += isSelective ? [timestamps] : [.nop, .nop, timestamps] }
    if isSelective, timestamps == nil { options += [.nop, .nop] }
    if !overrides.noWindowScale {
      let scale = try overrides.windowScale?.value(look) ?? settings.windowScale
      options += [.nop, .windowScale(UInt8(truncatingIfNeeded: scale))]
    }
    return options
  }

  private func timestampOption(
    _ overrides: Overrides, _ packet: Packet, _ connection: Int, _ side: Int, _ look: Names
  ) throws(ScenarioError) -> TCPOption {
    let state = ends[connection][side]
    let peer = ends[connection][1 - side]
    var value = clock(state.host, at: now)
    if let given = overrides.timestampValue { value = UInt32(truncatingIfNeeded: try given.value(look)) }
    // Without a peer's timestamp so far (mid-stream) it is one that passed the capture a round trip ago.
    let assumed = clock(peer.host, at: now - declarations.connections[connection].roundTrip)
    var echo = packet.has(Flag.ack) ? state.recent?.value ?? assumed : 0
    if let given = overrides.timestampEcho { echo = UInt32(truncatingIfNeeded: try given.value(look)) }
    return .timestamps(value: value, echo: echo)
  }

  /// The blocks of the line, or those that the sender holds above a hole, the newest first (RFC 2018 section 4).
  private func blocks(
    _ overrides: Overrides, _ packet: Packet, _ connection: Int, _ side: Int, _ look: Names
  ) throws(ScenarioError) -> [SackEdges] {
    if let given = overrides.blocks {
      var blocks: [SackEdges] = []
      for block in given {
        blocks.append(
          SackEdges(
            left: UInt32(truncatingIfNeeded: try block.left.value(look)),
            right: UInt32(truncatingIfNeeded: try block.right.value(look))))
      }
      return blocks
    }
    let settings = declarations.connections[connection]
    let isSilent = overrides.noSelective || !settings.offersSelective || !packet.has(Flag.ack)
    return isSilent || packet.has(Flag.reset) ? [] : ends[connection][side].above
  }
}
