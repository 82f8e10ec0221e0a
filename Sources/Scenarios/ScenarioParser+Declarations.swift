extension ScenarioParser {
  private static let greatestRow = 10_000

  /// `host B 10.0.0.2 ttl=57 id=9000 clock=700000 hz=1000 nopaws`, or a row: `host S[500] 10.1.0.1`.
  mutating func declareHost(_ words: inout Words) throws(ScenarioError) {
    _ = words.next()
    let (name, count) = try rowName(&words)
    let word = try words.next("an IPv4 address")
    let octets = word.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
    guard octets.count == 4 else { throw ScenarioError(line: words.line, expected: "an IPv4 address", found: word) }
    let address = octets.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let earlier = count == 1 ? declarations.hostRows[name].map { declarations.hosts[$0.first] } : nil
    var host = earlier ?? Host(name: name, address: address, identification: 20_000, clock: 3_000_000)
    host.address = address
    while let word = words.next() { try setHost(&host, word, words.line) }
    if count == 1, let row = declarations.hostRows[name], row.count == 1 {
      declarations.hosts[row.first] = host
      return
    }
    declarations.hostRows[name] = Row(first: declarations.hosts.count, count: count)
    for index in 0..<count {
      host.name = count == 1 ? name : "\(name)[\(index)]"
      host.address = address &+ UInt32(index)
      declarations.hosts.append(host)
    }
  }

  private func setHost(_ host: inout Host, _ word: Substring, _ line: Int) throws(ScenarioError) {
    if word == "nopaws" {
      host.checksTimestamps = false
      return
    }
    let parts = word.split(separator: "=", maxSplits: 1)
    let number = parts.count == 2 ? Int64(parts[1]) : nil
    switch (parts.first, number) {
    case ("ttl", let value?) where (0...255).contains(value): host.timeToLive = UInt8(value)
    case ("id", let value?) where (0...65_535).contains(value): host.identification = UInt16(value)
    case ("clock", let value?): host.clock = value
    case ("hz", let value?) where (1...1_000_000_000).contains(value): host.hertz = value
    default: throw ScenarioError(line: line, expected: "ttl=N, id=N, clock=N, hz=N or nopaws", found: word)
    }
  }

  /// `conn web A:40001 B:80 isn=1000,5000 mss=1460 ws=7 rtt=20ms nosack nots`, or a row: `conn f[9] S[i]:40000+i B:80`.
  mutating func declareConnection(_ words: inout Words) throws(ScenarioError) {
    _ = words.next()
    let (name, count) = try rowName(&words)
    let client = try words.next("the client as HOST:PORT")
    let server = try words.next("the server as HOST:PORT")
    var settings: [Substring] = []
    while let word = words.next() { settings.append(word) }
    var made: [Connection] = []
    for index in 0..<count {
      var connection = Connection(
        client: try end(client, index, isn: 1000, words.line), server: try end(server, index, isn: 5000, words.line))
      for word in settings { try setConnection(&connection, word, index, words.line) }
      made.append(connection)
    }
    if let row = declarations.connectionRows[name], row.count == 1, count == 1 {
      declarations.connections[row.first] = made[0]
      return
    }
    declarations.connectionRows[name] = Row(first: declarations.connections.count, count: count)
    declarations.connections += made
  }

  private func setConnection(
    _ connection: inout Connection, _ word: Substring, _ index: Int, _ line: Int
  ) throws(ScenarioError) {
    switch word {
    case "nosack": connection.offersSelective = false
    case "nots": connection.offersTimestamps = false
    default:
      let parts = word.split(separator: "=", maxSplits: 1)
      let number = parts.count == 2 ? Int64(parts[1]) : nil
      switch (parts.first, number) {
      case ("mss", let value?) where (0...65_535).contains(value): connection.maximumSegmentSize = value
      case ("ws", let value?) where (0...255).contains(value): connection.windowScale = value
      case ("rtt", _): connection.roundTrip = try roundTrip(word, line)
      case ("isn", _) where parts.count == 2:
        let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 2 else { fallthrough }
        connection.client.initialSequence = UInt32(truncatingIfNeeded: try number32(numbers[0], index, line))
        connection.server.initialSequence = UInt32(truncatingIfNeeded: try number32(numbers[1], index, line))
      default:
        throw ScenarioError(
          line: line, expected: "isn=CLIENT,SERVER, mss=N, ws=N, rtt=DURATION, nosack or nots", found: word)
      }
    }
  }

  private func roundTrip(_ word: Substring, _ line: Int) throws(ScenarioError) -> Int64 {
    guard let value = Duration.nanoseconds(word.dropFirst(4)) else {
      throw ScenarioError(line: line, expected: "rtt=DURATION", found: word)
    }
    return value
  }

  private func number32(_ text: Substring, _ index: Int, _ line: Int) throws(ScenarioError) -> Int64 {
    try Expression(text, line: line).value { $0 == "i" ? Int64(index) : nil }
  }

  private func end(
    _ text: Substring, _ index: Int, isn: UInt32, _ line: Int
  ) throws(ScenarioError) -> ConnectionEnd {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw ScenarioError(line: line, expected: "HOST:PORT", found: text) }
    let name = parts[0].prefix { $0 != "[" }
    guard let row = declarations.hostRows[String(name)] else {
      throw ScenarioError(line: line, expected: "a declared host", found: parts[0])
    }
    var place: Int64 = 0
    if name.count < parts[0].count {
      place = try number32(parts[0].dropFirst(name.count + 1).dropLast(), index, line)
    }
    let port = try number32(parts[1], index, line)
    guard (0..<Int64(row.count)).contains(place), (0...65_535).contains(port) else {
      throw ScenarioError(line: line, expected: "an index of the row and a port", found: text)
    }
    return ConnectionEnd(host: row.first + Int(place), port: UInt16(port), initialSequence: isn)
  }

  /// A name, or a name with the length of its row: `S[500]`.
  private func rowName(_ words: inout Words) throws(ScenarioError) -> (String, Int) {
    let word = try words.next("a name")
    let name = word.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let reserved = ["repeat", "handshake", "close", "clock", "frame", "host", "conn", "capture", "data"]
    guard !name.isEmpty, name.first?.isLetter == true, !reserved.contains(String(name)),
      Fate(rawValue: String(name)) == nil
    else { throw ScenarioError(line: words.line, expected: "a name", found: word) }
    if name.count == word.count { return (String(name), 1) }
    guard word.last == "]", let count = Int(word.dropFirst(name.count + 1).dropLast()),
      (2...Self.greatestRow).contains(count)
    else { throw ScenarioError(line: words.line, expected: "NAME[2 to \(Self.greatestRow)]", found: word) }
    return (String(name), count)
  }

  /// `capture link=sll2 format=pcapng snap=60 vlan=10 ipv6 only=A copies=5us copyttl=-1 copyevery=1 cut=20000`.
  mutating func declareCapture(_ words: inout Words) throws(ScenarioError) {
    _ = words.next()
    while let word = words.next() {
      if word == "ipv6" {
        declarations.capture.ipv6 = true
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, try setCapture(parts[0], parts[1]) else {
        throw ScenarioError(
          line: words.line,
          expected: "link=, format=, snap=, vlan=, ipv6, only=, copies=, copyttl=, copyevery= or cut=", found: word)
      }
    }
  }

  private mutating func setCapture(_ key: Substring, _ value: Substring) throws(ScenarioError) -> Bool {
    let number = Int64(value)
    switch (key, number) {
    case ("link", _) where LinkNames.names.contains(String(value)): declarations.capture.linkType = String(value)
    case ("format", _) where ["pcap", "pcapns", "pcapng"].contains(value): declarations.capture.format = String(value)
    case ("snap", let n?) where (1...262_144).contains(n): declarations.capture.snapLength = UInt32(n)
    case ("vlan", let n?) where (0...4095).contains(n): declarations.capture.vlan = UInt16(n)
    case ("only", _) where declarations.hostRows[String(value)] != nil: declarations.capture.only = String(value)
    case ("copies", _):
      guard let delay = Duration.nanoseconds(value) else { return false }
      declarations.capture.copyDelay = delay
    case ("copyttl", let n?) where (-255...255).contains(n): declarations.capture.copyTimeToLive = n
    case ("copyevery", let n?) where n > 0: declarations.capture.copyEvery = n
    case ("cut", let n?) where n >= 0: declarations.capture.cut = n
    default: return false
    }
    return true
  }
}
