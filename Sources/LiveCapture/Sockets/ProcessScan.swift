/// Finds the processes that have sockets open.
struct ProcessScan {
  /// What a socket belongs to.
  struct Process: Hashable, Sendable {
    var pid: Int32
    var command: String
  }

  /// A process is young for so long after it was first seen: it may be gone soon.
  private static let youth = Duration.seconds(2)
  /// Processes that found sockets belonged to lately, and sockets that are looked at of each in a quick search.
  private static let mostTalkers = 8
  private static let mostSockets = 1_024
  /// Generations that a socket is followed back.
  private static let generations = 8

  /// All processes of the last search, and when those were first seen that were not there from the start.
  private var all: Set<Int32> = []
  private var births: [Int32: ContinuousClock.Instant] = [:]
  private var talkers: [Int32] = []

  /// The processes of `inodes`, by one walk over all descriptors that ends when everything is found; a quick one looks only
  /// at young processes and at those that had new sockets lately.
  ///
  /// These come first in any case, the youngest before all others. A socket that a process has from its parent (after a
  /// fork) is the parent's. - Complexity: O(open descriptors of the host), one system call for each.
  mutating func owners(of inodes: Set<UInt64>, isQuick: Bool, at now: ContinuousClock.Instant) -> [UInt64: Process] {
    var order = likely(at: now)
    if !isQuick { order += all.subtracting(order).sorted() }
    var missing = inodes
    var found: [UInt64: Process] = [:]
    for pid in order where !missing.isEmpty {
      let own = Self.sockets(of: pid, among: missing, most: isQuick ? Self.mostSockets : .max)
      missing.subtract(own)
      attribute(own, to: pid, &found)
    }
    let owners = Set(found.values.map(\.pid)).sorted()
    talkers = Array((owners + talkers.filter { !owners.contains($0) }).prefix(Self.mostTalkers))
    return found
  }

  /// Lists all processes, and returns those that new sockets are likely to belong to.
  private mutating func likely(at now: ContinuousClock.Instant) -> [Int32] {
    let present = Set(ProcessFiles.all())
    if !all.isEmpty { for pid in present.subtracting(all) { births[pid] = now } }
    births = births.filter { present.contains($0.key) && $0.value.duration(to: now) < Self.youth }
    all = present
    talkers.removeAll { !present.contains($0) }
    return births.keys.sorted(by: >) + talkers.filter { births[$0] == nil }
  }

  /// Gives sockets to the eldest of the family that has them.
  private func attribute(_ sockets: Set<UInt64>, to pid: Int32, _ found: inout [UInt64: Process]) {
    var (pid, sockets) = (pid, sockets)
    for _ in 0..<Self.generations where !sockets.isEmpty {
      let process = Process(pid: pid, command: ProcessFiles.command(of: pid))
      for inode in sockets { found[inode] = process }
      guard let parent = ProcessFiles.parent(of: pid) else { return }
      pid = parent
      sockets = Self.sockets(of: parent, among: sockets, most: .max)
    }
  }

  private static func sockets(of pid: Int32, among inodes: Set<UInt64>, most: Int) -> Set<UInt64> {
    var own: Set<UInt64> = []
    var looked = 0
    ProcessFiles.eachSocket(of: pid) { inode in
      if inodes.contains(inode) { own.insert(inode) }
      looked += 1
      return own.count < inodes.count && looked < most
    }
    return own
  }
}

/// The text behind a descriptor in /proc: `socket:[4026]`.
enum SocketLink {
  /// The inode, nil when it is no socket.
  static func inode(_ link: ArraySlice<CChar>) -> UInt64? {
    // Byte by byte: this is asked of every descriptor of the host, and most are no sockets.
    guard link.count > prefix.count + 1, link.starts(with: prefix), link.last == end else { return nil }
    var inode: UInt64 = 0
    for character in link.dropFirst(prefix.count).dropLast() {
      guard let digit = UInt64(exactly: Int(character) - 0x30), digit <= 9, inode < 1 << 56 else { return nil }
      inode = 10 * inode + digit
    }
    return inode
  }

  private static let prefix = "socket:[".utf8.map { CChar(bitPattern: $0) }
  private static let end = CChar(bitPattern: UInt8(ascii: "]"))
}
