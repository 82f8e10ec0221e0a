extension Player {
  /// SYN now, SYN-ACK and ACK half a round-trip time later each: the capture is in the middle.
  mutating func shakeHands(_ reference: ConnectionReference, _ line: Int) throws(ScenarioError) {
    let half = declarations.connections[try connection(reference, line)].roundTrip / 2
    let (client, server) = try names(reference, line)
    try send(plain(reference, client, Flag.syn), line)
    now += half
    try send(plain(reference, server, Flag.syn | Flag.ack), line)
    now += half
    try send(plain(reference, client, Flag.ack), line)
  }

  /// FIN of `host`, FIN of the other side, last ACK.
  mutating func close(_ reference: ConnectionReference, _ host: Substring, _ line: Int) throws(ScenarioError) {
    let half = declarations.connections[try connection(reference, line)].roundTrip / 2
    let (client, server) = try names(reference, line)
    guard host == client || host == server else {
      throw ScenarioError(line: line, expected: "\(client) or \(server)", found: host)
    }
    try send(plain(reference, host, Flag.fin | Flag.ack), line)
    now += half
    try send(plain(reference, host == client ? server : client, Flag.fin | Flag.ack), line)
    now += half
    try send(plain(reference, host, Flag.ack), line)
  }

  /// Bursts of segments; half a round trip after each burst the ACKs, half a round trip after these the next burst.
  mutating func send(_ bulk: BulkLine, _ line: Int) throws(ScenarioError) {
    let half = declarations.connections[try connection(bulk.connection, line)].roundTrip / 2
    let (client, server) = try names(bulk.connection, line)
    let receiver = bulk.sender == client ? server : client
    var left = bulk.count
    var segment = plain(bulk.connection, bulk.sender, Flag.ack)
    segment.end = .length(Expression(bulk.size))
    while left > 0 {
      let first = now
      let burst = min(bulk.burst, left)
      var acks: [(time: Int64, number: Expression)] = []
      for index in 0..<burst {
        try spend(line)
        now = first &+ index &* bulk.gap
        try checkTime(line)
        segment.flags = Flag.ack | (index == burst - 1 ? Flag.push : 0)
        try send(segment, line)
        let isAcked = bulk.acks > 0 && ((index + 1).isMultiple(of: bulk.acks) || index == burst - 1)
        if isAcked { acks.append((now + half, Expression(Int64(try nextToAck(bulk, line))))) }
      }
      for ack in acks where ack.time >= now {
        now = ack.time
        var answer = plain(bulk.connection, receiver, Flag.ack)
        answer.acknowledgment = ack.number
        try send(answer, line)
      }
      left -= burst
      if left > 0 { now &+= acks.isEmpty ? bulk.gap : half }
      try checkTime(line)
    }
  }

  /// What the receiver of bulk data expects next.
  private func nextToAck(_ bulk: BulkLine, _ line: Int) throws(ScenarioError) -> UInt32 {
    let connection = try connection(bulk.connection, line)
    return ends[connection][1 - side(bulk.sender, of: connection)].received
  }

  private func plain(_ reference: ConnectionReference, _ sender: Substring, _ flags: UInt8) -> SegmentLine {
    SegmentLine(fate: .normal, connection: reference, sender: sender, flags: flags)
  }

  private func names(
    _ reference: ConnectionReference, _ line: Int
  ) throws(ScenarioError) -> (client: Substring, server: Substring) {
    let settings = declarations.connections[try connection(reference, line)]
    return (
      declarations.hosts[settings.client.host].name.prefix { $0 != "[" },
      declarations.hosts[settings.server.host].name.prefix { $0 != "[" }
    )
  }
}
