/// Finds the processes that have sockets open.
struct ProcessScan {
  /// What a socket belongs to.
  struct Process: Hashable, Sendable {
    var pid: Int32
    var command: String
  }

  /// Processes that there were the last time.
  private var known: Set<Int32> = []
  /// Those of them that were found to have sockets.
  private var talkers: Set<Int32> = []

  /// Generations that a socket is followed back.
  private static let generations = 8

  /// The processes of `inodes`, by one walk over all descriptors that ends when everything is found; if `onlyNew`, only
  /// of those that have begun since the last time.
  ///
  /// Those come first in any case, because whoever has just opened a connection may be gone soon; then those that were
  /// found to have sockets before; each in the order of their numbers. A socket that a process has from its parent (after
  /// a fork) is the parent's. - Complexity: O(open descriptors of the host), one system call for each.
  mutating func owners(of inodes: Set<UInt64>, onlyNew: Bool) -> [UInt64: Process] {
    let all = ProcessFiles.all()
    var order = all.filter { !known.contains($0) }
    talkers.formIntersection(all)
    if !onlyNew {
      order += talkers.subtracting(order).sorted()
      order += all.filter { known.contains($0) && !talkers.contains($0) }
    }
    known = Set(all)
    var missing = inodes
    var found: [UInt64: Int32] = [:]
    for pid in order where !missing.isEmpty {
      let own = Self.sockets(of: pid, among: missing)
      missing.subtract(own)
      attribute(own, to: pid, &found)
    }
    talkers.formUnion(found.values)
    let names = Dictionary(uniqueKeysWithValues: Set(found.values).map { ($0, ProcessFiles.command(of: $0)) })
    return found.mapValues { Process(pid: $0, command: names[$0] ?? "") }
  }

  /// Gives sockets to the eldest of the family that has them.
  private func attribute(_ sockets: Set<UInt64>, to pid: Int32, _ found: inout [UInt64: Int32]) {
    var (pid, sockets) = (pid, sockets)
    for _ in 0..<Self.generations where !sockets.isEmpty {
      for inode in sockets { found[inode] = pid }
      guard let parent = ProcessFiles.parent(of: pid) else { return }
      pid = parent
      sockets = Self.sockets(of: parent, among: sockets)
    }
  }

  private static func sockets(of pid: Int32, among inodes: Set<UInt64>) -> Set<UInt64> {
    var own: Set<UInt64> = []
    ProcessFiles.eachSocket(of: pid) { inode in
      if inodes.contains(inode) { own.insert(inode) }
      return own.count < inodes.count
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
