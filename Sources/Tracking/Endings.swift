import Dissection
import Frames

extension Tracker {
  mutating func nextID() -> ConnectionID {
    countConnection()
    return ConnectionID(rawValue: connectionCount)
  }

  /// Writes the account of a connection and frees everything it held.
  mutating func end(connection index: UInt32, _ ending: ConnectionEnd.Ending) {
    tellEnd(of: index, ending)
    let shared = table.connections[index].shared
    analysis.releaseCold(shared)
    if shared.smc != 0 { analysis.smc.remove(shared.smc - 1, emptied: SMCHandshake()) }
    table.remove(connection: index)
  }

  /// Writes the account of a connection; its record stays.
  mutating func tellEnd(of index: UInt32, _ ending: ConnectionEnd.Ending) {
    analysis.ended.append(account(index, ending))
  }

  /// How the connection of `segment` stands, if it is still open and known; its record stays.
  package func account(of segment: Segment) -> ConnectionEnd? {
    let (key, _) = FlowKey.of(segment)
    guard case .connection(let index) = table.find(key, table.hash(key)) else { return nil }
    return account(index, .captureEnd)
  }

  /// How open connections stand of which something was observed, at most so many, those in the lowest records.
  ///
  /// - Complexity: O(records), a look at one cache line of each.
  package func troubled(most: Int) -> [ConnectionEnd] {
    var found: [ConnectionEnd] = []
    var index: UInt32 = 0
    while index < table.connections.used, found.count < most {
      let shared = table.connections[index].shared
      if shared.id.rawValue != 0, shared.flags.contains(.troubled) { found.append(account(index, .captureEnd)) }
      index += 1
    }
    return found
  }

  private func account(_ index: UInt32, _ ending: ConnectionEnd.Ending) -> ConnectionEnd {
    let shared = table.connections[index].shared
    let (low, high) = (table.connections[index].low, table.connections[index].high)
    let key = table.connections[index].key
    let lowIsClient = shared.lowIsClient
    var end = ConnectionEnd(
      id: shared.id, client: lowIsClient ? key.low : key.high, server: lowIsClient ? key.high : key.low,
      rolesGuessed: shared.flags.contains(.rolesGuessed), midStream: shared.flags.contains(.midStream),
      sawSYNAndSYNACK: shared.flags.isSuperset(of: [.synCaptured, .synACKCaptured]),
      firstFrame: shared.firstFrame, lastFrame: max(low.lastFrame, high.lastFrame), firstTime: shared.firstTime,
      lastTime: [low, high].filter { $0.packets > 0 }.map(\.lastTime).max() ?? shared.firstTime,
      smc: shared.smc == 0 ? nil : analysis.smc.items[Int(shared.smc) - 1].account,
      fromClient: DirectionEnd(lowIsClient ? low : high), fromServer: DirectionEnd(lowIsClient ? high : low),
      ending: ending)
    swap(&end.fromClient.leastRoundTrip, &end.fromServer.leastRoundTrip)
    end.clientState = lowIsClient ? shared.lowState : shared.highState
    end.serverState = lowIsClient ? shared.highState : shared.lowState
    end.clientStateSince = lowIsClient ? shared.lowStateSince : shared.highStateSince
    end.serverStateSince = lowIsClient ? shared.highStateSince : shared.lowStateSince
    end.phase = shared.phase
    end.resetByClient = shared.flags.contains(.resetByLow) == lowIsClient
    end.handshake = shared.handshake
    end.time = shared.time
    end.time.add(.idle, low.idleUnits)
    end.time.add(.idle, high.idleUnits)
    end.time.close(from: end.firstTime, to: end.lastTime)
    end.vantage = Self.vantage(client: lowIsClient ? low : high, server: lowIsClient ? high : low)
    end.troubled = shared.flags.contains(.troubled)
    let client = lowIsClient ? low : high
    if shared.phase == .synSent, client.flags.contains(.syn) {
      end.unanswered = shared.resets == 0
      end.synCount = client.synCount
      end.synTimestamp = client.flags.contains(.offersTimestamps) ? client.lastTSval : nil
    }
    return end
  }

  /// Writes the account of a SYN that nobody answered.
  mutating func end(_ known: Embryo, _ ending: ConnectionEnd.Ending) {
    let (client, server) = known.fromLow ? (known.key.low, known.key.high) : (known.key.high, known.key.low)
    var end = ConnectionEnd(
      id: known.id, client: client, server: server, rolesGuessed: false, midStream: false, sawSYNAndSYNACK: false,
      firstFrame: known.firstFrame, lastFrame: known.lastFrame, firstTime: known.firstTime, lastTime: known.lastTime,
      smc: nil, fromClient: DirectionEnd(), fromServer: DirectionEnd(), ending: ending)
    end.fromClient.packets = UInt64(known.count)
    end.fromClient.retransmissions = UInt32(known.count) - 1
    end.fromClient.hopLimit = known.hopLimit
    end.fromClient.mss = known.options.contains(.mss) ? known.mss : 0
    end.clientState = .synSent
    end.serverState = .listen
    end.clientStateSince = known.firstTime
    end.time.spend(.handshake, from: known.firstTime, to: known.lastTime)
    end.phase = .synSent
    end.unanswered = true
    end.synCount = known.count
    end.synTimestamp = known.options.contains(.timestamps) ? known.timestamp : nil
    end.troubled = known.count > 1
    analysis.ended.append(end)
  }

  /// Where the capture was made: a hop limit that no router has counted down, or a peer that answers at once.
  static func vantage(client: Direction, server: Direction) -> Vantage {
    let fresh: (Direction) -> Bool = { $0.packets > 0 && [64, 128, 255].contains($0.hopLimit) }
    if fresh(client), fresh(server) {
      let near = server.answering.least
      let far = client.answering.least
      guard near > 0, far > 0 else { return .unknown }
      if near + far < 100 * PacketTime.microsecond { return .loopback }
      return nearer(near, far)
    }
    if fresh(client) { return .client }
    if fresh(server) { return .server }
    return nearer(server.answering.least, client.answering.least)
  }

  /// `toServer` is what the client's data wait for the server's answer here, `toClient` the reverse.
  private static func nearer(_ toServer: Int64, _ toClient: Int64) -> Vantage {
    guard toServer > 0, toClient > 0 else { return .unknown }
    let total = toServer + toClient
    if toClient * 10 < total, toClient < 300 * PacketTime.microsecond { return .client }
    if toServer * 10 < total, toServer < 300 * PacketTime.microsecond { return .server }
    return .middle
  }
}
