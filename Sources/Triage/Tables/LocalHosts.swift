import Dissection
import Frames
import Tracking

/// Which hosts are "ours": the tables have a local and a remote side, as those of tools that run on a host.
package struct LocalHosts: Sendable {
  /// Addresses of the local side; empty = nobody can tell, then every host counts as local.
  package let ranges: [AddressRange]

  package init(_ ranges: [AddressRange]) { self.ranges = ranges }

  package func contains(_ address: IPAddress) -> Bool {
    ranges.isEmpty || ranges.contains { $0.contains(address) }
  }

  /// The two sides of a connection; between two local hosts (or two remote ones) the client is the local side.
  package func sides(client: Endpoint, server: Endpoint) -> Sides {
    let clientIsLocal = contains(client.address) || !contains(server.address)
    return Sides(
      local: clientIsLocal ? client : server, remote: clientIsLocal ? server : client, localIsClient: clientIsLocal)
  }

  func sides(_ observation: Observation) -> Sides {
    observation.fromClient
      ? sides(client: observation.sender, server: observation.receiver)
      : sides(client: observation.receiver, server: observation.sender)
  }
}

/// A connection as one host sees it.
package struct Sides: Sendable, Hashable {
  package var local: Endpoint
  package var remote: Endpoint
  package var localIsClient: Bool
}

/// Finds out by the first segments which host the capture was made on.
package struct LocalFinder {
  /// Segments that are looked at.
  package static let sample = 1_000

  private var seen: [(sender: IPAddress, receiver: IPAddress, hopLimit: UInt8)] = []
  private var firstClient: IPAddress?

  package init() {}

  /// Whether more segments would not be looked at.
  package var isFull: Bool { seen.count >= Self.sample }

  package mutating func take(_ observation: Observation) {
    guard !isFull, observation.amends == 0 else { return }
    let segment = observation.segment
    seen.append((segment.source, segment.destination, segment.hopLimit))
    if firstClient == nil { firstClient = observation.fromClient ? segment.source : segment.destination }
  }

  /// The local hosts, and in one sentence how they were found; `option` is the one that chooses them.
  package func answer(option: String = "--local") -> (hosts: LocalHosts, sentence: String) {
    guard let first = seen.first, let firstClient else { return (LocalHosts([]), "") }
    let always = Set([first.sender, first.receiver]).filter { host in
      seen.allSatisfy { $0.sender == host || $0.receiver == host }
    }
    let fresh = freshHosts()
    if always.count == 1, let host = always.first {
      let which = isFull ? "all of the first \(Quantity.count(seen.count)) segments" : "all segments"
      return found([host], "it takes part in \(which)", option)
    }
    if !fresh.isEmpty, seen.allSatisfy({ fresh.contains($0.sender) != fresh.contains($0.receiver) }) {
      return found(fresh.sorted(), "no router has counted down the hop limit (TTL) of what it sends", option)
    }
    if always.count == 2 { return found([firstClient], "it opened the first connection, which is a guess", option) }
    return (
      LocalHosts([]),
      "No host takes part in all of the traffic, so LADDR is the client of each connection; choose with \(option)."
    )
  }

  private func found(_ hosts: [IPAddress], _ reason: String, _ option: String) -> (LocalHosts, String) {
    let names = hosts.prefix(4).map { "\($0)" }.joined(separator: ", ") + (hosts.count > 4 ? ", ..." : "")
    return (LocalHosts(hosts.map { AddressRange($0) }), "Local is \(names): \(reason); choose with \(option).")
  }

  /// Hosts whose packets all have a hop limit that systems start with, if others have not.
  private func freshHosts() -> Set<IPAddress> {
    var fresh: Set<IPAddress> = []
    var worn: Set<IPAddress> = []
    for (sender, _, hopLimit) in seen {
      if [64, 128, 255].contains(hopLimit) { fresh.insert(sender) } else { worn.insert(sender) }
    }
    return worn.isEmpty ? [] : fresh.subtracting(worn)
  }
}
