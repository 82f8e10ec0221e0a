/// The shapes of traffic that benchmarks and tests read.
enum Profile: String, CaseIterable {
  /// Frames of 54 to 94 bytes, the connection drawn at random for every one: the worst case for the caches.
  case small
  /// Downloads in full-size segments, in bursts of 2 to 8, one ACK per two segments.
  case mtu
  /// A new connection every four packets, most of them from a SYN flood.
  case many
  /// Eight hours of an ordinary day, compressed: short connections, 2,000 at a time, opened and closed.
  case day

  var packets: Int {
    switch self {
    case .small: 10_000_000
    case .mtu: 2_000_000
    case .many: 4_000_000
    case .day: 50_000_000
    }
  }

  var packetsPerFlow: Int {
    switch self {
    case .small: 100
    case .mtu: 1_000
    case .many: 4
    case .day: 10
    }
  }

  /// Writes `packets` packets of `flows` connections to `path`.
  func generate(packets: Int, flows: Int, to path: String) throws(GeneratorError) -> Int {
    var generator = try Generator(packets: packets, flows: flows, path: path)
    switch self {
    case .small: try generator.small()
    case .mtu: try generator.mtu()
    case .many: try generator.many()
    case .day: try generator.day()
    }
    return try generator.finish()
  }
}

/// The state that the profiles share: the conversations, the clock and the file.
private struct Generator: ~Copyable {
  private let packets: Int
  private let flows: Int
  private var conversations: [Conversation] = []
  private var random = SplitMix64(seed: 1)
  /// Nanoseconds since 1970.
  private var time: UInt64 = 1_700_000_000_000_000_000
  private var file: CaptureWriter

  init(packets: Int, flows: Int, path: String) throws(GeneratorError) {
    self.packets = packets
    self.flows = flows
    file = try CaptureWriter(path: path)
  }

  mutating func small() throws(GeneratorError) {
    conversations = (0..<flows).map { Conversation(id: UInt32($0), mixed: true) }
    while file.packets < packets {
      time += 500 + random.next() & 1_023
      try advance(random.below(flows))
    }
  }

  mutating func many() throws(GeneratorError) {
    conversations.reserveCapacity(flows)
    let interval = max(1, packets / flows)
    while file.packets < packets {
      time += 500 + random.next() & 511
      if conversations.count < flows, file.packets >= conversations.count * interval {
        var newcomer = Conversation(id: UInt32(conversations.count), mixed: true)
        if random.below(100) < 60 { newcomer.traits.insert(.flood) }
        conversations.append(newcomer)
        try advance(conversations.count - 1)
      } else {
        try advance(conversations.count - 1 - random.below(min(conversations.count, 50_000)))
      }
    }
  }

  mutating func mtu() throws(GeneratorError) {
    conversations = (0..<flows).map { Conversation(id: UInt32($0), mixed: false) }
    while file.packets < packets {
      time += 2_400
      let index = random.below(flows)
      if conversations[index].isEstablished {
        try burst(index)
      } else {
        try advance(index)
      }
    }
  }

  /// Each connection says its share of packets: the handshake, small talk, and three packets of good-bye.
  mutating func day() throws(GeneratorError) {
    let step = UInt64(8 * 3_600) * 1_000_000_000 / UInt64(packets)
    let share = packets / flows
    var said: [Int] = []
    var opened = 0
    while file.packets < packets {
      time += step
      var index = random.below(2_000)
      if index >= conversations.count {
        index = conversations.count
        conversations.append(Conversation(id: UInt32(opened), mixed: true))
        said.append(0)
        opened += 1
      } else if conversations[index].isOver {
        conversations[index] = Conversation(id: UInt32(opened), mixed: true)
        said[index] = 0
        opened += 1
      }
      said[index] += 1
      if said[index] > share - 3, let segment = conversations[index].goodbye() {
        try file.write(segment, of: conversations[index], at: time)
      } else {
        try advance(index)
      }
    }
  }

  /// Two to eight full segments from the server, an ACK after every second one; 0.3 % are sent twice.
  private mutating func burst(_ index: Int) throws(GeneratorError) {
    let length = conversations[index].traits.contains(.ipv6) ? 1_428 : 1_448
    for position in 0..<2 * (1 + random.below(4)) where file.packets < packets {
      time += 1_200
      let (client, server) = (conversations[index].client, conversations[index].server)
      var data = OutgoingSegment(
        fromServer: true, sequence: server.next, acknowledgment: client.next, payload: length, window: 501)
      let chance = random.below(1_000)
      if chance < 3 {
        data.sequence = server.next &- UInt32(length)
        try file.write(data, of: conversations[index], at: time)
        continue
      }
      try file.write(data, of: conversations[index], at: time)
      conversations[index].server.next &+= UInt32(length)
      guard position % 2 == 1, file.packets < packets else { continue }
      time += 100
      let ack = OutgoingSegment(
        sequence: client.next, acknowledgment: conversations[index].server.next, carriesSACK: chance < 20,
        window: 2_000 + UInt16(chance & 15))
      try file.write(ack, of: conversations[index], at: time)
    }
  }

  /// Lets one conversation say its next packet.
  private mutating func advance(_ index: Int) throws(GeneratorError) {
    let segment = conversations[index].handshake() ?? conversations[index].smallTalk(&random)
    try file.write(segment, of: conversations[index], at: time)
  }

  consuming func finish() throws(GeneratorError) -> Int {
    try file.flush()
    return file.byteCount
  }
}
