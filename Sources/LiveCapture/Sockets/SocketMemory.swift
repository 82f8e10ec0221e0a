import Dissection
import Triage

/// The sockets of the host as they were when it was last asked, and for a while those that are gone.
struct SocketMemory {
  /// Sockets that are kept; a dump of more is cut off.
  static let most = 100_000
  /// Sockets that are remembered when they are gone, and for how long: a row may be printed after its packet's socket
  /// was closed.
  static let mostClosed = 65_536
  static let patience = Duration.seconds(60)
  /// How often a process is searched for, quickly and among all, before it is taken that none can be found that way.
  private static let tries: UInt8 = 3

  private(set) var connections: [SocketPair: SocketEntry] = [:]
  private var listening: [Endpoint: SocketEntry] = [:]
  /// Inodes that some process has, and none is known.
  private(set) var unowned: Set<UInt64> = []
  private var processes: [UInt64: ProcessScan.Process] = [:]
  private var failures: [UInt64: Failures] = [:]
  private var closed: [SocketPair: (owner: ProcessName, time: ContinuousClock.Instant)] = [:]

  /// Searches that did not find a socket's process.
  private struct Failures {
    var quick: UInt8 = 0
    var whole: UInt8 = 0
  }

  /// Those of the unowned that a quick search may still find.
  var unownedNew: Set<UInt64> { unowned.filter { failures[$0, default: Failures()].quick < Self.tries } }

  /// Takes all sockets of the host.
  mutating func replace(with entries: [SocketEntry], at now: ContinuousClock.Instant) {
    let before = connections
    connections = [:]
    connections.reserveCapacity(entries.count)
    for entry in entries where entry.state != .listen { connections[entry.pair] = entry }
    // Of several on the same address, the oldest.
    let listeners = entries.lazy.filter { $0.state == .listen }
    listening = Dictionary(listeners.map { ($0.local, $0) }) { $0.inode < $1.inode ? $0 : $1 }
    for (pair, entry) in before where connections[pair]?.inode != entry.inode { close(entry, at: now) }
    let open = Set(entries.map(\.inode))
    processes = processes.filter { open.contains($0.key) }
    failures = failures.filter { open.contains($0.key) }
    unowned = open.filter(isUnowned)
    forget(at: now)
  }

  /// Takes one socket that was asked for.
  mutating func note(_ entry: SocketEntry, at now: ContinuousClock.Instant) {
    if entry.state == .listen { return listen(entry) }
    guard connections.count < Self.most || connections[entry.pair] != nil else { return }
    if isUnowned(entry.inode) { unowned.insert(entry.inode) }
    let before = connections.updateValue(entry, forKey: entry.pair)
    if let before, before.inode != entry.inode { close(before, at: now) }
  }

  /// A connection begins on a pair: what was known of an earlier one is no longer true.
  mutating func begin(_ pair: SocketPair) {
    closed[pair] = nil
    connections[pair] = nil
  }

  /// Takes what a search for `inodes` has found; what it did not find counts as missing once more.
  mutating func learn(_ found: [UInt64: ProcessScan.Process], of inodes: Set<UInt64>, isWhole: Bool) {
    processes.merge(found) { _, new in new }
    for inode in inodes where found[inode] == nil {
      let kind = isWhole ? \Failures.whole : \Failures.quick
      failures[inode, default: Failures()][keyPath: kind] += 1
    }
    unowned = unowned.filter(isUnowned)
  }

  private func isUnowned(_ inode: UInt64) -> Bool {
    inode != 0 && processes[inode] == nil && failures[inode, default: Failures()].whole < Self.tries
  }

  /// Who has, or had, the socket of a connection; before `accept()` that is who listens.
  ///
  /// nil when the connection is not known and nobody listens at its local end.
  func owner(_ pair: SocketPair) -> ProcessName? {
    let entry = connections[pair]
    if let entry, entry.inode != 0 { return owner(of: entry) }
    return closed[pair]?.owner ?? listener(at: pair.local).map(owner(of:))
  }

  /// Whether a connection's socket need not be asked for.
  func knows(_ pair: SocketPair) -> Bool {
    if let entry = connections[pair], entry.inode != 0 { return true }
    return closed[pair] != nil
  }

  /// The listener on an address and port; one on the wildcard address takes IPv4 connections, too.
  private func listener(at local: Endpoint) -> SocketEntry? {
    let any = [local.address, IPAddress(v4: 0), IPAddress(high: 0, low: 0)]
    let candidates = local.address.isV4 ? any : [any[0], any[2]]
    return candidates.lazy.compactMap { listening[Endpoint(address: $0, port: local.port)] }.first
  }

  private mutating func listen(_ entry: SocketEntry) {
    guard listening[entry.local] == nil, listening.count < Self.most else { return }
    listening[entry.local] = entry
    if isUnowned(entry.inode) { unowned.insert(entry.inode) }
  }

  private func owner(of entry: SocketEntry) -> ProcessName {
    let process = processes[entry.inode]
    return ProcessName(pid: process?.pid, command: process?.command ?? "", uid: entry.uid)
  }

  private mutating func close(_ entry: SocketEntry, at now: ContinuousClock.Instant) {
    guard entry.inode != 0 else { return }
    closed[entry.pair] = (owner(of: entry), now)
    guard closed.count > Self.mostClosed else { return }
    let times = closed.values.map(\.time).sorted()
    let middle = times[times.count / 2]
    closed = closed.filter { $0.value.time > middle }
  }

  private mutating func forget(at now: ContinuousClock.Instant) {
    let limit = now.advanced(by: .zero - Self.patience)
    if closed.values.contains(where: { $0.time < limit }) { closed = closed.filter { $0.value.time >= limit } }
  }
}
