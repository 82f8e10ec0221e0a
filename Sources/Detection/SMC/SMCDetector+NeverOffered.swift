import Dissection
import Tracking

extension SMCDetector {
  /// Connections of hosts that offer SMC elsewhere (or of all, where it was expected), one finding per client host and
  /// one per listener that the host offers SMC to at times.
  func neverOffered(_ places: [(key: SMCPlace, value: SMCPair)]) -> [Finding] {
    guard !areOptionsCut else { return [] }
    // A host for which no offer was ever taken up loses nothing by not offering.
    let hosts = Set(places.lazy.filter { $0.value.answered > 0 }.map(\.key.client))
    var byHost: [IPAddress: (listeners: [Endpoint], group: SMCGroup)] = [:]
    var findings: [Finding] = []
    for (place, pair) in places where pair.plain.count > 0 && !Self.eRDMAPorts.contains(place.server.port) {
      guard settings.expectSMC || hosts.contains(place.client) else { continue }
      if pair.offered > 0 {
        guard settings.expectSMC || pair.answered > 0 else { continue }
        findings.append(atTimes(place, pair))
      } else {
        var entry = byHost[place.client] ?? ([], SMCGroup())
        entry.listeners.append(place.server)
        entry.group.merge(pair.plain)
        byHost[place.client] = entry
      }
    }
    for (client, entry) in byHost {
      findings.append(never(client, entry.listeners, entry.group, offersElsewhere: hosts.contains(client)))
    }
    return findings
  }

  private func never(
    _ client: IPAddress, _ listeners: [Endpoint], _ group: SMCGroup, offersElsewhere: Bool
  ) -> Finding {
    let to = listeners.count == 1 ? "\(listeners[0])" : "\(listeners.count) listeners"
    let reason = offersElsewhere ? "although the host offers it on other connections" : "although SMC was expected"
    var finding = Finding(
      SMCRules.neverOffered, settings.expectSMC ? .warning : .notice, settings.expectSMC ? .certain : .possible,
      proof: settings.expectSMC ? .proven : .inferred,
      summary: "Client \(client) did not offer SMC to \(to) (\(counted(group.count))), \(reason).")
    finding.cause = offersElsewhere ? "offers-elsewhere" : "expected"
    finding.hosts = [client.description] + listeners.prefix(SMCGroup.mostConnections).map(\.description)
    finding.caveats = [
      "SMC is chosen per program: these connections may belong to programs that are meant to use TCP.",
      "A middlebox between client and capture point may have taken the option out of the SYN.",
    ]
    finding.place(group)
    finding.measures = [Measure("connections", Double(group.count)), Measure("listeners", Double(listeners.count))]
    return finding
  }

  private func atTimes(_ place: SMCPlace, _ pair: SMCPair) -> Finding {
    var finding = Finding(
      SMCRules.neverOffered, settings.expectSMC ? .warning : .notice, settings.expectSMC ? .certain : .possible,
      proof: settings.expectSMC ? .proven : .inferred,
      summary: "Client \(place.client) offered SMC to \(place.server) on \(counted(pair.offered)), "
        + "but not on \(counted(pair.plain.count)) to the same listener.")
    finding.cause = "offers-at-times"
    finding.hosts = [place.client.description, place.server.description]
    finding.caveats = [
      "Two programs on the client may use the same listener, one of them without SMC.",
      "Newer kernels can decide per connection by a BPF program (net.smc.hs_ctrl).",
    ]
    finding.place(pair.plain)
    finding.measures = [
      Measure("connections", Double(pair.plain.count)), Measure("offered", Double(pair.offered)),
    ]
    return finding
  }
}

/// `1 connection`, `500 connections`.
func counted(_ count: UInt64) -> String { count == 1 ? "1 connection" : "\(count) connections" }

extension Finding {
  /// Takes over where and when a group of connections lies, and its evidence.
  mutating func place(_ group: SMCGroup) {
    connections = group.connections.sorted()
    firstFrame = group.firstFrame
    lastFrame = group.lastFrame
    firstTime = group.firstTime
    lastTime = group.lastTime
    evidence = group.evidence.sorted { $0.segment.frame < $1.segment.frame }
  }
}

extension SMCGroup {
  /// Adds the connections of another group.
  mutating func merge(_ other: SMCGroup) {
    count += other.count
    connections = Array((connections + other.connections).sorted().prefix(Self.mostConnections))
    firstFrame = min(firstFrame, other.firstFrame)
    lastFrame = max(lastFrame, other.lastFrame)
    firstTime = min(firstTime, other.firstTime)
    lastTime = max(lastTime, other.lastTime)
    waited = waited.addingReportingOverflow(other.waited).partialValue
    if evidence.count + other.evidence.count <= Self.mostEvidence { evidence += other.evidence }
    if sample == nil { sample = other.sample }
  }
}
