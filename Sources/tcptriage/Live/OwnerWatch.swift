import Dissection
import LiveCapture
import Rendering
import Tracking
import Triage

/// Finds out who has the sockets of the connections that are seen, while they are open.
///
/// A reference, because the engine's listener and the table share it.
final class OwnerWatch {
  private var sockets: SocketTable
  private let local: LocalHosts
  /// Connections that are tracked now; their sockets have been asked for.
  private var seen: Set<ConnectionID> = []
  /// Why the kernel does not tell any more; said once.
  private var failure: SocketError?

  /// - Throws: when the kernel offers no socket diagnostics.
  init(_ local: LocalHosts) throws(SocketError) {
    self.local = local
    sockets = try SocketTable()
    try sockets.refresh()
  }

  /// Asks for the sockets of connections that have not been seen before.
  func take(_ observations: [Observation]) {
    var fresh: [SocketPair] = []
    for observation in observations where observation.amends == 0 && seen.insert(observation.connection).inserted {
      let pairs = pairs(observation)
      if observation.segment.flags.contains(.syn) { for pair in pairs { sockets.begin(pair) } }
      fresh += pairs
    }
    if !fresh.isEmpty { attempt { sockets throws(SocketError) in try sockets.look(at: fresh) } }
  }

  func take(_ ended: [ConnectionEnd]) {
    for end in ended { seen.remove(end.id) }
  }

  /// Asks anew where that is due; to be called often.
  func keepUp() { attempt { sockets throws(SocketError) in try sockets.keepUp() } }

  /// The row with who has its socket; `pair` is nil where the row is about more than one.
  func owned<Row>(_ row: Row, _ pair: SocketPair?) -> OwnedRow<Row> {
    let owner = pair.flatMap { sockets.owner(local: $0.local, remote: $0.remote) }
    return OwnedRow(row, pid: owner?.pid, command: owner?.command ?? "", uid: owner?.uid)
  }

  /// The ends of a connection that this host has: both, if it talks to itself.
  private func pairs(_ observation: Observation) -> [SocketPair] {
    let (sender, receiver) = (observation.sender, observation.receiver)
    var pairs: [SocketPair] = []
    if local.contains(sender.address) { pairs.append(SocketPair(local: sender, remote: receiver)) }
    if local.contains(receiver.address) { pairs.append(SocketPair(local: receiver, remote: sender)) }
    return pairs
  }

  private func attempt(_ body: (inout SocketTable) throws(SocketError) -> Void) {
    do throws(SocketError) {
      try body(&sockets)
      failure = nil
    } catch {
      if failure != error { Console.complain(error.description) }
      failure = error
    }
  }
}
