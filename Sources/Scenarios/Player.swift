/// Plays the steps: keeps the time, the loop counters and both ends of each connection, and collects packets.
struct Player {
  private static let greatestSteps = 1_000_000
  private static let greatestBytes = 256 << 20

  let declarations: Declarations
  private(set) var packets: [Packet] = []
  var now: Int64 = 0
  var ends: [[EndState]] = []
  private var counters: [(name: String, value: Int64)] = []
  private var clocks: [(value: Int64, since: Int64, hertz: Int64)]
  private var stepsLeft = Self.greatestSteps
  private var bytesLeft = Self.greatestBytes
  private var segmentsSeen: Int64 = 0

  init(declarations: Declarations) {
    self.declarations = declarations
    clocks = declarations.hosts.map { ($0.clock, 0, $0.hertz) }
    for (index, connection) in declarations.connections.enumerated() {
      let shift = UInt16(truncatingIfNeeded: index &* 1000)
      let client = declarations.hosts[connection.client.host].identification &+ shift
      let server = declarations.hosts[connection.server.host].identification &+ shift
      ends.append([
        EndState(connection.client, peer: connection.server, identification: client),
        EndState(connection.server, peer: connection.client, identification: server),
      ])
    }
  }

  mutating func play(_ steps: [Step]) throws(ScenarioError) {
    for step in steps {
      try spend(step.line)
      try advance(step.time, step.line)
      switch step.statement {
      case .pause: break
      case .segment(let line): try send(line, step.line)
      case .bulk(let line): try send(line, step.line)
      case .handshake(let connection): try shakeHands(connection, step.line)
      case .close(let connection, let host): try close(connection, host, step.line)
      case .clock(let host, let value, let hertz): try setClock(host, value, hertz)
      case .loop(let loop): try play(loop, step.line)
      case .rawFrame(let bytes): packets.append(Packet(time: now, rawFrame: bytes))
      }
    }
  }

  private mutating func play(_ loop: LoopLine, _ line: Int) throws(ScenarioError) {
    let count = try loop.count.value(lookup)
    guard (0...Int64(Self.greatestSteps)).contains(count) else {
      throw ScenarioError(line: line, "repeat \(count): expected 0 to \(Self.greatestSteps) rounds")
    }
    let start = now
    for round in 0..<count {
      try spend(line)
      if let every = loop.every { now = start &+ round &* every }
      counters.append((loop.counter, round))
      try play(loop.body)
      counters.removeLast()
    }
  }

  /// Counts a step against the limit that keeps a story finite.
  mutating func spend(_ line: Int) throws(ScenarioError) {
    stepsLeft -= 1
    guard stepsLeft > 0 else { throw ScenarioError(line: line, "the story has more than \(Self.greatestSteps) steps") }
  }

  /// Counts payload against the limit that keeps a story small.
  mutating func spend(bytes: Int, _ line: Int) throws(ScenarioError) {
    bytesLeft -= bytes
    guard bytesLeft > 0 else { throw ScenarioError(line: line, "the story has more than \(Self.greatestBytes) bytes") }
  }

  private mutating func advance(_ time: StepTime, _ line: Int) throws(ScenarioError) {
    switch time {
    case .after(let delta): now = now &+ delta
    case .at(let moment):
      guard moment >= now else {
        throw ScenarioError(
          line: line, "this time is before the step above; write a negative difference (-3ms) if that is meant")
      }
      now = moment
    }
    try checkTime(line)
  }

  /// Keeps the time where sums of times cannot overflow.
  func checkTime(_ line: Int) throws(ScenarioError) {
    guard (-1 << 40...1 << 60).contains(now) else { throw ScenarioError(line: line, "the time is out of range") }
  }

  private mutating func setClock(_ host: String, _ value: Expression, _ hertz: Int64?) throws(ScenarioError) {
    let value = try value.value(lookup)
    guard let row = declarations.hostRows[host] else { return }
    for index in row.first..<row.first + row.count {
      clocks[index] = (value, now, hertz ?? clocks[index].hertz)
    }
  }

  /// What the host's timestamp clock shows at `time`; wraps at 32 bits.
  func clock(_ host: Int, at time: Int64) -> UInt32 {
    let clock = clocks[host]
    let elapsed = time - clock.since
    let second: Int64 = 1_000_000_000
    let ticks = elapsed / second &* clock.hertz &+ elapsed % second &* clock.hertz / second
    return UInt32(truncatingIfNeeded: clock.value &+ ticks)
  }

  /// Loop counters, the innermost first, and the milliseconds since the start.
  func lookup(_ name: String) -> Int64? {
    if name == "ms" { return now / 1_000_000 }
    return counters.last { $0.name == name }?.value
  }

  func connection(_ reference: ConnectionReference, _ line: Int) throws(ScenarioError) -> Int {
    guard let row = declarations.connectionRows[reference.name] else {
      throw ScenarioError(line: line, expected: "a declared connection", found: Substring(reference.name))
    }
    let place = try reference.index?.value(lookup) ?? 0
    guard (0..<Int64(row.count)).contains(place) else {
      throw ScenarioError(line: line, "\(reference.name)[\(place)]: expected an index below \(row.count)")
    }
    return row.first + Int(place)
  }

  /// 0 when `host` is the client of the connection, 1 when it is the server.
  func side(_ host: Substring, of connection: Int) -> Int {
    let client = declarations.hosts[declarations.connections[connection].client.host].name
    return client.prefix { $0 != "[" } == host ? 0 : 1
  }

  /// Passes a packet by the capture and on to its receiver, as its fate is.
  mutating func pass(_ packet: Packet, _ connection: Int, _ side: Int, _ fate: Fate) {
    ends[connection][side].sent(packet)
    if fate == .normal || fate == .missed {
      let host = declarations.hosts[ends[connection][1 - side].host]
      ends[connection][1 - side].receive(packet, checksTimestamps: host.checksTimestamps)
    }
    guard fate == .normal || fate == .lost else { return }
    let settings = declarations.capture
    if let only = settings.only, let row = declarations.hostRows[only],
      !(row.first..<row.first + row.count).contains(ends[connection][side].host)
    {
      return
    }
    packets.append(packet)
    segmentsSeen += 1
    guard let delay = settings.copyDelay, segmentsSeen.isMultiple(of: settings.copyEvery) else { return }
    var copy = packet
    copy.time &+= delay
    copy.timeToLive = UInt8(truncatingIfNeeded: Int64(packet.timeToLive) &+ settings.copyTimeToLive)
    packets.append(copy)
  }
}
