import Dissection
import Tracking

/// Judges Shared Memory Communications: who offered it to whom, who answered, and why it was not used.
///
/// Clients offer SMC by an option in the SYN, servers answer in the SYN-ACK, then both exchange CLC messages in the TCP
/// stream. All facts come from tracking; here they are counted by place (client host and listener), and one pathology
/// at one place is one finding. Traps: options or messages that the capture cut, listeners that answer at times.
package struct SMCDetector: EndDetector {
  package static var rules: [Rule] { SMCRules.all }

  package static var thresholds: [Threshold] {
    [
      Threshold(
        "smc-clc-timeout", "silence before the close", "5 s",
        because: "Linux waits 6 s for a CLC message (CLC_WAIT_TIME)"),
      Threshold(
        "smc-not-answered", "listeners listed one by one per client", "\(mostListeners)",
        because: "a client that offers SMC to everything would flood the report"),
      Threshold(
        "smc-not-answered", "places tracked", "\(mostPlaces)", because: "bounds memory; places with SMC go first"),
    ]
  }

  /// Places kept; those without any sign of SMC may take three quarters of them.
  static let mostPlaces = 4096
  static let mostPlainPlaces = 3072
  /// Unanswering listeners of one client that get a finding each; more become one finding.
  static let mostListeners = 16
  /// Ports that Alibaba's module keeps for setting up eRDMA connections, beside the SMC connection itself.
  static let eRDMAPorts: ClosedRange<UInt16> = 65_500...65_515

  let settings: DetectionSettings
  var pairs: [SMCPlace: SMCPair] = [:]
  private var plainPlaces = 0
  /// The capture cut TCP options away: that a SYN holds no offer proves nothing then.
  private(set) var areOptionsCut = false

  package init(_ settings: DetectionSettings) { self.settings = settings }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    let place = SMCPlace(client: connection.client.address, server: connection.server)
    guard let account = connection.smc, account.hasSign else {
      if connection.sawSYNAndSYNACK, !connection.rolesGuessed { countPlain(connection, place) }
      return
    }
    guard var pair = room(for: place) else { return }
    count(connection, account, &pair)
    pairs[place] = pair
  }

  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) { areOptionsCut = facts.cutOptions > 0 }

  private mutating func countPlain(_ connection: borrowing ConnectionEnd, _ place: SMCPlace) {
    if pairs[place]?.plain.add(connection) != nil { return }
    guard pairs.count < Self.mostPlaces, plainPlaces < Self.mostPlainPlaces else { return }
    plainPlaces += 1
    var pair = SMCPair()
    pair.plain.add(connection)
    pairs[place] = pair
  }

  /// The place's pair, taken out so that changing it copies nothing; nil when there is no room for a new one.
  private mutating func room(for place: SMCPlace) -> SMCPair? {
    if let pair = pairs.removeValue(forKey: place) { return pair }
    return pairs.count < Self.mostPlaces ? SMCPair() : nil
  }

  private func count(_ connection: borrowing ConnectionEnd, _ account: SMCAccount, _ pair: inout SMCPair) {
    let facts = account.facts
    if facts.contains(.offered) { pair.offered += 1 }
    if facts.contains(.answered) { pair.answered += 1 }
    if account.isEstablished { pair.established += 1 }
    if let decline = account.decline, let code = decline.message.decline?.code {
      pair.declines[.init(code: code, fromClient: decline.fromClient), default: 0] += 1
    }
    guard let pathology = SMCPathology(account) else { return }
    // Without a SYN the offer is a guess, and so is who is the client: only success needs neither.
    if connection.midStream {
      guard case .established = pathology else { return }
    }
    pair.groups[pathology, default: SMCGroup()].add(connection, account, waited: wait(account, pathology))
  }

  private func wait(_ account: SMCAccount, _ pathology: SMCPathology) -> Int64 {
    switch pathology {
    case .declined, .rdmaPathBroken: account.untilDecline ?? 0
    case .clcTimeout: account.untilClose(from: account.messages.last?.segment.time ?? account.frame(.synAck)?.time) ?? 0
    default: 0
    }
  }

  /// Who offered, answered and declined, by client host and listener; places without any sign of SMC are left out.
  package func ledger() -> [SMCLedgerEntry] {
    pairs.sorted { $0.key < $1.key }.filter { $0.value.hasSign }.map { place, pair in
      var entry = SMCLedgerEntry(server: place.server, client: place.client)
      entry.offered = pair.offered
      entry.answered = pair.answered
      entry.established = pair.established
      entry.notOffered = pair.plain.count
      entry.declines = pair.declines.sorted { $0.key < $1.key }.map { key, count in
        (code: key.code, name: DeclineCode.known(key.code)?.name ?? "", fromClient: key.fromClient, count: count)
      }
      return entry
    }
  }

  package var mayName: [ConnectionID] {
    pairs.values.flatMap { pair in pair.groups.values.flatMap(\.connections) + pair.plain.connections }
  }

  package func findings() -> [Finding] {
    let places = pairs.sorted { $0.key < $1.key }
    let listeners = Listeners(places)
    var findings: [Finding] = []
    var unanswered: [IPAddress: [(SMCPlace, SMCGroup)]] = [:]
    for (place, pair) in places {
      for (pathology, group) in pair.groups {
        if pathology == .notAnswered(.synUnanswered), !listeners.dropsOffers(place.server) { continue }
        let isAnswering = listeners.answering.contains(place.server)
        if pathology == .notAnswered(.plain), !isAnswering {
          unanswered[place.client, default: []].append((place, group))
        } else {
          let builder = SMCFindingBuilder(place: place, pair: pair, group: group, listenerAnswers: isAnswering)
          findings.append(builder.finding(pathology))
        }
      }
    }
    for (client, list) in unanswered { findings += notAnswered(client, list) }
    // Dictionaries have no order; a report must have one.
    return (findings + neverOffered(places)).sorted {
      ($0.firstFrame, $0.rule.id, $0.cause, $0.summary) < ($1.firstFrame, $1.rule.id, $1.cause, $1.summary)
    }
  }

  /// What listeners did to SYNs of any client.
  private struct Listeners {
    /// They took up an offer at least once.
    var answering: Set<Endpoint> = []
    /// They answered a SYN with the option, in whatever way.
    private var passing: Set<Endpoint> = []
    /// They answered a SYN without it.
    private var plain: Set<Endpoint> = []

    init(_ places: [(key: SMCPlace, value: SMCPair)]) {
      for (place, pair) in places {
        if pair.answered > 0 { answering.insert(place.server) }
        if pair.passesOffers { passing.insert(place.server) }
        if pair.plain.count > 0 { plain.insert(place.server) }
      }
    }

    /// SYNs with the option vanish while others are answered; a listener that is down answers neither.
    func dropsOffers(_ server: Endpoint) -> Bool { plain.contains(server) && !passing.contains(server) }
  }

  private func notAnswered(_ client: IPAddress, _ list: [(SMCPlace, SMCGroup)]) -> [Finding] {
    if list.count > Self.mostListeners { return [SMCFindingBuilder.manyListeners(client, list)] }
    return list.compactMap { place, group in
      guard let pair = pairs[place] else { return nil }
      return SMCFindingBuilder(place: place, pair: pair, group: group).finding(.notAnswered(.plain))
    }
  }
}
