import Dissection

/// Which process has which TCP socket, asked from the kernel (socket diagnostics, then /proc).
///
/// Sees the network namespace that the program runs in, and the processes that its user may look into. A socket that was
/// opened and closed between two looks is not seen. Not known are the processes of sockets inside other sockets (SMC,
/// MPTCP): no descriptor leads to them.
package struct SocketTable: ~Copyable {
  /// Single questions are cheaper than a dump up to so many.
  private static let mostQuestions = 64
  /// How often everything is asked for: usually, and when there were more new connections than questions.
  private static let interval = Duration.seconds(1)
  private static let shortInterval = Duration.milliseconds(100)
  /// Searching through all processes may take at most this part of the time.
  private static let share = 10

  private var diagnostics: NetlinkSocket
  private var memory = SocketMemory()
  private var scan = ProcessScan()
  private let clock = ContinuousClock()
  private var nextSearch: ContinuousClock.Instant
  private var lastRefresh: ContinuousClock.Instant?
  private var isBehind = false
  /// Whether there are more sockets than are kept.
  package private(set) var isCut = false

  /// - Throws: when the kernel offers no socket diagnostics.
  package init() throws(SocketError) {
    diagnostics = try NetlinkSocket()
    nextSearch = clock.now
  }

  /// Sockets that wait for connections, in the order in which they were made.
  package var listeners: [SocketEntry] { memory.listeners }

  /// All other sockets but those in TIME_WAIT, in no order.
  package var connections: [SocketEntry] { Array(memory.connections.values) }

  /// Asks for all sockets, and searches the processes of those that are new.
  ///
  /// - Throws: when the kernel does not answer; what was known stays.
  /// - Complexity: O(sockets + descriptors of all processes where a socket is new).
  package mutating func refresh() throws(SocketError) {
    var entries: [SocketEntry] = []
    for family in [SocketDiagnostics.ipv4, SocketDiagnostics.ipv6] {
      let code = try diagnostics.ask({ SocketDiagnostics.dump(family: family, sequence: $0) }) { type, message in
        if entries.count <= SocketMemory.most, let entry = SocketDiagnostics.entry(type, message) {
          entries.append(entry)
        }
      }
      if code != 0 { throw .refusal(code) }
    }
    isCut = entries.count > SocketMemory.most
    if isCut { entries.removeLast() }
    lastRefresh = clock.now
    isBehind = false
    memory.replace(with: entries, at: clock.now)
    search()
  }

  /// Asks for all sockets where that is due; to be called often.
  ///
  /// - Throws: as ``refresh()``.
  package mutating func keepUp() throws(SocketError) {
    let due = lastRefresh?.advanced(by: isBehind ? Self.shortInterval : Self.interval)
    if let due, clock.now < due { return search() }
    try refresh()
  }

  /// A connection begins on a pair: what was known of an earlier one is no longer true.
  package mutating func begin(_ pair: SocketPair) { memory.begin(pair) }

  /// Asks for the sockets of connections that are new to the caller, and searches their processes.
  ///
  /// Of very many at once, some wait for the next ``keepUp()``.
  /// - Throws: when the kernel does not answer; what was known stays.
  package mutating func look(at pairs: [SocketPair]) throws(SocketError) {
    let unknown = pairs.filter { !memory.knows($0) }
    if unknown.count > Self.mostQuestions { isBehind = true }
    for pair in unknown.prefix(Self.mostQuestions) {
      var answer: SocketEntry?
      let code = try diagnostics.ask({ SocketDiagnostics.query(pair, sequence: $0) }) { type, message in
        answer = SocketDiagnostics.entry(type, message)
      }
      if let answer { memory.note(answer, at: clock.now) }
      if code != 0, code != SocketError.notThere { throw .refusal(code) }
    }
    search()
  }

  /// Who has, or until a minute ago had, the socket of a connection; before `accept()` that is who listens.
  package func owner(local: Endpoint, remote: Endpoint) -> SocketOwner? {
    memory.owner(SocketPair(local: local, remote: remote))
  }

  /// Searches the processes of sockets that have none: between two whole searches quickly.
  private mutating func search() {
    let inodes = memory.unowned
    if inodes.isEmpty { return }
    let begin = clock.now
    let isWhole = begin >= nextSearch
    memory.learn(scan.owners(of: inodes, isQuick: !isWhole, at: begin), of: inodes, isWhole: isWhole)
    guard isWhole else { return }
    let end = clock.now
    nextSearch = end.advanced(by: begin.duration(to: end) * (Self.share - 1))
  }
}

extension SocketError {
  /// `ENOENT`: no such socket, or none of this kind of diagnostics.
  fileprivate static let notThere: Int32 = 2

  fileprivate static func refusal(_ code: Int32) -> SocketError {
    code == notThere
      ? .refused("it was built without them (CONFIG_INET_TCP_DIAG)") : .refused(SystemWords.of(code))
  }
}
