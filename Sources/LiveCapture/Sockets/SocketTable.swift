import Dissection
import Triage

/// Which process has which TCP socket, asked from the kernel (socket diagnostics, then /proc).
///
/// Sees the network namespace that the program runs in, and the processes that its user may look into. A socket that was
/// opened and closed between two looks is not seen. Not known are the processes of sockets inside other sockets (SMC,
/// MPTCP): no descriptor leads to them.
package struct SocketTable: ~Copyable {
  /// Single questions may take so much of each second.
  private static let timeForQuestions = Duration.milliseconds(100)
  /// No question is asked for so long after one that the kernel did not answer.
  private static let patience = Duration.seconds(10)
  /// How often everything is asked for: usually, and when there were more new connections than questions.
  private static let interval = Duration.seconds(1)
  private static let shortInterval = Duration.milliseconds(100)

  private var diagnostics: NetlinkSocket
  private(set) var memory = SocketMemory()
  private var scan = ProcessScan()
  private let clock = ContinuousClock()
  private var dumps = Pace()
  private var quickSearches = Pace()
  private var wholeSearches = Pace()
  /// How long questions may still be asked until then.
  private var questions: (left: Duration, until: ContinuousClock.Instant)
  private var isBehind = false

  /// - Throws: when the kernel offers no socket diagnostics.
  package init() throws(SocketError) {
    diagnostics = try NetlinkSocket()
    questions = (.zero, clock.now)
  }

  /// Asks for all sockets, and searches the processes of those that are new.
  ///
  /// - Throws: when the kernel does not answer; what was known stays.
  /// - Complexity: O(sockets + descriptors of all processes where a socket is new).
  package mutating func refresh() throws(SocketError) {
    try dump()
    search()
  }

  /// Asks for all sockets where that is due; to be called often.
  ///
  /// - Throws: as ``refresh()``.
  package mutating func keepUp() throws(SocketError) {
    if dumps.isDue(at: clock.now, interval: isBehind ? Self.shortInterval : Self.interval) { try dump() }
    search()
  }

  /// A connection begins on a pair: what was known of an earlier one is no longer true.
  package mutating func begin(_ pair: SocketPair) { memory.begin(pair) }

  /// Asks for the sockets of connections that are new to the caller, and searches their processes.
  ///
  /// Of very many in a second, some wait for the next ``keepUp()``.
  /// - Throws: when the kernel does not answer; what was known stays.
  package mutating func look(at pairs: [SocketPair]) throws(SocketError) {
    let now = clock.now
    if now >= questions.until { questions = (Self.timeForQuestions, now.advanced(by: .seconds(1))) }
    for pair in pairs where !memory.knows(pair) {
      guard questions.left > .zero else {
        isBehind = true
        break
      }
      let begin = clock.now
      do throws(SocketError) { try ask(for: pair) } catch {
        questions = (.zero, clock.now.advanced(by: Self.patience))
        throw error
      }
      questions.left -= begin.duration(to: clock.now)
    }
    search()
  }

  /// Who has, or until a minute ago had, the socket of a connection; before `accept()` that is who listens.
  package func owner(_ pair: SocketPair) -> ProcessName? { memory.owner(pair) }

  private mutating func dump() throws(SocketError) {
    let begin = clock.now
    // One that failed counts, too: the next must not follow at once.
    defer { dumps.worked(from: begin, to: clock.now) }
    isBehind = false
    var entries: [SocketEntry] = []
    for family in [SocketDiagnostics.ipv4, SocketDiagnostics.ipv6] {
      let code = try diagnostics.ask({ SocketDiagnostics.dump(family: family, sequence: $0) }) { type, message in
        if entries.count < SocketMemory.most, let entry = SocketDiagnostics.entry(type, message) {
          entries.append(entry)
        }
      }
      if code != 0 { throw .refusal(code) }
    }
    memory.replace(with: entries, at: clock.now)
  }

  private mutating func ask(for pair: SocketPair) throws(SocketError) {
    var answer: SocketEntry?
    let code = try diagnostics.ask({ SocketDiagnostics.query(pair, sequence: $0) }) { type, message in
      answer = SocketDiagnostics.entry(type, message)
    }
    if let answer { memory.note(answer, at: clock.now) }
    if code != 0, code != SocketError.notThere { throw .refusal(code) }
  }

  /// Searches the processes of sockets that have none: between two whole searches quickly.
  private mutating func search() {
    if memory.unowned.isEmpty { return }
    let begin = clock.now
    let isWhole = wholeSearches.isDue(at: begin)
    guard isWhole || quickSearches.isDue(at: begin) else { return }
    let inodes = isWhole ? memory.unowned : memory.unownedNew
    if !inodes.isEmpty {
      memory.learn(scan.owners(of: inodes, isQuick: !isWhole, at: begin), of: inodes, isWhole: isWhole)
    }
    let end = clock.now
    if isWhole { wholeSearches.worked(from: begin, to: end) } else { quickSearches.worked(from: begin, to: end) }
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
