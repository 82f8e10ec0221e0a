import Dissection
import Triage

/// Finds out who has the sockets of the connections that are seen, while they are open.
///
/// A reference, because those who see the segments and those who show the owners share it. Errors of the kernel are told
/// once and do not end the watch.
package final class SocketWatch {
  /// Directions of connections that are remembered as seen; then all count as new again, which costs little: most are
  /// known to the table.
  private static let mostSeen = 131_072

  private var table: SocketTable
  private let local: LocalHosts
  private var seen: Set<SocketPair> = []
  private var told: Set<SocketError> = []
  private var remarks: [String] = []

  /// - Throws: when the kernel offers no socket diagnostics.
  package init(_ local: LocalHosts) throws(SocketError) {
    self.local = local
    table = try SocketTable()
    try table.refresh()
  }

  /// Asks for the sockets of connections that begin, or have not been seen before.
  package func take(_ segments: [Segment]) {
    var fresh: [SocketPair] = []
    for segment in segments {
      let (pair, reverse) = segment.pairs
      let begins = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
      guard begins || !seen.contains(pair) else { continue }
      if seen.count >= Self.mostSeen { seen.removeAll(keepingCapacity: true) }
      for end in [pair, reverse] {
        seen.insert(end)
        guard local.contains(end.local.address) else { continue }
        if begins { table.begin(end) }
        fresh.append(end)
      }
    }
    if !fresh.isEmpty { attempt { table throws(SocketError) in try table.look(at: fresh) } }
  }

  /// Asks anew where that is due; to be called often.
  package func keepUp() { attempt { table throws(SocketError) in try table.keepUp() } }

  /// Who has the socket of the end `a` of a connection with `b`; nil when that is no end of this host, or nobody knows.
  package func owner(_ a: Endpoint, _ b: Endpoint) -> ProcessName? {
    local.contains(a.address) ? table.owner(SocketPair(local: a, remote: b)) : nil
  }

  /// What the kernel refused since the last time, a sentence each.
  package func takeRemarks() -> [String] {
    defer { remarks = [] }
    return remarks
  }

  private func attempt(_ body: (inout SocketTable) throws(SocketError) -> Void) {
    do throws(SocketError) { try body(&table) } catch {
      if told.insert(error).inserted { remarks.append(error.description) }
    }
  }
}

extension Segment {
  /// The connection as its sender and as its receiver name it.
  fileprivate var pairs: (SocketPair, SocketPair) {
    (SocketPair(local: sender, remote: receiver), SocketPair(local: receiver, remote: sender))
  }
}
